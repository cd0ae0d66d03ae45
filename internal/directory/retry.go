package directory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Bounds of the exponential pause that is made where the service names none.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 30 * time.Second
)

// newRetrier returns the retry loop around an HTTP client. It repeats GET, PUT
// and PATCH, all of which set absolute values here.
func newRetrier(client *http.Client) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: client,
		// The number of attempts is bounded by checkRetry.
		RetryMax:     math.MaxInt,
		RetryWaitMin: firstPause,
		RetryWaitMax: longestPause,
		CheckRetry:   checkRetry,
		Backoff:      pause,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// checkRetry decides whether an attempt is repeated.
func checkRetry(ctx context.Context, response *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		if permanent(err) || spent(ctx) {
			return false, err
		}
		return retryablehttp.DefaultRetryPolicy(ctx, response, err)
	}
	if !retriedStatus(response.StatusCode) && !concurrencyViolation(response) {
		return false, nil
	}
	wait := retryAfter(response.Header, time.Now())
	if throttled := response.StatusCode == http.StatusTooManyRequests && wait > 0; !throttled && spent(ctx) {
		return false, nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Now().Add(wait).After(deadline) {
		return false, nil
	}
	return true, nil
}

// spent counts the attempts of a call and reports whether it has had all of
// them. One that was told when to come back does not count: while many callers
// share a quota, each may be told so often, and the time is bounded anyway.
func spent(ctx context.Context) bool {
	attempts, ok := ctx.Value(attemptsKey{}).(*attempts)
	return !ok || attempts.failed.Add(1) >= maxAttempts
}

// retriedStatus lists the answers that mean "not now". 501 is not among them:
// it will not change.
func retriedStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// concurrencyViolation recognises the one 409 that asks for another try.
func concurrencyViolation(response *http.Response) bool {
	return response.StatusCode == http.StatusConflict && violatesConcurrency(response.StatusCode, peek(response))
}

func violatesConcurrency(status int, body string) bool {
	return status == http.StatusConflict && strings.Contains(body, "Directory_ConcurrencyViolation")
}

// peek returns the beginning of an answer and leaves the answer as it was.
func peek(response *http.Response) string {
	start, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), response.Body), response.Body}
	return string(start)
}

// pause is the time before the next attempt: what the service asks for, or a
// random part of an exponentially growing time, so that clients which failed
// together do not come back together.
func pause(shortest, longest time.Duration, attempt int, response *http.Response) time.Duration {
	if response != nil {
		if wait := retryAfter(response.Header, time.Now()); wait > 0 {
			return max(wait, shortest/2)
		}
	}
	limit := min(float64(longest), float64(shortest)*math.Pow(2, float64(attempt)))
	return shortest/2 + time.Duration(rand.Float64()*limit)
}

// retryAfter reads the Retry-After header: whole seconds, decimals (Graph
// documents 2.128) or a date. Zero means that the service named no time.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0
	}
	const longest = 24 * time.Hour
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		switch {
		case math.IsNaN(seconds) || seconds <= 0:
			return 0
		case seconds >= longest.Seconds():
			return longest
		}
		return time.Duration(math.Ceil(seconds * float64(time.Second)))
	}
	if date, err := http.ParseTime(value); err == nil && date.After(now) {
		return min(date.Sub(now), longest)
	}
	return 0
}

// attemptLogger reports each attempt, without what the request carries.
type attemptLogger struct {
	log  logFunc
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (l *attemptLogger) RoundTrip(request *http.Request) (*http.Response, error) {
	start := time.Now()
	response, err := l.next.RoundTrip(request)
	fields := map[string]any{
		"method":            request.Method,
		"host":              request.URL.Host,
		"path":              request.URL.EscapedPath(),
		"duration_ms":       time.Since(start).Milliseconds(),
		"client_request_id": firstHeader(request.Header, "client-request-id", "X-Ms-Client-Request-Id"),
	}
	if err != nil {
		fields["error"] = fmt.Sprintf("%T", err)
	} else {
		fields["status"] = response.StatusCode
		fields["request_id"] = firstHeader(response.Header, "request-id", "x-ms-correlation-id")
		if value := response.Header.Get("Retry-After"); value != "" {
			fields["retry_after"] = value
		}
	}
	l.log(request.Context(), "directory request", fields)
	if undecided(response, err) {
		doubt(request.Context())
	}
	return response, err
}

// doubt notes that an attempt of a call may have taken effect.
func doubt(ctx context.Context) {
	if attempts, ok := ctx.Value(attemptsKey{}).(*attempts); ok {
		attempts.doubtful.Store(true)
	}
}

// attempts is what is known of all attempts of one call.
type attempts struct {
	// doubtful is set once an attempt ended without a definite answer, so that it
	// may have taken effect.
	doubtful atomic.Bool
	// failed counts the attempts after which another one was considered.
	failed atomic.Int32
}

type attemptsKey struct{}

// undecided reports whether an attempt may have taken effect although it was
// not answered with success.
func undecided(response *http.Response, err error) bool {
	if err != nil {
		var dialing *net.OpError
		return !errors.As(err, &dialing) || dialing.Op != "dial"
	}
	return response.StatusCode == http.StatusRequestTimeout ||
		response.StatusCode >= http.StatusInternalServerError && response.StatusCode != http.StatusNotImplemented
}

// doubtfulError is the failure of a write of which an attempt, not necessarily
// the last one, may have taken effect.
type doubtfulError struct{ error }

// Unwrap returns the failure.
func (e *doubtfulError) Unwrap() error { return e.error }

// uncertain reports whether a write that failed may have taken effect all the
// same.
func uncertain(err error) bool {
	var doubtful *doubtfulError
	return errors.As(err, &doubtful)
}

func firstHeader(header http.Header, names ...string) string {
	for _, name := range names {
		if value := header.Get(name); value != "" {
			return value
		}
	}
	return ""
}
