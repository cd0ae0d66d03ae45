package userpasswordneverexpires_test

import (
	"net/http"
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
	kind    = "entraid_user_password_never_expires"
	address = kind + ".backup"

	backup  = "svc-backup@contoso.com"
	scanner = "svc-scanner@contoso.com"
	legacy  = "svc-legacy@contoso.com"

	patch = "PATCH /v1.0/users/{id}"
)

// policies is what the directory holds for a user.
func policies(t *testing.T, d *acctest.Directory, user string) string {
	t.Helper()
	found, ok := d.User(user)
	if !ok {
		t.Fatalf("the directory has no user %s", user)
	}
	if found.PasswordPolicies == nil {
		return ""
	}
	return *found.PasswordPolicies
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %q, want %q", what, got, want)
	}
}

// setPolicies is another administrator.
func setPolicies(d *acctest.Directory, user string, value *string) {
	found, _ := d.User(user)
	d.Update(func(s *mockdirectory.State) {
		u := s.Users[found.ID]
		u.PasswordPolicies = value
		s.Users[found.ID] = u
	})
}

func TestTerraformManagesAUserFromCreateToDestroy(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	config := `resource "entraid_user_password_never_expires" "backup" {
  user_id = "svc-backup@contoso.com"
}`
	d.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("enabled"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("user_principal_name"), knownvalue.StringExact(backup)),
			},
		},
		resource.TestStep{
			PreConfig:        func() { setPolicies(d, backup, nil) },
			Config:           config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}},
		},
		resource.TestStep{
			Config:           strings.Replace(config, "}", "  enabled = false\n}", 1),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}},
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateId: backup, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"former_settings"},
		},
	)
	expect(t, "passwordPolicies after destroy", policies(t, d, backup), "")
}

func TestCreateSetsTheFlag(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)

	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})

	user, _ := d.User(backup)
	expect(t, "passwordPolicies", policies(t, d, backup), "DisablePasswordExpiration")
	if got := s.Attribute(created, "id"); got != user.ID {
		t.Errorf("id is %v, want %s", got, user.ID)
	}
	if created.Identity == nil {
		t.Error("create sets no identity")
	}
}

func TestSecondPlanIsEmptyByNameAndById(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	user, _ := d.User(backup)
	for _, id := range []string{backup, strings.ToUpper(backup), user.ID, strings.ToUpper(user.ID)} {
		config := acctest.Values{"user_id": id}
		created := s.MustRefresh(s.Must(s.New(kind), config))
		plan := s.Plan(created, config)
		s.Quiet(plan.Diagnostics)
		if !plan.Empty() {
			t.Errorf("the second plan for %s is not empty: %s", id, plan.State)
		}
		s.Must(created, nil)
	}
}

func TestAnotherNameOfTheSameUserReplacesNothing(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	user, _ := d.User(backup)
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})

	plan := s.Plan(created, acctest.Values{"user_id": user.ID})
	if len(plan.Replaces) > 0 {
		t.Error("the object id of the same user replaces the resource")
	}
	d.ResetJournal()
	updated, diagnostics := s.Apply(plan)
	s.NoError(diagnostics)
	if d.Calls(patch) != 0 {
		t.Error("another name of the same user is written to the directory")
	}
	if got := s.Attribute(updated, "user_id"); got != user.ID {
		t.Errorf("user_id is %v", got)
	}
	if plan := s.Plan(created, acctest.Values{"user_id": scanner}); len(plan.Replaces) == 0 {
		t.Error("another user does not replace the resource")
	}
}

func TestExpiryIsAnnounced(t *testing.T) {
	t.Parallel()
	s := acctest.NewDirectory(t).Server(t)
	off := acctest.Values{"user_id": backup, "enabled": false}
	acctest.Contains(t, acctest.Warnings(s.Plan(s.New(kind), off).Diagnostics), "[enabled] The password will expire as its domain says", "at the next sign-in")
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
	acctest.Contains(t, acctest.Warnings(s.Plan(created, off).Diagnostics), "[enabled] The password will expire as its domain says")
	updated := s.Must(created, off)
	s.Quiet(s.Plan(updated, off).Diagnostics)

	replacing := s.Plan(created, acctest.Values{"user_id": scanner})
	acctest.Contains(t, acctest.Warnings(replacing.Diagnostics), "Destroy restores that the password expires", backup)
}

func TestDestroyTrustsTheStateMoreThanAStaleAnswer(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": legacy, "enabled": false})
	plan := s.Plan(created, nil)
	user, _ := d.User(legacy)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: "/v1.0/users/{id}", Status: http.StatusOK, Times: 1,
		Body: `{"id":"` + user.ID + `","userPrincipalName":"` + legacy + `","passwordPolicies":"DisablePasswordExpiration, DisableStrongPassword"}`})
	_, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, "passwordPolicies", policies(t, d, legacy), "DisablePasswordExpiration, DisableStrongPassword")
}

func TestUpdatesInPlace(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})

	plan := s.Plan(created, acctest.Values{"user_id": backup, "enabled": false})
	if len(plan.Replaces) > 0 {
		t.Error("a change of enabled replaces the resource")
	}
	_, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, "passwordPolicies", policies(t, d, backup), "None")
}

func TestShowsAndRepairsDriftInEitherDirection(t *testing.T) {
	t.Parallel()
	for enabled, drifted := range map[bool]string{true: "None", false: "disablepasswordexpiration"} {
		d := acctest.NewDirectory(t)
		s := d.Server(t)
		config := acctest.Values{"user_id": backup, "enabled": enabled}
		created := s.Must(s.New(kind), config)

		setPolicies(d, backup, &drifted)
		refreshed := s.MustRefresh(created)
		if got := s.Attribute(refreshed, "enabled"); got != !enabled {
			t.Fatalf("enabled is %v after the directory says %q", got, drifted)
		}
		s.Must(refreshed, config)
		if got := strings.Contains(policies(t, d, backup), "DisablePasswordExpiration"); got != enabled {
			t.Errorf("drift to %q is not repaired", drifted)
		}
	}
}

func TestImportsByNameByIdAndByIdentity(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	user, _ := d.User(legacy)
	for _, id := range []string{legacy, user.ID} {
		imported, diagnostics := s.Import(kind, id)
		s.Quiet(diagnostics)
		plan := s.Plan(imported, acctest.Values{"user_id": id})
		if !plan.Empty() {
			t.Errorf("the plan after import of %s is not empty", id)
		}
	}
	imported, diagnostics := s.ImportIdentity(kind, acctest.Values{"user_id": user.ID})
	s.Quiet(diagnostics)
	if got := s.Attribute(imported, "user_principal_name"); got != legacy {
		t.Errorf("user_principal_name is %v", got)
	}
	if plan := s.Plan(imported, acctest.Values{"user_id": legacy}); len(plan.Replaces) > 0 {
		t.Error("naming the imported user by its principal name replaces it")
	}
}

func TestDestroyRestoresWhatWasThere(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for user, before := range map[string]string{backup: "", scanner: "DisableStrongPassword", legacy: policies(t, d, legacy)} {
		created := s.Must(s.New(kind), acctest.Values{"user_id": user})
		plan := s.Plan(created, nil)
		if user == legacy {
			s.Quiet(plan.Diagnostics)
		} else {
			acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "Destroy restores that the password expires", user, "takes effect at once", "terraform state rm")
		}
		gone, diagnostics := s.Apply(plan)
		s.Quiet(diagnostics)
		if !gone.Gone() {
			t.Errorf("%s is still in the state", user)
		}
		expect(t, "passwordPolicies of "+user, policies(t, d, user), before)
	}
}

func TestDestroyOfAFlagThatWasAlreadySetWritesNothing(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	s.Must(s.Must(s.New(kind), acctest.Values{"user_id": legacy}), nil)
	if d.Calls(patch) != 0 {
		t.Error("a write was sent that changes nothing")
	}
}

func TestDestroyAfterImportRestoresWhatWasThereAtImport(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	imported, diagnostics := s.Import(kind, scanner)
	s.Quiet(diagnostics)
	enabled := s.Must(imported, acctest.Values{"user_id": scanner})
	expect(t, "passwordPolicies", policies(t, d, scanner), "DisablePasswordExpiration, DisableStrongPassword")
	s.Must(enabled, nil)
	expect(t, "passwordPolicies after destroy", policies(t, d, scanner), "DisableStrongPassword")
}

func TestDestroyOfAUserWhoIsGoneIsDone(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
	remove(d, backup)
	plan := s.Plan(created, nil)
	_, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
}

func remove(d *acctest.Directory, user string) {
	found, _ := d.User(user)
	d.Update(func(s *mockdirectory.State) { delete(s.Users, found.ID) })
}

func TestIsThrottledAndSucceeds(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/{id}", Status: http.StatusTooManyRequests, Times: 2, RetryAfter: "0.2"})
	s.Must(s.New(kind), acctest.Values{"user_id": backup})
	expect(t, "passwordPolicies", policies(t, d, backup), "DisablePasswordExpiration")
}

func TestForbiddenNamesThePermission(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	deny := func(permission string) {
		d.Update(func(s *mockdirectory.State) {
			app := s.SignIn.Applications[mockdirectory.SeededClientID]
			app.Permissions = []string{permission}
			s.SignIn.Applications[mockdirectory.SeededClientID] = app
		})
	}
	deny("Domain.Read.All")
	_, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"user_id": backup}))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set user password expiration", backup, "Authorization_RequestDenied", "User.Read.All")

	// Permissions are in the token, so another one is needed.
	deny("User.Read.All")
	reader := d.Server(t)
	_, diagnostics = reader.Apply(reader.Plan(reader.New(kind), acctest.Values{"user_id": backup}))
	acctest.Contains(t, acctest.Errors(diagnostics), "Insufficient privileges to complete the operation.", "User.ReadWrite.All", "Request id:")
	expect(t, "passwordPolicies", policies(t, d, backup), "")
}

func TestRejectsBadValuesWithoutARequest(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for _, id := range []string{"", "svc-backup", "svc backup@contoso.com", "../domains/contoso.com", "a/b@contoso.com", "a?b@contoso.com", "svc-backup@contoso", "5bac0000"} {
		acctest.Contains(t, acctest.Errors(s.Validate(kind, acctest.Values{"user_id": id})), "user_id", "must be an object id or a user principal name")
	}
	if n := len(d.Journal().Requests); n != 0 {
		t.Errorf("validation made %d requests", n)
	}
}

func TestLetsUnknownValuesPassValidation(t *testing.T) {
	t.Parallel()
	s := acctest.Unconfigured(t)
	s.Quiet(s.Validate(kind, acctest.Values{"user_id": acctest.Unknown, "enabled": acctest.Unknown}))
}

func TestKeepsFlagsThatItDoesNotManage(t *testing.T) {
	t.Parallel()
	for before, want := range map[string]string{
		"DisableStrongPassword":                             "DisablePasswordExpiration, DisableStrongPassword",
		"disablestrongpassword":                             "DisablePasswordExpiration, disablestrongpassword",
		"DisableStrongPassword,DisablePasswordExpiration":   "DisableStrongPassword,DisablePasswordExpiration",
		" DISABLEPASSWORDEXPIRATION , DisableStrongPasswor": " DISABLEPASSWORDEXPIRATION , DisableStrongPasswor",
	} {
		d := acctest.NewDirectory(t)
		s := d.Server(t)
		setPolicies(d, backup, &before)
		created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
		expect(t, "passwordPolicies", policies(t, d, backup), want)
		s.Must(created, nil)
		expect(t, "passwordPolicies after destroy", policies(t, d, backup), before)
	}
}

func TestSurvivesAnotherAdministratorWritingInBetween(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), acctest.Values{"user_id": backup})
	setPolicies(d, backup, new("DisableStrongPassword"))
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, "passwordPolicies", policies(t, d, backup), "DisablePasswordExpiration, DisableStrongPassword")
	s.Must(created, nil)
	expect(t, "passwordPolicies after destroy", policies(t, d, backup), "DisableStrongPassword")
}

func TestStaleReadsAfterAWriteDoNotReachTheState(t *testing.T) {
	t.Parallel()
	d := acctest.StartKindDirectory(t, mockdirectory.Options{StaleReads: 2})
	s := d.Server(t)
	created, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"user_id": backup}))
	s.Quiet(diagnostics)
	if got := s.Attribute(created, "enabled"); got != true {
		t.Errorf("enabled is %v", got)
	}
	if plan := s.Plan(s.MustRefresh(created), acctest.Values{"user_id": backup}); !plan.Empty() {
		t.Error("apply ended before the directory showed the value")
	}
}

func TestFollowsARename(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	config := acctest.Values{"user_id": backup}
	created := s.Must(s.New(kind), config)
	rename(d, backup, "svc-archive@contoso.com")

	refreshed := s.MustRefresh(created)
	if got := s.Attribute(refreshed, "user_principal_name"); got != "svc-archive@contoso.com" {
		t.Errorf("user_principal_name is %v", got)
	}
	plan := s.Plan(refreshed, config)
	if !plan.Empty() {
		t.Error("a rename shows as a difference")
	}
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "[user_id] The user has another name now", "svc-archive@contoso.com", "may be given to somebody else")
	if plan := s.Plan(refreshed, acctest.Values{"user_id": "svc-archive@contoso.com"}); len(plan.Replaces) > 0 {
		t.Error("the new name of the same user replaces it")
	}
}

func rename(d *acctest.Directory, user, name string) {
	found, _ := d.User(user)
	d.Update(func(s *mockdirectory.State) {
		u := s.Users[found.ID]
		u.UserPrincipalName = name
		s.Users[found.ID] = u
	})
}

func TestADeletedUserLeavesTheState(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
	remove(d, backup)
	if refreshed := s.MustRefresh(created); !refreshed.Gone() {
		t.Error("the deleted user is still in the state")
	}
}

func TestAUserCreatedAnewUnderTheSameNameIsAnotherUser(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
	former, _ := d.User(backup)
	d.Update(func(s *mockdirectory.State) {
		anew := s.Users[former.ID]
		delete(s.Users, former.ID)
		anew.ID = "77777777-5e7d-4b20-8f3c-4d8b9e0f1a23"
		anew.PasswordPolicies = nil
		s.Users[anew.ID] = anew
	})
	if refreshed := s.MustRefresh(created); !refreshed.Gone() {
		t.Error("the new user is taken for the former one")
	}
}

func TestANotFoundThatIsNoDirectoryAnswerRemovesNothing(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: "/v1.0/users/{id}", Status: http.StatusNotFound, Times: 1,
		Body: "<html><head><title>404 - not here</title></head></html>", ContentType: "text/html"})
	refreshed, diagnostics := s.Refresh(created)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read user password expiration", "404 - not here")
	if refreshed.Gone() {
		t.Error("a web page removed the user from the state")
	}
}

func TestNamesWithSpecialCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"o'neil@contoso.com", "müller@contoso.com", "$dollar@contoso.com", "$o'dollar@contoso.com", "a+b%41@contoso.com", "hash#tag@contoso.com"} {
		d := acctest.NewDirectory(t)
		rename(d, backup, name)
		s := d.Server(t)
		created := s.Must(s.New(kind), acctest.Values{"user_id": name})
		user, ok := d.User(name)
		if !ok || s.Attribute(created, "id") != user.ID {
			t.Errorf("%s is not the user that was found", name)
		}
		expect(t, "passwordPolicies of "+name, policies(t, d, name), "DisablePasswordExpiration")
	}
}

func TestRefusesUsersWhosePasswordAnotherDirectoryOwns(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for user, reason := range map[string]string{
		"gina_example.org#EXT#@contoso.onmicrosoft.com": "is a guest",
		"dave@adfs.contoso.net":                         "federated domain adfs.contoso.net",
	} {
		before := policies(t, d, user)
		created, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"user_id": user}))
		acctest.Contains(t, acctest.Errors(diagnostics), "[user_id]", "Unable to manage", reason)
		if !created.Gone() {
			t.Errorf("%s is in the state", user)
		}
		expect(t, "passwordPolicies of "+user, policies(t, d, user), before)
		_, diagnostics = s.Import(kind, user)
		acctest.Contains(t, acctest.Errors(diagnostics), reason)
	}
	if d.Calls(patch) != 0 {
		t.Error("a write was sent for a user that cannot be managed")
	}
}

func TestAMissingUserIsNamed(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	_, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"user_id": "nobody@contoso.com"}))
	acctest.Contains(t, acctest.Errors(diagnostics), "user_id", "Unable to find the user", `"nobody@contoso.com"`, "Request_ResourceNotFound")
}

func TestASynchronisedUserIsAllowedWithAWarning(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	_, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"user_id": "carol@contoso.com", "enabled": false}))
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "Synchronisation may write this setting too", "carol@contoso.com")
}

func TestARefusedSynchronisedUserIsExplained(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	d.Update(func(s *mockdirectory.State) { s.Tenant.RefuseSyncedPasswordPolicies = true })
	s := d.Server(t)
	_, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"user_id": "carol@contoso.com", "enabled": false}))
	acctest.Contains(t, acctest.Errors(diagnostics), "carol@contoso.com is synchronised", "Unable to update the specified properties for on-premises mastered", "on-premises directory, and take this resource out of the configuration")

	d.Update(func(s *mockdirectory.State) { s.Tenant.RefuseSyncedPasswordPolicies = false })
	created := s.Must(s.New(kind), acctest.Values{"user_id": "carol@contoso.com", "enabled": false})
	d.Update(func(s *mockdirectory.State) { s.Tenant.RefuseSyncedPasswordPolicies = true })
	_, diagnostics = s.Apply(s.Plan(created, nil))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to restore", "terraform state rm")
}

func TestASecondWriterShowsAsDrift(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	config := acctest.Values{"user_id": scanner}
	created := s.Must(s.New(kind), config)
	// The azuread provider writes its default at every update of the user.
	setPolicies(d, scanner, nil)
	d.ResetJournal()
	refreshed := s.MustRefresh(created)
	plan := s.Plan(refreshed, config)
	if plan.Empty() || s.Attribute(refreshed, "enabled") != false {
		t.Error("the other writer's value does not show in the plan")
	}
	if d.Calls(patch) != 0 {
		t.Error("planning overwrote the other writer")
	}
}

func TestAnUncertainWriteIsReadBack(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), acctest.Values{"user_id": backup})
	d.AddFault(mockdirectory.Fault{Method: http.MethodPatch, Path: "/v1.0/users/{id}", Status: http.StatusGatewayTimeout, Times: 1})
	_, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	expect(t, "passwordPolicies", policies(t, d, backup), "DisablePasswordExpiration")
}
