package sspronpremisespolicy_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
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
	kind    = "entraid_sspr_on_premises_policy"
	address = kind + ".this"
	tenant  = mockdirectory.SeededTenantID

	path = "/api/PasswordReset/OnPremisesPasswordResetPolicies"
	put  = "PUT " + path

	writeback = "passwordWritebackSupported"
	unlock    = "accountUnlockEnabled"
)

// expect compares the two settings in the directory. The seeded tenant has
// writeback on and unlocking off.
func expect(t *testing.T, d *acctest.Directory, wantWriteback, wantUnlock bool) {
	t.Helper()
	for key, want := range map[string]bool{writeback: wantWriteback, unlock: wantUnlock} {
		if got := string(d.State().OnPremisesPasswordResetPolicy[key]); (got == "true") != want {
			t.Errorf("%s is %s, want %v", key, got, want)
		}
	}
}

// expectState compares the two settings in the state.
func expectState(t *testing.T, s *acctest.Server, instance acctest.Instance, wantWriteback, wantUnlock bool) {
	t.Helper()
	if instance.Gone() {
		t.Fatal("the state is lost")
	}
	for name, want := range map[string]bool{"password_writeback": wantWriteback, "account_unlock": wantUnlock} {
		if got := s.Attribute(instance, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// set is another administrator.
func set(d *acctest.Directory, key, value string) {
	d.Update(func(s *mockdirectory.State) { s.OnPremisesPasswordResetPolicy[key] = json.RawMessage(value) })
}

// writes are the bodies of all writes, in order.
func writes(d *acctest.Directory) []string { return d.Sent(http.MethodPut) }

// as points the provider at the directory as another user.
func as(d *acctest.Directory, user string) acctest.Values {
	return acctest.Values{"portal": acctest.Values{"refresh_token": d.RefreshToken(user)}}
}

func values(writeback, unlock any) acctest.Values {
	return acctest.Values{"password_writeback": writeback, "account_unlock": unlock}
}

func TestTerraformManagesTheSettingsFromCreateToDestroy(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	config := `resource "entraid_sspr_on_premises_policy" "this" {
  account_unlock = true
}`
	updates := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}}
	d.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(tenant)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("password_writeback"), knownvalue.Bool(true)),
			},
		},
		resource.TestStep{PreConfig: func() { set(d, unlock, "false") }, Config: config, ConfigPlanChecks: updates},
		resource.TestStep{Config: strings.Replace(config, "}", "  password_writeback = false\n}", 1), ConfigPlanChecks: updates},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: tenant, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"former_settings"}},
	)
	expect(t, d, true, false)
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
	if got := writes(d); len(got) != 2 || got[0] != `{"accountUnlockEnabled":true}` {
		t.Errorf("writes %q", got)
	}
	acctest.Contains(t, read("import.sh"), "terraform import "+address+" "+tenant)

	s := acctest.NewDirectory(t).Server(t)
	if !strings.Contains(read("import-by-identity.tf"), `tenant_id = "`+tenant+`"`) {
		t.Fatal("the identity is another one")
	}
	_, diagnostics := s.ImportIdentity(kind, acctest.Values{"tenant_id": tenant})
	s.Quiet(diagnostics)
}

func TestEachSettingHasAWriteOfItsOwnInOrder(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	d.Update(func(s *mockdirectory.State) { s.Tenant.OnPremisesAppliesFirstKeyOnly = true })
	s := d.Server(t)

	created := s.Must(s.New(kind), values(false, true))

	expect(t, d, false, true)
	expectState(t, s, created, false, true)
	if got := writes(d); !slices.Equal(got, []string{`{"passwordWriteBackSupported":false}`, `{"accountUnlockEnabled":true}`}) {
		t.Errorf("writes %q", got)
	}
	if got := s.Attribute(created, "id"); got != tenant {
		t.Errorf("id is %v", got)
	}
	if created.Identity == nil {
		t.Error("create sets no identity")
	}
}

func TestSecondPlanIsEmpty(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for _, config := range []acctest.Values{values(false, true), {"account_unlock": true}, {"password_writeback": true}} {
		refreshed := s.MustRefresh(s.Must(s.New(kind), config))
		plan := s.Plan(refreshed, config)
		s.Quiet(plan.Diagnostics)
		if !plan.Empty() {
			t.Errorf("the second plan of %v is not empty: %s", config, plan.State)
		}
	}
}

func TestUpdatesInPlaceAndOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), values(true, true))
	d.ResetJournal()
	plan := s.Plan(created, values(true, false))
	if len(plan.Replaces) > 0 {
		t.Error("a change replaces the resource")
	}
	updated, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, d, true, false)
	if got := writes(d); !slices.Equal(got, []string{`{"accountUnlockEnabled":false}`}) {
		t.Errorf("writes %q", got)
	}
	if updated.Identity == nil {
		t.Error("update sets no identity")
	}
}

func TestNoWriteIsSentThatChangesNothing(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), values(true, false))
	s.Must(created, nil)
	if got := writes(d); len(got) > 0 {
		t.Errorf("writes %q", got)
	}
}

func TestShowsAndRepairsDrift(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	config := values(true, true)
	created := s.Must(s.New(kind), config)
	set(d, writeback, "false")
	set(d, unlock, "false")
	refreshed := s.MustRefresh(created)
	expectState(t, s, refreshed, false, false)
	plan := s.Plan(refreshed, config)
	if plan.Empty() {
		t.Error("drift shows no difference")
	}
	s.Must(refreshed, config)
	expect(t, d, true, true)
}

func TestWhatIsNotConfiguredIsLeftAlone(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	config := acctest.Values{"account_unlock": true}
	created := s.Must(s.New(kind), config)
	// Another administrator owns writeback.
	set(d, writeback, "false")
	refreshed := s.MustRefresh(created)
	expectState(t, s, refreshed, false, true)
	if plan := s.Plan(refreshed, config); !plan.Empty() {
		t.Error("a setting that is not configured shows a difference")
	}
	s.Must(refreshed, nil)
	expect(t, d, false, false)
}

func TestImportsByTenantAndByIdentity(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	imported, diagnostics := s.Import(kind, strings.ToUpper(tenant))
	s.Quiet(diagnostics)
	expectState(t, s, imported, true, false)
	if plan := s.Plan(imported, values(true, false)); !plan.Empty() {
		t.Error("the plan after import is not empty")
	}
	imported, diagnostics = s.ImportIdentity(kind, acctest.Values{"tenant_id": tenant})
	s.Quiet(diagnostics)
	if got := s.Attribute(imported, "id"); got != tenant {
		t.Errorf("id is %v", got)
	}
}

func TestAnotherTenantIsRefused(t *testing.T) {
	t.Parallel()
	const other = "11111111-2222-3333-4444-555555555555"
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for _, id := range []string{other, "*", "contoso.com"} {
		imported, diagnostics := s.ImportIdentity(kind, acctest.Values{"tenant_id": id})
		acctest.Contains(t, acctest.Errors(diagnostics), "signed in to tenant "+tenant, `not to tenant "`+id+`"`, "az login --tenant", "correct the tenant id")
		if !imported.Gone() {
			t.Errorf("%q is imported", id)
		}
	}

	created := s.Must(s.New(kind), values(false, true))
	d.Update(func(s *mockdirectory.State) { s.Tenant.ID = other })
	elsewhere := d.Server(t)
	d.ResetJournal()
	_, diagnostics := elsewhere.Refresh(created)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read", "signed in to tenant "+other)
	_, diagnostics = elsewhere.Apply(elsewhere.Plan(created, values(true, true)))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to update", "signed in to tenant "+other)
	_, diagnostics = elsewhere.Apply(elsewhere.Plan(created, nil))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to restore", "signed in to tenant "+other)
	if got := writes(d); len(got) > 0 {
		t.Errorf("writes to the other tenant: %q", got)
	}
}

func TestDestroyRestoresWhatWasThere(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), values(false, true))
	plan := s.Plan(created, nil)
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "Destroy restores the former on-premises integration of password reset",
		"password_writeback: false -> true", "account_unlock: true -> false", "terraform state rm")
	gone, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	if !gone.Gone() {
		t.Error("the settings are still in the state")
	}
	expect(t, d, true, false)
}

func TestDestroyAfterAnUpdateRestoresWhatEachSettingWas(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"account_unlock": true})
	updated := s.Must(created, values(false, true))
	s.Must(updated, nil)
	expect(t, d, true, false)
}

func TestDestroyAfterImportRestoresWhatWasThereAtImport(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	imported, diagnostics := s.Import(kind, tenant)
	s.Quiet(diagnostics)
	s.Must(s.Must(imported, values(false, true)), nil)
	expect(t, d, true, false)

	// What Terraform has not changed is not its to restore.
	imported, diagnostics = s.Import(kind, tenant)
	s.Quiet(diagnostics)
	set(d, unlock, "true")
	plan := s.Plan(imported, nil)
	s.Quiet(plan.Diagnostics)
	_, diagnostics = s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, d, true, true)
}

func TestDestroyWithNothingRememberedLeavesTheSettingsAndWarns(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), values(false, true))
	created = s.Forgotten(created)
	plan := s.Plan(created, nil)
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "stays as it is", "Nothing was remembered", "On-premises integration")
	_, diagnostics := s.Apply(plan)
	acctest.Contains(t, acctest.Warnings(diagnostics), "stays as it is")
	expect(t, d, false, true)
}

func TestASecondWriteThatFailsKeepsTheFirst(t *testing.T) {
	t.Parallel()
	refused := mockdirectory.Fault{Method: http.MethodPut, Path: path, After: 1, Status: http.StatusBadRequest}

	d := acctest.KindDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), values(false, true))
	d.AddFault(refused)
	created, diagnostics := s.Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set on-premises integration of password reset", "400", "password_writeback was changed to false before that.",
		"account_unlock was not changed.", "terraform untaint ADDRESS")
	expectState(t, s, created, false, false)
	s.Must(s.MustRefresh(created), nil)
	expect(t, d, true, false)

	created = s.Must(s.New(kind), values(true, false))
	plan = s.Plan(created, values(false, true))
	d.AddFault(refused)
	updated, diagnostics := s.Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to update", "password_writeback was changed to false before that.", "account_unlock was not changed.", "run the same command again")
	if strings.Contains(acctest.Errors(diagnostics), "untaint") {
		t.Error("an update taints nothing")
	}
	expectState(t, s, updated, false, false)
	completed := s.Must(updated, values(false, true))
	expect(t, d, false, true)

	plan = s.Plan(completed, nil)
	d.AddFault(refused)
	left, diagnostics := s.Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to restore", "password_writeback was changed to true before that.", "account_unlock was not changed.")
	s.Must(s.MustRefresh(left), nil)
	expect(t, d, true, false)
}

func TestAFirstWriteThatFailsLeavesNothingInTheState(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), values(false, true))
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusBadRequest})
	created, diagnostics := s.Apply(plan)
	text := acctest.Errors(diagnostics)
	acctest.Contains(t, text, "Unable to set on-premises integration", "in the admin center")
	if !created.Gone() || strings.Contains(text, "untaint") || strings.Contains(text, "was changed") {
		t.Errorf("nothing was done, but: gone %v, %s", created.Gone(), text)
	}
	expect(t, d, true, false)
}

func TestALostAnswerIsReadBack(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), acctest.Values{"account_unlock": true})
	// The second attempt is refused, the first has taken effect all the same.
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusGatewayTimeout, Applied: true})
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusForbidden})
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expectState(t, s, created, true, true)
}

func TestIsThrottledAndSucceeds(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusTooManyRequests, Times: 2, RetryAfter: "0.2"})
	s.Must(s.New(kind), values(false, true))
	expect(t, d, false, true)
}

func TestStaleReadsAfterAWriteDoNotReachTheState(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), acctest.Values{"account_unlock": true})
	// The first read is the one before the write.
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: path, After: 1, Times: 2, Status: http.StatusOK, ContentType: "application/json",
		Body: `{"objectId":null,"passwordWritebackSupported":true,"accountUnlockSupported":true,"accountUnlockEnabled":false,"enablementForTenant":true,"cloudProvisioningEnablementForTenant":false}`})
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expectState(t, s, created, true, true)
	expectState(t, s, s.MustRefresh(created), true, true)
}

func TestSurvivesAnotherAdministratorWritingInBetween(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), acctest.Values{"account_unlock": true})
	set(d, writeback, "false")
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, d, false, true)
	expectState(t, s, created, false, true)
	s.Must(created, nil)
	expect(t, d, false, false)
}

func TestForbiddenNamesTheRole(t *testing.T) {
	t.Parallel()
	const role = "Authentication Policy Administrator"
	d := acctest.KindDirectory(t)
	reader := d.Server(t, as(d, "reader@contoso.com"))
	_, diagnostics := reader.Import(kind, tenant)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to import", "403", "Authorization_RequestDenied", role, "neither read nor changed", "sign in as a user who has it", "Client request id:")
	plan := reader.Plan(reader.New(kind), values(false, true))
	reader.Quiet(plan.Diagnostics)
	created, diagnostics := reader.Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set", role)
	if !created.Gone() {
		t.Error("a refused create is in the state")
	}

	s := d.Server(t)
	plan = s.Plan(s.New(kind), values(false, true))
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusForbidden})
	_, diagnostics = s.Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set", "PUT", role)
	expect(t, d, true, false)
}

// Not parallel: the Azure CLI is found on the PATH of the process.
func TestAnApplicationIsRefusedBeforeTheCall(t *testing.T) {
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"tid":"` + tenant + `","idtyp":"app"}`))
	script := "#!/bin/sh\necho '" + `{"accessToken":"e30.` + claims + `.c2ln","expiresOn":"2099-01-01 00:00:00.000000","expires_on":4070908800}` + "'\n"
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "az"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	d := acctest.NewDirectory(t)
	s := d.Server(t, acctest.Values{"use_cli": true, "portal": nil})
	_, diagnostics := s.Apply(s.Plan(s.New(kind), values(false, true)))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set on-premises integration of password reset", "accepts signed-in users only", "az login", "portal.refresh_token")
	if d.Calls("GET "+path)+d.Calls(put) != 0 {
		t.Error("the back end was called")
	}
}

func TestAMissingRouteIsAnErrorAndKeepsTheState(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"message":"No HTTP resource was found that matches the request URI"}`,
		`{"error":{"code":"Request_ResourceNotFound","message":"No HTTP resource was found"}}`,
	} {
		d := acctest.KindDirectory(t)
		s := d.Server(t)
		created := s.Must(s.New(kind), values(true, false))
		d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: path, Status: http.StatusNotFound, Body: body})
		refreshed, diagnostics := s.Refresh(created)
		acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read on-premises integration of password reset", "tenant "+tenant, "404", "No HTTP resource was found",
			"check endpoints in the provider block", "admin center", "newer version of the provider")
		expectState(t, s, refreshed, true, false)
	}
}

func TestASovereignCloudIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	endpoints := acctest.Values{"graph": d.Connection().GraphEndpoint, "authority": d.Connection().AuthorityHost}
	s := d.Server(t, acctest.Values{"environment": "usgovernment", "endpoints": endpoints})
	acctest.Contains(t, acctest.Errors(s.Plan(s.New(kind), values(true, true)).Diagnostics), "no API in this cloud", "endpoints.portal")
}

func TestRejectsAnEmptyConfigurationWithoutARequest(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	acctest.Contains(t, acctest.Errors(s.Validate(kind, acctest.Values{})), "At least one of these attributes must be configured", "password_writeback", "account_unlock")
	if n := len(d.Journal().Requests); n != 0 {
		t.Errorf("validation made %d requests", n)
	}
}

func TestLetsUnknownValuesPassValidation(t *testing.T) {
	t.Parallel()
	s := acctest.Unconfigured(t)
	s.Quiet(s.Validate(kind, values(acctest.Unknown, acctest.Unknown)))
	s.Quiet(s.Validate(kind, acctest.Values{"account_unlock": acctest.Unknown}))
	s.Quiet(s.Validate(kind, acctest.Values{"password_writeback": false}))
}

func TestAnUnknownValueIsPlannedWithoutAGuess(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), values(acctest.Unknown, false))
	s.Quiet(plan.Diagnostics)
	if got := s.Attribute(plan.Instance, "password_writeback"); got != acctest.Unknown {
		t.Errorf("password_writeback is planned as %v", got)
	}
}

func TestCreateThatOverwritesLiveSettingsWarns(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), values(true, true))
	text := acctest.Warnings(plan.Diagnostics)
	acctest.Contains(t, text, "[account_unlock] Live settings will be overwritten", "account_unlock: false -> true", "terraform import ADDRESS "+tenant, "restored at destroy")
	if strings.Contains(text, "password_writeback:") || strings.Contains(text, "lose the reset") || strings.Contains(text, "not set up") {
		t.Errorf("too many warnings:\n%s", text)
	}
	s.Quiet(s.Plan(s.New(kind), values(true, false)).Diagnostics)
}

func TestTurningWritebackOffWarns(t *testing.T) {
	t.Parallel()
	hit := []string{"Users of the on-premises directory lose the reset", "federated users", "pass-through authentication", "password hash synchronisation", "help desk"}
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	acctest.Contains(t, acctest.Warnings(s.Plan(s.New(kind), acctest.Values{"password_writeback": false}).Diagnostics), hit...)

	created := s.Must(s.New(kind), acctest.Values{"password_writeback": true})
	text := acctest.Warnings(s.Plan(created, acctest.Values{"password_writeback": false}).Diagnostics)
	acctest.Contains(t, text, hit...)
	if strings.Contains(text, "overwritten") {
		t.Errorf("an update is no overwriting:\n%s", text)
	}
	s.Quiet(s.Plan(created, values(true, true)).Diagnostics)

	set(d, writeback, "false")
	if text := acctest.Warnings(s.Plan(s.New(kind), values(false, true)).Diagnostics); strings.Contains(text, hit[0]) {
		t.Errorf("nobody loses what nobody has:\n%s", text)
	}
	enabled := s.Must(s.New(kind), acctest.Values{"password_writeback": true})
	acctest.Contains(t, acctest.Warnings(s.Plan(enabled, nil).Diagnostics), append(hit, "password_writeback: true -> false")...)
}

func TestTurningOnWithoutWritebackOnPremisesWarns(t *testing.T) {
	t.Parallel()
	hint := []string{"Writeback is not set up on premises", "neither in Entra Connect nor in cloud sync", "has no effect yet", "Enable password writeback there first"}
	d := acctest.NewDirectory(t)
	for _, key := range []string{writeback, unlock, "accountUnlockSupported", "enablementForTenant"} {
		set(d, key, "false")
	}
	s := d.Server(t)
	plan := s.Plan(s.New(kind), values(true, false))
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), hint...)
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	acctest.Contains(t, acctest.Warnings(s.Plan(created, values(true, true)).Diagnostics), hint...)

	off := s.Plan(s.New(kind), acctest.Values{"account_unlock": false})
	s.Quiet(off.Diagnostics)
	set(d, "cloudProvisioningEnablementForTenant", "true")
	s.Quiet(s.Plan(created, values(true, true)).Diagnostics)
}

func TestAPlanThatChangesNothingMakesNoRequest(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	config := values(true, true)
	created := s.Must(s.New(kind), config)
	d.ResetJournal()
	s.Quiet(s.Plan(created, config).Diagnostics)
	if n := len(d.Journal().Requests); n != 0 {
		t.Errorf("planning made %d requests", n)
	}
}
