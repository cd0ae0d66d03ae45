package directory

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
)

func TestARequestCarriesWhatTheServiceExpects(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 200, body: aUser}, {status: 200, body: `{"responses":[{"id":"0","status":204}]}`}, {status: 200, body: aPolicy}}}
	client := newClient(t, s)
	_, readErr := client.User(t.Context(), "a@contoso.com")
	_, writeErr := client.setPasswordPolicies(t.Context(), "a@contoso.com", PasswordPolicies{})
	_, portalErr := client.PasswordResetPolicy(t.Context())
	if err := errors.Join(readErr, writeErr, portalErr); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for i, want := range []struct{ contentType, correlation string }{
		{"", "Client-Request-Id"}, {"application/json", "Client-Request-Id"}, {"", "X-Ms-Client-Request-Id"},
	} {
		header := s.requests[i].Header
		if header.Get("Accept") != "application/json" || header.Get("Content-Type") != want.contentType || header.Get("User-Agent") != "test/1" {
			t.Errorf("request %d carries %v", i, header)
		}
		ids[header.Get(want.correlation)] = true
	}
	if len(ids) != 3 || ids[""] {
		t.Errorf("the requests carry the ids %v", ids)
	}
	if query := s.requests[2].URL.RawQuery; query != "getPasswordResetEnabledGroup=true" {
		t.Errorf("the policy was asked for with %q", query)
	}
}

func TestABaseAddressMayEndInASlash(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 200, body: aUser}}}
	client, err := New(Config{GraphEndpoint: "https://graph.example/", GraphTokens: &tokens{list: []string{"first"}}, Transport: s})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.User(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if got := s.requests[0].URL.Path; got != "/v1.0/users/a" {
		t.Errorf("called %s", got)
	}
}

func TestEndpointsThatAreNoBaseAddressAreRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"https://graph.example?a=b", "https://graph.example#a", "ws://localhost:1", "http://localhost.example", "https://gra ph.example"} {
		if _, err := New(Config{GraphEndpoint: address}); err == nil {
			t.Errorf("%s is accepted for Graph", address)
		}
		if _, err := New(Config{GraphEndpoint: "https://graph.example", PortalEndpoint: address}); err == nil {
			t.Errorf("%s is accepted for the admin center", address)
		}
	}
}

func TestACloudWithoutTheAdminCenterSaysSo(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 200}}}
	client, err := New(Config{GraphEndpoint: "https://graph.example", Transport: s})
	if err != nil {
		t.Fatal(err)
	}
	_, readErr := client.PasswordResetPolicy(t.Context())
	_, writeErr := client.ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{}, PasswordResetSettings{})
	_, tenantErr := client.TenantID(t.Context())
	for _, err := range []error{readErr, writeErr, tenantErr} {
		if !errors.Is(err, ErrNoPortal) {
			t.Errorf("got %v", err)
		}
	}
	if client.HasPortal() || len(s.requests) != 0 {
		t.Errorf("%d requests", len(s.requests))
	}
}

func TestARedirectWithinTheHostIsRefusedToo(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: http.StatusFound, header: http.Header{"Location": {"/v1.0/users/b"}}}, {status: 200, body: aUser}}}
	_, err := newClient(t, s).User(t.Context(), "a")
	var redirect *RedirectError
	if !errors.As(err, &redirect) || len(s.requests) != 1 {
		t.Errorf("%d requests, %v", len(s.requests), err)
	}
	if strings.Contains(err.Error(), "Get ") || !strings.HasPrefix(err.Error(), "Microsoft Graph at graph.example") {
		t.Errorf("the error begins with the words of the HTTP client: %v", err)
	}
}

func TestACancelledCallIsNoFailureOfTheDirectory(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newClient(t, &script{answers: []answer{{status: 200, body: aUser}}}).User(ctx, "a")
	var failure *Error
	if !errors.Is(err, context.Canceled) || errors.As(err, &failure) {
		t.Errorf("got %v", err)
	}
}

func TestACallWithoutAnAnswerSaysWhyAndUnderWhichID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("connection refused")
		s := &script{answers: []answer{{err: cause}}}
		_, err := newClient(t, s).User(t.Context(), "a")
		var failure *Error
		if !errors.As(err, &failure) || !errors.Is(err, cause) || failure.Status != 0 {
			t.Fatalf("got %v", err)
		}
		if id := s.requests[0].Header.Get("client-request-id"); failure.ClientRequestID != id || id == "" {
			t.Errorf("the error names the id %q, the request %q", failure.ClientRequestID, id)
		}
		if want := "GET /users/a: no answer from graph.example: connection refused"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	})
}

// broken is an answer that breaks off, and tells whether it was closed.
type broken struct {
	io.Reader
	closed bool
}

func (b *broken) Read(p []byte) (int, error) {
	if n, _ := b.Reader.Read(p); n > 0 {
		return n, nil
	}
	return 0, io.ErrUnexpectedEOF
}

func (b *broken) Close() error {
	b.closed = true
	return nil
}

// roundTripper is a transport in one function.
type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }

func TestAnAnswerThatBreaksOffIsAnErrorAndIsClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var bodies []*broken
		_, err := newClient(t, roundTripper(func(request *http.Request) (*http.Response, error) {
			// What arrived is a whole document by chance.
			bodies = append(bodies, &broken{Reader: strings.NewReader(aUser)})
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: bodies[len(bodies)-1], Request: request}, nil
		})).User(t.Context(), "a")
		if err == nil || !strings.Contains(err.Error(), "broke off") || len(bodies) != maxAttempts {
			t.Errorf("%d attempts, %v", len(bodies), err)
		}
		for i, body := range bodies {
			if !body.closed {
				t.Errorf("answer %d is not closed", i)
			}
		}
	})
}

func TestAnAnswerThatBreaksOffIsAskedForAgain(t *testing.T) {
	t.Parallel()
	missing := `{"error":{"code":"Request_ResourceNotFound","message":"Resource 'a' does not exist."}}`
	for name, first := range map[string]answer{
		"a user":         {status: 200, body: aUser[:len(aUser)-1]},
		"nothing":        {status: 200},
		"half a refusal": {status: 404, body: missing[:20]},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []answer{first, {status: 200, body: aUser}}}
			if _, err := newClient(t, s).User(t.Context(), "a@contoso.com"); err != nil || len(s.requests) != 2 {
				t.Errorf("%s: %d requests, %v", name, len(s.requests), err)
			}
			if pause := s.times[len(s.times)-1].Sub(s.times[0]); pause < firstPause/2 {
				t.Errorf("%s: repeated after %v", name, pause)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 404, body: missing[:20]}, {status: 404, body: missing}}}
		if _, err := newClient(t, s).User(t.Context(), "a@contoso.com"); !IsNotFound(err) || len(s.requests) != 2 {
			t.Errorf("%d requests, %v", len(s.requests), err)
		}
	})
}

func TestABatchWhoseAnswerBreaksOffForEverMayHaveTakenEffect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: `{"responses":[`}}}
		all := items([]call{{method: http.MethodPatch, path: "/users/a"}})
		client := newClient(t, s)
		client.graph.sendAll(t.Context(), all)
		if err := all[0].outcome(client.graph, nil); !uncertain(err) || len(s.requests) != maxAttempts {
			t.Errorf("%d requests, %v", len(s.requests), err)
		}
	})
}

func TestAnswersThatAreNoJSONAreNotAskedForAgain(t *testing.T) {
	t.Parallel()
	for _, only := range []answer{{status: 200, body: "<html>sign in"}, {status: 404, body: "<html>no such page"}, {status: 403}} {
		s := &script{answers: []answer{only}}
		if _, err := newClient(t, s).User(t.Context(), "a@contoso.com"); err == nil || len(s.requests) != 1 {
			t.Errorf("%q: %d requests, %v", only.body, len(s.requests), err)
		}
	}
}

func TestARequestWithoutContentHasNoBody(t *testing.T) {
	t.Parallel()
	var body io.ReadCloser
	_, err := newClient(t, roundTripper(func(request *http.Request) (*http.Response, error) {
		body = request.Body
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(aUser)), Request: request}, nil
	})).User(t.Context(), "a")
	if err != nil || body != nil && body != http.NoBody {
		t.Errorf("the body is %T, %v", body, err)
	}
}

func TestATokenIsAttachedToTheServicesAddressOnly(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 200, body: aUser}}}
	a := &authorizer{
		service: &service{name: "Microsoft Graph", base: &url.URL{Scheme: "https", Host: "graph.example"}, tokens: &tokens{list: []string{"first"}}},
		next:    s,
	}
	for address, ok := range map[string]bool{
		"https://graph.example/v1.0/me": true, "http://graph.example/v1.0/me": false, "https://elsewhere.example/v1.0/me": false, "https://graph.example:8443/": false,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		sent := len(s.requests)
		response, err := a.RoundTrip(request)
		if response != nil {
			_ = response.Body.Close()
		}
		var redirect *RedirectError
		if ok != (err == nil) || ok != (len(s.requests) == sent+1) || !ok && !errors.As(err, &redirect) {
			t.Errorf("%s: %v", address, err)
		}
		if request.Header.Get("Authorization") != "" {
			t.Error("the caller's request was changed")
		}
	}
}
