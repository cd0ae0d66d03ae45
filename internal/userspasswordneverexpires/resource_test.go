package userspasswordneverexpires_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
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
	kind    = "entraid_users_password_never_expires"
	address = kind + ".services"

	backup  = mockdirectory.SeededBackup
	scanner = mockdirectory.SeededScanner
	legacy  = mockdirectory.SeededLegacy
	synced  = mockdirectory.SeededCarol
	guest   = mockdirectory.SeededGuest
	nobody  = "00000000-0000-4000-8000-00000000dead"

	batch = "POST /v1.0/$batch"
	byIDs = "POST /v1.0/directoryObjects/getByIds"
	users = "GET /v1.0/users"
	write = "PATCH /v1.0/users/{id}"
)

const flagged = "DisablePasswordExpiration"

// added is a user of those that the option Users adds.
func added(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

func addedUsers(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = added(i + 1)
	}
	return ids
}

func set(ids ...string) acctest.Values { return acctest.Values{"user_ids": ids} }

func exclusive(ids ...string) acctest.Values {
	return acctest.Values{"user_ids": ids, "exclusive": true}
}

// policies is what the directory holds for a user, null as "null".
func policies(t *testing.T, d *acctest.Directory, id string) string {
	t.Helper()
	found, ok := d.User(id)
	if !ok {
		t.Fatalf("the directory has no user %s", id)
	}
	if found.PasswordPolicies == nil {
		return "null"
	}
	return *found.PasswordPolicies
}

func expect(t *testing.T, d *acctest.Directory, want map[string]string) {
	t.Helper()
	for id, policy := range want {
		if got := policies(t, d, id); got != policy {
			t.Errorf("the policies of %s are %q, want %q", id, got, policy)
		}
	}
}

// click is another administrator.
func click(d *acctest.Directory, id string, value *string) {
	d.Update(func(s *mockdirectory.State) {
		user := s.Users[id]
		user.PasswordPolicies = value
		s.Users[id] = user
	})
}

func members(t *testing.T, s *acctest.Server, instance acctest.Instance) []string {
	t.Helper()
	ids, ok := s.Attribute(instance, "user_ids").([]string)
	if !ok {
		t.Fatal("user_ids is no list")
	}
	slices.Sort(ids)
	return ids
}

func expectMembers(t *testing.T, s *acctest.Server, instance acctest.Instance, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := members(t, s, instance); !slices.Equal(got, want) {
		t.Errorf("user_ids is %v, want %v", got, want)
	}
}

func TestTerraformManagesASetFromCreateToDestroy(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	config := func(ids ...string) string {
		return fmt.Sprintf("resource %q \"services\" {\n  user_ids = [%q]\n}", kind, strings.Join(ids, `", "`))
	}
	format := func(ids ...string) string { return strings.ReplaceAll(config(ids...), `\"`, `"`) }
	updates := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}}
	d.Run(t,
		resource.TestStep{
			Config: format(legacy, backup),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("user_ids"), knownvalue.ListExact([]knownvalue.Check{
					knownvalue.StringExact(legacy), knownvalue.StringExact(backup)})),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("exempt_user_count"), knownvalue.Null()),
			},
		},
		resource.TestStep{
			Config:           format(backup, legacy),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{PreConfig: func() { click(d, backup, nil) }, Config: format(backup, legacy), ConfigPlanChecks: updates},
		resource.TestStep{Config: format(legacy, scanner), ConfigPlanChecks: updates},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: scanner + "," + legacy, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"former_settings"},
		},
	)
	expect(t, d, map[string]string{backup: "null", scanner: "DisableStrongPassword", legacy: "DisablePasswordExpiration, DisableStrongPassword"})
}

func TestCreateSetsTheFlagOfAllInBulk(t *testing.T) {
	t.Parallel()
	d := acctest.StartDirectory(t, mockdirectory.Options{Users: 1000})
	s := d.Server(t)
	everybody := addedUsers(1000)
	created := s.Must(s.New(kind), set(everybody...))
	for _, id := range everybody {
		if got := policies(t, d, id); got != flagged {
			t.Fatalf("the policies of %s are %q", id, got)
		}
	}
	requests := d.Calls(batch) + d.Calls(byIDs) + d.Calls("GET /v1.0/domains/{id}")
	if d.Kind() && (requests > 60 || d.Calls(batch) != 50) {
		t.Errorf("%d requests: %v", requests, d.Journal().Counts)
	}

	d.ResetJournal()
	s.Quiet(s.Plan(s.MustRefresh(created), set(everybody...)).Diagnostics)
	if d.Calls(byIDs) != 1 || d.Kind() && len(d.Journal().Requests) != 1 {
		t.Errorf("a refresh takes %v", d.Journal().Counts)
	}

	s.Must(created, nil)
	if got := policies(t, d, added(777)); got != "null" {
		t.Errorf("after destroy the policies are %q", got)
	}
}

func TestDriftShowsTheIds(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), set(backup, scanner, legacy))
	click(d, scanner, new("DisableStrongPassword"))
	refreshed := s.MustRefresh(created)
	expectMembers(t, s, refreshed, backup, legacy)

	d.ResetJournal()
	repaired := s.Must(refreshed, set(backup, scanner, legacy))
	expectMembers(t, s, repaired, backup, scanner, legacy)
	expect(t, d, map[string]string{scanner: "DisablePasswordExpiration, DisableStrongPassword"})
	if d.Calls(write) != 1 {
		t.Errorf("repairing one user writes %d", d.Calls(write))
	}
	s.Must(repaired, nil)
	expect(t, d, map[string]string{backup: "null", scanner: "DisableStrongPassword"})
}

func TestAUserWhoLeavesTheSetIsRestored(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), set(backup, scanner, legacy))
	plan := s.Plan(created, set(backup))
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "The passwords of 1 user will expire", scanner)
	if strings.Contains(acctest.Warnings(plan.Diagnostics), legacy) {
		t.Error("the plan warns of a user whose password never expired before")
	}
	updated, diagnostics := s.Apply(plan)
	s.NoError(diagnostics)
	expectMembers(t, s, updated, backup)
	expect(t, d, map[string]string{backup: flagged, scanner: "DisableStrongPassword", legacy: "DisablePasswordExpiration, DisableStrongPassword"})
}

func TestOthersAreNotTouched(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	s.Must(s.New(kind), set(backup))
	for _, request := range d.Journal().Requests {
		if request.Method == http.MethodPatch && !strings.HasSuffix(request.Path, backup) {
			t.Errorf("%s %s", request.Method, request.Path)
		}
	}
	if d.Calls(users) > 0 {
		t.Error("a set that is not exclusive lists the tenant")
	}
}

func TestAnExclusiveSetClearsTheOthers(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), exclusive(backup))
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "outside of the set will expire", legacy, "svc-legacy@contoso.com")
	created, diagnostics := s.Apply(plan)
	s.NoError(diagnostics)
	expectMembers(t, s, created, backup)
	expect(t, d, map[string]string{backup: flagged, legacy: "DisableStrongPassword", synced: flagged})
	if got, ok := s.Attribute(created, "exempt_user_count").(int64); !ok || got < 1 {
		t.Errorf("exempt_user_count is %v", got)
	}
	if plan := s.Plan(s.MustRefresh(created), exclusive(backup)); !plan.Empty() {
		t.Errorf("the second plan is not empty: %s", plan.State)
	}

	destroy := s.Plan(created, nil)
	acctest.Contains(t, acctest.Warnings(destroy.Diagnostics), "restores that the passwords of 1 user expire", "restores that the passwords of 1 user never expire")
	_, diagnostics = s.Apply(destroy)
	s.NoError(diagnostics)
	expect(t, d, map[string]string{backup: "null", legacy: "DisablePasswordExpiration, DisableStrongPassword"})
}

func TestAnExclusiveSetShowsANewcomerAsDrift(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), exclusive(backup, legacy))
	click(d, scanner, new(flagged))
	click(d, guest, new(flagged))
	refreshed := s.MustRefresh(created)
	expectMembers(t, s, refreshed, backup, legacy, scanner)
	plan := s.Plan(refreshed, exclusive(backup, legacy))
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "The passwords of 1 user will expire", scanner)
	repaired, diagnostics := s.Apply(plan)
	s.NoError(diagnostics)
	expect(t, d, map[string]string{scanner: "None", guest: flagged})
	s.Must(repaired, nil)
	expect(t, d, map[string]string{scanner: "None", guest: flagged, backup: "null"})
}

func TestASetBecomesExclusiveAndNoLongerIs(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), set(backup))
	strict := s.Must(s.MustRefresh(created), exclusive(backup))
	expect(t, d, map[string]string{legacy: "DisableStrongPassword"})
	open := s.Must(s.MustRefresh(strict), set(backup))
	expect(t, d, map[string]string{legacy: "DisableStrongPassword"})
	if got := s.Attribute(open, "exempt_user_count"); got != nil {
		t.Errorf("exempt_user_count is %v", got)
	}
	s.Must(open, nil)
	expect(t, d, map[string]string{backup: "null", legacy: "DisablePasswordExpiration, DisableStrongPassword"})
}

func TestAnIndexThatLagsShowsNoFalseDrift(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), exclusive(backup))
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: "/v1.0/users", Status: http.StatusOK, ContentType: "application/json",
		Body: `{"value":[{"id":"` + legacy + `","userPrincipalName":"svc-legacy@contoso.com","passwordPolicies":"DisablePasswordExpiration"}]}`})
	refreshed := s.MustRefresh(created)
	expectMembers(t, s, refreshed, backup)
}

func TestAPartialFailureKeepsWhatSucceeded(t *testing.T) {
	t.Parallel()
	d := acctest.StartKindDirectory(t, mockdirectory.Options{Users: 60})
	s := d.Server(t)
	everybody := append(addedUsers(60), nobody, guest)
	created, diagnostics := s.Apply(s.Plan(s.New(kind), set(everybody...)))
	text := acctest.Errors(diagnostics)
	acctest.Contains(t, text, "[user_ids] Unable to set user password expiration", "of 62 users, and did not succeed for 2 of them",
		nobody+": The directory has no user", guest, "is a guest", "terraform untaint")
	expectMembers(t, s, created, addedUsers(60)...)

	for i := range 30 {
		d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/" + added(i+1), Status: http.StatusForbidden,
			Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation."})
	}
	for i := range 60 {
		click(d, added(i+1), nil)
	}
	refreshed := s.MustRefresh(created)
	expectMembers(t, s, refreshed)
	updated, diagnostics := s.Apply(s.Plan(refreshed, set(addedUsers(60)...)))
	text = acctest.Errors(diagnostics)
	acctest.Contains(t, text, "did not succeed for 30 of them", "and 10 more", "Authorization_RequestDenied", "User.ReadWrite.All", "next apply does the rest")
	if strings.Contains(text, "untaint") {
		t.Error("a failed update speaks of tainting")
	}
	expectMembers(t, s, updated, addedUsers(60)[30:]...)

	rest := s.Must(s.MustRefresh(updated), set(addedUsers(60)...))
	expectMembers(t, s, rest, addedUsers(60)...)
	s.Must(rest, nil)
	if got := policies(t, d, added(1)); got != "null" {
		t.Errorf("after destroy the policies are %q", got)
	}
}

func TestACreateThatReachesNobodyLeavesNothingInTheState(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created, diagnostics := s.Apply(s.Plan(s.New(kind), set(nobody, guest)))
	acctest.Contains(t, acctest.Errors(diagnostics), "did not succeed for 2")
	if !created.Gone() {
		t.Error("nothing was done, and it is in the state")
	}
}

// named is a configuration with a map, in which each text says whose id it is.
func named(ids ...string) acctest.Values {
	users := map[string]string{}
	for _, id := range ids {
		users[id] = "text of " + id
	}
	return acctest.Values{"users": users}
}

func TestAMapIsTheSameWithTexts(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	config := named(backup, legacy)
	config["exclusive"] = true
	created := s.Must(s.New(kind), config)
	if plan := s.Plan(s.MustRefresh(created), config); !plan.Empty() {
		t.Errorf("the second plan is not empty: %s", plan.State)
	}
	click(d, scanner, new(flagged))
	click(d, backup, nil)
	refreshed := s.MustRefresh(created)
	want := map[string]string{legacy: "text of " + legacy, scanner: "svc-scanner@contoso.com"}
	if got, ok := s.Attribute(refreshed, "users").(map[string]string); !ok || !maps.Equal(got, want) {
		t.Errorf("users is %v, want %v", got, want)
	}
	repaired := s.Must(refreshed, config)
	expect(t, d, map[string]string{backup: flagged, scanner: "None"})

	// Another way to write the same set changes nobody.
	d.ResetJournal()
	listed := s.Must(s.MustRefresh(repaired), exclusive(legacy, backup))
	if got := d.Sent(http.MethodPatch); len(got) != 0 {
		t.Errorf("users are written: %v", got)
	}
	s.Must(listed, nil)
	expect(t, d, map[string]string{backup: "null", legacy: "DisablePasswordExpiration, DisableStrongPassword"})
}

func TestTheOrderMeansNothing(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), set(scanner, backup, legacy))
	if plan := s.Plan(s.MustRefresh(created), set(legacy, scanner, backup, legacy)); !plan.Empty() {
		t.Errorf("another order plans %s", plan.State)
	}
	click(d, backup, nil)
	updated := s.Must(s.MustRefresh(created), set(legacy, backup, scanner))
	if got, ok := s.Attribute(updated, "user_ids").([]string); !ok || !slices.Equal(got, []string{legacy, backup, scanner}) {
		t.Errorf("user_ids is %v", got)
	}
}

func TestWhatIsTaintedIsRestoredBeforeItIsReplaced(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created, diagnostics := s.Apply(s.Plan(s.New(kind), set(backup, scanner, nobody)))
	acctest.Contains(t, acctest.Errors(diagnostics), nobody)
	s.Must(created.WithoutPrivate(), nil)
	expect(t, d, map[string]string{backup: "null", scanner: "DisableStrongPassword"})
}

func TestADeletedUserIsDriftAndNoObstacle(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), set(backup, scanner))
	d.Update(func(state *mockdirectory.State) { delete(state.Users, scanner) })
	refreshed := s.MustRefresh(created)
	expectMembers(t, s, refreshed, backup)
	s.Must(refreshed, nil)
	expect(t, d, map[string]string{backup: "null"})
}

func TestItemsOfABatchAreRetriedOnTheirOwn(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/" + scanner, Status: http.StatusTooManyRequests, RetryAfter: "0.2", BatchItem: true})
	d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/" + backup, Status: http.StatusServiceUnavailable, BatchItem: true})
	d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/" + synced, Status: http.StatusConflict,
		Code: "Directory_ConcurrencyViolation", BatchItem: true})
	click(d, synced, nil)
	s.Must(s.New(kind), set(backup, scanner, legacy, synced))
	expect(t, d, map[string]string{backup: flagged, scanner: "DisablePasswordExpiration, DisableStrongPassword", synced: flagged})
	if got := d.Calls(write); got != 6 {
		t.Errorf("%d writes of three users, want each of the three refused ones twice", got)
	}
}

func TestImportByTenantTakesAllCloudUsers(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	imported, diagnostics := s.ImportIdentity(kind, acctest.Values{"tenant_id": mockdirectory.SeededTenantID})
	s.NoError(diagnostics)
	expectMembers(t, s, imported, legacy)
	if plan := s.Plan(s.MustRefresh(imported), set(legacy)); !plan.Empty() {
		t.Errorf("the plan after the import is not empty: %s", plan.State)
	}
	s.Must(imported, nil)
	expect(t, d, map[string]string{legacy: "DisablePasswordExpiration, DisableStrongPassword"})

	_, diagnostics = s.Import(kind, "11111111-2222-3333-4444-555555555555")
	acctest.Contains(t, acctest.Errors(diagnostics), "signed in to tenant")
	_, diagnostics = s.Import(kind, "a,b")
	acctest.Contains(t, acctest.Errors(diagnostics), "Invalid import id")
}

func TestBadIdsAreRefusedBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	wrong := []string{"svc-backup@contoso.com", strings.ToUpper(backup), "", "../users", "a", "b", "c"}
	acctest.Contains(t, acctest.Errors(s.Validate(kind, set(wrong...))), "[user_ids] Invalid object ids", "svc-backup@contoso.com", "and 2 more")
	s.Quiet(s.Validate(kind, acctest.Values{"user_ids": acctest.Unknown, "exclusive": acctest.Unknown}))
	s.Quiet(s.Validate(kind, set()))
	acctest.Contains(t, acctest.Errors(s.Validate(kind, named("A", "b"))), "[users] Invalid object ids", `"A", "b"`)
	s.Quiet(s.Validate(kind, acctest.Values{"users": acctest.Unknown}))
	acctest.Contains(t, acctest.Errors(s.Validate(kind, acctest.Values{})), "users")
	both := set(backup)
	both["users"] = map[string]string{backup: "x"}
	acctest.Contains(t, acctest.Errors(s.Validate(kind, both)), "users")
	if requests := d.Journal().Requests; len(requests) != 0 {
		t.Errorf("validation made %d requests", len(requests))
	}
}

func TestAUserWhoLeavesAndOfWhomNothingIsRememberedIsNamed(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), set(backup, scanner))
	created = s.Forgotten(created)
	updated, diagnostics := s.Apply(s.Plan(created, set(scanner)))
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "of 1 user stays as it is", backup)
	expectMembers(t, s, updated, scanner)
	expect(t, d, map[string]string{backup: flagged})
}
