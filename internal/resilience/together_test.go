package resilience_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// meddling lets somebody else act once, just before a request reaches the
// directory or just after.
type meddling struct {
	next          http.RoundTripper
	at            target
	before, after func()
	once          sync.Once
}

// RoundTrip implements http.RoundTripper.
func (m *meddling) RoundTrip(request *http.Request) (*http.Response, error) {
	act := func(what func()) {
		if what != nil && m.at.matches(request) {
			m.once.Do(what)
		}
	}
	act(m.before)
	answer, err := m.next.RoundTrip(request)
	act(m.after)
	return answer, err
}

// run is a run of Terraform on a directory that another run shares.
type run struct {
	managed
	t         *testing.T
	directory *acctest.Directory
	config    acctest.Values
}

func newRun(t *testing.T, d *acctest.Directory, k kind, config acctest.Values) *run {
	t.Helper()
	return &run{t: t, directory: d, managed: managed{kind: k}, config: config}
}

// apply applies the configuration in a process of its own, which meddler may
// meddle with, and returns the warnings.
func (r *run) apply(meddler *meddling) string {
	r.t.Helper()
	var settings acctest.Values
	if meddler != nil {
		settings = newProxy(r.t, r.directory, false, func(next http.RoundTripper) http.RoundTripper {
			meddler.next = next
			return meddler
		}).settings()
	}
	told := r.managed.apply(r.directory.Server(r.t, settings), r.config)
	if errors := acctest.Errors(told); errors != "" {
		r.t.Errorf("%s: two runs at once end in an error:\n%s", r.kind.name, errors)
	}
	return acctest.Warnings(told)
}

// planned reports whether the next run has anything to do.
func (r *run) planned() bool {
	r.t.Helper()
	s := r.directory.Server(r.t)
	plan := s.Plan(s.MustRefresh(r.instance), r.config)
	s.NoError(plan.Diagnostics)
	return !plan.Empty()
}

// expectPlans compares which of two runs have anything to do.
func expectPlans(t *testing.T, one, other *run, first, second bool) {
	t.Helper()
	if a, b := one.planned(), other.planned(); a != first || b != second {
		t.Errorf("the first run has work: %v (want %v), the second: %v (want %v)", a, first, b, second)
	}
}

// foreign is what nobody manages, also a key that nobody knows.
func foreign(s *mockdirectory.State) {
	setKeys(s.PasswordResetPolicy, "customizeHelpdeskLink", "true", "customHelpdeskEmailOrUrl", `"help@contoso.com"`, "somethingNew", `{"a":[1,2]}`)
}

var (
	twoMethods = acctest.Values{"enabled_for": "all", "methods_required": 2}
	inNinety   = acctest.Values{"enabled_for": "all", "registration": acctest.Values{"reconfirm_after_in_days": 90}}
	inThirty   = acctest.Values{"enabled_for": "all", "registration": acctest.Values{"reconfirm_after_in_days": 30}}
)

func bothMembers(s *mockdirectory.State) {
	setKeys(s.PasswordResetPolicy, "enablementType", "2", "numberOfAuthenticationMethodsRequired", "2", "registrationReconfirmIntevalInDays", "90")
}

// The API has no version check: of two processes, one overwrites what the other
// wrote between its read and its write. It shows in the next plan of the other,
// and what nobody manages stays.
func TestARunThatWasOverwrittenShowsItInItsNextPlan(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	d.Update(foreign)
	seeded := d.State()
	one, other := newRun(t, d, passwordReset(), twoMethods), newRun(t, d, passwordReset(), inNinety)
	one.apply(&meddling{at: passwordReset().write, before: func() { other.apply(nil) }})
	holds(t, "after the run that was slower", d, seeded, func(s *mockdirectory.State) {
		setKeys(s.PasswordResetPolicy, "enablementType", "2", "numberOfAuthenticationMethodsRequired", "2")
	})
	expectPlans(t, one, other, false, true)
	other.apply(nil)
	holds(t, "after the next run", d, seeded, bothMembers)
	expectPlans(t, one, other, false, false)
}

func TestTwoRunsOfTheSameSettingSayThatSomebodyElseWrites(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	d.Update(foreign)
	seeded := d.State()
	one, other := newRun(t, d, passwordReset(), inNinety), newRun(t, d, passwordReset(), inThirty)
	warnings := one.apply(&meddling{at: passwordReset().write, after: func() { other.apply(nil) }})
	acctest.Contains(t, warnings, "Somebody else has changed the self-service password reset policy", "registration.reconfirm_after_in_days")
	holds(t, "after both runs", d, seeded, func(s *mockdirectory.State) {
		setKeys(s.PasswordResetPolicy, "enablementType", "2", "registrationReconfirmIntevalInDays", "30")
	})
	expectPlans(t, one, other, true, false)
}

// Within one process writers take turns.
func TestTwoResourcesOfOneRunLoseNothing(t *testing.T) {
	t.Parallel()
	d := acctest.StartKindDirectory(t, mockdirectory.Options{Latency: 20 * time.Millisecond})
	d.Update(foreign)
	seeded := d.State()
	s := d.Server(t)
	one, other := newRun(t, d, passwordReset(), twoMethods), newRun(t, d, passwordReset(), inNinety)
	var runs sync.WaitGroup
	for _, r := range []*run{one, other} {
		runs.Go(func() {
			if errors := acctest.Errors(r.managed.apply(s, r.config)); errors != "" {
				t.Errorf("an apply beside another fails:\n%s", errors)
			}
		})
	}
	runs.Wait()
	holds(t, "after both", d, seeded, bothMembers)
	expectPlans(t, one, other, false, false)
}

func TestASetAndASingleResourceMayNameTheSameUser(t *testing.T) {
	t.Parallel()
	d := acctest.StartKindDirectory(t, mockdirectory.Options{Users: addedUsers})
	set := users(oneBatch)
	ids, ok := set.first["user_ids"].([]string)
	if !ok {
		t.Fatal("the set has no users")
	}
	single := newRun(t, d, user(), user().first)
	many := newRun(t, d, set, acctest.Values{"user_ids": append(ids, mockdirectory.SeededScanner)})
	many.apply(&meddling{at: set.envelope(), before: func() { single.apply(nil) }})
	expectPlans(t, single, many, false, false)
	s := d.Server(t)
	s.Must(single.instance, nil)
	if !many.planned() {
		t.Error("the set does not see that its user was restored")
	}
	many.apply(nil)
	if many.planned() {
		t.Error("the set is not what was applied")
	}
}

func TestTwoRunsOfTheSameDomainAreTold(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	one, other := newRun(t, d, domain(), domain().first), newRun(t, d, domain(), domain().second)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	p := newProxy(t, d, false, func(next http.RoundTripper) http.RoundTripper {
		return &meddling{next: next, at: domain().write, after: func() {
			other.apply(nil)
			// The provider would look for a while for what it wrote.
			time.AfterFunc(2*time.Second, cancel)
		}}
	})
	told := one.managed.apply(d.Server(hurried{t, ctx}, p.settings()), one.config)
	if errors := acctest.Errors(told); errors != "" {
		t.Fatalf("a write that was accepted is an error:\n%s", errors)
	}
	acctest.Contains(t, acctest.Warnings(told), "cannot be read back yet", fabrikam)
	expectPlans(t, one, other, true, false)
}

func TestRunsOfDifferentDomainsDoNotMeet(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	seeded := d.State()
	elsewhere := domain()
	elsewhere.object = "contoso.com"
	one := newRun(t, d, domain(), domain().first)
	other := newRun(t, d, elsewhere, acctest.Values{"domain_name": "contoso.com", "validity_period_in_days": 365})
	one.apply(&meddling{at: domain().write, before: func() { other.apply(nil) }})
	expectPlans(t, one, other, false, false)
	s := d.Server(t)
	s.Must(one.instance, nil)
	holds(t, "after one of them was destroyed", d, seeded, func(state *mockdirectory.State) {
		found := state.Domains["contoso.com"]
		found.PasswordValidityPeriodInDays, found.PasswordNotificationWindowInDays = new(int32(365)), new(int32(14))
		state.Domains["contoso.com"] = found
	})
}
