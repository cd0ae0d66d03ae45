package ssprpolicy_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
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
	kind    = "entraid_sspr_policy"
	address = kind + ".this"

	group = mockdirectory.SeededGroup
	path  = "/api/PasswordReset/PasswordResetPolicies"
	get   = "GET " + path
	put   = "PUT " + path
)

// everything configures each setting with a value that no untouched tenant has.
func everything() acctest.Values {
	return acctest.Values{
		"enabled_for": "selected", "group_id": group, "methods_required": 2,
		"registration":       acctest.Values{"required_at_sign_in": false, "reconfirm_after_in_days": 90},
		"notifications":      acctest.Values{"users": false, "administrators": true},
		"helpdesk":           acctest.Values{"contact": "https://help.contoso.example/?a=1&b=<2>"},
		"security_questions": acctest.Values{"enabled": true, "to_register": 4, "to_reset": 4},
		"methods": acctest.Values{"email": false, "mobile_phone": false, "office_phone": true,
			"authenticator_notification": true, "authenticator_code": true},
	}
}

// onWire is what everything makes of the document.
var onWire = map[string]string{
	"enablementType": "1", "passwordResetEnabledGroupIds": `["` + group + `"]`, "numberOfAuthenticationMethodsRequired": "2",
	"registrationRequiredOnSignIn": "false", "registrationReconfirmIntevalInDays": "90",
	"notifyUsersOnPasswordReset": "false", "notifyOnAdminPasswordReset": "true",
	"customizeHelpdeskLink": "true", "customHelpdeskEmailOrUrl": `"https://help.contoso.example/?a=1&b=<2>"`,
	"securityQuestionsOptionEnabled": "true", "numberOfQuestionsToRegister": "4", "numberOfQuestionsToReset": "4",
	"emailOptionEnabled": "false", "mobilePhoneOptionEnabled": "false", "officePhoneOptionEnabled": "true",
	"mobileAppNotificationEnabled": "true", "mobileAppCodeEnabled": "true",
}

// policy is the document in the directory, each value as compact JSON.
func policy(t *testing.T, d *acctest.Directory) map[string]string {
	t.Helper()
	out := map[string]string{}
	for key, value := range d.PasswordResetPolicy() {
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			t.Fatal(err)
		}
		out[key] = strings.TrimSpace(text.String())
	}
	return out
}

// differences are the keys in which two documents differ.
func differences(a, b map[string]string) []string {
	var keys []string
	for key := range maps.Keys(a) {
		if a[key] != b[key] {
			keys = append(keys, key)
		}
	}
	for key := range maps.Keys(b) {
		if _, ok := a[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// setPolicy is another administrator, who replaces values of the document.
func setPolicy(d *acctest.Directory, values map[string]string) {
	d.Update(func(s *mockdirectory.State) {
		for key, value := range values {
			s.PasswordResetPolicy[key] = json.RawMessage(value)
		}
	})
}

func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for _, key := range differences(got, want) {
		t.Errorf("%s: %s is %s, want %s", what, key, got[key], want[key])
	}
}

// ownAs points the provider at the directory as the user with a refresh token.
func ownAs(token string) acctest.Values {
	return acctest.Values{"portal": acctest.Values{"refresh_token": token}}
}

func TestTerraformManagesThePolicyFromCreateToDestroy(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	before := policy(t, d)
	config := `resource "entraid_sspr_policy" "this" {
  enabled_for      = "selected"
  group_id         = "` + group + `"
  methods_required = 2

  registration = {
    reconfirm_after_in_days = 90
  }
}`
	d.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(mockdirectory.SeededTenantID)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("group_name"), knownvalue.StringExact("SSPR pilot")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("registration").AtMapKey("required_at_sign_in"), knownvalue.Bool(true)),
			},
		},
		resource.TestStep{
			PreConfig: func() { setPolicy(d, map[string]string{"registrationReconfirmIntevalInDays": "0"}) },
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
			}},
		},
		resource.TestStep{
			Config:           strings.Replace(strings.Replace(config, `"selected"`, `"all"`, 1), `group_id         = "`+group+`"`, "", 1),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("group_name"), knownvalue.Null()),
			},
		},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: mockdirectory.SeededTenantID, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"former_settings"}},
	)
	same(t, "after destroy", policy(t, d), before)
}

func TestEverySettingIsWrittenReadAndRestored(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	before := policy(t, d)

	created := s.Must(s.New(kind), everything())
	after := policy(t, d)
	for key, want := range onWire {
		if after[key] != want {
			t.Errorf("%s is %s, want %s", key, after[key], want)
		}
	}
	for _, key := range differences(before, after) {
		if _, ok := onWire[key]; !ok && key != "passwordResetEnabledGroupName" {
			t.Errorf("the write changed %s", key)
		}
	}
	if plan := s.Plan(s.MustRefresh(created), everything()); !plan.Empty() {
		t.Errorf("the second plan is not empty: %s", plan.State)
	}
	s.Must(created, nil)
	same(t, "after destroy", policy(t, d), before)
}

func TestEverySettingShowsAndRepairsDrift(t *testing.T) {
	t.Parallel()
	untouched := map[string]string{
		"enablementType": "0", "numberOfAuthenticationMethodsRequired": "1", "registrationRequiredOnSignIn": "true",
		"registrationReconfirmIntevalInDays": "180", "notifyUsersOnPasswordReset": "true", "notifyOnAdminPasswordReset": "false",
		"customizeHelpdeskLink": "false", "customHelpdeskEmailOrUrl": `"other@contoso.com"`, "securityQuestionsOptionEnabled": "false",
		"numberOfQuestionsToRegister": "5", "numberOfQuestionsToReset": "3", "emailOptionEnabled": "true", "mobilePhoneOptionEnabled": "true",
		"officePhoneOptionEnabled": "false", "mobileAppNotificationEnabled": "false", "mobileAppCodeEnabled": "false",
		"passwordResetEnabledGroupIds": `["99999999-51e1-4a3b-9a54-3c1f1b0a7d11"]`,
	}
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), everything())
	for key, value := range untouched {
		setPolicy(d, map[string]string{key: value})
		refreshed := s.MustRefresh(created)
		plan := s.Plan(refreshed, everything())
		if plan.Empty() {
			t.Errorf("drift of %s does not show", key)
			continue
		}
		if len(plan.Replaces) > 0 {
			t.Errorf("drift of %s replaces the resource", key)
		}
		_, diagnostics := s.Apply(plan)
		s.NoError(diagnostics)
		if got := policy(t, d)[key]; got != onWire[key] {
			t.Errorf("drift of %s is not repaired: %s", key, got)
		}
	}
}

func TestWhatIsNotConfiguredIsLeftAlone(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	before := policy(t, d)
	config := acctest.Values{"enabled_for": "all"}
	created := s.Must(s.New(kind), config)
	if keys := differences(before, policy(t, d)); len(keys) != 1 || keys[0] != "enablementType" {
		t.Errorf("the write changed %v", keys)
	}

	setPolicy(d, map[string]string{"emailOptionEnabled": "false", "registrationReconfirmIntevalInDays": "7"})
	refreshed := s.MustRefresh(created)
	if got := s.Attribute(refreshed, "registration.reconfirm_after_in_days"); got != int64(7) {
		t.Errorf("reconfirm_after_in_days is %v", got)
	}
	if plan := s.Plan(refreshed, config); !plan.Empty() {
		t.Error("a setting that is not configured shows as drift")
	}
	s.Must(refreshed, nil)
	want := maps.Clone(before)
	want["emailOptionEnabled"], want["registrationReconfirmIntevalInDays"] = "false", "7"
	same(t, "after destroy", policy(t, d), want)
}

func TestKeysThatNobodyKnowsSurviveEveryWrite(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	odd := map[string]string{
		"big": "9007199254740993", "huge": "123456789012345678901234567890", "exact": "1.50", "exponent": "1e400",
		"nested":                                `{"later":[{"deep":{"n":18446744073709551616,"x":null}}],"ü":"\u00fc"}`,
		"securityQuestions":                     `[{"objectId":"0f0e0d0c0b0a09080706050403020100","questionText":"What <was> it?","isCustomQuestion":true,"rank":7}]`,
		"registrationConditionalAccessPolicies": `["urn:user:registerdevice"]`,
		"skipRegistrationMaxAllowedDays":        "21",
	}
	setPolicy(d, odd)
	before := policy(t, d)
	unmanaged := func(stage string) {
		now := policy(t, d)
		for key := range before {
			if _, managed := onWire[key]; !managed && key != "passwordResetEnabledGroupName" && now[key] != before[key] {
				t.Errorf("%s: %s is %s, want %s", stage, key, now[key], before[key])
			}
		}
	}
	created := s.Must(s.New(kind), everything())
	unmanaged("after create")
	changed := everything()
	changed["notifications"] = acctest.Values{"users": true, "administrators": false}
	updated := s.Must(created, changed)
	unmanaged("after update")
	s.Must(updated, nil)
	same(t, "after destroy", policy(t, d), before)
	everyWriteCarries(t, d, odd)
}

// everyWriteCarries checks what was sent: the mock directory keeps a key that a
// client forgets, and nobody knows whether the service does.
func everyWriteCarries(t *testing.T, d *acctest.Directory, keys map[string]string) {
	t.Helper()
	writes := d.Sent(http.MethodPut)
	for i, body := range writes {
		var sent map[string]json.RawMessage
		if err := json.Unmarshal([]byte(body), &sent); err != nil {
			t.Fatal(err)
		}
		for key, want := range keys {
			var got, wanted any
			if err := errors.Join(json.Unmarshal(sent[key], &got), json.Unmarshal([]byte(want), &wanted)); key != "exponent" && (err != nil || !reflect.DeepEqual(got, wanted)) {
				t.Errorf("write %d sends %s as %s, want %s", i, key, sent[key], want)
			}
			if digits := strings.Trim(want, "0123456789.e"); digits == "" && string(sent[key]) != want {
				t.Errorf("write %d sends the number %s as %s, want %s", i, key, sent[key], want)
			}
		}
	}
	if len(writes) != 3 {
		t.Errorf("%d writes, want 3", len(writes))
	}
}

func TestAnotherAdministratorsChangeOfAnUnmanagedKeyIsNotLost(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), acctest.Values{"enabled_for": "all"})
	setPolicy(d, map[string]string{"registrationReconfirmIntevalInDays": "30", "securityQuestions": `[{"objectId":"x"}]`})
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	if got := policy(t, d); got["registrationReconfirmIntevalInDays"] != "30" || got["securityQuestions"] != `[{"objectId":"x"}]` || got["enablementType"] != "2" {
		t.Errorf("the document is %v", got)
	}
	setPolicy(d, map[string]string{"registrationReconfirmIntevalInDays": "31"})
	s.Must(created, nil)
	if got := policy(t, d)["registrationReconfirmIntevalInDays"]; got != "31" {
		t.Errorf("destroy lost the other administrator's change: %s", got)
	}
}

func TestCreateThatOverwritesALivePolicyWarns(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	setPolicy(d, map[string]string{"enablementType": "2", "registrationReconfirmIntevalInDays": "365"})
	s := d.Server(t)
	plan := s.Plan(s.New(kind), acctest.Values{"enabled_for": "all", "registration": acctest.Values{"reconfirm_after_in_days": 90}})
	s.NoError(plan.Diagnostics)
	text := acctest.Warnings(plan.Diagnostics)
	acctest.Contains(t, text, "A live policy will be overwritten", "registration.reconfirm_after_in_days: 365 -> 90", "terraform import ADDRESS "+mockdirectory.SeededTenantID)
	if strings.Contains(text, "enabled_for:") {
		t.Errorf("a setting that stays is listed:\n%s", text)
	}
	s.Quiet(s.Plan(s.New(kind), acctest.Values{"enabled_for": "all"}).Diagnostics)

	setPolicy(d, map[string]string{"enablementType": "1", "passwordResetEnabledGroupIds": `["` + group + `"]`})
	s.Quiet(s.Plan(s.New(kind), acctest.Values{"enabled_for": "selected", "group_id": acctest.Unknown}).Diagnostics)
}

func TestTheDestroyPlanSaysWhatIsRestored(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), everything())
	text := acctest.Warnings(s.Plan(created, nil).Diagnostics)
	acctest.Contains(t, text, "Destroy restores the former self-service password reset policy", `enabled_for: "selected" -> "none"`, "methods_required: 2 -> 1",
		"group_id: "+group+" -> no group", "terraform state rm", "turned off for everybody", "every member of the enabled group")
}

func TestDestroyAfterImport(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	before := policy(t, d)
	imported, diagnostics := s.Import(kind, mockdirectory.SeededTenantID)
	s.Quiet(diagnostics)

	d.ResetJournal()
	s.Must(imported, nil)
	if d.Calls(put) != 0 {
		t.Error("destroy right after import wrote the policy")
	}
	updated := s.Must(imported, everything())
	s.Must(updated, nil)
	same(t, "after destroy", policy(t, d), before)
}

func TestDestroyAfterAnUpdateRestoresWhatEachSettingWas(t *testing.T) {
	t.Parallel()
	for changedSince, want := range map[string]string{"2": "1", "1": "1"} {
		d := acctest.NewDirectory(t)
		s := d.Server(t)
		first := s.Must(s.New(kind), acctest.Values{"enabled_for": "all", "methods_required": 2, "notifications": acctest.Values{"users": false}})
		// A setting that is managed later is remembered as it was then.
		setPolicy(d, map[string]string{"registrationReconfirmIntevalInDays": "45"})
		second := s.Must(s.MustRefresh(first), acctest.Values{"enabled_for": "all", "registration": acctest.Values{"reconfirm_after_in_days": 90}})
		third := s.Must(second, acctest.Values{"enabled_for": "all", "registration": acctest.Values{"reconfirm_after_in_days": 91}})
		setPolicy(d, map[string]string{"numberOfAuthenticationMethodsRequired": changedSince})
		s.Must(s.MustRefresh(third), nil)
		got := policy(t, d)
		if got["enablementType"] != "0" || got["registrationReconfirmIntevalInDays"] != "45" || got["numberOfAuthenticationMethodsRequired"] != want || got["notifyUsersOnPasswordReset"] != "true" {
			t.Errorf("after destroy: %v", got)
		}
	}
}

func TestASettingThatIsNoLongerManagedAndWasChangedSinceIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, before := range []bool{true, false} {
		d := acctest.NewDirectory(t)
		s := d.Server(t)
		other := func() { setPolicy(d, map[string]string{"registrationReconfirmIntevalInDays": "30"}) }
		created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all", "registration": acctest.Values{"reconfirm_after_in_days": 90}})
		if before {
			other()
			created = s.MustRefresh(created)
		}
		dropped := s.Must(created, acctest.Values{"enabled_for": "all", "methods_required": 2})
		if !before {
			other()
		}
		s.Must(s.MustRefresh(dropped), nil)
		if got := policy(t, d)["registrationReconfirmIntevalInDays"]; got != "30" {
			t.Errorf("destroy overwrote the other administrator's value: %s", got)
		}
	}
}

func TestASettingThatIsManagedAgainIsRememberedAnew(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	reconfirm := func(days int) acctest.Values {
		return acctest.Values{"enabled_for": "all", "registration": acctest.Values{"reconfirm_after_in_days": days}}
	}
	first := s.Must(s.New(kind), reconfirm(90))
	dropped := s.Must(first, acctest.Values{"enabled_for": "all", "methods_required": 2})
	setPolicy(d, map[string]string{"registrationReconfirmIntevalInDays": "30"})
	again := s.Must(s.MustRefresh(dropped), reconfirm(60))
	s.Must(again, nil)
	if got := policy(t, d)["registrationReconfirmIntevalInDays"]; got != "30" {
		t.Errorf("destroy restored %s", got)
	}
}

func TestAnUncertainWriteIsNotTakenForAnIgnoredSwitch(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	migrate(d, false)
	setPolicy(d, map[string]string{"enablementType": "2"})
	s := d.Server(t)
	config := acctest.Values{"enabled_for": "all", "methods": acctest.Values{"email": false}}
	plan := s.Plan(s.New(kind), config)
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusServiceUnavailable, Times: 1})
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusForbidden, Times: 1})
	created, diagnostics := s.Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set", "terraform untaint ADDRESS")
	if plan := s.Plan(s.MustRefresh(created), config); plan.Empty() {
		t.Error("the write that was not made is hidden")
	}
}

func TestASettingWithoutAFormerValueIsNamedAtDestroy(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	setPolicy(d, map[string]string{"notifyUsersOnPasswordReset": "null"})
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all", "notifications": acctest.Values{"users": false}})
	acctest.Contains(t, acctest.Warnings(s.Plan(created, nil).Diagnostics), "stays as it is", "notifications.users")
}

func TestWhatANewerProviderRememberedIsNotOverwritten(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
	newer := []byte(`{"before":"` + base64.StdEncoding.EncodeToString([]byte(`{"version":2,"value":{"later":1}}`)) + `"}`)
	created.Private = newer
	plan := s.Plan(created, acctest.Values{"enabled_for": "all", "methods_required": 2})
	updated, diagnostics := s.Apply(plan)
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "The former value is unreadable")
	if !strings.Contains(string(updated.Private), base64.StdEncoding.EncodeToString([]byte(`{"version":2,"value":{"later":1}}`))) {
		t.Errorf("the private state is now %s", updated.Private)
	}
}

func TestAnotherTenantsPolicyIsNeverWritten(t *testing.T) {
	t.Parallel()
	d, other := acctest.NewDirectory(t), acctest.NewDirectory(t)
	other.Update(func(s *mockdirectory.State) { s.Tenant.ID = "11111111-0c1e-4b7a-9d3c-5e2a8f6b1d40" })
	s, elsewhere := d.Server(t), other.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
	_, diagnostics := elsewhere.Apply(elsewhere.Plan(created, acctest.Values{"enabled_for": "none"}))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to update", "signed in to tenant 11111111-0c1e-4b7a-9d3c-5e2a8f6b1d40", "az login --tenant "+mockdirectory.SeededTenantID)
	_, diagnostics = elsewhere.Apply(elsewhere.Plan(created, nil))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to restore", "signed in to tenant 11111111")
	_, diagnostics = elsewhere.Refresh(created)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read", "signed in to tenant 11111111")
	if other.Calls(put) != 0 {
		t.Error("the other tenant was written")
	}
}

func TestASecondGroupShowsAsADifference(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	config := acctest.Values{"enabled_for": "selected", "group_id": group}
	created := s.Must(s.New(kind), config)
	setPolicy(d, map[string]string{"passwordResetEnabledGroupIds": `["` + strings.ToUpper(group) + `"]`})
	if plan := s.Plan(s.MustRefresh(created), config); !plan.Empty() {
		t.Error("the same id in upper case shows as a difference")
	}
	setPolicy(d, map[string]string{"passwordResetEnabledGroupIds": `["` + group + `","99999999-51e1-4a3b-9a54-3c1f1b0a7d11"]`})
	plan := s.Plan(s.MustRefresh(created), config)
	if plan.Empty() {
		t.Fatal("the second group does not show")
	}
	_, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	if got := policy(t, d)["passwordResetEnabledGroupIds"]; got != `["`+group+`"]` {
		t.Errorf("the groups are %s", got)
	}
}

func TestImportsByTenantAndByIdentity(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for key, value := range onWire {
		setPolicy(d, map[string]string{key: value})
	}
	imported, diagnostics := s.Import(kind, strings.ToUpper(mockdirectory.SeededTenantID))
	s.Quiet(diagnostics)
	plan := s.Plan(imported, everything())
	s.Quiet(plan.Diagnostics)
	if !plan.Empty() {
		t.Errorf("the plan after import is not empty: %s", plan.State)
	}
	byIdentity, diagnostics := s.ImportIdentity(kind, acctest.Values{"tenant_id": mockdirectory.SeededTenantID})
	s.Quiet(diagnostics)
	if !byIdentity.State.Equal(imported.State) {
		t.Error("import by identity differs from import by id")
	}
	_, diagnostics = s.Import(kind, "11111111-0c1e-4b7a-9d3c-5e2a8f6b1d40")
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to import", "signed in to tenant "+mockdirectory.SeededTenantID, "11111111-0c1e-4b7a-9d3c-5e2a8f6b1d40")
}

func TestIsThrottledAndSucceeds(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusServiceUnavailable, Times: 1, RetryAfter: "0.2"})
	s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
	if policy(t, d)["enablementType"] != "2" {
		t.Error("the policy is not written")
	}
}

func TestALostAnswerIsReadBack(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	before := policy(t, d)
	plan := s.Plan(s.New(kind), acctest.Values{"enabled_for": "all"})
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Broken: true, Applied: true, Times: 1})
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	s.Must(created, nil)
	same(t, "after destroy", policy(t, d), before)
}

func TestStaleReadsAfterAWriteAreTolerated(t *testing.T) {
	t.Parallel()
	d := acctest.StartKindDirectory(t, mockdirectory.Options{StaleReads: 2})
	s := d.Server(t)
	created, diagnostics := s.Apply(s.Plan(s.New(kind), everything()))
	s.Quiet(diagnostics)
	if plan := s.Plan(s.MustRefresh(created), everything()); !plan.Empty() {
		t.Error("apply ended before the directory showed the policy")
	}
}

func TestNoWriteIsSentThatChangesNothing(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "none", "registration": acctest.Values{"reconfirm_after_in_days": 180}})
	s.Must(created, nil)
	if d.Calls(put) != 0 {
		t.Error("a write was sent that changes nothing")
	}
}

func TestRejectsBadValuesWithoutARequest(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	with := func(values acctest.Values) acctest.Values {
		config := acctest.Values{"enabled_for": "all"}
		maps.Copy(config, values)
		return config
	}
	questions := func(register, reset int) acctest.Values {
		return with(acctest.Values{"security_questions": acctest.Values{"to_register": register, "to_reset": reset}})
	}
	off := acctest.Values{"email": false, "mobile_phone": false, "office_phone": false, "authenticator_notification": false, "authenticator_code": false}
	for name, c := range map[string]struct {
		config acctest.Values
		want   []string
	}{
		"enum":                     {acctest.Values{"enabled_for": "everyone"}, []string{"[enabled_for]", "none", "selected", "all"}},
		"selected without a group": {acctest.Values{"enabled_for": "selected"}, []string{"[group_id]", "Missing group"}},
		"a group without selected": {with(acctest.Values{"group_id": group}), []string{"[group_id]", "Group without effect"}},
		"a group in upper case":    {acctest.Values{"enabled_for": "selected", "group_id": strings.ToUpper(group)}, []string{"[group_id]", "in lower case"}},
		"a group that is no id":    {acctest.Values{"enabled_for": "selected", "group_id": "SSPR pilot"}, []string{"[group_id]", "must be an object id"}},
		"no method":                {with(acctest.Values{"methods_required": 0}), []string{"[methods_required]", "between 1 and 2"}},
		"three methods":            {with(acctest.Values{"methods_required": 3}), []string{"[methods_required]"}},
		"731 days":                 {with(acctest.Values{"registration": acctest.Values{"reconfirm_after_in_days": 731}}), []string{"[registration.reconfirm_after_in_days]", "730"}},
		"-1 days":                  {with(acctest.Values{"registration": acctest.Values{"reconfirm_after_in_days": -1}}), []string{"[registration.reconfirm_after_in_days]"}},
		"two questions":            {questions(2, 3), []string{"[security_questions.to_register]", "between 3 and 5"}},
		"six questions":            {questions(5, 6), []string{"[security_questions.to_reset]"}},
		"more to reset":            {questions(3, 4), []string{"[security_questions.to_register]", "at least to_reset, 4"}},
		"contact":                  {with(acctest.Values{"helpdesk": acctest.Values{"contact": "call us"}}), []string{"[helpdesk.contact]", "http or https URL, an e-mail address"}},
		"contact scheme":           {with(acctest.Values{"helpdesk": acctest.Values{"contact": "javascript:alert(1)"}}), []string{"[helpdesk.contact]"}},
		"contact with a name":      {with(acctest.Values{"helpdesk": acctest.Values{"contact": "Help <help@contoso.com>"}}), []string{"[helpdesk.contact]"}},
		"nothing enabled": {with(acctest.Values{"methods": off, "security_questions": acctest.Values{"enabled": false}}),
			[]string{"[methods]", "Too few methods"}},
		"too few for two": {with(acctest.Values{"methods_required": 2, "security_questions": acctest.Values{"enabled": false},
			"methods": acctest.Values{"email": true, "mobile_phone": false, "office_phone": false, "authenticator_notification": false, "authenticator_code": false}}),
			[]string{"[methods]", "with 2 method(s), but at most 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Contains(t, acctest.Errors(acctest.Unconfigured(t).Validate(kind, c.config)), c.want...)
			acctest.Contains(t, acctest.Errors(s.Validate(kind, c.config)), c.want...)
			if n := len(d.Journal().Requests); n != 0 {
				t.Errorf("validation made %d requests", n)
			}
		})
	}
}

func TestGoodValuesPassValidation(t *testing.T) {
	t.Parallel()
	s := acctest.Unconfigured(t)
	s.Quiet(s.Validate(kind, everything()))
	for _, contact := range []string{"", "help@contoso.com", "http://help.contoso.com", "https://help.contoso.com/path?q=1"} {
		s.Quiet(s.Validate(kind, acctest.Values{"enabled_for": "none", "helpdesk": acctest.Values{"contact": contact}}))
	}
	s.Quiet(s.Validate(kind, acctest.Values{"enabled_for": "all", "methods_required": 2, "methods": acctest.Values{"email": true}}))
}

func TestLetsUnknownValuesPassValidation(t *testing.T) {
	t.Parallel()
	s := acctest.Unconfigured(t)
	s.Quiet(s.Validate(kind, acctest.Values{"enabled_for": acctest.Unknown, "group_id": acctest.Unknown, "methods_required": acctest.Unknown,
		"registration": acctest.Unknown, "helpdesk": acctest.Values{"contact": acctest.Unknown},
		"security_questions": acctest.Values{"enabled": acctest.Unknown, "to_register": acctest.Unknown, "to_reset": 5}, "methods": acctest.Unknown}))
	s.Quiet(s.Validate(kind, acctest.Values{"enabled_for": "all", "group_id": acctest.Unknown}))
	s.Quiet(s.Validate(kind, acctest.Values{"enabled_for": acctest.Unknown, "group_id": group}))
	s.Quiet(s.Validate(kind, acctest.Values{"enabled_for": "all", "methods_required": 2, "methods": acctest.Values{
		"email": acctest.Unknown, "mobile_phone": acctest.Unknown, "office_phone": false, "authenticator_notification": false, "authenticator_code": false}}))
}

func TestTheAuthenticatorRulesWarn(t *testing.T) {
	t.Parallel()
	s := acctest.Unconfigured(t)
	none := acctest.Values{"enabled": false}
	only := acctest.Values{"email": false, "mobile_phone": false, "office_phone": false, "authenticator_notification": true, "authenticator_code": true}
	diagnostics := s.Validate(kind, acctest.Values{"enabled_for": "all", "methods_required": 1, "methods": only, "security_questions": none})
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "[methods] The authenticator app needs other methods beside it",
		"[methods.authenticator_notification] Authenticator notification has no effect")

	one := maps.Clone(only)
	one["email"] = true
	diagnostics = s.Validate(kind, acctest.Values{"enabled_for": "all", "methods_required": 2, "methods": one, "security_questions": none})
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "at least 2 method(s) besides the authenticator app", "leaves 1")

	two := maps.Clone(one)
	two["mobile_phone"] = true
	s.Quiet(s.Validate(kind, acctest.Values{"enabled_for": "all", "methods_required": 2, "methods": two, "security_questions": none}))
}

func TestChangesThatLockPeopleOutWarn(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all", "methods_required": 1})
	off := s.Plan(created, acctest.Values{"enabled_for": "none", "methods_required": 1})
	acctest.Contains(t, acctest.Warnings(off.Diagnostics), "[enabled_for] Self-service password reset is turned off for everybody", "every user of the tenant", "Administrators keep")
	raise := s.Plan(created, acctest.Values{"enabled_for": "all", "methods_required": 2})
	acctest.Contains(t, acctest.Warnings(raise.Diagnostics), "[methods_required] Users with too few methods lose the reset", "fewer than 2 methods")
	narrow := s.Plan(created, acctest.Values{"enabled_for": "selected", "group_id": group, "methods_required": 1})
	acctest.Contains(t, acctest.Warnings(narrow.Diagnostics), "[enabled_for] Users outside of the group lose the reset", "not a member of the group")
	fewer := s.Plan(created, acctest.Values{"enabled_for": "all", "methods_required": 1, "methods": acctest.Values{"email": false, "office_phone": true}})
	acctest.Contains(t, acctest.Warnings(fewer.Diagnostics), "[methods] Users who rely on a method lose the reset", "Turned off: methods.email.")
	s.Quiet(s.Plan(created, acctest.Values{"enabled_for": "all", "methods_required": 1, "notifications": acctest.Values{"users": false}}).Diagnostics)

	selected := s.Must(created, acctest.Values{"enabled_for": "selected", "group_id": group})
	other := s.Plan(selected, acctest.Values{"enabled_for": "selected", "group_id": strings.Replace(group, "0b9d", "1b9d", 1)})
	acctest.Contains(t, acctest.Warnings(other.Diagnostics), "[group_id] Members of the former group lose the reset")
	s.Quiet(s.Plan(selected, acctest.Values{"enabled_for": "all"}).Diagnostics)

	disabled := s.Must(selected, acctest.Values{"enabled_for": "none"})
	s.Quiet(s.Plan(disabled, acctest.Values{"enabled_for": "selected", "group_id": group, "methods_required": 2}).Diagnostics)
}

func migrate(d *acctest.Directory, ignores bool) {
	d.Update(func(s *mockdirectory.State) {
		s.AuthenticationMethodsPolicy.PolicyMigrationState = new("migrationComplete")
		s.Tenant.PortalIgnoresTogglesWhenMigrated = ignores
	})
}

func TestAMigratedTenantWarnsAndShowsNoDifferenceForEver(t *testing.T) {
	t.Parallel()
	for _, ignores := range []bool{true, false} {
		d := acctest.NewDirectory(t)
		migrate(d, ignores)
		s := d.Server(t)
		config := acctest.Values{"enabled_for": "all", "methods": acctest.Values{"email": false, "office_phone": true}}
		plan := s.Plan(s.New(kind), config)
		acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "[methods] The method switches have no effect in this tenant", "Authentication methods, Policies")
		created, diagnostics := s.Apply(plan)
		s.NoError(diagnostics)
		if ignores {
			acctest.Contains(t, acctest.Warnings(diagnostics), "keeps the former method switches", "methods.email, methods.office_phone")
		}
		refreshed := s.MustRefresh(created)
		for range 2 {
			if plan := s.Plan(refreshed, config); !plan.Empty() {
				t.Errorf("ignores %v: the plan is not empty: %s", ignores, plan.State)
			}
			refreshed = s.MustRefresh(refreshed)
		}
		if !ignores {
			// A directory that stores the value shows its drift.
			setPolicy(d, map[string]string{"emailOptionEnabled": "true"})
			if plan := s.Plan(s.MustRefresh(refreshed), config); plan.Empty() {
				t.Error("drift of a stored switch does not show")
			}
		}
		s.Must(refreshed, nil)
	}
}

func TestATenantThatHasNotMigratedShowsEveryDriftOfASwitch(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	config := acctest.Values{"enabled_for": "all", "methods": acctest.Values{"email": false}}
	plan := s.Plan(s.New(kind), config)
	stale, err := json.Marshal(d.PasswordResetPolicy())
	if err != nil {
		t.Fatal(err)
	}
	// The directory takes longer than a migrated one is waited for.
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: path, Status: http.StatusOK, After: 1, Times: 6,
		Body: strings.Replace(string(stale), `"enablementType":0`, `"enablementType":2`, 1)})
	created, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	setPolicy(d, map[string]string{"emailOptionEnabled": "true"})
	if plan := s.Plan(s.MustRefresh(created), config); plan.Empty() {
		t.Error("drift of a switch is hidden")
	}
}

func TestTheMigrationWarningStays(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	migrate(d, false)
	s := d.Server(t)
	config := acctest.Values{"enabled_for": "all", "methods": acctest.Values{"email": false}}
	created := s.Must(s.New(kind), config)
	plan := s.Plan(created, config)
	if !plan.Empty() {
		t.Error("the plan is not empty")
	}
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "no effect in this tenant")
}

func TestWithoutPermissionToAskForTheMigrationThereIsNoWarning(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	migrate(d, false)
	d.Update(func(s *mockdirectory.State) {
		app := s.SignIn.Applications[mockdirectory.SeededClientID]
		app.Permissions = []string{"User.Read.All"}
		s.SignIn.Applications[mockdirectory.SeededClientID] = app
	})
	s := d.Server(t)
	config := acctest.Values{"enabled_for": "none", "methods": acctest.Values{"email": true}}
	s.Quiet(s.Plan(s.New(kind), config).Diagnostics)
	s.Must(s.New(kind), config)
}

func TestAReaderIsToldWhichRoleIsNeeded(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t, ownAs(d.RefreshToken("reader@contoso.com")))
	imported, diagnostics := s.Import(kind, mockdirectory.SeededTenantID)
	s.Quiet(diagnostics)
	_, diagnostics = s.Apply(s.Plan(imported, acctest.Values{"enabled_for": "all"}))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to update self-service password reset policy", "403", "Authorization_RequestDenied",
		"Insufficient privileges", "Authentication Policy Administrator", "Client request id:")

	nobody := d.Server(t, ownAs(d.RefreshToken("alice@contoso.com")))
	_, diagnostics = nobody.Import(kind, mockdirectory.SeededTenantID)
	acctest.Contains(t, acctest.Errors(diagnostics), "403", "Security Reader")
}

// Not parallel: the Azure CLI is found on the PATH of the process.
func TestAnApplicationIsRefusedBeforeTheCall(t *testing.T) {
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"tid":"` + mockdirectory.SeededTenantID + `","idtyp":"app"}`))
	script := "#!/bin/sh\necho '" + `{"accessToken":"e30.` + claims + `.c2ln","expiresOn":"2099-01-01 00:00:00.000000","expires_on":4070908800}` + "'\n"
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "az"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	d := acctest.NewDirectory(t)
	s := d.Server(t, acctest.Values{"use_cli": true, "portal": nil})
	_, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"enabled_for": "all"}))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set self-service password reset policy", "accepts signed-in users only", "az login", "portal.refresh_token")
	if d.Calls(get)+d.Calls(put) != 0 {
		t.Error("the back end was called")
	}
}

func TestEachRefusalOfTheBackEndIsExplained(t *testing.T) {
	t.Parallel()
	exception := func(code, kind, detail string) string {
		content, err := json.Marshal(map[string]any{"ClassName": "Microsoft.Portal.Framework.Exceptions.ClientException", "Message": "outer",
			"ClientData": map[string]any{"errorCode": code, "exceptionType": kind, "localizedErrorDetails": map[string]string{"errorDetail": detail}}})
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	for name, c := range map[string]struct {
		fault mockdirectory.Fault
		want  []string
	}{
		"session expired": {mockdirectory.Fault{Status: 400, Times: 2, Body: exception("msalautherror_invalid_grant", "MsalUiRequiredException", "AADSTS500133: Assertion is not within its valid time range.")},
			[]string{"AADSTS500133", "The session of the signed-in user has expired", "az login", "portal.refresh_token"}},
		"no user": {mockdirectory.Fault{Status: 400, Times: 2, Body: exception("msalautherror_invalid_grant", "MsalServiceException", "AADSTS50058: A silent sign-in request was sent but no user is signed in.")},
			[]string{"AADSTS50058", "No user is signed in", "az login"}},
		"bad request": {mockdirectory.Fault{Status: 400, Body: exception("InvalidArgument", "ArgumentException", "The value is out of range.")},
			[]string{"400", "InvalidArgument", "The value is out of range."}},
		"unauthorized page": {mockdirectory.Fault{Status: 401, Times: 2, ContentType: "text/html", Body: "<html><head><title>401 - Unauthorized: Access is denied due to invalid credentials.</title></head></html>"},
			[]string{"401 - Unauthorized: Access is denied", "refused twice", "sign in again"}},
		"no route": {mockdirectory.Fault{Status: 404, Body: `{"message":"No HTTP resource was found that matches the request URI"}`},
			[]string{"404", "No HTTP resource was found"}},
		"no route page": {mockdirectory.Fault{Status: 404, ContentType: "text/html", Body: "<title>404 - File or directory not found.</title>"},
			[]string{"404 - File or directory not found."}},
		"verb": {mockdirectory.Fault{Status: 405, Body: `{"message":"The requested resource does not support http method 'GET'."}`},
			[]string{"405", "does not support http method"}},
		"request id": {mockdirectory.Fault{Status: 400, Body: `{"Message":"Value cannot be null.\r\nParameter name: correlationId","ClientData":{"errorCode":"ArgumentNull","localizedErrorDetails":null}}`},
			[]string{"ArgumentNull", "correlationId"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := acctest.KindDirectory(t)
			s := d.Server(t)
			created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
			c.fault.Method, c.fault.Path = http.MethodGet, path
			d.AddFault(c.fault)
			refreshed, diagnostics := s.Refresh(created)
			acctest.Contains(t, acctest.Errors(diagnostics), append(c.want, "Unable to read self-service password reset policy", "tenant "+mockdirectory.SeededTenantID)...)
			if refreshed.Gone() {
				t.Error("the policy left the state")
			}
		})
	}
}

func TestASovereignCloudIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	endpoints := acctest.Values{"graph": d.Connection().GraphEndpoint, "authority": d.Connection().AuthorityHost}
	s := d.Server(t, acctest.Values{"environment": "usgovernment", "endpoints": endpoints})
	plan := s.Plan(s.New(kind), acctest.Values{"enabled_for": "all"})
	acctest.Contains(t, acctest.Errors(plan.Diagnostics), "no API in this cloud", "endpoints.portal")

	endpoints["portal"] = d.Connection().PortalEndpoint
	allowed := d.Server(t, acctest.Values{"environment": "usgovernment", "endpoints": endpoints})
	allowed.Must(allowed.New(kind), acctest.Values{"enabled_for": "all"})
}

func TestThePlanOfAnUpdateIsQuietAboutWhatIsNotConfigured(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "selected", "group_id": group, "registration": acctest.Values{"reconfirm_after_in_days": 90}})
	plan := s.Plan(created, acctest.Values{"enabled_for": "selected", "group_id": group, "registration": acctest.Values{"reconfirm_after_in_days": 91}})
	for _, name := range []string{"id", "group_name", "methods_required", "registration.required_at_sign_in", "notifications.users", "methods.email", "helpdesk.contact"} {
		if s.Attribute(plan.Instance, name) == acctest.Unknown {
			t.Errorf("%s is shown as known after apply", name)
		}
	}
}
