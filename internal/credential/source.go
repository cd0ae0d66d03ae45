package credential

import (
	"context"
	"sync"
	"time"
)

const (
	// signInBound is the longest time that one sign-in may take, its own
	// retries included.
	signInBound = 2 * time.Minute
	// failureHold is how long a failure answers for further callers. Without
	// it, each of a thousand resources would send the same wrong secret.
	failureHold = 10 * time.Second
)

// token is an access token, the time at which it should be replaced, and the
// time at which it ends.
type token struct {
	value            string
	replace, expires time.Time
}

// newToken plans the replacement before the token ends: five minutes, or a
// tenth of its life where that is shorter.
func newToken(value string, expires time.Time) token {
	life := time.Until(expires)
	return token{value: value, replace: expires.Add(-min(5*time.Minute, life/10)), expires: expires}
}

func (t token) before(end time.Time) bool { return t.value != "" && time.Now().Before(end) }

// Source supplies the access tokens of one service. It is safe for concurrent
// use, asks the sign-in service once however many callers wait, and keeps what
// it gets in memory.
type Source struct {
	fetch func(context.Context) (token, error)

	mu      sync.Mutex
	current token
	failure error
	// held is when the failure is forgotten.
	held   time.Time
	flight *flight
}

// flight is a sign-in under way and those who wait for it.
type flight struct {
	waiters int
	cancel  context.CancelFunc
	// done is closed when value and err are final.
	done  chan struct{}
	value string
	err   error
}

// Token returns an access token that is valid now. A caller that gives up ends
// its own waiting at once; the sign-in ends with the last one who waits.
func (s *Source) Token(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	value, joined, err := s.join(ctx)
	if joined == nil {
		return value, err
	}
	select {
	case <-joined.done:
		return joined.value, joined.err
	case <-ctx.Done():
		s.leave(joined)
		return "", ctx.Err()
	}
}

// Renew returns an access token other than rejected, if there is one.
func (s *Source) Renew(ctx context.Context, rejected string) (string, error) {
	s.mu.Lock()
	if s.current.value == rejected {
		s.current = token{}
	}
	s.mu.Unlock()
	return s.Token(ctx)
}

// join answers from memory, or else returns the flight to wait for.
func (s *Source) join(ctx context.Context) (string, *flight, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.current.before(s.current.replace):
		return s.current.value, nil, nil
	case s.flight == nil && s.failure != nil && time.Now().Before(s.held):
		return "", nil, s.failure
	case s.flight == nil:
		s.flight = s.start(ctx)
	}
	s.flight.waiters++
	return "", s.flight, nil
}

// start begins a sign-in that outlives its first caller.
func (s *Source) start(ctx context.Context) *flight {
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), signInBound)
	f := &flight{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer cancel()
		fetched, err := s.fetch(bounded)
		s.land(f, fetched, err)
	}()
	return f
}

func (s *Source) land(f *flight, fetched token, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(f.done)
	abandoned := s.flight != f
	if !abandoned {
		s.flight = nil
	}
	switch {
	case err == nil:
		s.current, s.failure = fetched, nil
		f.value = fetched.value
	case abandoned:
		f.err = err
	case s.current.before(s.current.expires):
		// The old token still works, so that a service that is down for a
		// moment harms nobody; the next attempt waits a little.
		s.current.replace = time.Now().Add(failureHold)
		f.value = s.current.value
	default:
		s.failure, s.held = err, time.Now().Add(failureHold)
		f.err = err
	}
}

func (s *Source) leave(f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiters--
	if f.waiters > 0 {
		return
	}
	f.cancel()
	if s.flight == f {
		s.flight = nil
	}
}
