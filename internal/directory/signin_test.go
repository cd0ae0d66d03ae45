package directory

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// signInFailure is a token source that fails to sign in, or to do so again.
type signInFailure struct{ token, renewed string }

var errSignIn = errors.New("AADSTS7000215: Invalid client secret provided")

func (f signInFailure) Token(context.Context) (string, error) {
	if f.token == "" {
		return "", errSignIn
	}
	return f.token, nil
}

func (f signInFailure) Renew(context.Context, string) (string, error) {
	if f.renewed == "" {
		return "", errSignIn
	}
	return f.renewed, nil
}

func TestAFailedSignInIsNotRepeatedAndNotWrapped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: aUser}}}
		client := newClient(t, s)
		client.graph.tokens, client.portal.tokens = signInFailure{}, signInFailure{}
		_, callErr := client.User(t.Context(), "a")
		_, graphErr := client.GraphTenantID(t.Context())
		_, portalErr := client.TenantID(t.Context())
		for service, err := range map[string]error{"Microsoft Graph:": errors.Join(callErr, graphErr), "the admin center's back end:": portalErr} {
			var signIn *SignInError
			if !errors.As(err, &signIn) || !errors.Is(err, errSignIn) || !strings.HasPrefix(err.Error(), "signing in to "+service) {
				t.Errorf("got %v", err)
			}
		}
		if len(s.requests) != 0 {
			t.Errorf("%d requests", len(s.requests))
		}
	})
}

func TestWithoutAnotherTokenTheRefusalIsReported(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]signInFailure{"the same token again": {"first", "first"}} {
		s := &script{answers: []answer{{status: http.StatusUnauthorized, body: `{"error":{"code":"InvalidAuthenticationToken","message":"expired"}}`}}}
		client := newClient(t, s)
		client.graph.tokens = source
		_, err := client.User(t.Context(), "a")
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.Status != http.StatusUnauthorized || refusal.Message != "expired" || len(s.requests) != 1 {
			t.Errorf("%s: %d requests, %v", name, len(s.requests), err)
		}
	}
}

func TestTheAnswerToARejectedTokenIsClosed(t *testing.T) {
	t.Parallel()
	body, calls := &broken{Reader: strings.NewReader("{}")}, 0
	_, err := newClient(t, roundTripper(func(request *http.Request) (*http.Response, error) {
		calls++
		if calls == 1 {
			return &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{}, Body: body, Request: request}, nil
		}
		return (&script{answers: []answer{{status: 200, body: aUser}}}).RoundTrip(request)
	})).User(t.Context(), "a")
	if err != nil || !body.closed {
		t.Errorf("closed %v, %v", body.closed, err)
	}
}

func TestAnExpiredSessionOfTheAdminCenterRenewsTheToken(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{
		{status: 400, body: `{"Message":"x","ClientData":{"errorCode":"msalautherror_invalid_grant"}}`},
		{status: 200, body: aPolicy},
	}}
	client := newClient(t, s)
	another := jwt(`{"tid":"` + tenant + `","scp":"another"}`)
	client.portal.tokens = &tokens{list: []string{userToken(), another}}
	if _, err := client.PasswordResetPolicy(t.Context()); err != nil || s.requests[1].Header.Get("Authorization") != "Bearer "+another {
		t.Errorf("got %v", err)
	}
	s = &script{answers: []answer{{status: 400, body: `{"error":{"code":"Request_BadRequest"}}`}}}
	if _, err := newClient(t, s).User(t.Context(), "a"); err == nil || len(s.requests) != 1 {
		t.Errorf("another 400 is sent %d times, %v", len(s.requests), err)
	}
}

func TestTheTenantIsReadFromTheToken(t *testing.T) {
	t.Parallel()
	client := newClient(t, &script{answers: []answer{{status: 200}}})
	for token, want := range map[string]string{
		userToken(): tenant, "e30." + "eyJ0aWQiOiJhIn0=" + ".x": "a", jwt(`{"scp":"x"}`): "", jwt(`{"tid":""}`): "", "a.b": "", jwt(`[]`): "",
	} {
		client.portal.tokens = signInFailure{token: token}
		if got, err := client.TenantID(t.Context()); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", token, got, err)
		}
	}
}
