package directory

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestAWriteIsSeenWhenTwoAnswersInARowShowIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// Two replicas take turns until the second one has caught up.
		shown, looks := []bool{true, false, true, false, true, true}, 0
		seen := until(t.Context(), func(context.Context) bool {
			looks++
			return shown[looks-1]
		})
		if !seen || looks != len(shown) {
			t.Errorf("%v after %d looks, want %d", seen, looks, len(shown))
		}
	})
}

func TestThePausesBetweenLooksGrowToABound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var times []time.Time
		until(t.Context(), func(context.Context) bool {
			times = append(times, time.Now())
			return false
		})
		var longest time.Duration
		for i := range times[1:] {
			longest = max(longest, times[i+1].Sub(times[i]))
		}
		if longest != longestLook || len(times) > 20 {
			t.Errorf("%d looks, the longest pause is %v", len(times), longest)
		}
	})
}
