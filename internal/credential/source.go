package credential

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// token is an access token and the time at which it should be replaced.
type token struct {
	value   string
	replace time.Time
}

// newToken plans the replacement before the token ends: five minutes, or a
// tenth of its life where that is shorter.
func newToken(value string, expires time.Time) token {
	life := time.Until(expires)
	return token{value: value, replace: expires.Add(-min(5*time.Minute, life/10))}
}

// Source supplies the access tokens of one service. It is safe for concurrent
// use, asks the sign-in service once however many callers wait, and keeps what
// it gets in memory.
type Source struct {
	fetch func(context.Context) (token, error)

	mu      sync.Mutex
	current token
	flights singleflight.Group
}

// Token returns an access token that is valid now.
func (s *Source) Token(ctx context.Context) (string, error) {
	if value, ok := s.cached(); ok {
		return value, nil
	}
	return s.obtain(ctx)
}

// Renew returns an access token other than rejected.
func (s *Source) Renew(ctx context.Context, rejected string) (string, error) {
	s.mu.Lock()
	if s.current.value == rejected {
		s.current = token{}
	}
	s.mu.Unlock()
	return s.Token(ctx)
}

func (s *Source) cached() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current.value, s.current.value != "" && time.Now().Before(s.current.replace)
}

// obtain asks the sign-in service. A caller that gives up ends its own waiting
// at once, without ending the request for those who still wait.
func (s *Source) obtain(ctx context.Context) (string, error) {
	result := s.flights.DoChan("", func() (any, error) {
		if value, ok := s.cached(); ok {
			return value, nil
		}
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), signInBound)
		defer cancel()
		fetched, err := s.fetch(detached)
		if err != nil {
			return "", err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.current = fetched
		return fetched.value, nil
	})
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case outcome := <-result:
		value, _ := outcome.Val.(string)
		return value, outcome.Err
	}
}

// signInBound is the longest time that one sign-in may take, its own retries
// included.
const signInBound = 2 * time.Minute
