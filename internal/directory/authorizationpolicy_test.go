package directory

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

const (
	sspr   = `{"id":"authorizationPolicy","allowInvitesFrom":"everyone","allowedToUseSSPR":true}`
	noSSPR = `{"id":"authorizationPolicy","allowInvitesFrom":"everyone","allowedToUseSSPR":false}`
)

func TestSwitchingAdministratorsSendsOneMemberAndReadsItBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: sspr}, {status: 204}, {status: 200, body: sspr}, {status: 200, body: noSSPR}}}
		change, err := newClient(t, s).SetAllowedToUseSSPR(t.Context(), false)
		if err != nil || !change.Confirmed || change.Uncertain || !change.Before.AllowedToUseSSPR {
			t.Fatalf("%+v, %v", change, err)
		}
		if s.requests[1].Method != http.MethodPatch || s.requests[1].URL.Path != "/v1.0/policies/authorizationPolicy" || s.bodies[1] != `{"allowedToUseSSPR":false}` {
			t.Errorf("%s %s %s", s.requests[1].Method, s.requests[1].URL, s.bodies[1])
		}
		if reads := len(s.requests) - 2; reads != 1+confirmations {
			t.Errorf("%d reads after the write", reads)
		}
	})
}

func TestASwitchThatIsAsWantedIsNotWritten(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 200, body: sspr}}}
	change, err := newClient(t, s).SetAllowedToUseSSPR(t.Context(), true)
	if err != nil || !change.Confirmed || len(s.requests) != 1 {
		t.Errorf("%d requests, %+v, %v", len(s.requests), change, err)
	}
}

func TestASwitchThatStaysStaleIsReportedInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: sspr}, {status: 204}, {status: 200, body: sspr}}}
		start := time.Now()
		change, err := newClient(t, s).SetAllowedToUseSSPR(t.Context(), false)
		if err != nil || change.Confirmed || change.Uncertain {
			t.Errorf("%+v, %v", change, err)
		}
		if took := time.Since(start); took < visibilityBound || took > visibilityBound+longestLook {
			t.Errorf("waited %v", took)
		}
	})
}

func TestASwitchWhoseAnswerIsLostIsReadBack(t *testing.T) {
	t.Parallel()
	for now, effect := range map[string]bool{noSSPR: true, sspr: false} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []answer{{status: 200, body: sspr}, {status: 504}, {status: 403}, {status: 200, body: now}}}
			change, err := newClient(t, s).SetAllowedToUseSSPR(t.Context(), false)
			if (err == nil) != effect || change.Confirmed != effect || change.Uncertain == effect {
				t.Errorf("effect %v: %+v, %v", effect, change, err)
			}
		})
	}
}

func TestARefusedSwitchIsNotReadBack(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 200, body: sspr}, {status: 403}}}
	change, err := newClient(t, s).SetAllowedToUseSSPR(t.Context(), false)
	if err == nil || change.Confirmed || change.Uncertain || len(s.requests) != 2 {
		t.Errorf("%d requests, %+v, %v", len(s.requests), change, err)
	}
}

func TestADocumentWithoutTheSwitchIsNotTakenForOff(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `[]`, `{"value":[]}`, `{"allowedToUseSSPR":null}`, `{"allowedToUseSSPR":"true"}`} {
		if policy, err := newClient(t, &script{answers: []answer{{status: 200, body: body}}}).AuthorizationPolicy(t.Context()); err == nil {
			t.Errorf("%s is taken for %+v", body, policy)
		}
	}
}

func TestEachServiceHasTheTenantOfItsOwnToken(t *testing.T) {
	t.Parallel()
	client := newClient(t, &script{answers: []answer{{status: 200}}})
	client.graph.tokens = &tokens{list: []string{jwt(`{"tid":"graph-tenant","idtyp":"app"}`)}}
	if got, err := client.GraphTenantID(t.Context()); err != nil || got != "graph-tenant" {
		t.Errorf("Graph: %q, %v", got, err)
	}
	if got, err := client.TenantID(t.Context()); err != nil || got != tenant {
		t.Errorf("portal: %q, %v", got, err)
	}
	client.portal = nil
	if _, err := client.TenantID(t.Context()); !errors.Is(err, ErrNoPortal) {
		t.Errorf("without a portal: %v", err)
	}
	client.graph.tokens = &tokens{list: []string{jwt(`{}`)}}
	if got, err := client.GraphTenantID(t.Context()); err == nil {
		t.Errorf("a token without a tenant has %q", got)
	}
}
