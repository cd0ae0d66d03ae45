package directory

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestDocumentsAreComparedAsJSON(t *testing.T) {
	t.Parallel()
	parse := func(text string) document {
		d := document{{"former", json.RawMessage(`1`)}}
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{`{"k":"\u00fc"}`, `{"k":"ü"}`, true},
		{`{"k":{"a":1,"b":2}}`, `{"k":{"b":2,"a":1}}`, true},
		{`{"k":9007199254740993}`, `{"k":9007199254740992}`, false},
		{`{"k":null}`, `{}`, false},
		{`{"k":1,"k":2}`, `{"k":2}`, true},
		{`{}`, `{}`, true},
	} {
		if parse(c.a).agrees(parse(c.b), "k") != c.same {
			t.Errorf("%s and %s: the same is not %v", c.a, c.b, c.same)
		}
	}
	if content, err := json.Marshal(parse(`{"k":1,"k":2}`)); err != nil || string(content) != `{"k":2}` {
		t.Errorf("a key that comes twice is written as %s, %v", content, err)
	}
}

const (
	groupA = `"passwordResetEnabledGroupIds":["a"],"passwordResetEnabledGroupName":"Pilot"`
	noName = `"passwordResetEnabledGroupIds":[],"passwordResetEnabledGroupName":""`
)

func TestTheNameOfTheGroupGoesWithTheGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		grouped := strings.Replace(aPolicy, noName, groupA, 1)
		same := PasswordResetSettings{PasswordResetEnabledGroupIDs: new([]string{"a"})}
		s := &script{answers: []answer{{status: 200, body: grouped}}}
		if change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), same, PasswordResetSettings{}); err != nil || change.Written {
			t.Errorf("the group that is enabled already is written: %v", err)
		}
		other := PasswordResetSettings{PasswordResetEnabledGroupIDs: new([]string{"b"})}
		s = &script{answers: []answer{{status: 200, body: grouped}, {status: 200}, {status: 200, body: strings.Replace(grouped, `["a"]`, `["b"]`, 1)}}}
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), other, PasswordResetSettings{})
		if err != nil || strings.Contains(s.bodies[1], "Pilot") || !strings.Contains(s.bodies[1], `"passwordResetEnabledGroupName":""`) {
			t.Errorf("the name of the former group is written: %s, %v", s.bodies[1], err)
		}
		if len(change.Stale)+len(change.Overridden) != 0 {
			t.Errorf("the name, which is the service's, is reported: %v %v", change.Stale, change.Overridden)
		}
	})
}

func TestAChangeOfWhatIsNotManagedIsNotReported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := strings.NewReplacer(`"enablementType":0`, `"enablementType":2`, `"securityQuestionsOptionEnabled":false`, `"securityQuestionsOptionEnabled":true`).Replace(aPolicy)
		s := &script{answers: []answer{{status: 200, body: aPolicy}, {status: 200}, {status: http.StatusForbidden}, {status: 200, body: now}}}
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
		if err != nil || len(change.Stale)+len(change.Overridden) != 0 || len(s.requests) != 5 {
			t.Errorf("%v %v, %d requests, %v", change.Stale, change.Overridden, len(s.requests), err)
		}
	})
}

func TestAPolicyThatCannotBeReadBackIsStale(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: aPolicy}, {status: 200}, {status: http.StatusForbidden}}}
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
		if err != nil || !change.Written || !slices.Equal(change.Stale, []string{"enablementType"}) || len(change.Overridden) != 0 {
			t.Errorf("%v %v, %v", change.Stale, change.Overridden, err)
		}
	})
}

func TestNothingWaitsLongForMethodSwitches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		before := strings.Replace(aPolicy, `"enablementType":0`, `"emailOptionEnabled":false,"mobilePhoneOptionEnabled":false,"officePhoneOptionEnabled":false,`+
			`"mobileAppNotificationEnabled":false,"mobileAppCodeEnabled":false`, 1)
		on := true
		s := &script{answers: []answer{{status: 200, body: before}, {status: 200}, {status: 200, body: before}}}
		start := time.Now()
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EmailOptionEnabled: &on, MobilePhoneOptionEnabled: &on,
			OfficePhoneOptionEnabled: &on, MobileAppNotificationEnabled: &on, MobileAppCodeEnabled: &on}, PasswordResetSettings{})
		if took := time.Since(start); err != nil || len(change.Stale) != 5 || took < toggleBound || took > visibilityBound/2 {
			t.Errorf("after %v: %v, %v", took, change.Stale, err)
		}
	})
}

func TestAWriterThatWaitsCanBeCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: aPolicy}}}
		client := newClient(t, s)
		client.passwordResetWrites <- struct{}{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := client.ChangePasswordResetPolicy(ctx, PasswordResetSettings{}, PasswordResetSettings{}); !errors.Is(err, context.DeadlineExceeded) || len(s.requests) != 0 {
			t.Errorf("%d requests, %v", len(s.requests), err)
		}
	})
}
