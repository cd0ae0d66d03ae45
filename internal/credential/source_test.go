package credential

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// clerk hands out tokens, each after a while and for a while.
type clerk struct {
	mu      sync.Mutex
	takes   time.Duration
	lives   time.Duration
	err     error
	asked   int
	stopped int
}

func (c *clerk) fetch(ctx context.Context) (token, error) {
	c.mu.Lock()
	c.asked++
	next, takes, lives, err := "token "+string(rune('0'+c.asked)), c.takes, c.lives, c.err
	c.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		c.stopped++
		return token{}, ctx.Err()
	}
	if err != nil {
		return token{}, err
	}
	return newToken(next, time.Now().Add(lives)), nil
}

func (c *clerk) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

func (c *clerk) count() (asked, stopped int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked, c.stopped
}

func wantToken(t *testing.T, s *Source, want string) {
	t.Helper()
	got, err := s.Token(t.Context())
	if err != nil || got != want {
		t.Errorf("the token is %q, %v, want %q", got, err, want)
	}
}

func TestManyCallersCauseOneSignIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &clerk{takes: time.Second, lives: time.Hour}
		s := &Source{fetch: c.fetch}
		var group sync.WaitGroup
		for range 1000 {
			group.Go(func() { wantToken(t, s, "token 1") })
		}
		group.Wait()
		if asked, _ := c.count(); asked != 1 {
			t.Errorf("%d sign-ins", asked)
		}
	})
}

func TestTokenIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	for lives, renewed := range map[time.Duration]time.Duration{time.Hour: 55 * time.Minute, 10 * time.Minute: 9 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			s := &Source{fetch: (&clerk{lives: lives}).fetch}
			wantToken(t, s, "token 1")
			time.Sleep(renewed - time.Second)
			wantToken(t, s, "token 1")
			time.Sleep(2 * time.Second)
			wantToken(t, s, "token 2")
		})
	}
}

func TestRejectedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &clerk{takes: time.Second, lives: time.Hour}
		s := &Source{fetch: c.fetch}
		wantToken(t, s, "token 1")
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				if renewed, err := s.Renew(t.Context(), "token 1"); err != nil || renewed != "token 2" {
					t.Errorf("renewed to %q, %v", renewed, err)
				}
			})
		}
		group.Wait()
		if renewed, err := s.Renew(t.Context(), "token 1"); err != nil || renewed != "token 2" {
			t.Errorf("a late rejection renews again: %q, %v", renewed, err)
		}
		if asked, _ := c.count(); asked != 2 {
			t.Errorf("%d sign-ins", asked)
		}
	})
}

func TestCancellationEndsWaitingAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &clerk{takes: time.Minute, lives: time.Hour}
		s := &Source{fetch: c.fetch}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := s.Token(impatient); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
				t.Errorf("waited %v: %v", time.Since(begun), err)
			}
		})
		synctest.Wait()
		group.Go(func() { wantToken(t, s, "token 1") })
		group.Wait()
		if asked, stopped := c.count(); asked != 1 || stopped != 0 {
			t.Errorf("%d sign-ins, %d stopped: the one that another caller waits for must go on", asked, stopped)
		}
	})
}

func TestSignInEndsWithTheLastWhoWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &clerk{takes: time.Minute, lives: time.Hour}
		s := &Source{fetch: c.fetch}
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				if _, err := s.Token(ctx); !errors.Is(err, context.Canceled) {
					t.Errorf("the error is %v", err)
				}
			})
		}
		synctest.Wait()
		cancel()
		group.Wait()
		synctest.Wait()
		if _, stopped := c.count(); stopped != 1 {
			t.Error("the abandoned sign-in goes on")
		}
		wantToken(t, s, "token 2")
	})
}

func TestEndedContextAsksNothing(t *testing.T) {
	t.Parallel()
	c := &clerk{lives: time.Hour}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&Source{fetch: c.fetch}).Token(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if asked, _ := c.count(); asked != 0 {
		t.Error("a sign-in began")
	}
}

func TestSignInIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &Source{fetch: (&clerk{takes: time.Hour}).fetch}
		begun := time.Now()
		if _, err := s.Token(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != signInBound {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
	})
}

func TestFailureIsNotRepeatedForEachCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("refused")
		c := &clerk{lives: time.Hour, err: refused}
		s := &Source{fetch: c.fetch}
		for range 100 {
			if _, err := s.Token(t.Context()); !errors.Is(err, refused) {
				t.Fatalf("the error is %v", err)
			}
		}
		if asked, _ := c.count(); asked != 1 {
			t.Errorf("%d sign-ins with the same wrong secret", asked)
		}
		c.fail(nil)
		time.Sleep(failureHold)
		wantToken(t, s, "token 2")
	})
}

func TestOldTokenServesWhileTheServiceIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &clerk{lives: time.Hour}
		s := &Source{fetch: c.fetch}
		wantToken(t, s, "token 1")
		down := errors.New("down")
		c.fail(down)
		time.Sleep(56 * time.Minute)
		wantToken(t, s, "token 1")
		time.Sleep(5 * time.Minute)
		if _, err := s.Token(t.Context()); !errors.Is(err, down) {
			t.Errorf("after its end the token serves on: %v", err)
		}
	})
}
