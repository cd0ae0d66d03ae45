package sspradministratorpolicy_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
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
	kind    = "entraid_sspr_administrator_policy"
	address = kind + ".this"
	tenant  = mockdirectory.SeededTenantID

	path  = "/v1.0/policies/authorizationPolicy"
	patch = "PATCH " + path
)

var (
	on  = acctest.Values{"enabled": true}
	off = acctest.Values{"enabled": false}
)

// expect compares the switch in the directory, which is on in the seeded
// tenant.
func expect(t *testing.T, d *acctest.Directory, want bool) {
	t.Helper()
	if got := d.State().AuthorizationPolicy.AllowedToUseSSPR; got != want {
		t.Errorf("allowedToUseSSPR is %v, want %v", got, want)
	}
}

// set is another administrator.
func set(d *acctest.Directory, enabled bool) {
	d.Update(func(s *mockdirectory.State) { s.AuthorizationPolicy.AllowedToUseSSPR = enabled })
}

func TestTerraformManagesTheSwitchFromCreateToDestroy(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	config := `resource "entraid_sspr_administrator_policy" "this" {
  enabled = false
}`
	updates := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}}
	d.Run(t,
		resource.TestStep{
			Config:            config,
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(tenant))},
		},
		resource.TestStep{PreConfig: func() { set(d, true) }, Config: config, ConfigPlanChecks: updates},
		resource.TestStep{Config: strings.Replace(config, "false", "true", 1), ConfigPlanChecks: updates},
		resource.TestStep{Config: config, ConfigPlanChecks: updates},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: tenant, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"former_settings"}},
	)
	expect(t, d, true)
}

func TestTheExamplesApply(t *testing.T) {
	t.Parallel()
	examples := filepath.Join("..", "..", "examples", "resources", kind)
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join(examples, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	d := acctest.NewDirectory(t)
	d.Run(t, resource.TestStep{Config: read("resource.tf") + read("import-by-string-id.tf"), ConfigPlanChecks: resource.ConfigPlanChecks{
		PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
	}})
	if n := d.Calls(patch); n != 2 {
		t.Errorf("%d writes", n)
	}
	acctest.Contains(t, read("import.sh"), "terraform import "+address+" "+tenant)
	acctest.Contains(t, read("import-by-identity.tf"), `tenant_id = "`+tenant+`"`)
}

func TestAnApplicationSwitchesItWithoutAnyUser(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t, acctest.Values{"portal": nil})

	created := s.Must(s.New(kind), off)

	expect(t, d, false)
	if got := s.Attribute(created, "id"); got != tenant {
		t.Errorf("id is %v", got)
	}
	if created.Identity == nil {
		t.Error("create sets no identity")
	}
	s.Must(s.MustRefresh(created), nil)
	expect(t, d, true)
	for _, request := range d.Journal().Requests {
		if strings.HasPrefix(request.Path, "/api/") {
			t.Errorf("the portal's back end was called: %s %s", request.Method, request.Path)
		}
	}
}

func TestWorksInACloudWithoutThePortalsAPI(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	c := d.Connection()
	s := d.Server(t, acctest.Values{"environment": "usgovernment", "portal": nil,
		"endpoints": acctest.Values{"graph": c.GraphEndpoint, "authority": c.AuthorityHost}})
	s.Must(s.New(kind), off)
	expect(t, d, false)
}

func TestSecondPlanIsEmptyAndMakesNoRequest(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	refreshed := s.MustRefresh(s.Must(s.New(kind), off))
	d.ResetJournal()
	plan := s.Plan(refreshed, off)
	s.Quiet(plan.Diagnostics)
	if !plan.Empty() || len(d.Journal().Requests) != 0 {
		t.Errorf("the second plan is %s after %d requests", plan.State, len(d.Journal().Requests))
	}
}

func TestUpdatesInPlace(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), off)
	plan := s.Plan(created, on)
	s.Quiet(plan.Diagnostics)
	if len(plan.Replaces) > 0 {
		t.Error("a change replaces the resource")
	}
	updated, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, d, true)
	if updated.Identity == nil {
		t.Error("update sets no identity")
	}
}

func TestShowsAndRepairsDriftInEitherDirection(t *testing.T) {
	t.Parallel()
	for _, enabled := range []bool{true, false} {
		d := acctest.NewDirectory(t)
		s := d.Server(t)
		config := acctest.Values{"enabled": enabled}
		created := s.Must(s.New(kind), config)
		set(d, !enabled)
		refreshed := s.MustRefresh(created)
		if got := s.Attribute(refreshed, "enabled"); got != !enabled {
			t.Fatalf("enabled is %v", got)
		}
		s.Must(refreshed, config)
		expect(t, d, enabled)
	}
}

func TestOnlyTheSwitchIsSentAndTheRestIsKept(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), off)
	// Another administrator changes the policy between plan and apply.
	d.Update(func(s *mockdirectory.State) { s.AuthorizationPolicy.AllowInvitesFrom = "none" })
	before := d.State().AuthorizationPolicy
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	for _, request := range d.Journal().Requests {
		if request.Method == http.MethodPatch && string(request.Body) != `{"allowedToUseSSPR":false}` {
			t.Errorf("sent %s", request.Body)
		}
	}
	before.AllowedToUseSSPR = false
	if after := d.State().AuthorizationPolicy; !reflect.DeepEqual(after, before) {
		t.Errorf("the policy is %+v, want %+v", after, before)
	}
	s.Must(created, nil)
	before.AllowedToUseSSPR = true
	if after := d.State().AuthorizationPolicy; !reflect.DeepEqual(after, before) {
		t.Errorf("the policy is %+v after destroy, want %+v", after, before)
	}
}

func TestTheUsersPolicyIsNotTouched(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	before := d.PasswordResetPolicy()
	s.Must(s.New(kind), off)
	if after := d.PasswordResetPolicy(); !reflect.DeepEqual(after, before) {
		t.Errorf("the users' policy is %v", after)
	}
}

func TestNoWriteIsSentThatChangesNothing(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), on)
	s.Quiet(plan.Diagnostics)
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	s.Must(created, nil)
	if d.Calls(patch) != 0 {
		t.Error("a write was sent that changes nothing")
	}
}

func TestImportsByTenantAndByIdentity(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	imported, diagnostics := s.Import(kind, strings.ToUpper(tenant))
	s.Quiet(diagnostics)
	if plan := s.Plan(imported, on); !plan.Empty() {
		t.Error("the plan after import is not empty")
	}
	imported, diagnostics = s.ImportIdentity(kind, acctest.Values{"tenant_id": tenant})
	s.Quiet(diagnostics)
	if got := s.Attribute(imported, "id"); got != tenant {
		t.Errorf("id is %v", got)
	}
}

func TestAnImportWithoutATenantIsRefused(t *testing.T) {
	t.Parallel()
	s := acctest.NewDirectory(t).Server(t)
	_, diagnostics := s.ImportIdentity(kind, acctest.Values{"tenant_id": ""})
	acctest.Contains(t, acctest.Errors(diagnostics), "Missing tenant id", "signed in to the right one")
}

func TestAnotherTenantIsRefused(t *testing.T) {
	t.Parallel()
	const other = "11111111-2222-3333-4444-555555555555"
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for _, id := range []string{other, "*", "contoso.com"} {
		imported, diagnostics := s.ImportIdentity(kind, acctest.Values{"tenant_id": id})
		acctest.Contains(t, acctest.Errors(diagnostics), "signed in to tenant "+tenant, `not to tenant "`+id+`"`, "tenant_id in the provider block", "correct the tenant id")
		if !imported.Gone() {
			t.Errorf("%q is imported", id)
		}
	}

	created := s.Must(s.New(kind), off)
	d.Update(func(s *mockdirectory.State) { s.Tenant.ID = other })
	elsewhere := d.Server(t)
	d.ResetJournal()
	_, diagnostics := elsewhere.Refresh(created)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read", "signed in to tenant "+other)
	_, diagnostics = elsewhere.Apply(elsewhere.Plan(created, on))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to update", "signed in to tenant "+other)
	_, diagnostics = elsewhere.Apply(elsewhere.Plan(created, nil))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to restore", "signed in to tenant "+other)
	if d.Calls(patch) != 0 {
		t.Error("the other tenant was changed")
	}
}

func TestDestroyRestoresWhatWasThere(t *testing.T) {
	t.Parallel()
	for _, before := range []bool{true, false} {
		d := acctest.NewDirectory(t)
		set(d, before)
		s := d.Server(t)
		plan := s.Plan(s.Must(s.New(kind), acctest.Values{"enabled": !before}), nil)
		text := acctest.Warnings(plan.Diagnostics)
		acctest.Contains(t, text, "Destroy restores the former self-service password reset of administrators", "within 60 minutes", "terraform state rm")
		if got := strings.Contains(text, "Administrators lose"); got == before {
			t.Errorf("restoring %v: %s", before, text)
		}
		gone, diagnostics := s.Apply(plan)
		s.Quiet(diagnostics)
		if !gone.Gone() {
			t.Error("the switch is still in the state")
		}
		expect(t, d, before)
	}
}

func TestDestroyAfterImportRestoresWhatWasThereAtImport(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	imported, diagnostics := s.Import(kind, tenant)
	s.Quiet(diagnostics)
	switched := s.Must(imported, off)
	expect(t, d, false)
	s.Must(switched, nil)
	expect(t, d, true)
}

func TestDestroyWithNothingRememberedLeavesTheSwitchAndWarns(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), off)
	created = s.Forgotten(created)
	plan := s.Plan(created, nil)
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "stays as it is", "Nothing was remembered", "allowedToUseSSPR")
	_, diagnostics := s.Apply(plan)
	acctest.Contains(t, acctest.Warnings(diagnostics), "stays as it is")
	expect(t, d, false)
}

func TestIsThrottledAndSucceeds(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: path, Status: http.StatusTooManyRequests, Times: 2, RetryAfter: "0.2"})
	s.Must(s.New(kind), off)
	expect(t, d, false)
}

func TestALostAnswerIsReadBack(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), off)
	// The second attempt is refused, the first has taken effect all the same.
	d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: path, Status: http.StatusGatewayTimeout, Applied: true})
	d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: path, Status: http.StatusForbidden})
	_, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, d, false)
}

func TestStaleReadsAfterAWriteDoNotReachTheState(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), off)
	stale, err := json.Marshal(d.State().AuthorizationPolicy)
	if err != nil {
		t.Fatal(err)
	}
	// The first read is the one before the write.
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: path, After: 1, Times: 2, Status: http.StatusOK, ContentType: "application/json", Body: string(stale)})
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	if plan := s.Plan(s.MustRefresh(created), off); !plan.Empty() {
		t.Error("apply ended before the directory showed the value")
	}
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
	nobody := allow("User.Read.All")
	_, diagnostics := nobody.Import(kind, tenant)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to import", "403", "Authorization_RequestDenied", "Policy.Read.All", "admin consent", "Request id:")

	reader := allow("Policy.Read.All")
	created, diagnostics := reader.Apply(reader.Plan(reader.New(kind), off))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set self-service password reset of administrators", "PATCH", "Policy.ReadWrite.Authorization", "Privileged Role Administrator")
	if !created.Gone() {
		t.Error("a refused create is in the state")
	}
	expect(t, d, true)
}

func TestAMissingPolicyIsAnErrorAndKeepsTheState(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), off)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: path, Status: http.StatusNotFound, Code: "Request_ResourceNotFound", Message: "Resource does not exist."})
	refreshed, diagnostics := s.Refresh(created)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read self-service password reset of administrators", "tenant "+tenant, "Request_ResourceNotFound", "check endpoints in the provider block")
	if refreshed.Gone() {
		t.Error("the switch left the state")
	}
}

func TestRejectsAMissingValueWithoutARequest(t *testing.T) {
	t.Parallel()
	schema := acctest.Unconfigured(t)
	schema.Quiet(schema.Validate(kind, acctest.Values{"enabled": acctest.Unknown}))

	d := acctest.NewDirectory(t)
	d.Run(t, resource.TestStep{Config: `resource "entraid_sspr_administrator_policy" "this" {}`, ExpectError: regexp.MustCompile(`The argument "enabled" is required`)})
	if n := len(d.Journal().Requests); n != 0 {
		t.Errorf("validation made %d requests", n)
	}
}

func TestAnUnknownValueIsPlannedWithoutAGuess(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), acctest.Values{"enabled": acctest.Unknown})
	s.Quiet(plan.Diagnostics)
	if got := s.Attribute(plan.Instance, "enabled"); got != acctest.Unknown {
		t.Errorf("enabled is planned as %v", got)
	}
	created := s.Must(s.New(kind), on)
	s.Quiet(s.Plan(created, acctest.Values{"enabled": acctest.Unknown}).Diagnostics)
}

func TestCreateThatOverwritesTheLiveSwitchWarns(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	acctest.Contains(t, acctest.Warnings(s.Plan(s.New(kind), off).Diagnostics), "enabled", "A live setting will be overwritten", "is on in this tenant and becomes off",
		"terraform import ADDRESS "+tenant, "restored at destroy")
	s.Quiet(s.Plan(s.New(kind), on).Diagnostics)
}

func TestTurningItOffWarns(t *testing.T) {
	t.Parallel()
	hit := []string{"Administrators lose self-service password reset", "60 minutes", "emergency access account", "Ordinary users are not concerned", "still asked to register", "cannot use them"}
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	acctest.Contains(t, acctest.Warnings(s.Plan(s.New(kind), off).Diagnostics), hit...)
	created := s.Must(s.New(kind), on)
	text := acctest.Warnings(s.Plan(created, off).Diagnostics)
	acctest.Contains(t, text, hit...)
	if strings.Contains(text, "overwritten") {
		t.Errorf("an update is no overwriting:\n%s", text)
	}
}
