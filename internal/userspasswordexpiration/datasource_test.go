package userspasswordexpiration_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

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
	kind = "entraid_users_password_expiration"
	list = "/v1.0/users"

	never = 2147483647
)

// changed is when everybody's password was set in these tests.
var changed = time.Date(2025, time.March, 1, 10, 0, 0, 0, time.UTC)

// newDirectory is the seeded tenant, in which all passwords are of one time.
func newDirectory(t *testing.T) *acctest.Directory {
	t.Helper()
	return prepared(acctest.NewDirectory(t))
}

// prepared gives a directory what the tests begin with.
func prepared(d *acctest.Directory) *acctest.Directory {
	d.Update(func(s *mockdirectory.State) {
		for id, user := range s.Users {
			user.LastPasswordChangeDateTime = new(changed)
			s.Users[id] = user
		}
	})
	return d
}

// read returns the users by the first part of their names, and these in order.
func read(t *testing.T, s *acctest.Server, config acctest.Values) (map[string]acctest.Instance, string) {
	t.Helper()
	found, diagnostics := s.ReadData(kind, config)
	s.Quiet(diagnostics)
	byName, names := map[string]acctest.Instance{}, []string{}
	for _, user := range s.Elements(found, "users") {
		name, _, _ := strings.Cut(fmt.Sprint(s.Attribute(user, "user_principal_name")), "@")
		byName[name] = user
		names = append(names, name)
	}
	return byName, strings.Join(names, " ")
}

// expiration is what the data source tells of a user, in one line.
func expiration(s *acctest.Server, user acctest.Instance) string {
	return fmt.Sprintf("never:%v reason:%v period:%v expires:%v", s.Attribute(user, "never_expires"), s.Attribute(user, "reason"),
		s.Attribute(user, "validity_period_in_days"), s.Attribute(user, "expires_at"))
}

// change is another administrator.
func change(d *acctest.Directory, id string, by func(*mockdirectory.User)) {
	d.Update(func(s *mockdirectory.State) {
		user := s.Users[id]
		by(&user)
		s.Users[id] = user
	})
}

func setPeriod(d *acctest.Directory, name string, period int32) {
	d.Update(func(s *mockdirectory.State) {
		domain := s.Domains[name]
		domain.PasswordValidityPeriodInDays, domain.PasswordNotificationWindowInDays = new(period), new(int32(14))
		s.Domains[name] = domain
	})
}

func TestTerraformReportsWhoNeverExpires(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	d.Run(t, resource.TestStep{
		Config: `
data "entraid_users_password_expiration" "flagged" {
  reason = "user"
}

output "flagged" {
  value = { for user in data.entraid_users_password_expiration.flagged.users : user.user_principal_name => user.synchronized }
}`,
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("flagged", knownvalue.MapExact(map[string]knownvalue.Check{
			"carol@contoso.com": knownvalue.Bool(true), "svc-legacy@contoso.com": knownvalue.Bool(false),
		}))},
	})
}

func TestTellsWhoAUserIs(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	change(d, mockdirectory.SeededBob, func(user *mockdirectory.User) {
		user.UserType, user.DisplayName, user.AccountEnabled, user.LastPasswordChangeDateTime = "", "", false, nil
	})
	s := d.Server(t)
	all, _ := read(t, s, acctest.Values{"include_guests": true})
	for name, want := range map[string]string{
		"alice":                 mockdirectory.SeededAlice + " alice@contoso.com Alice Adams Member enabled:true synchronized:false changed:2025-03-01T10:00:00Z",
		"bob":                   mockdirectory.SeededBob + " bob@fabrikam.com <nil> <nil> enabled:false synchronized:false changed:<nil>",
		"carol":                 mockdirectory.SeededCarol + " carol@contoso.com Carol Synced Member enabled:true synchronized:true changed:2025-03-01T10:00:00Z",
		"gina_example.org#EXT#": mockdirectory.SeededGuest + " gina_example.org#EXT#@contoso.onmicrosoft.com Gina Guest Guest enabled:true synchronized:false changed:2025-03-01T10:00:00Z",
		"svc-legacy":            mockdirectory.SeededLegacy + " svc-legacy@contoso.com Legacy service Member enabled:true synchronized:false changed:2025-03-01T10:00:00Z",
	} {
		user := all[name]
		got := fmt.Sprintf("%v %v %v %v enabled:%v synchronized:%v changed:%v", s.Attribute(user, "id"), s.Attribute(user, "user_principal_name"),
			s.Attribute(user, "display_name"), s.Attribute(user, "user_type"), s.Attribute(user, "account_enabled"), s.Attribute(user, "synchronized"),
			s.Attribute(user, "password_last_changed"))
		if got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// everyKind makes a tenant in which each reason occurs: contoso.com and with it
// corp.contoso.com expire, fabrikam.com never does, contoso.onmicrosoft.com is
// unset, and adfs.contoso.net is federated.
func everyKind(t *testing.T) *acctest.Directory {
	t.Helper()
	d := newDirectory(t)
	setPeriod(d, "contoso.com", 60)
	setPeriod(d, "fabrikam.com", never)
	d.Update(func(s *mockdirectory.State) {
		s.Domains["lab.adfs.contoso.net"] = mockdirectory.Domain{ID: "lab.adfs.contoso.net", AuthenticationType: "Managed", IsVerified: true}
	})
	for id, name := range map[string]string{
		mockdirectory.SeededApostrophe: "owen@Corp.Contoso.com", mockdirectory.SeededReader: "reader@contoso.onmicrosoft.com",
		mockdirectory.SeededScanner: "scanner@lab.adfs.contoso.net",
	} {
		change(d, id, func(user *mockdirectory.User) { user.UserPrincipalName = name })
	}
	change(d, mockdirectory.SeededDave, func(user *mockdirectory.User) { user.PasswordPolicies = new("DisablePasswordExpiration") })
	change(d, mockdirectory.SeededGuest, func(user *mockdirectory.User) { user.PasswordPolicies = new("DisablePasswordExpiration") })
	change(d, mockdirectory.SeededBackup, func(user *mockdirectory.User) { user.OnPremisesSyncEnabled = new(true) })
	change(d, mockdirectory.SeededAdmin, func(user *mockdirectory.User) { user.LastPasswordChangeDateTime = nil })
	return d
}

func TestTellsTheExpirationThatIsInEffect(t *testing.T) {
	t.Parallel()
	d := everyKind(t)
	s := d.Server(t)
	all, _ := read(t, s, acctest.Values{"include_guests": true})
	for name, want := range map[string]string{
		"alice":                 "never:false reason:domain period:60 expires:2025-04-30T10:00:00Z",
		"owen":                  "never:false reason:domain period:60 expires:2025-04-30T10:00:00Z",
		"admin":                 "never:false reason:domain period:60 expires:<nil>",
		"bob":                   "never:true reason:domain period:<nil> expires:<nil>",
		"svc-legacy":            "never:true reason:user period:<nil> expires:<nil>",
		"carol":                 "never:true reason:user period:<nil> expires:<nil>",
		"svc-backup":            "never:<nil> reason:synchronized period:<nil> expires:<nil>",
		"reader":                "never:<nil> reason:unset period:<nil> expires:<nil>",
		"dave":                  "never:<nil> reason:federated period:<nil> expires:<nil>",
		"scanner":               "never:<nil> reason:federated period:<nil> expires:<nil>",
		"gina_example.org#EXT#": "never:<nil> reason:guest period:<nil> expires:<nil>",
	} {
		if got := expiration(s, all[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if len(all) != 11 {
		t.Errorf("%d users are listed", len(all))
	}
}

func TestWhatTheTenantMeansCanBeSaid(t *testing.T) {
	t.Parallel()
	s := everyKind(t).Server(t)
	for _, test := range []struct {
		config acctest.Values
		user   string
		want   string
	}{
		{acctest.Values{"default_validity_period_in_days": 90}, "reader", "never:false reason:default period:90 expires:2025-05-30T10:00:00Z"},
		{acctest.Values{"default_validity_period_in_days": 90, "default_never_expires": false}, "reader", "never:false reason:default period:90 expires:2025-05-30T10:00:00Z"},
		{acctest.Values{"default_never_expires": true}, "reader", "never:true reason:default period:<nil> expires:<nil>"},
		{acctest.Values{"default_never_expires": false}, "reader", "never:<nil> reason:unset period:<nil> expires:<nil>"},
		{acctest.Values{"default_never_expires": true}, "alice", "never:false reason:domain period:60 expires:2025-04-30T10:00:00Z"},
		{acctest.Values{"default_never_expires": true}, "dave", "never:<nil> reason:federated period:<nil> expires:<nil>"},
		{acctest.Values{"cloud_policy_for_synchronized_users": true}, "svc-backup", "never:false reason:domain period:60 expires:2025-04-30T10:00:00Z"},
		{acctest.Values{"cloud_policy_for_synchronized_users": true}, "carol", "never:true reason:user period:<nil> expires:<nil>"},
		{acctest.Values{"cloud_policy_for_synchronized_users": false}, "svc-backup", "never:<nil> reason:synchronized period:<nil> expires:<nil>"},
	} {
		all, _ := read(t, s, test.config)
		if got := expiration(s, all[test.user]); got != test.want {
			t.Errorf("%v: %s is %s, want %s", test.config, test.user, got, test.want)
		}
	}
}

func TestExtremesAreTold(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	setPeriod(d, "contoso.com", never-1)
	setPeriod(d, "fabrikam.com", 1)
	change(d, mockdirectory.SeededBob, func(user *mockdirectory.User) {
		user.LastPasswordChangeDateTime = new(time.Date(2024, time.February, 28, 23, 59, 59, 0, time.FixedZone("", 0)))
	})
	change(d, mockdirectory.SeededReader, func(user *mockdirectory.User) { user.LastPasswordChangeDateTime = new(time.Time{}) })
	s := d.Server(t)
	all, _ := read(t, s, nil)
	for name, want := range map[string]string{
		"bob":    "never:false reason:domain period:1 expires:2024-02-29T23:59:59Z",
		"alice":  "never:false reason:domain period:2147483646 expires:<nil>",
		"reader": "never:false reason:domain period:2147483646 expires:<nil>",
	} {
		if got := expiration(s, all[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if got := s.Attribute(all["reader"], "password_last_changed"); got != nil {
		t.Errorf("a time that is none is told as %v", got)
	}
}

func TestAUserOfADomainThatIsNotListedIsUnknown(t *testing.T) {
	t.Parallel()
	d := prepared(acctest.KindDirectory(t))
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: "/v1.0/domains", Status: http.StatusOK, Body: `{"value":[]}`})
	all, _ := read(t, s, acctest.Values{"default_never_expires": true})
	for name, want := range map[string]string{
		"alice":      "never:<nil> reason:unknown period:<nil> expires:<nil>",
		"svc-legacy": "never:true reason:user period:<nil> expires:<nil>",
	} {
		if got := expiration(s, all[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	d := everyKind(t)
	change(d, mockdirectory.SeededBob, func(user *mockdirectory.User) { user.AccountEnabled = false })
	s := d.Server(t)
	const guest, members = "gina_example.org#EXT#", "admin alice bob carol dave owen reader scanner svc-backup svc-legacy"
	for _, test := range []struct {
		config acctest.Values
		want   string
	}{
		{nil, members},
		{acctest.Values{"include_guests": false}, members},
		{acctest.Values{"include_guests": true, "reason": "guest"}, guest},
		{acctest.Values{"reason": "guest"}, ""},
		{acctest.Values{"domain_name": "contoso.com"}, "admin alice carol svc-backup svc-legacy"},
		{acctest.Values{"domain_name": "corp.contoso.com"}, "owen"},
		{acctest.Values{"domain_name": "contoso.onmicrosoft.com", "include_guests": true}, guest + " reader"},
		{acctest.Values{"domain_name": "pending.example"}, ""},
		{acctest.Values{"never_expires": true}, "bob carol svc-legacy"},
		{acctest.Values{"never_expires": true, "default_never_expires": true}, "bob carol reader svc-legacy"},
		{acctest.Values{"never_expires": false}, "admin alice owen"},
		{acctest.Values{"reason": "user"}, "carol svc-legacy"},
		{acctest.Values{"reason": "domain"}, "admin alice bob owen"},
		{acctest.Values{"reason": "default", "default_never_expires": true}, "reader"},
		{acctest.Values{"reason": "unset"}, "reader"},
		{acctest.Values{"reason": "federated"}, "dave scanner"},
		{acctest.Values{"reason": "synchronized"}, "svc-backup"},
		{acctest.Values{"account_enabled": false}, "bob"},
		{acctest.Values{"account_enabled": true, "domain_name": "fabrikam.com"}, ""},
		{acctest.Values{"user_principal_name_prefix": "SVC-"}, "svc-backup svc-legacy"},
		{acctest.Values{"user_principal_name_prefix": "svc-", "account_enabled": true, "never_expires": true}, "svc-legacy"},
	} {
		if _, names := read(t, s, test.config); names != test.want {
			t.Errorf("%v lists %s, want %s", test.config, names, test.want)
		}
	}
}

func TestAPrefixIsTakenLiterally(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	change(d, mockdirectory.SeededAlice, func(user *mockdirectory.User) { user.UserPrincipalName = "a+b&c=d%41@contoso.com" })
	s := d.Server(t)
	for prefix, want := range map[string]string{
		"o'ne": "o'neil", "o'": "o'neil", "o": "o'neil", "a+b&c=d%41": "a+b&c=d%41", "bob@fabrikam.com": "bob",
		"gina_example.org#EXT#": "gina_example.org#EXT#", "x')or(startswith(userPrincipalName,'a": "",
	} {
		if _, names := read(t, s, acctest.Values{"user_principal_name_prefix": prefix, "include_guests": true}); names != want {
			t.Errorf("%s lists %s, want %s", prefix, names, want)
		}
	}
}

func TestOneRequestForEachThousandUsers(t *testing.T) {
	t.Parallel()
	d := acctest.StartDirectory(t, mockdirectory.Options{Users: 2500})
	s := d.Server(t)
	all, names := read(t, s, acctest.Values{"domain_name": "contoso.com"})
	if users, domains := d.Calls("GET "+list), d.Calls("GET /v1.0/domains"); len(all) != 2508 || d.Kind() && (users != 3 || domains != 1) {
		t.Errorf("%d users by %d requests for users and %d for domains", len(all), users, domains)
	}
	if !strings.Contains(names, "svc-scanner user000001 user000002 user000003") || !strings.HasSuffix(names, "user002499 user002500") {
		t.Error("the users are not in the order of their names")
	}
	for _, request := range d.Journal().Requests {
		query, err := url.ParseQuery(request.Query)
		if err != nil || request.Template == list && (query.Get("$top") != "999" || !strings.Contains(query.Get("$select"), "lastPasswordChangeDateTime")) {
			t.Errorf("asked for %s (%v)", request.Query, err)
		}
	}
}

func TestTheDirectoryFiltersWhatItCan(t *testing.T) {
	t.Parallel()
	d := acctest.StartDirectory(t, mockdirectory.Options{Users: 2500})
	s := d.Server(t)
	if _, names := read(t, s, acctest.Values{"user_principal_name_prefix": "svc-", "account_enabled": true}); names != "svc-backup svc-legacy svc-scanner" {
		t.Errorf("lists %s", names)
	}
	if calls := d.Calls("GET " + list); d.Kind() && calls != 1 {
		t.Errorf("%d requests", calls)
	}
}

func TestAnEmptyTenantIsAnEmptyList(t *testing.T) {
	t.Parallel()
	d := prepared(acctest.KindDirectory(t))
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: list, Status: http.StatusOK, Body: `{"value":[]}`})
	found, diagnostics := s.ReadData(kind, nil)
	s.Quiet(diagnostics)
	var members map[string]tftypes.Value
	if err := found.State.As(&members); err != nil || members["users"].IsNull() || len(s.Elements(found, "users")) != 0 {
		t.Errorf("the list is %v (%v)", members["users"], err)
	}
}

func TestForbiddenNamesThePermission(t *testing.T) {
	t.Parallel()
	for held, lacking := range map[string][]string{
		"User.Read.All":   {"Unable to read list of domains", "Domain.Read.All"},
		"Domain.Read.All": {"Unable to read list of users", "User.Read.All"},
	} {
		d := newDirectory(t)
		d.Update(func(s *mockdirectory.State) {
			app := s.SignIn.Applications[mockdirectory.SeededClientID]
			app.Permissions = []string{held}
			s.SignIn.Applications[mockdirectory.SeededClientID] = app
		})
		_, diagnostics := d.Server(t).ReadData(kind, nil)
		acctest.Contains(t, acctest.Errors(diagnostics), append(lacking, "Authorization_RequestDenied", "Request id:")...)
	}
}

func TestBadFiltersAreRefusedBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	s := d.Server(t)
	for _, test := range []struct {
		config acctest.Values
		want   string
	}{
		{acctest.Values{"domain_name": "Contoso.com"}, "must be a domain name in lower case"},
		{acctest.Values{"domain_name": "contoso"}, "must be a domain name in lower case"},
		{acctest.Values{"user_principal_name_prefix": ""}, "must be the beginning of a user principal name"},
		{acctest.Values{"user_principal_name_prefix": "a/b"}, "must be the beginning of a user principal name"},
		{acctest.Values{"user_principal_name_prefix": "a b"}, "must be the beginning of a user principal name"},
		{acctest.Values{"user_principal_name_prefix": strings.Repeat("a", 114)}, "1 to 113 characters"},
		{acctest.Values{"reason": "flag"}, `value must be one of: ["user" "domain" "default"`},
		{acctest.Values{"default_validity_period_in_days": 13}, "between 14 and 730"},
		{acctest.Values{"default_validity_period_in_days": 731}, "between 14 and 730"},
		{acctest.Values{"default_validity_period_in_days": 90, "default_never_expires": true}, "contradict each other"},
	} {
		acctest.Contains(t, acctest.Errors(s.ValidateData(kind, test.config)), test.want)
	}
	if calls := len(d.Journal().Requests); calls != 0 {
		t.Errorf("%d requests were made", calls)
	}
}

func TestUnknownFiltersPassValidation(t *testing.T) {
	t.Parallel()
	s := acctest.Unconfigured(t)
	config := acctest.Values{"default_validity_period_in_days": 90}
	for _, name := range []string{"domain_name", "user_principal_name_prefix", "account_enabled", "include_guests", "never_expires", "reason",
		"default_never_expires", "cloud_policy_for_synchronized_users"} {
		config[name] = acctest.Unknown
	}
	s.Quiet(s.ValidateData(kind, config))
	s.Quiet(s.ValidateData(kind, acctest.Values{"default_never_expires": true, "default_validity_period_in_days": acctest.Unknown}))
}

func TestUnknownFiltersAreReadInTheApply(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	const config = `
resource "terraform_data" "prefix" {
  input = "svc-l"
}

data "entraid_users_password_expiration" "these" {
  user_principal_name_prefix = terraform_data.prefix.output
}

output "names" {
  value = data.entraid_users_password_expiration.these.users[*].user_principal_name
}`
	d.Run(t, resource.TestStep{
		Config: config,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectUnknownValue("data.entraid_users_password_expiration.these", tfjsonpath.New("users")),
		}},
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("names",
			knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("svc-legacy@contoso.com")}))},
	})
}

func TestIsThrottledAndSucceeds(t *testing.T) {
	t.Parallel()
	d := prepared(acctest.KindDirectory(t))
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: list, Status: http.StatusTooManyRequests, Times: 2, RetryAfter: "0.1"})
	if _, names := read(t, s, acctest.Values{"reason": "user"}); names != "carol svc-legacy" {
		t.Errorf("lists %s", names)
	}
}

func TestAUserWithoutAnIdIsRefused(t *testing.T) {
	t.Parallel()
	d := prepared(acctest.KindDirectory(t))
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: list, Status: http.StatusOK, Body: `{"value":[{"userPrincipalName":"a@contoso.com"}]}`})
	_, diagnostics := s.ReadData(kind, nil)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read list of users", "the answer is not a user: it has no id")
}
