package directory

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func names(domains []Domain) []string {
	var ids []string
	for _, domain := range domains {
		ids = append(ids, domain.ID)
	}
	return ids
}

func TestDomainsAreReadToTheLastPage(t *testing.T) {
	t.Parallel()
	const next = "/v1.0/domains?$skiptoken=a%2Fb%20c&$x=%24"
	s := &script{answers: []answer{
		{status: 200, body: `{"value":[{"id":"a.example"},{"id":"b.example"}],"@odata.nextLink":"https://GRAPH.example` + next + `"}`},
		{status: 200, body: `{"value":[],"@odata.nextLink":"https://graph.example/v1.0/domains?$skiptoken=2"}`},
		{status: 200, body: `{"value":[{"id":"c.example","passwordValidityPeriodInDays":90}]}`},
	}}
	domains, err := newClient(t, s).Domains(t.Context())
	if err != nil || !slices.Equal(names(domains), []string{"a.example", "b.example", "c.example"}) {
		t.Fatalf("%v, %v", names(domains), err)
	}
	if got := s.requests[1].URL.String(); got != "https://graph.example"+next {
		t.Errorf("the link was changed to %s", got)
	}
	for _, request := range s.requests {
		if request.Header.Get("Authorization") != "Bearer first" {
			t.Errorf("%s was sent without the token", request.URL)
		}
	}
	if period := domains[2].ValidityPeriodInDays; period == nil || *period != 90 {
		t.Errorf("the period is %v", period)
	}
}

func TestALinkThatLeadsElsewhereIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, link := range []string{
		"https://elsewhere.example/v1.0/domains?$skiptoken=1",
		"http://graph.example/v1.0/domains?$skiptoken=1",
		"https://graph.example:8443/v1.0/domains",
		"https://graph.example@elsewhere.example/v1.0/domains",
		"https://user@graph.example/v1.0/domains",
		"https://graph.example/beta/domains",
		"https://graph.example.elsewhere.example/v1.0/domains",
		"//elsewhere.example/v1.0/domains",
		"/v1.0/domains?$skiptoken=1",
	} {
		s := &script{answers: []answer{{status: 200, body: `{"value":[],"@odata.nextLink":"` + link + `"}`}}}
		domains, err := newClient(t, s).Domains(t.Context())
		var redirect *RedirectError
		if !errors.As(err, &redirect) || domains != nil {
			t.Errorf("%s: %v, %v", link, domains, err)
		}
		if len(s.requests) != 1 {
			t.Errorf("%s was followed", link)
		}
	}
}

func TestAListThatLeadsBackEnds(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{
		{status: 200, body: `{"value":[],"@odata.nextLink":"https://graph.example/v1.0/domains?$skiptoken=1"}`},
		{status: 200, body: `{"value":[],"@odata.nextLink":"https://graph.example/v1.0/domains?$skiptoken=2"}`},
		{status: 200, body: `{"value":[],"@odata.nextLink":"https://graph.example/v1.0/domains?$skiptoken=1"}`},
	}}
	_, err := newClient(t, s).Domains(t.Context())
	if err == nil || !strings.Contains(err.Error(), "leads back") || len(s.requests) != 3 {
		t.Errorf("%d requests, %v", len(s.requests), err)
	}
}

func TestAnAnswerThatIsNoListIsNotAnEmptyOne(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"value":null}`, `{"id":"contoso.com"}`, `[]`, ``} {
		synctest.Test(t, func(t *testing.T) {
			if domains, err := newClient(t, &script{answers: []answer{{status: 200, body: body}}}).Domains(t.Context()); err == nil {
				t.Errorf("%q is taken for the list %v", body, domains)
			}
		})
	}
	if _, err := newClient(t, &script{answers: []answer{{status: 200, body: `{"value":[]}`}}}).Domains(t.Context()); err != nil {
		t.Errorf("an empty list is refused: %v", err)
	}
}

func TestAFailedPageFailsTheList(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{
		{status: 200, body: `{"value":[{"id":"a.example"}],"@odata.nextLink":"https://graph.example/v1.0/domains?$skiptoken=1"}`},
		{status: http.StatusForbidden, body: `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}`},
	}}
	domains, err := newClient(t, s).Domains(t.Context())
	var refusal *Error
	if domains != nil || !errors.As(err, &refusal) || !strings.Contains(refusal.Needs, "Domain.Read.All") {
		t.Errorf("%v, %v", domains, err)
	}
}

const aDomain = `{"id":"contoso.com","authenticationType":"Managed","isRoot":true,"isVerified":true,"passwordValidityPeriodInDays":90,"passwordNotificationWindowInDays":14}`

func expiration(period, window int64) PasswordExpiration {
	return PasswordExpiration{ValidityPeriodInDays: &period, NotificationWindowInDays: &window}
}

func TestBothMembersOfAnExpirationAreSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 204}, {status: 200, body: strings.Replace(aDomain, ":90,", ":180,", 1)}}}
		change, err := newClient(t, s).SetPasswordExpiration(t.Context(), Domain{ID: "contoso.com", PasswordExpiration: expiration(90, 14)}, expiration(180, 14), false)
		if err != nil || !change.Confirmed {
			t.Fatalf("%+v, %v", change, err)
		}
		if s.bodies[0] != `{"passwordValidityPeriodInDays":180,"passwordNotificationWindowInDays":14}` {
			t.Errorf("sent %s", s.bodies[0])
		}
	})
}

func TestAnExpirationThatStaysStaleEndsInTimeWithoutAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 204}, {status: 200, body: aDomain}}}
		start := time.Now()
		change, err := newClient(t, s).SetPasswordExpiration(t.Context(), Domain{ID: "contoso.com", PasswordExpiration: expiration(90, 14)}, expiration(180, 14), false)
		if err != nil || change.Confirmed || change.Uncertain {
			t.Errorf("%+v, %v", change, err)
		}
		if took := time.Since(start); took < visibilityBound || took > visibilityBound+longestLook {
			t.Errorf("waited %v", took)
		}
	})
}

func TestAnExpirationThatIsAsWantedIsNotWritten(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 500}}}
	change, err := newClient(t, s).SetPasswordExpiration(t.Context(), Domain{ID: "contoso.com", PasswordExpiration: expiration(90, 14)}, expiration(90, 14), false)
	if err != nil || !change.Confirmed || len(s.requests) != 0 {
		t.Errorf("%+v, %v, %d requests", change, err, len(s.requests))
	}
}
