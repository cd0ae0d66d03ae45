package directory

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryAfterInEverySpelling(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, " 3 ": 3 * time.Second, "0.5": 500 * time.Millisecond, "-3": 0, "NaN": 0, "soon": 0,
		"1e300": 24 * time.Hour, "Inf": 24 * time.Hour, "90000": 24 * time.Hour,
		now.Add(time.Minute).Format(http.TimeFormat): time.Minute, now.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestThePauseGrowsToItsBoundAndIsRandom(t *testing.T) {
	t.Parallel()
	longest := map[int]time.Duration{}
	different := map[time.Duration]bool{}
	for range 200 {
		for attempt := range maxAttempts {
			drawn := pause(firstPause, longestPause, attempt, nil)
			longest[attempt], different[drawn] = max(longest[attempt], drawn), true
		}
	}
	if longest[0] > 2*firstPause || longest[3] < 2*firstPause || longest[maxAttempts-1] < longestPause/2 || longest[maxAttempts-1] > longestPause+firstPause {
		t.Errorf("the longest pauses are %v", longest)
	}
	if len(different) < 100 {
		t.Errorf("only %d different pauses", len(different))
	}
}

func TestAConcurrencyViolationWaitsAsLongAsItSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		violation := answer{status: http.StatusConflict, header: http.Header{"Retry-After": {"7"}}, body: `{"error":{"code":"Directory_ConcurrencyViolation"}}`}
		s := &script{answers: []answer{violation, {status: 200, body: aUser}}}
		if _, err := newClient(t, s).User(t.Context(), "a"); err != nil || s.times[1].Sub(s.times[0]) != 7*time.Second {
			t.Errorf("waited %v, %v", s.times[1].Sub(s.times[0]), err)
		}
	})
}

func TestACallLastsTenMinutesAtMost(t *testing.T) {
	t.Parallel()
	for value, ok := range map[string]bool{"590": true, "610": false} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []answer{throttled(value), {status: 200, body: aUser}}}
			start := time.Now()
			if _, err := newClient(t, s).User(t.Context(), "a"); (err == nil) != ok || !ok && time.Since(start) > time.Second {
				t.Errorf("Retry-After %s: after %v: %v", value, time.Since(start), err)
			}
		})
	}
}

func TestOnlyThrottlingHoldsOtherRequestsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: http.StatusNotFound, header: http.Header{"Retry-After": {"100"}}}, {status: 200, body: aUser}}}
		client := newClient(t, s)
		start := time.Now()
		if _, err := client.User(t.Context(), "a"); err == nil {
			t.Error("a 404 is no error")
		}
		if _, err := client.User(t.Context(), "b"); err != nil || time.Since(start) > time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

func TestTheLongestWaitHoldsTheGateClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, start := &gate{log: func(context.Context, string, map[string]any) {}}, time.Now()
		g.close(start.Add(time.Minute))
		g.close(start.Add(time.Second))
		// Somebody is told of a longer wait while others wait already.
		time.AfterFunc(30*time.Second, func() { g.close(start.Add(2 * time.Minute)) })
		if err := g.wait(t.Context()); err != nil || time.Since(start) != 2*time.Minute {
			t.Errorf("waited %v, %v", time.Since(start), err)
		}
	})
}

func TestAThrottledCallKeepsItsOwnWords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, &script{answers: []answer{throttled("3600")}})
		for _, want := range []string{"TooManyRequests", "Microsoft Graph is throttling and accepts requests again at "} {
			if _, err := client.User(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Get ") {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestTheLogHasOneEntryAnAttemptAndNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const secret = "s3cret"
		s := &script{answers: []answer{
			{err: errors.New("proxy answered " + secret)},
			{status: 503, body: secret, header: http.Header{"Retry-After": {"1"}, "Request-Id": {"r-1"}}},
			{status: 200, body: `{"value":[],"@odata.nextLink":"https://graph.example/v1.0/domains?$skiptoken=` + secret + `"}`},
			{status: 200, body: `{"value":[]}`},
		}}
		var entries []map[string]any
		client, err := New(Config{GraphEndpoint: "https://graph.example", GraphTokens: signInFailure{token: secret}, Transport: s,
			Log: func(_ context.Context, _ string, fields map[string]any) { entries = append(entries, fields) }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Domains(t.Context()); err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprint(entries); len(entries) != 4 || strings.Contains(text, secret) {
			t.Fatalf("%d entries: %s", len(entries), text)
		}
		busy := entries[1]
		if busy["method"] != "GET" || busy["path"] != "/v1.0/domains" || busy["status"] != 503 || busy["retry_after"] != "1" || busy["request_id"] != "r-1" ||
			busy["client_request_id"] != s.requests[1].Header.Get("client-request-id") {
			t.Errorf("the entry is %v", busy)
		}
	})
}
