package passwordexpirationpolicy_test

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const (
	kind    = "entraid_password_expiration_policy"
	address = kind + ".this"

	// The seeded domains: one that is unset, one with 90 and 14 days, and one of
	// each kind that cannot be managed.
	contoso   = "contoso.com"
	fabrikam  = "fabrikam.com"
	subdomain = "corp.contoso.com"
	federated = "adfs.contoso.net"
	pending   = "pending.example"
	missing   = "missing.example"

	never = 2147483647

	get   = "GET /v1.0/domains/{id}"
	patch = "PATCH /v1.0/domains/{id}"
)

// refusals are what the errors about the domains that cannot be managed say.
var refusals = map[string][]string{
	subdomain: {"Domain is a subdomain", subdomain + " inherits its password expiration from contoso.com", `domain_name = "contoso.com"`},
	federated: {"Domain is federated", federated, "convert the domain to managed authentication"},
	pending:   {"Domain is not verified", pending, "Verify it in the admin center"},
	missing:   {"Unable to find the domain", `no domain "missing.example"`, "Check the spelling", "Request_ResourceNotFound"},
}

// days is what the directory holds for a domain.
func days(t *testing.T, d *acctest.Directory, name string) string {
	t.Helper()
	domain, ok := d.Domain(name)
	if !ok {
		t.Fatalf("the directory has no domain %s", name)
	}
	return inWords(domain.PasswordValidityPeriodInDays) + "/" + inWords(domain.PasswordNotificationWindowInDays)
}

func inWords(days *int32) string {
	switch {
	case days == nil:
		return "unset"
	case *days == never:
		return "never"
	}
	return fmt.Sprint(*days)
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %q, want %q", what, got, want)
	}
}

func lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("the message has %q:\n%s", part, text)
		}
	}
}

// change is another administrator.
func change(d *acctest.Directory, name string, by func(*mockdirectory.Domain)) {
	d.Update(func(s *mockdirectory.State) {
		domain := s.Domains[name]
		by(&domain)
		s.Domains[name] = domain
	})
}

// set is another administrator who sets both members; 0 stands for unset.
func set(d *acctest.Directory, name string, period, window int32) {
	change(d, name, func(domain *mockdirectory.Domain) {
		domain.PasswordValidityPeriodInDays, domain.PasswordNotificationWindowInDays = nil, nil
		if period != 0 {
			domain.PasswordValidityPeriodInDays = &period
		}
		if window != 0 {
			domain.PasswordNotificationWindowInDays = &window
		}
	})
}

func federate(d *acctest.Directory, name string) {
	change(d, name, func(domain *mockdirectory.Domain) {
		domain.AuthenticationType = "Federated"
		domain.PasswordValidityPeriodInDays, domain.PasswordNotificationWindowInDays = nil, nil
	})
}

func remove(d *acctest.Directory, name string) {
	d.Update(func(s *mockdirectory.State) { delete(s.Domains, name) })
}

// policy is a configuration with a period.
func policy(name string, period int) acctest.Values {
	return acctest.Values{"domain_name": name, "validity_period_in_days": period}
}

// inState is what an instance holds, in the words of days.
func inState(s *acctest.Server, instance acctest.Instance) string {
	period, window := s.Attribute(instance, "validity_period_in_days"), s.Attribute(instance, "notification_window_in_days")
	text := func(value any) string {
		if value == nil {
			return "unset"
		}
		return fmt.Sprint(value)
	}
	if s.Attribute(instance, "never_expires") == true {
		return fmt.Sprintf("never/%s", text(window))
	}
	return text(period) + "/" + text(window)
}

func TestTerraformManagesADomainFromCreateToDestroy(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	config := `resource "entraid_password_expiration_policy" "this" {
  domain_name             = "fabrikam.com"
  validity_period_in_days = 180
}`
	updates := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}}
	d.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(fabrikam)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("never_expires"), knownvalue.Bool(false)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("notification_window_in_days"), knownvalue.Int64Exact(14)),
			},
		},
		resource.TestStep{PreConfig: func() { set(d, fabrikam, 30, 5) }, Config: config, ConfigPlanChecks: updates},
		resource.TestStep{
			Config:           strings.Replace(config, "validity_period_in_days = 180", "never_expires = true", 1),
			ConfigPlanChecks: updates,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("validity_period_in_days"), knownvalue.Null()),
			},
		},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: fabrikam, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"former_settings"}},
	)
	expect(t, "the expiration after destroy", days(t, d, fabrikam), "90/14")
}

func TestTerraformRefusesInThePlanWhateverTheDomainIsReplacedBy(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	config := func(name string) string {
		return `resource "entraid_password_expiration_policy" "this" {
  domain_name             = "` + name + `"
  validity_period_in_days = 180
}`
	}
	steps := []resource.TestStep{{Config: config(fabrikam)}}
	for _, name := range []string{subdomain, federated, pending, missing} {
		steps = append(steps, resource.TestStep{Config: config(name), PlanOnly: true, ExpectError: regexp.MustCompile(regexp.QuoteMeta(refusals[name][0]))})
	}
	steps = append(steps, resource.TestStep{
		Config:           config(contoso),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionReplace)}},
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(contoso)),
		},
	})
	d.Run(t, steps...)
	expect(t, "the replaced domain", days(t, d, fabrikam), "90/14")
}

func TestCreateSendsBothMembersOnce(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for _, test := range []struct {
		config acctest.Values
		want   string
	}{
		{acctest.Values{"domain_name": contoso, "validity_period_in_days": 30},
			`{"passwordNotificationWindowInDays":14,"passwordValidityPeriodInDays":30}`},
		{acctest.Values{"domain_name": contoso, "validity_period_in_days": 14, "never_expires": false},
			`{"passwordNotificationWindowInDays":14,"passwordValidityPeriodInDays":14}`},
		{acctest.Values{"domain_name": fabrikam, "never_expires": true, "notification_window_in_days": 14},
			`{"passwordNotificationWindowInDays":14,"passwordValidityPeriodInDays":2147483647}`},
		{acctest.Values{"domain_name": "contoso.onmicrosoft.com", "validity_period_in_days": 730, "notification_window_in_days": 1},
			`{"passwordNotificationWindowInDays":1,"passwordValidityPeriodInDays":730}`},
	} {
		d.ResetJournal()
		created := s.Must(s.New(kind), test.config)
		expect(t, "what was sent", strings.Join(d.Sent(http.MethodPatch), "\n"), test.want)
		if s.Attribute(created, "id") != test.config["domain_name"] || created.Identity == nil {
			t.Errorf("id is %v, identity %v", s.Attribute(created, "id"), created.Identity)
		}
	}
}

func TestASettingThatIsAlreadyThereIsNotWritten(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), policy(fabrikam, 90))
	s.Quiet(plan.Diagnostics)
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	plan = s.Plan(created, nil)
	s.Quiet(plan.Diagnostics)
	_, diagnostics = s.Apply(plan)
	s.Quiet(diagnostics)
	if n := d.Calls(patch); n != 0 {
		t.Errorf("%d writes were sent that change nothing", n)
	}
}

func TestTheSecondPlanIsEmpty(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for _, config := range []acctest.Values{
		policy(contoso, 60),
		{"domain_name": contoso, "validity_period_in_days": 60, "never_expires": false},
		{"domain_name": contoso, "never_expires": true},
		{"domain_name": contoso, "never_expires": true, "notification_window_in_days": 3},
	} {
		created := s.MustRefresh(s.Must(s.New(kind), config))
		d.ResetJournal()
		plan := s.Plan(created, config)
		s.Quiet(plan.Diagnostics)
		if !plan.Empty() {
			t.Errorf("the second plan of %v is not empty", config)
		}
		if n := len(d.Journal().Requests); n != 0 {
			t.Errorf("a plan with nothing to do made %d requests of its own", n)
		}
	}
}

func TestUpdatesInPlace(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	instance := s.Must(s.New(kind), policy(fabrikam, 180))
	for _, step := range []struct {
		config acctest.Values
		want   string
	}{
		{policy(fabrikam, 365), "365/14"},
		{acctest.Values{"domain_name": fabrikam, "validity_period_in_days": 365, "notification_window_in_days": 30}, "365/30"},
		{acctest.Values{"domain_name": fabrikam, "never_expires": true, "notification_window_in_days": 30}, "never/30"},
		{acctest.Values{"domain_name": fabrikam, "never_expires": true}, "never/14"},
	} {
		d.ResetJournal()
		plan := s.Plan(instance, step.config)
		s.Quiet(plan.Diagnostics)
		if len(plan.Replaces) > 0 {
			t.Errorf("%v replaces the resource", step.config)
		}
		updated, diagnostics := s.Apply(plan)
		s.Quiet(diagnostics)
		expect(t, "the expiration", days(t, d, fabrikam), step.want)
		expect(t, "the state", inState(s, updated), step.want)
		if updated.Identity == nil || d.Calls(patch) != 1 {
			t.Errorf("identity %v after %d writes", updated.Identity, d.Calls(patch))
		}
		instance = updated
	}
	s.Must(instance, nil)
	expect(t, "the expiration after destroy", days(t, d, fabrikam), "90/14")
}

func TestAShorterPeriodIsAnnouncedInThePlan(t *testing.T) {
	t.Parallel()
	const atOnce = "Older passwords expire at once"
	for _, test := range []struct {
		from, to int32
		warns    bool
	}{{never, 90, true}, {180, 90, true}, {90, 180, false}, {90, never, false}, {0, 90, false}, {90, 90, false}} {
		d := acctest.NewDirectory(t)
		set(d, fabrikam, test.from, 14)
		s := d.Server(t)
		config := policy(fabrikam, int(test.to))
		if test.to == never {
			config = acctest.Values{"domain_name": fabrikam, "never_expires": true}
		}
		created := s.Plan(s.New(kind), config)
		imported, diagnostics := s.Import(kind, fabrikam)
		s.Quiet(diagnostics)
		updated := s.Plan(imported, config)
		for how, plan := range map[string]acctest.Plan{"create": created, "update": updated} {
			s.NoError(plan.Diagnostics)
			if got := strings.Contains(acctest.Warnings(plan.Diagnostics), atOnce); got != test.warns {
				t.Errorf("%s from %d to %d warns: %v", how, test.from, test.to, got)
			}
		}
		if test.warns {
			acctest.Contains(t, acctest.Warnings(updated.Diagnostics), "[validity_period_in_days]", fabrikam, "becomes 90 days", "for 90 days", "next sign-in")
		}
	}
}

func TestCreateWarnsThatALiveSettingIsOverwritten(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	acctest.Contains(t, acctest.Warnings(s.Plan(s.New(kind), policy(fabrikam, 180)).Diagnostics), "domain_name", "A live setting will be overwritten",
		"fabrikam.com is 90 days (announced 14 days before) and becomes 180 days", "restored at destroy", "terraform import ADDRESS fabrikam.com")

	unset := acctest.Warnings(s.Plan(s.New(kind), policy(contoso, 180)).Diagnostics)
	acctest.Contains(t, unset, "contoso.com is unset and becomes 180 days", "cannot return to what is unset")
	lacks(t, unset, "restored at destroy")

	set(d, fabrikam, never, 14)
	acctest.Contains(t, acctest.Warnings(s.Plan(s.New(kind), policy(fabrikam, 180)).Diagnostics), "fabrikam.com is never and becomes")
}

func TestShowsAndRepairsDrift(t *testing.T) {
	t.Parallel()
	for _, drift := range []struct {
		period, window int32
		want           string
	}{{30, 14, "30/14"}, {180, 5, "180/5"}, {never, 14, "never/14"}, {0, 0, "unset/unset"}, {0, 14, "unset/14"}, {180, 0, "180/unset"}, {7, 9, "7/9"}} {
		for _, config := range []acctest.Values{policy(fabrikam, 180), {"domain_name": fabrikam, "validity_period_in_days": 180, "never_expires": false}} {
			d := acctest.NewDirectory(t)
			s := d.Server(t)
			created := s.Must(s.New(kind), config)
			set(d, fabrikam, drift.period, drift.window)
			refreshed := s.MustRefresh(created)
			expect(t, "the state", inState(s, refreshed), drift.want)
			if refreshed.Identity == nil {
				t.Error("reading lost the identity")
			}
			plan := s.Plan(refreshed, config)
			if plan.Empty() || len(plan.Replaces) > 0 {
				t.Errorf("drift to %s shows as %v", drift.want, plan.Replaces)
			}
			_, diagnostics := s.Apply(plan)
			s.Quiet(diagnostics)
			expect(t, "the repaired expiration", days(t, d, fabrikam), "180/14")
		}
	}
}

func TestWhatWasNeverSetIsReadAsUnset(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	imported, diagnostics := s.Import(kind, contoso)
	s.Quiet(diagnostics)
	for _, name := range []string{"never_expires", "validity_period_in_days", "notification_window_in_days"} {
		if got := s.Attribute(imported, name); got != nil {
			t.Errorf("%s is %v", name, got)
		}
	}
	if plan := s.Plan(imported, policy(contoso, 90)); plan.Empty() {
		t.Error("setting what was unset is no change")
	}
}

func TestImportsByIdInAnySpellingAndByIdentity(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	check := func(imported acctest.Instance) {
		t.Helper()
		for _, config := range []acctest.Values{policy(fabrikam, 90), {"domain_name": fabrikam, "validity_period_in_days": 90, "never_expires": false}} {
			plan := s.Plan(imported, config)
			s.Quiet(plan.Diagnostics)
			if !plan.Empty() {
				t.Errorf("the plan of %v after import is not empty", config)
			}
		}
	}
	for _, id := range []string{fabrikam, "Fabrikam.COM"} {
		imported, diagnostics := s.Import(kind, id)
		s.Quiet(diagnostics)
		check(imported)
	}
	imported, diagnostics := s.ImportIdentity(kind, acctest.Values{"domain_name": fabrikam})
	s.Quiet(diagnostics)
	check(imported)

	set(d, fabrikam, never, 30)
	imported, diagnostics = s.Import(kind, fabrikam)
	s.Quiet(diagnostics)
	if plan := s.Plan(imported, acctest.Values{"domain_name": fabrikam, "never_expires": true, "notification_window_in_days": 30}); !plan.Empty() {
		t.Error("the plan after import of never is not empty")
	}
	if d.Calls(patch) != 0 {
		t.Error("an import wrote to the directory")
	}
}

func TestDestroyRestoresWhatWasThere(t *testing.T) {
	t.Parallel()
	const atOnce = "It takes effect at once"
	for _, test := range []struct {
		period, window int32
		before, words  string
		atOnce         bool
	}{
		{90, 14, "90/14", "180 days (announced 14 days before) and becomes 90 days", true},
		{365, 5, "365/5", "becomes 365 days (announced 5 days before) again", false},
		{never, 30, "never/30", "becomes never again", false},
		{180, 30, "180/30", "becomes 180 days (announced 30 days before) again", false},
		{7, 9, "7/9", "becomes 7 days (announced 9 days before) again", true},
	} {
		d := acctest.NewDirectory(t)
		set(d, fabrikam, test.period, test.window)
		before := d.State()
		s := d.Server(t)
		created := s.Must(s.New(kind), policy(fabrikam, 180))
		plan := s.Plan(created, nil)
		warnings := acctest.Warnings(plan.Diagnostics)
		acctest.Contains(t, warnings, "Destroy restores the former password expiration policy", fabrikam, test.words, "terraform state rm")
		if got := strings.Contains(warnings, atOnce); got != test.atOnce {
			t.Errorf("restoring %s takes effect at once: %v", test.before, got)
		}
		gone, diagnostics := s.Apply(plan)
		s.Quiet(diagnostics)
		if !gone.Gone() {
			t.Error("the domain is still in the state")
		}
		expect(t, "the expiration after destroy", days(t, d, fabrikam), test.before)
		if !reflect.DeepEqual(d.State().Domains, before.Domains) {
			t.Errorf("the domains do not end as they began: %+v", d.State().Domains)
		}
	}
}

func TestDestroyAfterImportRestoresWhatWasThereAtImport(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	imported, diagnostics := s.Import(kind, fabrikam)
	s.Quiet(diagnostics)
	updated := s.Must(imported, policy(fabrikam, 365))
	expect(t, "the expiration", days(t, d, fabrikam), "365/14")
	s.Must(updated, nil)
	expect(t, "the expiration after destroy", days(t, d, fabrikam), "90/14")
}

func TestDestroyLeavesWhatCannotBeUnset(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		period, window int32
		after          string
		writes         int
	}{{0, 0, "180/14", 0}, {60, 0, "60/14", 1}, {0, 5, "180/5", 1}} {
		d := acctest.NewDirectory(t)
		set(d, contoso, test.period, test.window)
		s := d.Server(t)
		created := s.Must(s.New(kind), policy(contoso, 180))
		d.ResetJournal()
		plan := s.Plan(created, nil)
		acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "Destroy leaves the password expiration policy as it is", contoso, "unset, or set in part only", "cannot return to that")
		_, diagnostics := s.Apply(plan)
		s.NoError(diagnostics)
		acctest.Contains(t, acctest.Warnings(diagnostics), "stays as it is", contoso, "cannot return to that")
		expect(t, "the expiration after destroy", days(t, d, contoso), test.after)
		if n := d.Calls(patch); n != test.writes {
			t.Errorf("%d writes", n)
		}
	}
}

func TestDestroyLeavesADomainThatCanNoLongerBeManaged(t *testing.T) {
	t.Parallel()
	for how, become := range map[string]func(*mockdirectory.Domain){
		"federated":  func(domain *mockdirectory.Domain) { domain.AuthenticationType = "Federated" },
		"unverified": func(domain *mockdirectory.Domain) { domain.IsVerified = false },
		"subdomain":  func(domain *mockdirectory.Domain) { domain.IsRoot = false },
	} {
		d := acctest.NewDirectory(t)
		s := d.Server(t)
		created := s.Must(s.New(kind), policy(fabrikam, 180))
		change(d, fabrikam, become)
		d.ResetJournal()
		plan := s.Plan(s.MustRefresh(created), nil)
		acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "Destroy leaves", "no longer a verified, managed root domain")
		gone, diagnostics := s.Apply(plan)
		s.NoError(diagnostics)
		acctest.Contains(t, acctest.Warnings(diagnostics), "stays as it is", "no longer a verified, managed root domain")
		if !gone.Gone() || d.Calls(patch) != 0 {
			t.Errorf("%s: in the state %v, %d writes", how, !gone.Gone(), d.Calls(patch))
		}
	}
}

func TestDestroyOfADomainThatIsGoneIsDone(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), policy(fabrikam, 180))
	remove(d, fabrikam)
	plan := s.Plan(created, nil)
	s.Quiet(plan.Diagnostics)
	gone, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	if !gone.Gone() {
		t.Error("the domain is still in the state")
	}
}

func TestDestroyWithoutAMemoryLeavesTheSetting(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), policy(fabrikam, 180))
	created = s.Forgotten(created)
	plan := s.Plan(created, nil)
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "Destroy leaves", "nothing was remembered", "It is 180 days")
	_, diagnostics := s.Apply(plan)
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "nothing was remembered", "It stays at 180 days")
	expect(t, "the expiration", days(t, d, fabrikam), "180/14")
}

func TestARefusedRestoreNamesTheWayOut(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	set(d, fabrikam, 7, 14)
	s := d.Server(t)
	created := s.Must(s.New(kind), policy(fabrikam, 180))
	d.Update(func(s *mockdirectory.State) { s.Tenant.StrictPasswordDays = true })
	kept, diagnostics := s.Apply(s.Plan(created, nil))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to restore password expiration policy", fabrikam, "Invalid value specified", "terraform state rm")
	if kept.Gone() {
		t.Error("a failed restore left the state")
	}
}

func TestIsThrottledAndSucceeds(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	for _, method := range []string{http.MethodGet, http.MethodPatch} {
		d.AddFault(mockdirectory.Fault{Method: method, Path: "/v1.0/domains/{id}", Status: http.StatusTooManyRequests, Times: 2, RetryAfter: "0.1"})
	}
	s.Must(s.New(kind), policy(contoso, 180))
	expect(t, "the expiration", days(t, d, contoso), "180/14")
}

func TestForbiddenNamesThePermission(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	allow := func(permission string) *acctest.Server {
		d.Update(func(s *mockdirectory.State) {
			app := s.SignIn.Applications[mockdirectory.SeededClientID]
			app.Permissions = []string{permission}
			s.SignIn.Applications[mockdirectory.SeededClientID] = app
		})
		return d.Server(t)
	}
	s := allow("User.Read.All")
	plan := s.Plan(s.New(kind), policy(fabrikam, 180))
	s.Quiet(plan.Diagnostics)
	_, diagnostics := s.Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read password expiration policy", fabrikam, "Authorization_RequestDenied", "Domain.Read.All")

	s = allow("Domain.Read.All")
	created, diagnostics := s.Apply(s.Plan(s.New(kind), policy(fabrikam, 180)))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set password expiration policy", "Insufficient privileges", "Domain.ReadWrite.All", "User Administrator", "Request id:")
	if !created.Gone() {
		t.Error("a refused create is in the state")
	}
	expect(t, "the expiration", days(t, d, fabrikam), "90/14")
}

func TestRejectsBadValuesWithoutARequest(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	with := func(name string, value any) acctest.Values {
		values := policy(contoso, 90)
		values[name] = value
		return values
	}
	bad := []struct {
		config acctest.Values
		says   []string
	}{
		{acctest.Values{"domain_name": contoso}, []string{"validity_period_in_days", "Missing setting", "or never_expires = true"}},
		{acctest.Values{"domain_name": contoso, "never_expires": false}, []string{"validity_period_in_days", "Missing setting"}},
		{with("never_expires", true), []string{"never_expires", "Conflicting settings", "exactly one"}},
		{acctest.Values{"domain_name": contoso, "validity_period_in_days": 14, "notification_window_in_days": 15}, []string{"notification_window_in_days", "15, must not be longer than validity_period_in_days, 14"}},
	}
	for _, name := range []string{"", "contoso", "Contoso.com", "contoso.com.", ".contoso.com", "-a.com", "a-.com", "a b.com", "a/b.com", "../users", "contoso..com", "a@contoso.com"} {
		bad = append(bad, struct {
			config acctest.Values
			says   []string
		}{with("domain_name", name), []string{"domain_name", "must be a domain name in lower case"}})
	}
	for _, period := range []int{-1, 0, 13, 731, never} {
		bad = append(bad, struct {
			config acctest.Values
			says   []string
		}{with("validity_period_in_days", period), []string{"validity_period_in_days", "between 14 and 730"}})
	}
	for _, window := range []int{-1, 0, 31} {
		bad = append(bad, struct {
			config acctest.Values
			says   []string
		}{with("notification_window_in_days", window), []string{"notification_window_in_days", "between 1 and 30"}})
	}
	for _, test := range bad {
		acctest.Contains(t, acctest.Errors(s.Validate(kind, test.config)), test.says...)
	}
	for _, good := range []acctest.Values{
		policy(contoso, 14), policy(contoso, 730), with("notification_window_in_days", 30), with("never_expires", false),
		{"domain_name": "xn--mller-kva.a1-b.example", "never_expires": true, "notification_window_in_days": 30},
	} {
		s.Quiet(s.Validate(kind, good))
	}
	if n := len(d.Journal().Requests); n != 0 {
		t.Errorf("validation made %d requests", n)
	}
}

func TestLetsUnknownValuesPass(t *testing.T) {
	t.Parallel()
	s := acctest.Unconfigured(t)
	for _, config := range []acctest.Values{
		{"domain_name": acctest.Unknown, "validity_period_in_days": acctest.Unknown, "never_expires": acctest.Unknown, "notification_window_in_days": acctest.Unknown},
		{"domain_name": acctest.Unknown, "validity_period_in_days": 90},
		{"domain_name": contoso, "validity_period_in_days": acctest.Unknown, "never_expires": true},
		{"domain_name": contoso, "validity_period_in_days": 90, "never_expires": acctest.Unknown},
		{"domain_name": contoso, "validity_period_in_days": 20, "notification_window_in_days": acctest.Unknown},
	} {
		s.Quiet(s.Validate(kind, config))
	}

	d := acctest.NewDirectory(t)
	configured := d.Server(t)
	plan := configured.Plan(configured.New(kind), acctest.Values{"domain_name": acctest.Unknown, "validity_period_in_days": 90})
	configured.Quiet(plan.Diagnostics)
	plan = configured.Plan(configured.New(kind), acctest.Values{"domain_name": fabrikam, "validity_period_in_days": acctest.Unknown})
	configured.Quiet(plan.Diagnostics)
	// A domain that cannot be managed is refused whatever is still unknown.
	plan = configured.Plan(configured.New(kind), acctest.Values{"domain_name": federated, "validity_period_in_days": acctest.Unknown})
	acctest.Contains(t, acctest.Errors(plan.Diagnostics), "Domain is federated")
}

func TestKeepsWhatItDoesNotManage(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	before := d.State()
	s := d.Server(t)
	s.Must(s.New(kind), policy(fabrikam, 180))
	after := d.State()
	fabrikamAfter := after.Domains[fabrikam]
	fabrikamAfter.PasswordValidityPeriodInDays = before.Domains[fabrikam].PasswordValidityPeriodInDays
	after.Domains[fabrikam] = fabrikamAfter
	if !reflect.DeepEqual(before, after) {
		t.Error("something else than the period was changed")
	}
}

func TestSurvivesAnotherAdministratorWritingInBetween(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), policy(fabrikam, 180))
	set(d, fabrikam, 60, 7)
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, "the expiration", days(t, d, fabrikam), "180/14")
	s.Must(created, nil)
	expect(t, "the expiration after destroy", days(t, d, fabrikam), "60/7")
}

func TestStaleReadsAfterAWriteDoNotReachTheState(t *testing.T) {
	t.Parallel()
	d := acctest.StartKindDirectory(t, mockdirectory.Options{StaleReads: 2})
	s := d.Server(t)
	config := policy(fabrikam, 180)
	created, diagnostics := s.Apply(s.Plan(s.New(kind), config))
	s.Quiet(diagnostics)
	expect(t, "the state", inState(s, created), "180/14")
	if plan := s.Plan(s.MustRefresh(created), config); !plan.Empty() {
		t.Error("apply ended before the directory showed the value")
	}
	s.Must(created, nil)
	expect(t, "the expiration after destroy", days(t, d, fabrikam), "90/14")
}

func TestRefusesDomainsThatCannotBeManagedInThePlan(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for name, says := range refusals {
		plan := s.Plan(s.New(kind), policy(name, 180))
		acctest.Contains(t, acctest.Errors(plan.Diagnostics), append(says, "domain_name")...)
		_, diagnostics := s.Import(kind, name)
		acctest.Contains(t, acctest.Errors(diagnostics), says...)
	}
	if d.Calls(patch) != 0 {
		t.Error("a write was sent for a domain that cannot be managed")
	}
}

func TestRefusesDomainsAtApplyWhereThePlanCouldNotReadThem(t *testing.T) {
	t.Parallel()
	for name, says := range refusals {
		d := acctest.KindDirectory(t)
		s := d.Server(t)
		d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: "/v1.0/domains/{id}", Status: http.StatusForbidden})
		plan := s.Plan(s.New(kind), policy(name, 180))
		s.Quiet(plan.Diagnostics)
		created, diagnostics := s.Apply(plan)
		acctest.Contains(t, acctest.Errors(diagnostics), append(says, "domain_name")...)
		if !created.Gone() || d.Calls(patch) != 0 {
			t.Errorf("%s: in the state %v, %d writes", name, !created.Gone(), d.Calls(patch))
		}
	}
}

func TestASubdomainWhoseRootCannotBeReadIsStillExplained(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: "/v1.0/domains/{id}/rootDomain", Status: http.StatusForbidden})
	acctest.Contains(t, acctest.Errors(s.Plan(s.New(kind), policy(subdomain, 180)).Diagnostics), "Domain is a subdomain", "from the domain above it")
}

func TestADomainThatBecameFederatedIsRefusedInThePlanOfItsUpdate(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), policy(fabrikam, 180))
	federate(d, fabrikam)
	d.ResetJournal()
	refreshed := s.MustRefresh(created)
	acctest.Contains(t, acctest.Errors(s.Plan(refreshed, policy(fabrikam, 180)).Diagnostics), "Domain is federated", "Remove this resource")
	if d.Calls(patch) != 0 {
		t.Error("a write was sent to a federated domain")
	}
}

func TestAReplacementIsAdvisedAsDestroyAndCreate(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), policy(fabrikam, 180))
	plan := s.Plan(created, policy(contoso, 180))
	if len(plan.Replaces) == 0 {
		t.Error("another domain does not replace the resource")
	}
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "Destroy restores the former password expiration policy", "fabrikam.com is 180 days",
		"A live setting will be overwritten", "contoso.com is unset")
	for name, says := range refusals {
		acctest.Contains(t, acctest.Errors(s.Plan(created, policy(name, 180)).Diagnostics), append(says, "domain_name")...)
	}
	unknown := s.Plan(created, acctest.Values{"domain_name": acctest.Unknown, "validity_period_in_days": 180})
	s.NoError(unknown.Diagnostics)
	acctest.Contains(t, acctest.Warnings(unknown.Diagnostics), "Destroy restores")
}

func TestAReadForAdviceNeverFailsAPlan(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), policy(fabrikam, 180))
	for _, config := range []acctest.Values{policy(fabrikam, 90), nil} {
		d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: "/v1.0/domains/{id}", Status: http.StatusForbidden})
		plan := s.Plan(created, config)
		s.NoError(plan.Diagnostics)
		if config == nil {
			acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "is 180 days", "becomes 90 days (announced 14 days before) again")
		}
	}
}

func TestADeletedDomainLeavesTheState(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), policy(fabrikam, 180))
	remove(d, fabrikam)
	if refreshed := s.MustRefresh(created); !refreshed.Gone() {
		t.Error("the deleted domain is still in the state")
	}
}

func TestANotFoundThatIsNoDirectoryAnswerRemovesNothing(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), policy(fabrikam, 180))
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: "/v1.0/domains/{id}", Status: http.StatusNotFound,
		Body: "<html><head><title>404 - not here</title></head></html>", ContentType: "text/html"})
	refreshed, diagnostics := s.Refresh(created)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read password expiration policy", fabrikam, "404 - not here")
	if refreshed.Gone() {
		t.Error("a web page removed the domain from the state")
	}
}

func TestAnUncertainWriteIsReadBack(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), policy(fabrikam, 180))
	d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/domains/{id}", Broken: true, Applied: true})
	_, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, "the expiration", days(t, d, fabrikam), "180/14")
}

func TestAFailedUpdateKeepsTheFormerState(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), policy(fabrikam, 180))
	plan := s.Plan(created, policy(fabrikam, 365))
	d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/domains/{id}", Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: "Domain operation is not allowed."})
	kept, diagnostics := s.Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to update password expiration policy", fabrikam, "Domain operation is not allowed.")
	expect(t, "the state", inState(s, kept), "180/14")
	s.Must(kept, nil)
	expect(t, "the expiration after destroy", days(t, d, fabrikam), "90/14")
}

func TestAReadIsOneRequest(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), policy(fabrikam, 180))
	d.ResetJournal()
	s.MustRefresh(created)
	if journal := d.Journal(); len(journal.Requests) != 1 || journal.Counts[get] != 1 {
		t.Errorf("a refresh made the requests %v", journal.Counts)
	}
}
