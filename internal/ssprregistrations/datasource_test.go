package ssprregistrations_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const (
	kind   = "entraid_sspr_registrations"
	report = "/v1.0/reports/authenticationMethods/userRegistrationDetails"
)

// newDirectory is a tenant in which Alice and Bob, who are in the group, may
// reset their passwords. Carol and Dave have registered as many methods as it
// takes, Bob has not.
func newDirectory(t *testing.T) *acctest.Directory {
	t.Helper()
	return prepared(acctest.NewDirectory(t))
}

// prepared gives a directory what the tests begin with.
func prepared(d *acctest.Directory) *acctest.Directory {
	d.Update(func(s *mockdirectory.State) {
		s.PasswordResetPolicy["enablementType"] = json.RawMessage("1")
		s.PasswordResetPolicy["passwordResetEnabledGroupIds"] = json.RawMessage(`["` + mockdirectory.SeededGroup + `"]`)
		s.AuthorizationPolicy.AllowedToUseSSPR = true
		for id, methods := range map[string][]string{
			mockdirectory.SeededAlice: {"mobilePhone", "email", "fido2"}, mockdirectory.SeededBob: {"fido2"},
			mockdirectory.SeededCarol: {"email"}, mockdirectory.SeededDave: {"mobilePhone"}, mockdirectory.SeededAdmin: {"email", "mobilePhone"},
		} {
			user := s.Users[id]
			user.MethodsRegistered = methods
			s.Users[id] = user
		}
		scanner := s.Users[mockdirectory.SeededScanner]
		scanner.AccountEnabled = false
		s.Users[scanner.ID] = scanner
	})
	return d
}

// read returns the users by the first part of their names, and these in order.
func read(t *testing.T, s *acctest.Server, config acctest.Values) (map[string]acctest.Instance, string) {
	t.Helper()
	found, diagnostics := s.ReadData(kind, config)
	s.Quiet(diagnostics)
	byName, names := map[string]acctest.Instance{"": found}, []string{}
	for _, user := range s.Elements(found, "registrations") {
		name, _, _ := strings.Cut(fmt.Sprint(s.Attribute(user, "user_principal_name")), "@")
		byName[name] = user
		names = append(names, name)
	}
	return byName, strings.Join(names, " ")
}

func TestTerraformReportsWhoCannotResetThePassword(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	d.Run(t, resource.TestStep{
		Config: `
data "entraid_sspr_registrations" "unprepared" {
  enabled    = true
  registered = false
}

output "unprepared" {
  value = { for user in data.entraid_sspr_registrations.unprepared.registrations : user.user_principal_name => user.methods }
}`,
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("unprepared", knownvalue.MapExact(map[string]knownvalue.Check{
			"bob@fabrikam.com": knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("fido2")}),
		}))},
	})
}

func TestTellsHowFarAUserIs(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	s := d.Server(t)
	all, _ := read(t, s, nil)
	for name, want := range map[string]string{
		"alice":                 mockdirectory.SeededAlice + " alice@contoso.com member admin:false registered:true enabled:true capable:true [email fido2 mobilePhone]",
		"bob":                   mockdirectory.SeededBob + " bob@fabrikam.com member admin:false registered:false enabled:true capable:false [fido2]",
		"carol":                 mockdirectory.SeededCarol + " carol@contoso.com member admin:false registered:true enabled:false capable:false [email]",
		"admin":                 mockdirectory.SeededAdmin + " admin@contoso.com member admin:true registered:true enabled:true capable:true [email mobilePhone]",
		"gina_example.org#EXT#": mockdirectory.SeededGuest + " gina_example.org#EXT#@contoso.onmicrosoft.com guest admin:false registered:false enabled:false capable:false []",
	} {
		user := all[name]
		got := fmt.Sprintf("%v %v %v admin:%v registered:%v enabled:%v capable:%v %v", s.Attribute(user, "id"), s.Attribute(user, "user_principal_name"),
			s.Attribute(user, "user_type"), s.Attribute(user, "is_admin"), s.Attribute(user, "registered"), s.Attribute(user, "enabled"),
			s.Attribute(user, "capable"), s.Texts(user, "methods"))
		if got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestFiltersAndCounts(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	s := d.Server(t)
	const everybody = "admin alice bob carol dave gina_example.org#EXT# o'neil reader svc-backup svc-legacy"
	for _, test := range []struct {
		config acctest.Values
		want   string
		counts string
		filter string
	}{
		{nil, everybody, "10 4 3 2", ""},
		{acctest.Values{"registered": true}, "admin alice carol dave", "4 4 2 2", "isSsprRegistered eq true"},
		{acctest.Values{"registered": false}, "bob gina_example.org#EXT# o'neil reader svc-backup svc-legacy", "6 0 1 0", "isSsprRegistered eq false"},
		{acctest.Values{"enabled": true}, "admin alice bob", "3 2 3 2", "isSsprEnabled eq true"},
		{acctest.Values{"capable": true}, "admin alice", "2 2 2 2", "isSsprCapable eq true"},
		{acctest.Values{"capable": false, "enabled": true}, "bob", "1 0 1 0", "isSsprCapable eq false"},
		{acctest.Values{"registered": true, "enabled": false}, "carol dave", "2 2 0 0", "isSsprRegistered eq true"},
		{acctest.Values{"is_admin": true}, "admin", "1 1 1 1", ""},
		{acctest.Values{"is_admin": false, "capable": true}, "alice", "1 1 1 1", "isSsprCapable eq true"},
		{acctest.Values{"is_admin": true, "capable": false}, "", "0 0 0 0", "isSsprCapable eq false"},
	} {
		d.ResetJournal()
		all, names := read(t, s, test.config)
		counts := fmt.Sprint(s.Attribute(all[""], "total_count"), s.Attribute(all[""], "registered_count"), s.Attribute(all[""], "enabled_count"), s.Attribute(all[""], "capable_count"))
		if names != test.want || counts != test.counts {
			t.Errorf("%v lists %s and counts %s, want %s and %s", test.config, names, counts, test.want, test.counts)
		}
		for _, request := range d.Journal().Requests {
			query, err := url.ParseQuery(request.Query)
			if request.Template == report && (err != nil || query.Get("$filter") != test.filter || len(query) > 1) {
				t.Errorf("%v asks for %s, want the filter %q", test.config, request.Query, test.filter)
			}
		}
	}
}

func TestAnEmptyReportIsAnEmptyList(t *testing.T) {
	t.Parallel()
	d := prepared(acctest.KindDirectory(t))
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: report, Status: http.StatusOK, Body: `{"value":[]}`})
	found, diagnostics := s.ReadData(kind, nil)
	s.Quiet(diagnostics)
	var members map[string]tftypes.Value
	if err := found.State.As(&members); err != nil || members["registrations"].IsNull() || s.Attribute(found, "total_count") != int64(0) {
		t.Errorf("the report is %v (%v)", members, err)
	}
}

func TestFollowsPages(t *testing.T) {
	t.Parallel()
	d := acctest.StartDirectory(t, mockdirectory.Options{Users: 2500})
	s := d.Server(t)
	all, names := read(t, s, nil)
	if got := s.Attribute(all[""], "total_count"); got != int64(2511) || len(all) != 2512 {
		t.Errorf("%v users are counted and %d listed", got, len(all)-1)
	}
	if !strings.Contains(names, "svc-scanner user000001 user000002 user000003") || !strings.HasSuffix(names, "user002499 user002500") {
		t.Error("the users are not in the order of their names")
	}
}

func TestForbiddenNamesThePermission(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	d.Update(func(s *mockdirectory.State) {
		app := s.SignIn.Applications[mockdirectory.SeededClientID]
		app.Permissions = []string{"Directory.Read.All"}
		s.SignIn.Applications[mockdirectory.SeededClientID] = app
	})
	_, diagnostics := d.Server(t).ReadData(kind, nil)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read registrations for self-service password reset", "Authorization_RequestDenied",
		"AuditLog.Read.All", "Reports Reader", "Request id:")
}

func TestATenantWithoutTheLicenceIsExplained(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	d.Update(func(s *mockdirectory.State) { s.Tenant.WithoutPremiumLicense = true })
	_, diagnostics := d.Server(t).ReadData(kind, nil)
	acctest.Contains(t, acctest.Errors(diagnostics), "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "tenant doesn't have premium license",
		"Microsoft Entra ID P1 or P2 licence", "B2C", "Directory.Read.All in addition to AuditLog.Read.All", "Request id:")
}

func TestWhatIsNoReportIsRefused(t *testing.T) {
	t.Parallel()
	d := prepared(acctest.KindDirectory(t))
	s := d.Server(t)
	for body, want := range map[string]string{
		`{"value":[{"userPrincipalName":"a@contoso.com"}]}`:   "the answer is not a registration: it has no id",
		`{"value":[{"id":"1","isSsprRegistered":"perhaps"}]}`: "the answer is not what the API describes",
		`{}`: "something else than a list",
	} {
		d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: report, Status: http.StatusOK, Body: body})
		_, diagnostics := s.ReadData(kind, nil)
		acctest.Contains(t, acctest.Errors(diagnostics), want)
	}
}

func TestBadFiltersAreRefusedBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	d.Run(t, resource.TestStep{
		Config: `
data "entraid_sspr_registrations" "these" {
  registered = "perhaps"
  enabled    = 7
  capable    = []
  is_admin   = "none"
}`,
		ExpectError: regexp.MustCompile(`(?s)registered = "perhaps".*enabled    = 7.*capable    = \[\].*is_admin   = "none"`),
	})
	if calls := len(d.Journal().Requests); calls != 0 {
		t.Errorf("%d requests were made", calls)
	}
}

func TestUnknownFiltersAreReadInTheApply(t *testing.T) {
	t.Parallel()
	s := acctest.Unconfigured(t)
	s.Quiet(s.ValidateData(kind, acctest.Values{"registered": acctest.Unknown, "enabled": acctest.Unknown, "capable": acctest.Unknown, "is_admin": acctest.Unknown}))
	newDirectory(t).Run(t, resource.TestStep{
		Config: `
resource "terraform_data" "capable" {
  input = true
}

data "entraid_sspr_registrations" "these" {
  capable = terraform_data.capable.output
}

output "count" {
  value = data.entraid_sspr_registrations.these.total_count
}`,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectUnknownValue("data.entraid_sspr_registrations.these", tfjsonpath.New("total_count")),
		}},
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("count", knownvalue.Int64Exact(2))},
	})
}

func TestIsThrottledAndSucceeds(t *testing.T) {
	t.Parallel()
	d := prepared(acctest.KindDirectory(t))
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: report, Status: http.StatusTooManyRequests, Times: 2, RetryAfter: "0.1"})
	if _, names := read(t, s, acctest.Values{"capable": true}); names != "admin alice" {
		t.Errorf("lists %s", names)
	}
}
