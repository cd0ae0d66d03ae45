package directory

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// gate is the throttle of one service for the whole process: while the service
// asks one request to wait, every request waits, because requests that are
// made while throttled count against the same quota.
// See https://learn.microsoft.com/graph/throttling.
type gate struct {
	service string
	log     logFunc
	next    http.RoundTripper

	mu    sync.Mutex
	opens time.Time
}

// ThrottledError is a wait that the service asked for and that is longer than
// the operation may take.
type ThrottledError struct {
	Service string
	// Until is when the service accepts requests again.
	Until time.Time
}

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("%s is throttling and accepts requests again at %s, which is later than this operation may wait",
		e.Service, e.Until.UTC().Format(time.RFC3339))
}

// RoundTrip implements http.RoundTripper.
func (g *gate) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := g.wait(request.Context()); err != nil {
		return nil, err
	}
	response, err := g.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	g.obey(response.StatusCode, response.Header)
	return response, nil
}

// obey closes the gate for as long as an answer asks to wait. The answer may
// be that of one request inside a batch.
func (g *gate) obey(status int, header http.Header) {
	if wait := retryAfter(header, time.Now()); wait > 0 && retriedStatus(status) {
		g.close(time.Now().Add(wait))
	}
}

// wait blocks until the gate is open, the context ends, or the context cannot
// live until then.
func (g *gate) wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for {
		g.mu.Lock()
		opens := g.opens
		g.mu.Unlock()
		remaining := time.Until(opens)
		if remaining <= 0 {
			return nil
		}
		if deadline, ok := ctx.Deadline(); ok && opens.After(deadline) {
			return &ThrottledError{Service: g.service, Until: opens}
		}
		g.log(ctx, "waiting because the directory throttles", map[string]any{"service": g.service, "wait_ms": remaining.Milliseconds()})
		if err := sleep(ctx, remaining); err != nil {
			return err
		}
	}
}

func (g *gate) close(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.opens) {
		g.opens = until
	}
}

// sleep waits, or ends with the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
