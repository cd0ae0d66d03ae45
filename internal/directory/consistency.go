package directory

import (
	"context"
	"time"
)

// How long a write may stay invisible before waiting for it ends. The
// directory promises no time; most replicas agree within seconds.
const (
	visibilityBound = 45 * time.Second
	firstLook       = 200 * time.Millisecond
	longestLook     = 5 * time.Second
	toggleBound     = 5 * time.Second
)

// overrideLooks is how many answers in a row must show somebody else's value
// before it is taken for that.
const overrideLooks = 4

// confirmations is how many answers in a row must show a write: two replicas
// may take turns in answering.
const confirmations = 2

// until repeats look with growing pauses until it has reported success twice in
// a row or the bound is over, and returns whether it did. Running out of time,
// a failed read or a cancelled context is no error: a write that cannot be
// seen yet is still a write, and its outcome must reach the state.
func until(ctx context.Context, look func(context.Context) bool) bool {
	ctx, cancel := context.WithTimeout(ctx, visibilityBound)
	defer cancel()
	wait, agreed := firstLook, 0
	for {
		if look(ctx) {
			agreed++
		} else {
			agreed, wait = 0, min(2*wait, longestLook)
		}
		if agreed == confirmations {
			return true
		}
		if sleep(ctx, wait) != nil {
			return false
		}
	}
}
