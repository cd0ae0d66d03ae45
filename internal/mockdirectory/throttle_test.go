package mockdirectory

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// units asks for something that costs so many resource units, and returns the answer.
func (b *bench) units(cost int) got {
	b.t.Helper()
	path := map[int]string{
		1: "/v1.0/organization", 3: "/v1.0/groups/" + SeededGroup + "/members", 5: "/v1.0/groups/" + SeededGroup + "/transitiveMembers",
	}[cost]
	return b.graph("GET", path, "")
}

func (b *bench) write() got {
	b.t.Helper()
	return b.graph("PATCH", "/v1.0/users/"+SeededAlice, `{"passwordPolicies":"None"}`)
}

// wantThrottled checks a refusal with everything that tells why and how long.
func wantThrottled(t *testing.T, g got, retryAfter, scope, information string) {
	t.Helper()
	wantError(t, g, http.StatusTooManyRequests, "TooManyRequests", "Please retry again later.")
	if scope != "" {
		scope = "Tenant_Application/" + scope + "/" + SeededClientID + "/" + SeededTenantID
	}
	for name, want := range map[string]string{"Retry-After": retryAfter, "x-ms-throttle-scope": scope, "x-ms-throttle-information": information} {
		if have := g.header.Get(name); have != want {
			t.Errorf("%s %q, want %q", name, have, want)
		}
	}
}

func TestResourceUnitsRunOutAndComeBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{Throttle: &Throttle{ResourceUnits: 10}})
		b.want(b.units(5), http.StatusOK)
		b.want(b.units(3), http.StatusOK)
		b.want(b.units(1), http.StatusOK)
		// One unit is left, and the refused request takes three more: four are missing for the next try.
		refused := b.units(3)
		wantThrottled(t, refused, "5", "ReadWrite", "ResourceUnitLimitExceeded")
		if refused.header.Get("x-ms-resource-unit") != "3" {
			t.Errorf("headers %v", refused.header)
		}
		time.Sleep(5*time.Second - time.Millisecond)
		wantThrottled(t, b.units(3), "3.001", "ReadWrite", "ResourceUnitLimitExceeded")
		time.Sleep(3001 * time.Millisecond)
		b.want(b.units(3), http.StatusOK)
		time.Sleep(time.Minute)
		b.want(b.units(5), http.StatusOK)
		b.want(b.units(5), http.StatusOK)
		wantThrottled(t, b.units(1), "2", "ReadWrite", "ResourceUnitLimitExceeded")
		want := ThrottleCounts{Granted: 6, Refused: 3, ResourceUnits: 5 + 3 + 1 + 3 + 3 + 3 + 5 + 5 + 1}
		if counts := b.Throttled(); counts != want {
			t.Errorf("counts %+v, want %+v", counts, want)
		}
		journal := b.Journal().Requests
		if last := journal[len(journal)-1]; last.RetryAfter != "2" || !last.Time.Equal(time.Now()) {
			t.Errorf("journal %+v", last)
		}
	})
}

func TestDebtHasAnEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{Throttle: &Throttle{ResourceUnits: 10}})
		var last got
		for range 50 {
			last = b.units(1)
		}
		wantThrottled(t, last, "9", "ReadWrite", "ResourceUnitLimitExceeded")
		time.Sleep(9 * time.Second)
		b.want(b.units(1), http.StatusOK)
	})
}

func TestWritesHaveAQuotaOfTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{Throttle: &Throttle{Writes: 3, WritePeriod: 7 * time.Second}})
		for range 3 {
			b.want(b.write(), http.StatusNoContent)
		}
		for range 4 { // Refused writes do not make the wait longer.
			wantThrottled(t, b.write(), "2.334", "Write", "WriteLimitExceeded")
		}
		b.want(b.units(1), http.StatusOK)
		b.want(b.graph("POST", "/v1.0/directoryObjects/getByIds", `{"ids":[]}`), http.StatusOK)
		time.Sleep(2333 * time.Millisecond)
		wantThrottled(t, b.write(), "0.001", "Write", "WriteLimitExceeded")
		time.Sleep(time.Millisecond)
		b.want(b.write(), http.StatusNoContent)
		if n := b.Throttled(); n.GrantedWrites != 4 || n.RefusedWrites != 5 || n.Granted != 6 || n.Refused != 5 {
			t.Errorf("counts %+v", n)
		}
	})
}

func TestItemsOfABatchAreThrottledSingly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{Throttle: &Throttle{Writes: 4, WritePeriod: 8 * time.Second}})
		var items []string
		for i := range 6 {
			items = append(items, fmt.Sprintf(`{"id":"%d","method":"PATCH","url":"/users/%s","headers":{"Content-Type":"application/json"},"body":{"passwordPolicies":"None"}}`, i, SeededAlice))
		}
		items = append(items, `{"id":"6","method":"GET","url":"/organization"}`)
		g := b.want(b.graph("POST", "/v1.0/$batch", `{"requests":[`+strings.Join(items, ",")+`]}`), http.StatusOK)
		if g.header.Get("x-ms-resource-unit") != "" || g.header.Get("Retry-After") != "" {
			t.Errorf("the batch itself has %v", g.header)
		}
		responses, _ := g.json["responses"].([]any)
		status := map[string]int{}
		for _, entry := range responses {
			item, _ := entry.(map[string]any)
			header, _ := item["headers"].(map[string]any)
			key := fmt.Sprint(item["status"], " ", header["Retry-After"], " ", header["x-ms-resource-unit"], " ", header["x-ms-throttle-information"])
			status[key]++
		}
		if status["204 <nil> 1 <nil>"] != 4 || status["429 2 1 WriteLimitExceeded"] != 2 || status["200 <nil> 1 <nil>"] != 1 {
			t.Errorf("items %v: %s", status, g.raw)
		}
		if n := b.Throttled(); n.Granted != 5 || n.Refused != 2 || n.ResourceUnits != 7 {
			t.Errorf("counts %+v", n)
		}
	})
}

func TestReportsHaveASmallQuota(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{Throttle: &Throttle{}})
		for range 5 {
			g := b.want(b.graph("GET", registrations, ""), http.StatusOK)
			if g.header.Get("x-ms-resource-unit") != "" {
				t.Errorf("headers %v", g.header)
			}
		}
		for range 2 {
			wantThrottled(t, b.graph("GET", registrations, ""), "2", "", "")
		}
		b.want(b.graph("GET", "/v1.0/users", ""), http.StatusOK)
		time.Sleep(2 * time.Second)
		b.want(b.graph("GET", registrations, ""), http.StatusOK)
	})
}

func TestQuotasAreMicrosofts(t *testing.T) {
	t.Parallel()
	for users, want := range map[int]float64{0: 3500, 49: 3500, 50: 5000, 500: 5000, 501: 8000} {
		if have := new(Throttle).unitQuota(users); have.amount != want || have.period != 10*time.Second {
			t.Errorf("%d users: %+v", users, have)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{Users: 600, Throttle: &Throttle{}})
		for range 3000 {
			b.want(b.write(), http.StatusNoContent)
		}
		wantThrottled(t, b.write(), "0.05", "Write", "WriteLimitExceeded")
		time.Sleep(150 * time.Second)
		for i := range 8000 {
			if g := b.units(1); g.status != http.StatusOK {
				t.Fatalf("request %d: %d", i, g.status)
			}
		}
		wantThrottled(t, b.units(1), "0.003", "ReadWrite", "ResourceUnitLimitExceeded")
	})
}

func TestAnswersWarnBeforeAQuotaIsUsedUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{Throttle: &Throttle{ResourceUnits: 20, Writes: 10}})
		const name = "x-ms-throttle-limit-percentage"
		for range 8 {
			if g := b.want(b.write(), http.StatusNoContent); g.header.Get(name) != "" {
				t.Errorf("early warning %s", g.header.Get(name))
			}
		}
		if g := b.want(b.write(), http.StatusNoContent); g.header.Get(name) != "0.900" {
			t.Errorf("writes: %q", g.header.Get(name))
		}
		if g := b.want(b.units(1), http.StatusOK); g.header.Get(name) != "" {
			t.Errorf("a read after many writes: %q", g.header.Get(name))
		}
		if g := b.want(b.graph("GET", "/v1.0/nothing", ""), http.StatusBadRequest); g.header.Get(name) != "" {
			t.Errorf("an unknown path: %q", g.header.Get(name))
		}
		b.want(b.units(5), http.StatusOK)
		if g := b.want(b.units(3), http.StatusOK); g.header.Get(name) != "0.900" {
			t.Errorf("units: %q", g.header.Get(name))
		}
	})
}

func TestOnlyGraphIsThrottledAndEachApplicationForItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{Throttle: &Throttle{ResourceUnits: 1}})
		b.want(b.units(1), http.StatusOK)
		if g := b.units(1); g.status != http.StatusTooManyRequests {
			t.Errorf("status %d", g.status)
		}
		b.want(b.portal("admin@contoso.com", "GET", "PasswordResetPolicies", ""), http.StatusOK)
		b.want(b.token(SeededTenantID, map[string][]string{"client_id": {SeededClientID}, "client_secret": {b.Connection().ClientSecret}}), http.StatusOK)
		b.want(b.graphAs(b.userToken("reader@contoso.com", b.base), "GET", "/v1.0/organization", ""), http.StatusOK)
		b.want(b.graphAs("nonsense", "GET", "/v1.0/organization", ""), http.StatusUnauthorized)
	})
}

func TestWithoutThrottleNothingIsCounted(t *testing.T) {
	t.Parallel()
	b := within(t, Options{})
	for range 10 {
		b.want(b.graph("GET", registrations, ""), http.StatusOK)
	}
	if n := b.Throttled(); n != (ThrottleCounts{}) {
		t.Errorf("counts %+v", n)
	}
}
