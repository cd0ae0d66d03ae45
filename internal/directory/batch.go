package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	// batchSize is the most requests that one batch may hold.
	batchSize = 20
	// batchesAtOnce bounds how many batches are on their way.
	batchesAtOnce = 8
	// longestCalm bounds the pause that grows while the directory throttles one
	// batch after the other. Nothing is lost by it: what the quota allows
	// meanwhile is still there afterwards.
	longestCalm = 10 * time.Second
)

// notSentError is the outcome of a call that was not made any more because the
// ones before it failed.
type notSentError struct{ err error }

func (e *notSentError) Error() string { return "not attempted any more: " + e.err.Error() }

// Unwrap returns what went wrong before.
func (e *notSentError) Unwrap() error { return e.err }

// NotSent reports whether a change of many was not attempted, because others
// failed before it or the operation was interrupted.
func NotSent(err error) bool {
	var notSent *notSentError
	return errors.As(err, &notSent)
}

// item is a request inside a batch, and its answer. Before there is one, the
// status is 0.
// See https://learn.microsoft.com/graph/json-batching.
type item struct {
	call          call
	correlationID string

	status int
	header http.Header
	body   json.RawMessage
	// failure is why there is no answer.
	failure error
	// doubtful is set once an attempt may have taken effect without saying so.
	doubtful bool
	// tries counts the attempts that failed, failures those of them that failed
	// for another reason than throttling.
	tries, failures int
}

func items(calls []call) []*item {
	all := make([]*item, len(calls))
	for i, c := range calls {
		all[i] = &item{call: c, correlationID: uuid.NewString()}
	}
	return all
}

// answered reports whether the request succeeded.
func (i *item) answered() bool { return i.status >= 200 && i.status <= 299 }

// repeatable reports whether another try can help.
func (i *item) repeatable() bool {
	return retriedStatus(i.status) || violatesConcurrency(i.status, string(i.body))
}

// outcome is what became of a request: nil and its decoded answer, an [*Error],
// or why it was never answered.
func (i *item) outcome(s *service, out any) error {
	var err error
	switch {
	case i.failure != nil:
		err = i.failure
	case !i.answered():
		err = newError(s, i.call, i.correlationID, &http.Response{StatusCode: i.status, Header: i.header}, i.body)
	case out == nil:
		return nil
	default:
		if err := json.Unmarshal(i.body, out); err != nil {
			return s.unreadable(i.call, i.correlationID, i.status, fmt.Errorf("the answer is not what the API describes: %w", err))
		}
		return nil
	}
	if i.call.method != http.MethodGet && i.doubtful {
		return &doubtfulError{err}
	}
	return err
}

// take notes an answer. An answer that says nothing definite about a write
// leaves it in doubt.
func (i *item) take(status int, header http.Header, body json.RawMessage) {
	i.status, i.header, i.body, i.failure = status, header, body, nil
	if i.answered() && i.call.method != http.MethodGet {
		// A hundred thousand of them would be the most of all memory.
		i.header, i.body = nil, nil
	}
	if undecided(&http.Response{StatusCode: status}, nil) {
		i.doubtful = true
	}
}

// lost notes that a batch failed as a whole.
func (i *item) lost(err error) {
	i.status, i.failure = 0, err
	if uncertain(err) {
		i.doubtful = true
	}
}

// inOneBatch sends up to twenty requests together, each after the one before
// if they are dependent. A dependent request is not run where the one before
// it failed: its status is 424.
func (s *service) inOneBatch(ctx context.Context, group []*item, dependent bool) {
	type request struct {
		ID        string            `json:"id"`
		Method    string            `json:"method"`
		URL       string            `json:"url"`
		Headers   map[string]string `json:"headers,omitempty"`
		Body      any               `json:"body,omitempty"`
		DependsOn []string          `json:"dependsOn,omitempty"`
	}
	requests := make([]request, len(group))
	for n, i := range group {
		requests[n] = request{ID: strconv.Itoa(n), Method: i.call.method, URL: i.call.path, Body: i.call.body,
			Headers: map[string]string{s.correlationHeader: i.correlationID}}
		if i.call.query != "" {
			requests[n].URL += "?" + i.call.query
		}
		for name := range i.call.header {
			requests[n].Headers[name] = i.call.header.Get(name)
		}
		if i.call.body != nil {
			requests[n].Headers["Content-Type"] = "application/json"
		}
		if dependent && n > 0 {
			requests[n].DependsOn = []string{strconv.Itoa(n - 1)}
		}
	}
	var answer struct {
		Responses []struct {
			ID      string            `json:"id"`
			Status  int               `json:"status"`
			Headers map[string]string `json:"headers"`
			Body    json.RawMessage   `json:"body"`
		} `json:"responses"`
	}
	err := s.send(ctx, call{method: http.MethodPost, path: "/$batch", body: map[string]any{"requests": requests}, needs: group[0].call.needs}, &answer)
	if err == nil {
		// What the answer leaves out has been sent all the same.
		err = &doubtfulError{fmt.Errorf("%s answered a batch without an answer to this request", s.name)}
	}
	unanswered := slices.Clone(group)
	for _, r := range answer.Responses {
		n, err := strconv.Atoi(r.ID)
		if err != nil || n < 0 || n >= len(group) {
			continue
		}
		header := http.Header{}
		for name, value := range r.Headers {
			header.Set(name, value)
		}
		group[n].take(r.Status, header, r.Body)
		unanswered[n] = nil
		s.gate.obey(r.Status, header)
		s.logItem(ctx, group[n])
	}
	for _, i := range unanswered {
		if i != nil {
			i.lost(err)
		}
	}
}

// logItem reports a request inside a batch as a single one is reported.
func (s *service) logItem(ctx context.Context, i *item) {
	s.log(ctx, "directory request in a batch", map[string]any{
		"method": i.call.method, "path": s.base.EscapedPath() + i.call.path, "status": i.status,
		"client_request_id": i.correlationID, "request_id": firstHeader(i.header, "request-id"),
	})
}

// sendAll makes any number of independent calls in batches, several at a time,
// and repeats each one that the directory asks to repeat, after the longest
// time that it names. Every item has its outcome when it returns. A call that
// is only throttled is repeated for as long as others get through.
func (s *service) sendAll(ctx context.Context, all []*item) {
	pace := pace{width: batchesAtOnce}
	progress := time.Now()
	for pending := all; len(pending) > 0; {
		wave := pending[:min(len(pending), pace.width*batchSize)]
		s.sendWave(ctx, wave)
		if err := brokenOff(ctx, wave); err != nil {
			abandon(pending[len(wave):], err)
			return
		}
		again, throttled := repeated(wave)
		pending = pending[len(wave):]
		pace.after(4*throttled > len(wave))
		if len(again) == 0 {
			progress = time.Now()
			continue
		}
		if len(again) < len(wave) {
			progress = time.Now()
		}
		pending = append(again, pending...)
		wait := max(pace.calm, longestWait(again))
		if time.Since(progress)+wait > callBound {
			abandon(pending, &ThrottledError{Service: s.name, Until: time.Now().Add(wait)})
			return
		}
		s.log(ctx, "waiting before requests are repeated in a new batch", map[string]any{
			"wait_ms": wait.Milliseconds(), "done": len(all) - len(pending), "of": len(all), "throttled": throttled,
		})
		if err := sleep(ctx, wait); err != nil {
			abandon(pending, err)
			return
		}
	}
}

// sendInOrder makes up to twenty calls in one batch, each after the one before,
// and repeats all of them while the first one, the write, is to be repeated.
func (s *service) sendInOrder(ctx context.Context, all []*item) {
	ctx, cancel := context.WithTimeout(ctx, callBound)
	defer cancel()
	for {
		s.inOneBatch(ctx, all, true)
		again, throttled := repeated(all[:1])
		if len(again) == 0 {
			return
		}
		wait := longestWait(again)
		if deadline, ok := ctx.Deadline(); ok && time.Now().Add(wait).After(deadline) || sleep(ctx, wait) != nil {
			return
		}
		s.log(ctx, "repeating a batch", map[string]any{"wait_ms": wait.Milliseconds(), "throttled": throttled})
	}
}

// pace is how fast batches follow each other: slower while the directory
// throttles, and up to speed again when it no longer does.
type pace struct {
	width int
	calm  time.Duration
}

// after takes in whether much of a wave was throttled. A few requests may be
// at any time, without a quota being used up; they wait as long as they are
// told to.
func (p *pace) after(throttled bool) {
	if throttled {
		p.width, p.calm = max(1, p.width/2), min(max(2*p.calm, firstPause), longestCalm)
		return
	}
	p.width, p.calm = min(2*p.width, batchesAtOnce), p.calm/2
}

// brokenOff returns why it makes no sense to go on: the caller gave up, or a
// whole wave stayed without an answer.
func brokenOff(ctx context.Context, wave []*item) error {
	for _, i := range wave {
		if i.failure == nil {
			return ctx.Err()
		}
	}
	cause := wave[0].failure
	// What is not sent any more is not in doubt.
	var doubtful *doubtfulError
	if errors.As(cause, &doubtful) {
		return doubtful.error
	}
	return cause
}

// abandon notes why requests are not sent any more. One that was sent before
// keeps its answer.
func abandon(pending []*item, err error) {
	for _, i := range pending {
		if i.status == 0 && i.failure == nil {
			i.failure = &notSentError{err}
		}
	}
}

// sendWave sends some calls at once.
func (s *service) sendWave(ctx context.Context, wave []*item) {
	var batches sync.WaitGroup
	for start := 0; start < len(wave); start += batchSize {
		group := wave[start:min(start+batchSize, len(wave))]
		batches.Go(func() { s.inOneBatch(ctx, group, false) })
	}
	batches.Wait()
}

// repeated picks the calls that are worth another try.
func repeated(wave []*item) (again []*item, throttled int) {
	for _, i := range wave {
		if !i.repeatable() {
			continue
		}
		i.tries++
		if i.status == http.StatusTooManyRequests {
			throttled++
		} else if i.failures++; i.failures >= maxAttempts {
			continue
		}
		again = append(again, i)
	}
	return again, throttled
}

// longestWait is the longest time that an answer asks for, or the usual pause.
func longestWait(again []*item) time.Duration {
	var longest time.Duration
	tries := 0
	for _, i := range again {
		longest, tries = max(longest, retryAfter(i.header, time.Now())), max(tries, i.tries)
	}
	if longest == 0 {
		longest = pause(firstPause, longestPause, tries-1, nil)
	}
	return longest
}
