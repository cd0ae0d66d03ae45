package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/go-retryablehttp"
)

// maxAnswer bounds what is read of one answer, in bytes. The largest regular
// one, a page of 999 users, stays below one MiB.
const maxAnswer = 16 << 20

// service is one of the two APIs, as the calls see it.
type service struct {
	name   string
	base   *url.URL
	tokens TokenSource
	http   *retryablehttp.Client
	gate   *gate
	log    logFunc
	// correlationHeader carries the id under which the service logs a request.
	correlationHeader string
	// precondition looks at a token before anything is sent with it.
	precondition func(token string) error
}

func newService(config Config, name string, base *url.URL, tokens TokenSource) *service {
	s := &service{name: name, base: base, tokens: tokens, log: config.Log}
	s.gate = &gate{service: name, log: config.Log, next: &authorizer{service: s, userAgent: config.UserAgent, next: &attemptLogger{
		log:  config.Log,
		next: config.Transport,
	}}}
	s.http = newRetrier(&http.Client{
		Transport: s.gate,
		CheckRedirect: func(request *http.Request, via []*http.Request) error {
			return &RedirectError{Service: name, From: via[0].URL.Host, To: request.URL.Host}
		},
	})
	return s
}

// call is one request and what is known about it before it is sent.
type call struct {
	method string
	path   string
	query  string
	// header is added to what every call carries.
	header http.Header
	// body is sent as JSON; nil sends none.
	body any
	// needs names the permission or role that a refused caller lacks.
	needs string
}

// send makes a call and decodes a 2xx answer into out, unless out is nil.
// Every other answer is an [*Error].
func (s *service) send(ctx context.Context, c call, out any) error {
	if s == nil {
		return ErrNoPortal
	}
	ctx, cancel := context.WithTimeout(ctx, callBound)
	defer cancel()
	attempts := new(attempts)
	if err := s.attempt(context.WithValue(ctx, attemptsKey{}, attempts), c, out); err != nil {
		if c.method != http.MethodGet && attempts.doubtful.Load() {
			return &doubtfulError{err}
		}
		return err
	}
	return nil
}

// attempt makes the call, with its repetitions. An answer that broke off is
// asked for again as one that never came: half of a refusal may hide that it
// says "not found".
func (s *service) attempt(ctx context.Context, c call, out any) error {
	for tries := 0; ; tries++ {
		err := s.answered(ctx, c, out)
		if !errors.Is(err, errBrokenOff) || spent(ctx) || sleep(ctx, pause(firstPause, longestPause, tries, nil)) != nil {
			return err
		}
	}
}

// answered makes the call until there is an answer, and reads it.
func (s *service) answered(ctx context.Context, c call, out any) error {
	request, correlationID, err := s.build(ctx, c)
	if err != nil {
		return err
	}
	response, err := s.http.Do(request)
	if response != nil {
		defer func() { _ = response.Body.Close() }()
	}
	if err != nil {
		return s.notSent(c, correlationID, err)
	}
	body, err := readLimited(response.Body)
	if response.StatusCode < 200 || response.StatusCode > 299 {
		refusal := newError(s, c, correlationID, response, body)
		if err != nil || bytes.HasPrefix(body, []byte("{")) && unfinished(body) {
			refusal.Err = errBrokenOff
		}
		return refusal
	}
	if out == nil {
		// Whoever needs no answer does not fail for its body: the status says
		// that the write was accepted.
		return nil
	}
	if err != nil {
		doubt(ctx)
		return s.unreadable(c, correlationID, response.StatusCode, err)
	}
	if err := json.Unmarshal(body, out); err != nil {
		doubt(ctx)
		if unfinished(body) {
			err = fmt.Errorf("%w: %w", errBrokenOff, err)
		}
		return s.unreadable(c, correlationID, response.StatusCode, fmt.Errorf("the answer is not what the API describes: %w", err))
	}
	return nil
}

// build makes the request that the retry loop repeats. The token is attached
// later, at each attempt, because a wait may outlive it.
func (s *service) build(ctx context.Context, c call) (*retryablehttp.Request, string, error) {
	address := s.base.String() + c.path
	if c.query != "" {
		address += "?" + c.query
	}
	// Without content it stays nil: empty content would be sent as a body.
	var content any
	if c.body != nil {
		encoded, err := json.Marshal(c.body)
		if err != nil {
			return nil, "", fmt.Errorf("encoding the request: %w", err)
		}
		content = encoded
	}
	request, err := retryablehttp.NewRequestWithContext(ctx, c.method, address, content)
	if err != nil {
		return nil, "", fmt.Errorf("building the request: %w", err)
	}
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(request.Header, c.header)
	correlationID := uuid.NewString()
	request.Header.Set("Accept", "application/json")
	request.Header.Set(s.correlationHeader, correlationID)
	return request, correlationID, nil
}

// notSent explains a call without an answer. Errors of our own and of the
// caller's context pass unchanged, so that they can be told apart.
func (s *service) notSent(c call, correlationID string, err error) error {
	var signIn *SignInError
	var redirect *RedirectError
	var throttled *ThrottledError
	switch {
	case errors.As(err, &signIn):
		return signIn
	case errors.As(err, &redirect):
		return redirect
	case errors.As(err, &throttled):
		return throttled
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("calling %s was cancelled: %w", s.name, context.Canceled)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return &Error{Service: s.name, Method: c.method, Path: c.path, ClientRequestID: correlationID,
		Message: "no answer from " + s.base.Host, Err: err}
}

func (s *service) unreadable(c call, correlationID string, status int, err error) error {
	return &Error{Service: s.name, Method: c.method, Path: c.path, Status: status, ClientRequestID: correlationID,
		Message: "the answer could not be read", Err: err}
}

// errBrokenOff is the cause of an error where an answer ended too early.
var errBrokenOff = errors.New("the answer broke off")

// unfinished reports whether JSON ends before its value does.
func unfinished(body []byte) bool {
	var value json.RawMessage
	var syntax *json.SyntaxError
	return errors.As(json.Unmarshal(body, &value), &syntax) && syntax.Offset >= int64(len(body))
}

// readLimited reads an answer to its end, or fails beyond the limit.
func readLimited(body io.Reader) ([]byte, error) {
	var buffer bytes.Buffer
	n, err := buffer.ReadFrom(io.LimitReader(body, maxAnswer+1))
	switch {
	case err != nil:
		return buffer.Bytes(), fmt.Errorf("%w: %w", errBrokenOff, err)
	case n > maxAnswer:
		return buffer.Bytes(), fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)
	}
	return buffer.Bytes(), nil
}

// escape joins path segments below a service's base. It is the one place
// where names that people chose become part of an address.
func escape(segments ...string) string {
	var path strings.Builder
	for _, segment := range segments {
		path.WriteByte('/')
		path.WriteString(url.PathEscape(segment))
	}
	return path.String()
}

// checkSegment refuses the path segments that change the address: those that
// escaping leaves as they are, and those that a server may take for an address
// after all, once it has undone the escaping, be it twice. No name in the
// directory is one of them.
func checkSegment(what, segment string) error {
	unescaped, err := url.PathUnescape(segment)
	if err != nil {
		unescaped = segment
	}
	if segment == "" || climbs(unescaped) || strings.ContainsAny(unescaped, "/\\?\n\t") || unescaped != legible(unescaped, mostOfName) {
		return fmt.Errorf("%q is not a valid %s", shorten(segment), what)
	}
	return nil
}

// mostOfName is how long the names of users and domains may be, in characters,
// which is more than any of them has.
const mostOfName = 1024

// isObjectID reports whether a text can only be the id of an object.
func isObjectID(text string) bool {
	return len(text) == len(uuid.UUID{}.String()) && uuid.Validate(text) == nil
}

// otherObject is an answer about another object than the one that was asked
// for: what is in it must not be taken for that one's.
func otherObject(kind, asked, answered string) error {
	return fmt.Errorf("the directory was asked for the %s %s and answered with another one, %s", kind, asked, answered)
}
