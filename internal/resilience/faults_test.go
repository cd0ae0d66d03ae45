package resilience_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// fault is what happens to the request that does the work of an operation: to
// the write in a create, update or delete, and else to the read.
type fault struct {
	name string
	// answer is what the directory answers instead. Its zero value plans nothing.
	answer mockdirectory.Fault
	// whole says that the fault meets the request on the wire, and not one in a
	// batch.
	whole bool
	// stale is how many reads after a write still show the former value.
	stale int
	// interrupt ends the operation once the request was made.
	interrupt interrupt
	// says is what an error must name.
	says string
	// of limits the fault to some types.
	of func(kind) bool
}

// interrupt is when an operation is ended.
type interrupt int

const (
	never interrupt = iota
	// unanswered is after the request took effect, and before its answer.
	unanswered
	// later is while the provider waits for what comes after the answer.
	later
)

func faults() []fault {
	const page = "<html><head><title>Sign in to the network</title></head></html>"
	inTenant := func(k kind) bool { return k.object == "tenant" }
	return []fault{
		{name: "429 with Retry-After", answer: mockdirectory.Fault{Status: 429, RetryAfter: "1"}},
		{name: "429 without", answer: mockdirectory.Fault{Status: 429}},
		{name: "503 before the write", answer: mockdirectory.Fault{Status: 503}},
		{name: "503 after the write", answer: mockdirectory.Fault{Status: 503, Applied: true}},
		{name: "reset before the write", answer: mockdirectory.Fault{Broken: true}, whole: true},
		{name: "reset after the write", answer: mockdirectory.Fault{Broken: true, Applied: true}, whole: true},
		{name: "unavailable for too long, before the write", answer: mockdirectory.Fault{Status: 503, RetryAfter: "700"}, interrupt: later, says: "503"},
		{name: "unavailable for too long, after the write", answer: mockdirectory.Fault{Status: 503, RetryAfter: "700", Applied: true}, interrupt: later, says: "503"},
		{name: "403", answer: mockdirectory.Fault{Status: 403}, says: "403"},
		{name: "404, of a setting of the tenant", answer: mockdirectory.Fault{Status: 404}, says: "404", of: inTenant},
		{name: "404, of a user or a domain", answer: mockdirectory.Fault{Status: 404, Code: "Request_ResourceNotFound"}, says: "404",
			of: func(k kind) bool { return !inTenant(k) }},
		{name: "409 Directory_ConcurrencyViolation", answer: mockdirectory.Fault{Status: 409, Code: "Directory_ConcurrencyViolation"}},
		{name: "a web page with 200", answer: mockdirectory.Fault{Status: 200, Body: page, ContentType: "text/html", Applied: true}, whole: true, says: "could not be read"},
		{name: "half an answer with 200", answer: mockdirectory.Fault{Status: 200, Body: `{"id":"`, ContentType: "application/json", Applied: true}, whole: true, says: "could not be read"},
		{name: "401 once", answer: mockdirectory.Fault{Status: 401, Code: "InvalidAuthenticationToken"}, whole: true},
		{name: "reads that lag", stale: 3},
		{name: "cancelled in the middle", interrupt: unanswered, says: "cancelled"},
	}
}

// plan lets the fault meet the next request of an operation.
func (f fault) plan(d *acctest.Directory, at target, times int) {
	if f.answer == (mockdirectory.Fault{}) {
		return
	}
	planned := f.answer
	planned.Method, planned.Path, planned.Times = at.method, at.path, times
	d.AddFault(planned)
}

// provider is one that meets the fault: it reaches the directory directly, or
// through a proxy that ends the operation.
func (f fault) provider(t *testing.T, d *acctest.Directory, at target) *acctest.Server {
	t.Helper()
	if f.interrupt == never {
		return d.Server(t)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	p := newProxy(t, d, false, func(next http.RoundTripper) http.RoundTripper {
		return interrupting{next: next, at: at, when: f.interrupt, cancel: cancel}
	})
	return d.Server(hurried{t, ctx}, p.settings())
}

// hurried is a test whose operations end with a context.
type hurried struct {
	testing.TB
	ctx context.Context
}

// Context implements testing.TB.
func (h hurried) Context() context.Context { return h.ctx }

// interrupting ends an operation at one of its requests.
type interrupting struct {
	next   http.RoundTripper
	at     target
	when   interrupt
	cancel context.CancelFunc
}

// RoundTrip implements http.RoundTripper.
func (i interrupting) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := i.next.RoundTrip(request)
	if err != nil || !i.at.matches(request) {
		return answer, err
	}
	if i.when == later {
		time.AfterFunc(time.Second, i.cancel)
		return answer, nil
	}
	i.cancel()
	<-request.Context().Done()
	return nil, errors.Join(errors.New("nobody waits for the answer"), answer.Body.Close())
}

// matches reports whether a request is one of this kind.
func (at target) matches(request *http.Request) bool {
	parts, path := strings.Split(at.path, "/"), strings.Split(request.URL.Path, "/")
	if at.method != request.Method || len(parts) != len(path) {
		return false
	}
	for i, part := range parts {
		if part != path[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}
