package domains_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const (
	kind = "entraid_domains"
	list = "/v1.0/domains"
)

var allFilters = acctest.Values{"managed_only": true, "verified_only": true, "root_only": true}

// read returns the domains by name, and the names in their order.
func read(t *testing.T, s *acctest.Server, config acctest.Values) (map[string]acctest.Instance, string) {
	t.Helper()
	found, diagnostics := s.ReadData(kind, config)
	s.Quiet(diagnostics)
	byName, names := map[string]acctest.Instance{}, []string{}
	for _, domain := range s.Elements(found, "domains") {
		name := fmt.Sprint(s.Attribute(domain, "id"))
		byName[name] = domain
		names = append(names, name)
	}
	return byName, strings.Join(names, " ")
}

// change is another administrator.
func change(d *acctest.Directory, name string, by func(*mockdirectory.Domain)) {
	d.Update(func(s *mockdirectory.State) {
		domain := s.Domains[name]
		by(&domain)
		s.Domains[name] = domain
	})
}

func set(period, window int32) func(*mockdirectory.Domain) {
	return func(domain *mockdirectory.Domain) {
		domain.PasswordValidityPeriodInDays, domain.PasswordNotificationWindowInDays = &period, &window
	}
}

func TestTerraformListsTheDomains(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	d.Run(t, resource.TestStep{
		Config: `
data "entraid_domains" "managed" {
  managed_only  = true
  verified_only = true
  root_only     = true
}

output "periods" {
  value = { for domain in data.entraid_domains.managed.domains : domain.id => domain.validity_period_in_days }
}`,
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("periods", knownvalue.MapExact(map[string]knownvalue.Check{
			"contoso.com": knownvalue.Null(), "contoso.onmicrosoft.com": knownvalue.Null(), "fabrikam.com": knownvalue.Int64Exact(90),
		}))},
	})
}

func TestFiltersAddUp(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	for _, test := range []struct {
		config acctest.Values
		want   string
	}{
		{nil, "adfs.contoso.net contoso.com contoso.onmicrosoft.com corp.contoso.com fabrikam.com pending.example"},
		{acctest.Values{"managed_only": false, "verified_only": false, "root_only": false},
			"adfs.contoso.net contoso.com contoso.onmicrosoft.com corp.contoso.com fabrikam.com pending.example"},
		{acctest.Values{"managed_only": true}, "contoso.com contoso.onmicrosoft.com corp.contoso.com fabrikam.com pending.example"},
		{acctest.Values{"verified_only": true}, "adfs.contoso.net contoso.com contoso.onmicrosoft.com corp.contoso.com fabrikam.com"},
		{acctest.Values{"root_only": true}, "adfs.contoso.net contoso.com contoso.onmicrosoft.com fabrikam.com pending.example"},
		{allFilters, "contoso.com contoso.onmicrosoft.com fabrikam.com"},
	} {
		if _, names := read(t, s, test.config); names != test.want {
			t.Errorf("%v lists %s", test.config, names)
		}
	}
}

func TestTheListIsExactlyWhatCanBeManaged(t *testing.T) {
	t.Parallel()
	d := acctest.StartDirectory(t, mockdirectory.Options{Domains: 12})
	s := d.Server(t)
	every, _ := read(t, s, nil)
	manageable, _ := read(t, s, allFilters)
	for name := range every {
		policy := acctest.Values{"domain_name": name, "validity_period_in_days": 180}
		plan := s.Plan(s.New("entraid_password_expiration_policy"), policy)
		if _, listed := manageable[name]; listed != (acctest.Errors(plan.Diagnostics) == "") {
			t.Errorf("%s is listed: %v, and its plan says:\n%s", name, listed, acctest.Errors(plan.Diagnostics))
		}
	}
}

func TestTellsWhatADomainIs(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	all, _ := read(t, s, nil)
	for name, want := range map[string]string{
		"contoso.com":             "Managed verified:true root:true default:true initial:false",
		"contoso.onmicrosoft.com": "Managed verified:true root:true default:false initial:true",
		"corp.contoso.com":        "Managed verified:true root:false default:false initial:false",
		"adfs.contoso.net":        "Federated verified:true root:true default:false initial:false",
		"pending.example":         "Managed verified:false root:true default:false initial:false",
	} {
		domain := all[name]
		got := fmt.Sprintf("%v verified:%v root:%v default:%v initial:%v", s.Attribute(domain, "authentication_type"),
			s.Attribute(domain, "is_verified"), s.Attribute(domain, "is_root"), s.Attribute(domain, "is_default"), s.Attribute(domain, "is_initial"))
		if got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
}

func TestTellsTheExpirationThatIsInEffect(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	change(d, "contoso.com", set(2147483647, 30))
	change(d, "contoso.onmicrosoft.com", func(domain *mockdirectory.Domain) { domain.PasswordNotificationWindowInDays = new(int32(7)) })
	d.Update(func(s *mockdirectory.State) {
		sub := func(name, authentication string) {
			s.Domains[name] = mockdirectory.Domain{ID: name, AuthenticationType: authentication, IsVerified: true}
		}
		sub("deep.corp.contoso.com", "Managed")
		sub("mail.fabrikam.com", "Managed")
		sub("notfabrikam.example", "Managed")
		sub("sso.fabrikam.com", "Federated")
		sub("lab.adfs.contoso.net", "Managed")
	})
	s := d.Server(t)
	all, _ := read(t, s, nil)
	for name, want := range map[string]string{
		"contoso.com":             "never:true period:<nil> window:30 from:<nil>",
		"corp.contoso.com":        "never:true period:<nil> window:30 from:contoso.com",
		"deep.corp.contoso.com":   "never:true period:<nil> window:30 from:contoso.com",
		"fabrikam.com":            "never:false period:90 window:14 from:<nil>",
		"mail.fabrikam.com":       "never:false period:90 window:14 from:fabrikam.com",
		"notfabrikam.example":     "never:<nil> period:<nil> window:<nil> from:<nil>",
		"sso.fabrikam.com":        "never:<nil> period:<nil> window:<nil> from:fabrikam.com",
		"lab.adfs.contoso.net":    "never:<nil> period:<nil> window:<nil> from:adfs.contoso.net",
		"adfs.contoso.net":        "never:<nil> period:<nil> window:<nil> from:<nil>",
		"contoso.onmicrosoft.com": "never:<nil> period:<nil> window:<nil> from:<nil>",
	} {
		domain := all[name]
		got := fmt.Sprintf("never:%v period:%v window:%v from:%v", s.Attribute(domain, "never_expires"),
			s.Attribute(domain, "validity_period_in_days"), s.Attribute(domain, "notification_window_in_days"), s.Attribute(domain, "inherited_from"))
		if got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestASubdomainInheritsFromARootThatIsFilteredOut(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	d.Update(func(s *mockdirectory.State) {
		root := s.Domains["fabrikam.com"]
		root.IsVerified = false
		s.Domains["fabrikam.com"] = root
		s.Domains["mail.fabrikam.com"] = mockdirectory.Domain{ID: "mail.fabrikam.com", AuthenticationType: "Managed", IsVerified: true}
	})
	s := d.Server(t)
	verified, _ := read(t, s, acctest.Values{"verified_only": true})
	if _, listed := verified["fabrikam.com"]; listed {
		t.Error("the unverified root is listed")
	}
	if got := s.Attribute(verified["mail.fabrikam.com"], "validity_period_in_days"); got != int64(90) {
		t.Errorf("the period is %v", got)
	}
}

func TestMembersThatAreLeftOutAreUnset(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	d.Update(func(s *mockdirectory.State) { s.Tenant.OmitFederatedPasswordMembers = true })
	s := d.Server(t)
	all, _ := read(t, s, nil)
	if got := s.Attribute(all["adfs.contoso.net"], "never_expires"); got != nil {
		t.Errorf("never_expires is %v", got)
	}
}

func TestFollowsPagesAndSortsNamesInLowerCase(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	page := func(body string) {
		d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: list, Status: http.StatusOK, Body: body})
	}
	next := `"@odata.nextLink":"` + d.Connection().GraphEndpoint + list + `?$skiptoken=`
	domain := func(name string) string {
		return `{"id":"` + name + `","authenticationType":"Managed","isRoot":true,"isVerified":true,"passwordValidityPeriodInDays":30,"unknownToday":{}}`
	}
	page(`{"value":[` + domain("Zeta.Example") + `],` + next + `1"}`)
	page(`{"value":[],` + next + `2"}`)
	page(`{"value":[` + domain("alpha.example") + `,` + domain("midway.example") + `]}`)
	if _, names := read(t, s, allFilters); names != "alpha.example midway.example zeta.example" {
		t.Errorf("lists %s", names)
	}
	var queries []string
	for _, request := range d.Journal().Requests {
		if request.Template == list {
			queries = append(queries, request.Query)
		}
	}
	if got := strings.Join(queries, " "); got != " $skiptoken=1 $skiptoken=2" {
		t.Errorf("asked for %q", got)
	}
}

func TestALinkToAnotherHostIsRefused(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: list, Status: http.StatusOK,
		Body: `{"value":[],"@odata.nextLink":"https://elsewhere.example/v1.0/domains"}`})
	_, diagnostics := s.ReadData(kind, nil)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read list of domains", "elsewhere.example", "no token is sent there")
}

func TestIsThrottledAndSucceeds(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: list, Status: http.StatusTooManyRequests, Times: 2, RetryAfter: "0.1"})
	if _, names := read(t, s, allFilters); names != "contoso.com contoso.onmicrosoft.com fabrikam.com" {
		t.Errorf("lists %s", names)
	}
}

func TestForbiddenNamesThePermission(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	d.Update(func(s *mockdirectory.State) {
		app := s.SignIn.Applications[mockdirectory.SeededClientID]
		app.Permissions = []string{"User.Read.All"}
		s.SignIn.Applications[mockdirectory.SeededClientID] = app
	})
	_, diagnostics := d.Server(t).ReadData(kind, nil)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read list of domains", "Authorization_RequestDenied", "Domain.Read.All", "Request id:")
}

func TestAnAnswerWithoutAListIsNotAnEmptyTenant(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: list, Status: http.StatusOK, Body: `{}`})
	_, diagnostics := s.ReadData(kind, nil)
	acctest.Contains(t, acctest.Errors(diagnostics), "something else than a list")
}

func TestOneRequestReadsAllDomains(t *testing.T) {
	t.Parallel()
	d := acctest.StartKindDirectory(t, mockdirectory.Options{Domains: 300})
	s := d.Server(t)
	all, _ := read(t, s, nil)
	if calls := d.Calls("GET " + list); len(all) != 306 || calls != 1 {
		t.Errorf("%d domains by %d requests", len(all), calls)
	}
}
