package mockdirectory

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// within makes a directory that is reached in process.
func within(t *testing.T, o Options) *bench {
	t.Helper()
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bench{Directory: d, t: t, client: &http.Client{Transport: d.Transport()}, base: d.Connection().GraphEndpoint, app: d.AppToken()}
}

func TestTransportServesLikeASocket(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{})
		c := b.Connection()
		b.app = b.signIn(url.Values{"client_id": {c.ClientID}, "client_secret": {c.ClientSecret}})
		b.want(b.graph("PATCH", "/v1.0/users/alice@contoso.com", `{"passwordPolicies":"DisablePasswordExpiration"}`), http.StatusNoContent)
		g := b.want(b.graph("GET", "/v1.0/users/"+SeededAlice+"?$select=passwordPolicies", ""), http.StatusOK)
		if g.json["passwordPolicies"] != "DisablePasswordExpiration" || g.proto != 2 || g.header.Get("Date") != "Sat, 01 Jan 2000 00:00:00 GMT" {
			t.Errorf("read back %d %v %s", g.proto, g.header, g.raw)
		}
		b.want(b.portal("admin@contoso.com", "GET", "PasswordResetPolicies", ""), http.StatusOK)
		b.want(b.send("GET", "/_mock/state", nil, ""), http.StatusOK)
		if count := b.Journal().Counts["GET /v1.0/users/{id}"]; count != 1 {
			t.Errorf("%d reads in the journal", count)
		}
		if c.CACertificateFile != "" || c.GraphEndpoint != "https://localhost" {
			t.Errorf("connection %+v", c)
		}
	})
}

func TestTokensFollowTheClockOfTheBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{})
		time.Sleep(defaultTokenSeconds*time.Second - time.Nanosecond)
		b.want(b.graph("GET", "/v1.0/organization", ""), http.StatusOK)
		time.Sleep(time.Nanosecond)
		wantError(t, b.graph("GET", "/v1.0/organization", ""), 401, "InvalidAuthenticationToken", "expired")
		b.app = b.AppToken()
		b.want(b.graph("GET", "/v1.0/organization", ""), http.StatusOK)
	})
}

func TestTransportTakesLatencyInFakeTimeAndCanBeCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{Latency: time.Hour / 2})
		started := time.Now()
		b.want(b.graph("GET", "/v1.0/organization", ""), http.StatusOK)
		if took := time.Since(started); took != time.Hour/2 {
			t.Errorf("took %s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		started = time.Now()
		if _, err := b.do(ctx, "/v1.0/organization"); !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != time.Minute {
			t.Errorf("after %s: %v", time.Since(started), err)
		}
	})
}

// do sends without reading the body, and answers with what the client said.
func (b *bench) do(ctx context.Context, path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+b.app)
	response, err := b.client.Do(request)
	if err == nil {
		b.t.Cleanup(func() { _ = response.Body.Close() })
	}
	return response, err
}

func TestTransportBreaksLikeASocket(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{})
		b.AddFault(Fault{Path: "/v1.0/organization", Broken: true})
		if _, err := b.do(t.Context(), "/v1.0/organization"); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("cut connection: %v", err)
		}
		b.want(b.graph("GET", "/v1.0/organization", ""), http.StatusOK)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if _, err := b.do(t.Context(), "/v1.0/organization"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("closed directory: %v", err)
		}
	})
}

func TestTransportStreamsBodies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := within(t, Options{Users: 100})
		ctx, cancel := context.WithCancel(t.Context())
		response, err := b.do(ctx, "/v1.0/users")
		if err != nil {
			t.Fatal(err)
		}
		start := make([]byte, 10)
		if _, err := io.ReadFull(response.Body, start); err != nil || !strings.HasPrefix(string(start), `{"@odata`) {
			t.Errorf("start %q: %v", start, err)
		}
		cancel()
		if _, err := io.ReadAll(response.Body); !errors.Is(err, context.Canceled) {
			t.Errorf("rest after the end of the context: %v", err)
		}
		response, err = b.do(t.Context(), "/v1.0/users")
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait() // The bubble fails if the handler of an answer that nobody reads stays behind.
	})
}

func TestTruncatedBodiesAreNoticedInProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newInProcessWriter(&http.Request{Method: http.MethodGet}, func() {})
		go func() {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "12345")
			w.finish()
		}()
		<-w.ready
		body, err := io.ReadAll(w.response.Body)
		if string(body) != "12345" || !errors.Is(err, io.ErrUnexpectedEOF) || w.response.ContentLength != 10 {
			t.Errorf("%q of %d: %v", body, w.response.ContentLength, err)
		}
	})
}
