package ssprpolicy_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

func TestASwitchThatTheDirectoryShowsAfterAllShowsItsDriftAgain(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	migrate(d, true)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
	config := acctest.Values{"enabled_for": "all", "methods": acctest.Values{"email": false, "office_phone": true}}
	updated, diagnostics := s.Apply(s.Plan(created, config))
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "keeps the former method switches", "methods.email, methods.office_phone")

	plan := s.Plan(s.MustRefresh(updated), config)
	if !plan.Empty() {
		t.Errorf("the plan shows %s", plan.State)
	}
	setPolicy(d, map[string]string{"emailOptionEnabled": "false"})
	shown := s.MustRefresh(updated)
	setPolicy(d, map[string]string{"emailOptionEnabled": "true"})
	drifted := s.MustRefresh(shown)
	if plan := s.Plan(drifted, config); plan.Empty() || s.Attribute(drifted, "methods.email") != true || s.Attribute(drifted, "methods.office_phone") != true {
		t.Errorf("drift does not show: %s", drifted.State)
	}
}

func TestADestroyThatTheDirectoryIgnoresWarns(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all", "methods": acctest.Values{"email": false}})
	migrate(d, true)
	_, diagnostics := s.Apply(s.Plan(created, nil))
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "keeps the former method switches", "methods.email")
}

func TestOnlyAMigratedTenantWarnsOfMethodSwitches(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	s.Quiet(s.Plan(s.New(kind), acctest.Values{"enabled_for": "none", "methods": acctest.Values{"email": true}}).Diagnostics)
}

func TestACreateThatLocksPeopleOutWarns(t *testing.T) {
	t.Parallel()
	const lost = "Users with too few methods lose the reset"
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	config := acctest.Values{"enabled_for": "all", "methods_required": 2}
	if text := acctest.Warnings(s.Plan(s.New(kind), config).Diagnostics); strings.Contains(text, lost) {
		t.Errorf("nobody can lose the reset where nobody has it:\n%s", text)
	}
	setPolicy(d, map[string]string{"enablementType": "2"})
	acctest.Contains(t, acctest.Warnings(s.Plan(s.New(kind), config).Diagnostics), lost)
}

func TestTheOverwrittenSettingsAreListedAsTheConfigurationWritesThem(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	warnings := func(config acctest.Values) string {
		return acctest.Warnings(s.Plan(s.New(kind), config).Diagnostics)
	}
	d.Update(func(s *mockdirectory.State) { delete(s.PasswordResetPolicy, "numberOfAuthenticationMethodsRequired") })
	acctest.Contains(t, warnings(acctest.Values{"enabled_for": "none", "methods_required": 2}), "methods_required: not set -> 2")

	setPolicy(d, map[string]string{"customizeHelpdeskLink": "false", "customHelpdeskEmailOrUrl": `"a@contoso.com"`})
	contact := func(address string) acctest.Values {
		return acctest.Values{"enabled_for": "none", "helpdesk": acctest.Values{"contact": address}}
	}
	acctest.Contains(t, warnings(contact("a@contoso.com")), "helpdesk.contact: not customised -> customised")
	text := warnings(contact("b@contoso.com"))
	acctest.Contains(t, text, `helpdesk.contact: "a@contoso.com" -> "b@contoso.com"`)
	if strings.Count(text, "helpdesk.contact") != 1 {
		t.Errorf("the contact is listed twice:\n%s", text)
	}
}

func TestAReadThatOnlyServesAdviceFailsNoPlan(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	unreadable := mockdirectory.Fault{Method: http.MethodGet, Path: path, Status: http.StatusForbidden}
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
	d.AddFault(unreadable)
	s.Quiet(s.Plan(s.New(kind), everything()).Diagnostics)
	d.AddFault(unreadable)
	s.Quiet(s.Plan(created, nil).Diagnostics)
}

func TestAValueThatNobodyKnowsYetIsADifference(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	config := acctest.Values{"enabled_for": "none"}
	created := s.Must(s.New(kind), config)
	setPolicy(d, map[string]string{"enablementType": "7"})
	refreshed := s.MustRefresh(created)
	if got := s.Attribute(refreshed, "enabled_for"); got != "unknown (7)" || s.Plan(refreshed, config).Empty() {
		t.Errorf("enabled_for is %v", got)
	}
}

func TestTheGroupIsShownOnlyWhileItIsEnabled(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "selected", "group_id": group})
	// The admin center leaves the group in the document when it is turned off.
	setPolicy(d, map[string]string{"enablementType": "2"})
	refreshed := s.MustRefresh(created)
	if s.Attribute(refreshed, "group_id") != nil || s.Attribute(refreshed, "group_name") != nil {
		t.Errorf("the group of a policy for all users is in the state: %s", refreshed.State)
	}
	off := s.Must(refreshed, acctest.Values{"enabled_for": "all", "helpdesk": acctest.Values{"contact": ""}})
	if got := s.Attribute(off, "group_name"); got != nil {
		t.Errorf("group_name is %v", got)
	}
}

func TestEachKindOfContactAndEitherUseOfTheAppIsChecked(t *testing.T) {
	t.Parallel()
	s := acctest.Unconfigured(t)
	for _, contact := range []string{"https://", "https:help", "/help", "ftp://help.contoso.com", "help@", " "} {
		acctest.Contains(t, acctest.Errors(s.Validate(kind, acctest.Values{"enabled_for": "all", "helpdesk": acctest.Values{"contact": contact}})), "[helpdesk.contact] Unusable contact")
	}
	off := acctest.Values{"email": false, "mobile_phone": false, "office_phone": false, "authenticator_notification": false, "authenticator_code": false}
	for _, app := range []string{"authenticator_notification", "authenticator_code"} {
		only := maps.Clone(off)
		only[app] = true
		diagnostics := s.Validate(kind, acctest.Values{"enabled_for": "all", "methods_required": 1, "methods": only, "security_questions": acctest.Values{"enabled": false}})
		s.NoError(diagnostics)
		acctest.Contains(t, acctest.Warnings(diagnostics), "The authenticator app needs other methods beside it")
	}
}

func TestAnotherGroupHasAnotherName(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "selected", "group_id": group})
	plan := s.Plan(created, acctest.Values{"enabled_for": "selected", "group_id": "99999999-51e1-4a3b-9a54-3c1f1b0a7d11"})
	if got := s.Attribute(plan.Instance, "group_name"); got != acctest.Unknown {
		t.Errorf("the plan names the other group %v", got)
	}
}

func TestWhatIsTurnedOffIsTurnedOffInTheDirectory(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "selected", "group_id": group, "helpdesk": acctest.Values{"contact": "help@contoso.com"}})
	s.Must(created, acctest.Values{"enabled_for": "all", "helpdesk": acctest.Values{"contact": ""}})
	got := policy(t, d)
	for key, want := range map[string]string{"enablementType": "2", "passwordResetEnabledGroupIds": "[]", "customizeHelpdeskLink": "false", "customHelpdeskEmailOrUrl": `""`} {
		if got[key] != want {
			t.Errorf("%s is %s, want %s", key, got[key], want)
		}
	}
}

func TestANameThatWasPlannedStaysUntilTheNextRead(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	config := acctest.Values{"enabled_for": "selected", "group_id": group}
	created := s.Must(s.New(kind), config)
	d.Update(func(s *mockdirectory.State) {
		renamed := s.Groups[group]
		renamed.DisplayName = "Everybody"
		s.Groups[group] = renamed
	})
	config["methods_required"] = 2
	updated := s.Must(created, config)
	if got := s.Attribute(updated, "group_name"); got != "SSPR pilot" {
		t.Errorf("Terraform planned SSPR pilot and got %v", got)
	}
	if got := s.Attribute(s.MustRefresh(updated), "group_name"); got != "Everybody" {
		t.Errorf("after the next read the name is %v", got)
	}
}
