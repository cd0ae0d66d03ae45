package credential

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// sameService are hosts that one sign-in service has besides the configured
// one, and that its own documents name.
var sameService = map[string][]string{
	"login.chinacloudapi.cn":           {"login.partner.microsoftonline.cn"},
	"login.partner.microsoftonline.cn": {"login.chinacloudapi.cn"},
}

// watch is the transport of one sign-in. It sends nothing to hosts other than
// the expected ones, and remembers the latest answer, or why there was none:
// azidentity keeps the text of errors only, and not always the answer.
type watch struct {
	next  http.RoundTripper
	hosts []string

	mu      sync.Mutex
	failure error
	latest  *answer
}

// answer is the latest answer; of a success, which holds a token, only the
// status.
type answer struct {
	status  int
	content []byte
}

// What is read of an answer at most, in bytes.
const (
	maxRefusal = 64 << 10
	maxSuccess = 1 << 20
)

func newWatch(next http.RoundTripper, address string) *watch {
	host := ""
	if parsed, err := url.Parse(address); err == nil {
		host = strings.ToLower(parsed.Host)
	}
	return &watch{next: next, hosts: append([]string{host}, sameService[host]...)}
}

// client is an HTTP client over the watch. It follows no redirect: what it
// sends holds secrets.
func (w *watch) client() *http.Client {
	return &http.Client{Transport: w, CheckRedirect: func(request *http.Request, via []*http.Request) error {
		return w.remember(&strayError{from: via[0].URL.Host, to: request.URL.Host})
	}}
}

// RoundTrip implements http.RoundTripper.
func (w *watch) RoundTrip(request *http.Request) (*http.Response, error) {
	if !w.expects(request.URL) {
		return nil, w.remember(&strayError{from: w.hosts[0], to: request.URL.Scheme + "://" + request.URL.Host})
	}
	response, err := w.next.RoundTrip(request)
	if err != nil {
		return nil, w.remember(settled(err))
	}
	if err := w.keep(response); err != nil {
		return nil, w.remember(err)
	}
	return response, nil
}

// keep remembers an answer and leaves its body to be read again. An answer that
// ends too early is none, so that it is asked for again.
func (w *watch) keep(response *http.Response) error {
	latest := &answer{status: response.StatusCode}
	refused := response.StatusCode >= http.StatusMultipleChoices
	limit := int64(maxSuccess)
	if refused {
		limit = maxRefusal
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, limit))
	_ = response.Body.Close()
	if err == nil && !refused && unfinished(content) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("the answer broke off: %w", err)
	}
	response.Body = io.NopCloser(bytes.NewReader(content))
	if refused {
		latest.content = content
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failure, w.latest = nil, latest
	return nil
}

// unfinished reports whether JSON ends before its value does.
func unfinished(content []byte) bool {
	var value json.RawMessage
	var syntax *json.SyntaxError
	return errors.As(json.Unmarshal(content, &value), &syntax) && syntax.Offset >= int64(len(content))
}

// expects reports whether a request may go to an address. Without hosts every
// one is expected: the endpoint of a managed identity has no secret to lose.
func (w *watch) expects(address *url.URL) bool {
	return len(w.hosts) == 0 || slices.Contains(w.hosts, strings.ToLower(address.Host)) && mayCarrySecrets(address.String())
}

func (w *watch) remember(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failure, w.latest = err, nil
	return err
}

// last is the answer to the latest request, or why it had none.
func (w *watch) last() (*answer, error) {
	if w == nil {
		return nil, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.latest, w.failure
}

// strayError is a redirect or an address of the sign-in service that leads
// elsewhere.
type strayError struct {
	from, to string
}

func (e *strayError) Error() string {
	return fmt.Sprintf("the sign-in service at %s leads to %s: no secret is sent there", e.from, e.to)
}

// NonRetriable ends the retries of azcore: the next answer would be the same.
func (e *strayError) NonRetriable() {}

// settledError is a failed connection that a retry cannot mend.
type settledError struct{ error }

// Unwrap returns the cause.
func (e *settledError) Unwrap() error { return e.error }

// NonRetriable ends the retries of azcore.
func (e *settledError) NonRetriable() {}

// settled marks an error that a retry cannot mend.
func settled(err error) error {
	var name *net.DNSError
	if certificateProblem(err) || errors.As(err, &name) && name.IsNotFound {
		return &settledError{err}
	}
	return err
}

// directTransport is a transport past any proxy and soon to give up: the
// endpoint of a managed identity is on the machine itself.
func directTransport(base http.RoundTripper) http.RoundTripper {
	standard, ok := base.(*http.Transport)
	if !ok {
		return base
	}
	direct := standard.Clone()
	direct.Proxy = nil
	direct.DialContext = (&net.Dialer{Timeout: 3 * time.Second}).DialContext
	// The transport serves one sign-in; its connections would be left behind.
	direct.DisableKeepAlives = true
	return direct
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
