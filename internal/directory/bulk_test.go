package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// ownTokens signs in as the application of a mock directory, without requests.
type ownTokens struct{ d *mockdirectory.Directory }

func (t ownTokens) Token(context.Context) (string, error)         { return t.d.AppToken(), nil }
func (t ownTokens) Renew(context.Context, string) (string, error) { return t.d.AppToken(), nil }

// entry is a line of the client's log.
type entry struct {
	at      time.Time
	message string
	fields  map[string]any
}

type logbook struct {
	mu      sync.Mutex
	entries []entry
}

func (l *logbook) write(_ context.Context, message string, fields map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, entry{time.Now(), message, fields})
}

func (l *logbook) count(message string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	count := 0
	for _, e := range l.entries {
		if strings.Contains(e.message, message) {
			count++
		}
	}
	return count
}

// bench is a client before a directory that is served in process.
type bench struct {
	*directory.Client
	directory *mockdirectory.Directory
	log       *logbook
}

func newBench(t *testing.T, options mockdirectory.Options, more ...func(*directory.Config)) bench {
	t.Helper()
	served, err := mockdirectory.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, fault := range served.PendingFaults() {
			t.Errorf("a planned fault never fired: %+v", fault)
		}
		if err := served.Close(); err != nil {
			t.Error(err)
		}
	})
	log := &logbook{}
	config := directory.Config{GraphEndpoint: "https://graph.example", GraphTokens: ownTokens{served}, Transport: served.Transport(), UserAgent: "test/1", Log: log.write}
	for _, change := range more {
		change(&config)
	}
	client, err := directory.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return bench{client, served, log}
}

func addedUsers(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1)
	}
	return ids
}

const flagged = "DisablePasswordExpiration"

// flag makes the writes that set the flag of users.
func (b bench) flag(ctx context.Context, t *testing.T, ids []string) []directory.PasswordPoliciesWrite {
	t.Helper()
	users, err := b.UsersByID(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	writes := make([]directory.PasswordPoliciesWrite, len(ids))
	for i, id := range ids {
		user, found := users.Find(id)
		if !found {
			t.Fatalf("no user %s", id)
		}
		writes[i] = directory.PasswordPoliciesWrite{User: user, Wanted: user.PasswordPolicies.WithNeverExpires(true)}
	}
	return writes
}

// neverExpiring counts the users with the flag among some.
func (b bench) neverExpiring(ids []string) int {
	count := 0
	for _, id := range ids {
		if user, _ := b.directory.User(id); user.PasswordPolicies != nil && strings.Contains(*user.PasswordPolicies, flagged) {
			count++
		}
	}
	return count
}

// click is another administrator.
func (b bench) click(ids []string, value string) {
	b.directory.Update(func(s *mockdirectory.State) {
		for _, id := range ids {
			user := s.Users[id]
			user.PasswordPolicies = &value
			s.Users[id] = user
		}
	})
}

func failures(outcomes []directory.PasswordPoliciesOutcome) (failed []error) {
	for _, outcome := range outcomes {
		if outcome.Err != nil {
			failed = append(failed, outcome.Err)
		}
	}
	return failed
}

func TestTenThousandWritesPassTheQuotaWithinAThirdOfItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const users, burst, perSecond = 10_000, 3000, 20
		b := newBench(t, mockdirectory.Options{Users: users, Latency: 50 * time.Millisecond, Throttle: &mockdirectory.Throttle{}})
		everybody := addedUsers(users)
		start := time.Now()
		outcomes := b.ChangeManyPasswordPolicies(t.Context(), b.flag(t.Context(), t, everybody))
		took, quota := time.Since(start), time.Duration((users-burst)/perSecond)*time.Second
		if failed := failures(outcomes); len(failed) > 0 {
			t.Fatalf("%d users failed: %v", len(failed), failed[0])
		}
		if got := b.neverExpiring(everybody); got != users {
			t.Errorf("%d users have the flag", got)
		}
		if took > quota*13/10 {
			t.Errorf("it took %v, the quota allows it in %v", took, quota)
		}
		if b.log.count("waiting") == 0 {
			t.Error("the log shows no waiting")
		}
		counts := b.directory.Throttled()
		t.Logf("%v of %v, %+v", took, quota, counts)
		if counts.Refused > users {
			t.Errorf("%d requests were refused", counts.Refused)
		}
	})
}

func TestNothingIsSentBeforeARetryAfterHasPassed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 400})
		everybody := addedUsers(400)
		writes := b.flag(t.Context(), t, everybody)
		b.directory.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/" + everybody[30], Status: http.StatusTooManyRequests, RetryAfter: "75", BatchItem: true})
		var told time.Time
		var early []string
		var mu sync.Mutex
		// Somebody else reads all the while.
		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			for ctx.Err() == nil {
				_, _ = b.User(ctx, everybody[0])
				mu.Lock()
				if since := time.Since(told); !told.IsZero() && since > time.Second && since < 74*time.Second {
					early = append(early, since.String())
				}
				mu.Unlock()
				time.Sleep(time.Second)
			}
		}()
		time.AfterFunc(0, func() { mu.Lock(); told = time.Now(); mu.Unlock() })
		start := time.Now()
		outcomes := b.ChangeManyPasswordPolicies(t.Context(), writes)
		stop()
		<-stopped
		if failed := failures(outcomes); len(failed) > 0 || time.Since(start) < 75*time.Second {
			t.Errorf("after %v: %v", time.Since(start), failed)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(early) > 0 {
			t.Errorf("others were answered after %v", early)
		}
	})
}

func TestOneUserOfManyFailsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 45})
		everybody := addedUsers(45)
		writes := b.flag(t.Context(), t, everybody)
		b.directory.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/" + everybody[7], Status: http.StatusForbidden, Code: "Authorization_RequestDenied"})
		b.directory.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/" + everybody[8], Status: http.StatusServiceUnavailable, Times: 12})
		outcomes := b.ChangeManyPasswordPolicies(t.Context(), writes)
		if failed := failures(outcomes); len(failed) != 2 || outcomes[7].Err == nil || outcomes[8].Err == nil {
			t.Fatalf("failed: %v", failed)
		}
		var refusal *directory.Error
		if !errors.As(outcomes[7].Err, &refusal) || refusal.Code != "Authorization_RequestDenied" || refusal.RequestID == "" || refusal.ClientRequestID == "" || refusal.Needs == "" {
			t.Errorf("got %#v", refusal)
		}
		if outcomes[7].Uncertain || !outcomes[8].Uncertain {
			t.Error("a refusal is definite, a failure of the directory is not")
		}
		if got := b.neverExpiring(everybody); got != 43 {
			t.Errorf("%d users have the flag", got)
		}
	})
}

func TestAWriteThatTookEffectUnseenIsNoFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 20})
		everybody := addedUsers(20)
		writes := b.flag(t.Context(), t, everybody)
		b.directory.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/" + everybody[3], Status: http.StatusGatewayTimeout, Times: 12, Applied: true})
		if failed := failures(b.ChangeManyPasswordPolicies(t.Context(), writes)); len(failed) > 0 {
			t.Error(failed)
		}
	})
}

func TestAConnectionThatBreaksAfterABatchIsRepaired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 60})
		everybody := addedUsers(60)
		writes := b.flag(t.Context(), t, everybody)
		b.directory.AddFault(mockdirectory.Fault{Method: http.MethodPost, Path: "/v1.0/$batch", Broken: true, Applied: true})
		b.directory.AddFault(mockdirectory.Fault{Method: http.MethodPost, Path: "/v1.0/$batch", Broken: true})
		if failed := failures(b.ChangeManyPasswordPolicies(t.Context(), writes)); len(failed) > 0 {
			t.Error(failed)
		}
		if got := b.neverExpiring(everybody); got != 60 {
			t.Errorf("%d users have the flag", got)
		}
	})
}

func TestAnInterruptionTellsWhatWasDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 1000, Latency: time.Second})
		everybody := addedUsers(1000)
		writes := b.flag(t.Context(), t, everybody)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2500*time.Millisecond, cancel)
		start := time.Now()
		outcomes := b.ChangeManyPasswordPolicies(ctx, writes)
		if took := time.Since(start); took != 2500*time.Millisecond {
			t.Errorf("it went on for %v", took)
		}
		done, doubtful, unsent := 0, 0, 0
		for i, outcome := range outcomes {
			user, _ := b.directory.User(everybody[i])
			has := user.PasswordPolicies != nil
			switch {
			case outcome.Err == nil:
				done++
			case outcome.Uncertain:
				doubtful++
			case directory.NotSent(outcome.Err) && errors.Is(outcome.Err, context.Canceled):
				unsent++
			}
			if outcome.Err != nil && !outcome.Uncertain && has {
				t.Fatalf("%s has the flag, and the outcome is %v", everybody[i], outcome.Err)
			}
		}
		if done == 0 || unsent == 0 || done+doubtful+unsent != len(outcomes) {
			t.Errorf("%d done, %d doubtful, %d not sent", done, doubtful, unsent)
		}
	})
}

func TestADirectoryThatIsDownIsNotAskedForEveryUser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 1000})
		everybody := addedUsers(1000)
		writes := b.flag(t.Context(), t, everybody)
		b.directory.ResetJournal()
		b.directory.AddFault(mockdirectory.Fault{Path: "/v1.0/$batch", Status: http.StatusServiceUnavailable, Times: 8 * 12})
		outcomes := b.ChangeManyPasswordPolicies(t.Context(), writes)
		if len(failures(outcomes)) != 1000 || !directory.NotSent(outcomes[999].Err) {
			t.Errorf("%d failed, the last with %v", len(failures(outcomes)), outcomes[999].Err)
		}
		if got := b.directory.Journal().Counts["POST /v1.0/$batch"]; got != 8*12 {
			t.Errorf("%d batches were sent", got)
		}
	})
}

func TestUsersBehindAWaitThatIsTooLongWereNotAttempted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 400})
		everybody := addedUsers(400)
		writes := b.flag(t.Context(), t, everybody)
		b.directory.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/" + everybody[0], Status: http.StatusTooManyRequests, RetryAfter: "700", BatchItem: true})
		outcomes := b.ChangeManyPasswordPolicies(t.Context(), writes)
		var throttled *directory.ThrottledError
		if last := outcomes[399].Err; !directory.NotSent(last) || !errors.As(last, &throttled) {
			t.Errorf("the last user failed with %v", last)
		}
		var refusal *directory.Error
		if !errors.As(outcomes[0].Err, &refusal) || refusal.Status != http.StatusTooManyRequests {
			t.Errorf("the first user failed with %v", outcomes[0].Err)
		}
	})
}

func TestUsersAreReadByTheThousandAndTheMissingLookedForAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 2500})
		nobody := "00000000-0000-4000-8000-00000000dead"
		users, err := b.UsersByID(t.Context(), append(addedUsers(2500), strings.ToUpper(mockdirectory.SeededLegacy), nobody))
		if err != nil {
			t.Fatal(err)
		}
		if _, found := users.Find(nobody); found {
			t.Error("a user who does not exist was found")
		}
		legacy, _ := users.Find(mockdirectory.SeededLegacy)
		if legacy.PasswordPolicies.String() != "DisablePasswordExpiration, DisableStrongPassword" {
			t.Errorf("got %s", legacy.PasswordPolicies)
		}
		counts := b.directory.Journal().Counts
		if counts["POST /v1.0/directoryObjects/getByIds"] != 3 || counts["POST /v1.0/$batch"] != 4 {
			t.Errorf("requests: %v", counts)
		}
	})
}

func TestUsersAreReadSinglyWhereGetByIdsDoesNotWork(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mockdirectory.Fault{
		"forbidden":    {Status: http.StatusForbidden, Code: "Authorization_RequestDenied"},
		"not there":    {Status: http.StatusNotImplemented},
		"no $select":   {Status: http.StatusOK, ContentType: "application/json", Body: `{"value":[{"id":"` + mockdirectory.SeededLegacy + `","userPrincipalName":"a@contoso.com"}]}`},
		"no list":      {Status: http.StatusOK, ContentType: "application/json", Body: `{}`},
		"not JSON":     {Status: http.StatusOK, ContentType: "text/html", Body: `<html>`},
		"bad request":  {Status: http.StatusBadRequest, Code: "Request_UnsupportedQuery"},
		"empty answer": {Status: http.StatusOK, ContentType: "application/json", Body: `{"value":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, mockdirectory.Options{Users: 30})
				fault.Method, fault.Path = http.MethodPost, "/v1.0/directoryObjects/getByIds"
				b.directory.AddFault(fault)
				users, err := b.UsersByID(t.Context(), append(addedUsers(30), mockdirectory.SeededLegacy))
				if err != nil {
					t.Fatal(err)
				}
				legacy, found := users.Find(mockdirectory.SeededLegacy)
				if _, also := users.Find(addedUsers(30)[29]); !found || !also || !legacy.PasswordPolicies.NeverExpires() {
					t.Errorf("got %+v", users)
				}
			})
		})
	}
}

func TestManyWritesAreConfirmedAlsoWhereReplicasLag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 30, StaleReads: 3})
		outcomes := b.ChangeManyPasswordPolicies(t.Context(), b.flag(t.Context(), t, addedUsers(30)))
		for _, outcome := range outcomes {
			if outcome.Err != nil || !outcome.Confirmed {
				t.Fatalf("got %+v", outcome)
			}
		}
	})
}

// sweeping reads users one after the other, as Terraform refreshes them.
func (b bench) sweeping(t *testing.T, ids []string) []directory.User {
	t.Helper()
	users := make([]directory.User, len(ids))
	for i, id := range ids {
		known, _ := b.directory.User(id)
		user, err := b.UserAsKnown(t.Context(), id, known.UserPrincipalName)
		if err != nil {
			t.Fatal(err)
		}
		users[i] = user
	}
	return users
}

const single, listing = "GET /v1.0/users/{id}", "GET /v1.0/users"

func TestASweepAnswersManyReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 3000, Latency: 50 * time.Millisecond})
		everybody := addedUsers(3000)
		b.click(everybody, flagged)
		for _, user := range b.sweeping(t, everybody) {
			if !user.PasswordPolicies.NeverExpires() || user.ID == "" {
				t.Fatalf("got %+v", user)
			}
		}
		counts := b.directory.Journal().Counts
		if counts[listing] != 4 || counts[single] > 20 {
			t.Errorf("requests: %v", counts)
		}
	})
}

func TestASweepIsNeitherBegunForFewReadsNorWhenTurnedOff(t *testing.T) {
	t.Parallel()
	t.Run("few", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, mockdirectory.Options{Users: 9})
			b.sweeping(t, addedUsers(9))
			if got := b.directory.Journal().Counts[listing]; got != 0 {
				t.Errorf("%d listings", got)
			}
		})
	})
	t.Run("off", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, mockdirectory.Options{Users: 100}, func(c *directory.Config) { c.NoBulkReads = true })
			b.click(addedUsers(100), flagged)
			b.sweeping(t, addedUsers(100))
			if counts := b.directory.Journal().Counts; counts[listing] != 0 || counts[single] != 100 {
				t.Errorf("requests: %v", counts)
			}
		})
	})
}

func TestASweepIsBelievedOnlyWhereItAgrees(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 100, Latency: 50 * time.Millisecond})
		everybody := addedUsers(100)
		b.click(everybody[:60], flagged)
		b.sweeping(t, everybody)
		b.directory.ResetJournal()
		users := b.sweeping(t, everybody)
		for i, user := range users {
			if user.PasswordPolicies.NeverExpires() != (i < 60) {
				t.Errorf("user %d: %s", i, user.PasswordPolicies)
			}
		}
		if got := b.directory.Journal().Counts[single]; got != 40 {
			t.Errorf("%d single reads, want those of the 40 users whom the listing does not show", got)
		}

		// A rename and a write of our own are not in the index.
		b.directory.ResetJournal()
		if _, err := b.UserAsKnown(t.Context(), everybody[0], "other@contoso.com"); err != nil {
			t.Fatal(err)
		}
		user, err := b.User(t.Context(), everybody[1])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.ChangePasswordPolicies(t.Context(), user, user.PasswordPolicies.WithNeverExpires(false), false); err != nil {
			t.Fatal(err)
		}
		if after := b.sweeping(t, everybody[1:2]); after[0].PasswordPolicies.NeverExpires() {
			t.Error("the sweep answers with what was there before a write")
		}
		if got := b.directory.Journal().Counts[single]; got < 3 {
			t.Errorf("%d single reads", got)
		}
	})
}

func TestReadsNeverWaitForASweepAndOutliveIt(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]mockdirectory.Fault{
		"refused":         {{Status: http.StatusBadRequest, Code: "Request_UnsupportedQuery"}},
		"forbidden":       {{Status: http.StatusForbidden}},
		"not implemented": {{Status: http.StatusNotImplemented}},
		"half way":        {{After: 1, Status: http.StatusBadRequest, Code: "Directory_ExpiredPageToken"}},
		"empty page":      {{Status: http.StatusOK, ContentType: "application/json", Body: `{"value":[]}`}},
		"no JSON":         {{Status: http.StatusOK, ContentType: "text/html", Body: "<html>"}},
		"down":            {{Status: http.StatusServiceUnavailable, Times: 12}},
		"lagging index": {{Status: http.StatusOK, ContentType: "application/json",
			Body: `{"value":[{"id":"00000000-0000-4000-8000-000000000050","userPrincipalName":"user000050@contoso.com","passwordPolicies":null}]}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, mockdirectory.Options{Users: 1500, Latency: 50 * time.Millisecond})
				everybody := addedUsers(1500)
				b.click(everybody, flagged)
				for _, fault := range faults {
					fault.Method, fault.Path = http.MethodGet, "/v1.0/users"
					b.directory.AddFault(fault)
				}
				start := time.Now()
				for i, user := range b.sweeping(t, everybody) {
					if !user.PasswordPolicies.NeverExpires() || !strings.HasSuffix(user.ID, fmt.Sprint(i+1)) {
						t.Fatalf("user %d: %+v", i, user)
					}
				}
				// One after the other, none took longer than a read of its own.
				if took := time.Since(start); took > 1500*50*time.Millisecond {
					t.Errorf("the reads took %v", took)
				}
				time.Sleep(15 * time.Minute)
			})
		})
	}
}

func TestASweepEndsWhenItCostsMoreThanItSaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 30_000})
		everybody := addedUsers(30_000)
		b.click(everybody, flagged)
		b.sweeping(t, everybody[29_980:29_992])
		time.Sleep(time.Minute)
		if got := b.directory.Journal().Counts[listing]; got > 12 {
			t.Errorf("%d pages were read for 12 users", got)
		}
	})
}

func TestASweepOfALargeTenantWithFewFlagsIsOnePage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 30_000})
		few := addedUsers(30_000)[15_000:15_040]
		b.click(few, flagged)
		b.sweeping(t, few)
		b.sweeping(t, few)
		if counts := b.directory.Journal().Counts; counts[listing] != 1 || counts[single] > 40 {
			t.Errorf("requests: %v", counts)
		}
	})
}

func TestTheListingLeavesOutNobodyForTheSpelling(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 8})
		spellings := []string{"DisablePasswordExpiration", "disablepasswordexpiration", "DisableStrongPassword,DisablePasswordExpiration",
			"DisablePasswordExpiration,  DisableStrongPassword", "None", "DisableStrongPassword", "", "DisableStrongPassword, disablePasswordExpiration"}
		for i, spelling := range spellings {
			b.click(addedUsers(8)[i:i+1], spelling)
		}
		users, err := b.NeverExpiringUsers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, user := range users {
			names = append(names, user.UserPrincipalName)
		}
		for i, spelling := range spellings {
			want := strings.Contains(strings.ToLower(spelling), strings.ToLower(flagged))
			if slices.Contains(names, fmt.Sprintf("user%06d@contoso.com", i+1)) != want {
				t.Errorf("%q is listed: %v", spelling, !want)
			}
		}
	})
}

func TestAFewThrottledUsersDoNotSlowTheOthersDown(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 2, 3} {
		synctest.Test(t, func(t *testing.T) {
			const users = 1000
			b := newBench(t, mockdirectory.Options{Users: users, Unkind: seed})
			everybody := addedUsers(users)
			start := time.Now()
			outcomes := b.ChangeManyPasswordPolicies(t.Context(), b.flag(t.Context(), t, everybody))
			if failed := failures(outcomes); len(failed) > 0 {
				t.Fatalf("%d users failed: %v", len(failed), failed[0])
			}
			if got := b.neverExpiring(everybody); got != users {
				t.Errorf("%d users have the flag", got)
			}
			if took := time.Since(start); took > time.Minute {
				t.Errorf("seed %d: it took %v", seed, took)
			}
		})
	}
}
