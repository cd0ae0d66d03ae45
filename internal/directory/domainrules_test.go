package directory

import (
	"net/http"
	"testing"
	"testing/synctest"
)

func TestWhichDomainsTakeAnExpiration(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		domain Domain
		want   bool
	}{
		{Domain{AuthenticationType: "Managed", IsRoot: true, IsVerified: true}, true},
		{Domain{AuthenticationType: "Federated", IsRoot: true, IsVerified: true}, false},
		{Domain{AuthenticationType: "Managed", IsVerified: true}, false},
		{Domain{AuthenticationType: "Managed", IsRoot: true}, false},
	} {
		if c.domain.TakesPasswordExpiration() != c.want {
			t.Errorf("%+v: not %v", c.domain, c.want)
		}
	}
}

func TestAnUnsetMemberIsNeitherEqualNorWritten(t *testing.T) {
	t.Parallel()
	unset, whole := PasswordExpiration{}, expiration(90, 14)
	period := PasswordExpiration{ValidityPeriodInDays: new(int64(180))}
	if !unset.Equal(PasswordExpiration{}) || !whole.Equal(expiration(90, 14)) {
		t.Error("the same settings differ")
	}
	for _, other := range []PasswordExpiration{unset, period, expiration(91, 14), expiration(90, 15)} {
		if whole.Equal(other) || other.Equal(whole) {
			t.Errorf("%+v equals %+v", other, whole)
		}
	}
	if unset.Complete() || period.Complete() || !whole.Complete() {
		t.Error("a setting is complete with both members only")
	}
	if !unset.Over(whole).Equal(whole) || !whole.Over(unset).Equal(whole) || !period.Over(whole).Equal(expiration(180, 14)) {
		t.Error("a member that is unset replaces one that is set")
	}
}

func TestAFailedReadConfirmsNoExpiration(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 204}, {status: http.StatusForbidden}}}
		change, err := newClient(t, s).SetPasswordExpiration(t.Context(), Domain{ID: "contoso.com", PasswordExpiration: expiration(90, 14)}, PasswordExpiration{}, false)
		if err != nil || change.Confirmed {
			t.Errorf("%+v, %v", change, err)
		}
	})
}

func TestTheNextPageIsReadWhereItsLinkPoints(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 200, body: `{"value":[],"@odata.nextLink":"https://graph.example/v1.0/domains/page2?$x=1"}`}, {status: 200, body: `{"value":[]}`}}}
	if _, err := newClient(t, s).Domains(t.Context()); err != nil || s.requests[1].URL.Path != "/v1.0/domains/page2" {
		t.Errorf("read %s, %v", s.requests[1].URL, err)
	}
}
