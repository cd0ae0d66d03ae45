package credential

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// endless is an answer without end, and counts what is read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

// answering is a transport that gives every request the same answer.
type answering func(*http.Request) *http.Response

func (a answering) RoundTrip(request *http.Request) (*http.Response, error) { return a(request), nil }

// TestAnAnswerWithoutEndIsBounded: the sign-in libraries read whatever they
// get, and hold all of it in memory.
func TestAnAnswerWithoutEndIsBounded(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusBadRequest} {
		body, requests := &endless{}, 0
		config := Config{
			AuthorityHost: "https://login.example", GraphEndpoint: "https://graph.example", TenantID: set("tenant_id", "t"), ClientID: set("client_id", "c"),
			PortalRefreshToken: set("portal.refresh_token", "s3cret"), ClientSecret: set("client_secret", "s3cret"),
			Transport: answering(func(request *http.Request) *http.Response {
				requests++
				return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(body), Request: request}
			}),
		}
		for name, source := range map[string]*Source{"application": Graph(config), "user": Portal(config)} {
			if _, err := source.Token(t.Context()); err == nil || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s, %d: %v", name, status, err)
			}
		}
		if most := requests * (maxSuccess + 64<<10); requests == 0 || body.read > most {
			t.Errorf("%d: %d bytes were read in %d requests", status, body.read, requests)
		}
	}
}
