package passwordexpirationpolicy_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const (
	initial     = "contoso.onmicrosoft.com"
	listDomains = "/v1.0/domains"
)

// names are those of results, in their order.
func names(listed []acctest.Listed) string {
	all := make([]string, len(listed))
	for i, one := range listed {
		all[i] = one.DisplayName
	}
	return strings.Join(all, " ")
}

// mustList lists without any diagnostic.
func mustList(s *acctest.Server, t *testing.T, query acctest.Query) []acctest.Listed {
	t.Helper()
	listed, diagnostics := s.List(kind, query)
	s.Quiet(diagnostics)
	return listed
}

func TestTerraformQueriesTheDomains(t *testing.T) {
	t.Parallel()
	acctest.NeedsQuery(t)
	d := acctest.NewDirectory(t)
	set(d, contoso, never, 30)
	all, setOnly := kind+".all", kind+".set"
	d.Run(t,
		resource.TestStep{Config: `resource "entraid_password_expiration_policy" "this" {
  domain_name   = "contoso.com"
  never_expires = true
}`},
		resource.TestStep{
			Query: true,
			Config: `
list "entraid_password_expiration_policy" "all" {
  provider = entraid
}

list "entraid_password_expiration_policy" "set" {
  provider         = entraid
  include_resource = true

  config {
    set_only = true
  }
}`,
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength(all, 3),
				querycheck.ExpectIdentity(all, map[string]knownvalue.Check{"domain_name": knownvalue.StringExact(initial)}),
				querycheck.ExpectLength(setOnly, 2),
				querycheck.ExpectNoIdentity(setOnly, map[string]knownvalue.Check{"domain_name": knownvalue.StringExact(initial)}),
				querycheck.ExpectResourceKnownValues(setOnly, queryfilter.ByResourceIdentity(map[string]knownvalue.Check{"domain_name": knownvalue.StringExact(fabrikam)}),
					[]querycheck.KnownValueCheck{
						{Path: tfjsonpath.New("validity_period_in_days"), KnownValue: knownvalue.Int64Exact(90)},
						{Path: tfjsonpath.New("never_expires"), KnownValue: knownvalue.Bool(false)},
					}),
			},
		},
	)
}

func TestListsExactlyWhatCanBeImported(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	listed := mustList(s, t, acctest.Query{})
	expect(t, "the list", names(listed), "contoso.com contoso.onmicrosoft.com fabrikam.com")
	if n := len(d.Journal().Requests); d.Kind() && d.Calls("GET "+listDomains) != 1 || d.Calls(get) != 0 {
		t.Errorf("the list takes %d requests", n)
	}
	isListed := map[string]bool{}
	for _, one := range listed {
		if !one.Gone() {
			t.Errorf("%s comes with a resource that nobody asked for", one.DisplayName)
		}
		isListed[one.DisplayName] = true
		imported, diagnostics := s.ImportIdentity(kind, one.Identity)
		s.Quiet(diagnostics)
		if s.Attribute(imported, "domain_name") != one.DisplayName {
			t.Errorf("the identity of %s leads to %v", one.DisplayName, s.Attribute(imported, "domain_name"))
		}
	}
	for name := range d.State().Domains {
		if _, diagnostics := s.Import(kind, name); isListed[name] != (acctest.Errors(diagnostics) == "") {
			t.Errorf("%s is listed: %v, and its import says:\n%s", name, isListed[name], acctest.Errors(diagnostics))
		}
	}
}

func TestWhatIsGeneratedFromTheListPlansNoChange(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	set(d, contoso, never, 30)
	set(d, initial, 730, 1)
	s := d.Server(t)
	listed := mustList(s, t, acctest.Query{IncludeResource: true})
	for i, want := range []string{"never/30", "730/1", "90/14"} {
		one := listed[i]
		expect(t, one.DisplayName, inState(s, one.Instance), want)
		s.Quiet(s.Validate(kind, s.Generated(one)))
		imported, diagnostics := s.ImportIdentity(kind, one.Identity)
		s.Quiet(diagnostics)
		if !s.Forgotten(imported).State.Equal(one.State) {
			t.Errorf("%s is listed as %s and imported as %s", one.DisplayName, one.State, imported.State)
		}
		plan := s.Plan(imported, s.Generated(one))
		s.Quiet(plan.Diagnostics)
		if !plan.Empty() {
			t.Errorf("the generated configuration of %s changes something", one.DisplayName)
		}
	}
	expect(t, "the list", names(listed), "contoso.com contoso.onmicrosoft.com fabrikam.com")
}

func TestListFiltersAddUp(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	set(d, contoso, never, 30)
	d.Update(func(s *mockdirectory.State) {
		for name, period := range map[string]int32{"half.example": 60, "halfnever.example": never} {
			s.Domains[name] = mockdirectory.Domain{ID: name, AuthenticationType: "Managed", IsRoot: true, IsVerified: true, PasswordValidityPeriodInDays: &period}
		}
	})
	s := d.Server(t)
	for _, test := range []struct {
		config acctest.Values
		want   string
	}{
		{nil, "contoso.com contoso.onmicrosoft.com fabrikam.com half.example halfnever.example"},
		{acctest.Values{"set_only": false}, "contoso.com contoso.onmicrosoft.com fabrikam.com half.example halfnever.example"},
		{acctest.Values{"set_only": true}, "contoso.com fabrikam.com"},
		{acctest.Values{"never_expires": true}, "contoso.com halfnever.example"},
		{acctest.Values{"never_expires": false}, "fabrikam.com half.example"},
		{acctest.Values{"never_expires": false, "set_only": true}, "fabrikam.com"},
		{acctest.Values{"never_expires": true, "set_only": true}, "contoso.com"},
	} {
		if got := names(mustList(s, t, acctest.Query{Config: test.config})); got != test.want {
			t.Errorf("%v lists %q, want %q", test.config, got, test.want)
		}
	}
}

func TestTheListEndsAtItsLimit(t *testing.T) {
	t.Parallel()
	s := acctest.NewDirectory(t).Server(t)
	for limit, want := range map[int64]string{
		1: "contoso.com", 2: "contoso.com contoso.onmicrosoft.com",
		3: "contoso.com contoso.onmicrosoft.com fabrikam.com", 100: "contoso.com contoso.onmicrosoft.com fabrikam.com",
	} {
		expect(t, "the list", names(mustList(s, t, acctest.Query{Limit: limit})), want)
	}
}

func TestTheListWarnsWhereConfigurationCannotSayTheSame(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	set(d, initial, 60, 0)
	s := d.Server(t)
	listed, diagnostics := s.List(kind, acctest.Query{IncludeResource: true})
	s.NoError(diagnostics)
	expect(t, "the list", names(listed), "contoso.com contoso.onmicrosoft.com fabrikam.com")
	expect(t, "the unset domain", inState(s, listed[0].Instance), "unset/unset")
	expect(t, "the domain without a window", inState(s, listed[1].Instance), "60/unset")
	warnings := acctest.Warnings(diagnostics)
	acctest.Contains(t, warnings, "never set", "no password expiration for "+contoso, "never_expires = true", "no notification window for "+initial, "sets the window to 14 days", "set_only = true")
	lacks(t, warnings, fabrikam)

	// What the warnings say is what happens.
	acctest.Contains(t, acctest.Errors(s.Validate(kind, s.Generated(listed[0]))), "Missing setting")
	imported, _ := s.ImportIdentity(kind, listed[1].Identity)
	plan := s.Plan(imported, s.Generated(listed[1]))
	s.NoError(plan.Diagnostics)
	expect(t, "the planned setting", inState(s, plan.Instance), "60/14")

	// Who takes nothing over is not bothered.
	mustList(s, t, acctest.Query{})
	mustList(s, t, acctest.Query{IncludeResource: true, Config: acctest.Values{"set_only": true}})
}

func TestTheListFollowsPagesAndSortsNamesInLowerCase(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	domain := func(name string) string {
		return `{"id":"` + name + `","authenticationType":"Managed","isRoot":true,"isVerified":true,"passwordValidityPeriodInDays":30}`
	}
	for _, body := range []string{
		`{"value":[` + domain("Zeta.Example") + `],"@odata.nextLink":"` + d.Connection().GraphEndpoint + listDomains + `?$skiptoken=1"}`,
		`{"value":[` + domain("alpha.example") + `]}`,
	} {
		d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: listDomains, Status: http.StatusOK, Body: body})
	}
	listed := mustList(s, t, acctest.Query{})
	expect(t, "the list", names(listed), "alpha.example zeta.example")
	if got := listed[1].Identity["domain_name"]; got != "zeta.example" {
		t.Errorf("the identity is %v", got)
	}
}

func TestAnErrorOfTheListReachesTheUser(t *testing.T) {
	t.Parallel()
	firstPage := func(d *acctest.Directory) mockdirectory.Fault {
		return mockdirectory.Fault{Method: http.MethodGet, Path: listDomains, Status: http.StatusOK,
			Body: `{"value":[{"id":"first.example"}],"@odata.nextLink":"` + d.Connection().GraphEndpoint + listDomains + `?$skiptoken=1"}`}
	}
	for name, test := range map[string]struct {
		prepare func(*acctest.Directory)
		want    []string
	}{
		"forbidden": {func(d *acctest.Directory) {
			d.Update(func(s *mockdirectory.State) {
				app := s.SignIn.Applications[mockdirectory.SeededClientID]
				app.Permissions = []string{"User.Read.All"}
				s.SignIn.Applications[mockdirectory.SeededClientID] = app
			})
		}, []string{"Unable to read list of domains", "Authorization_RequestDenied", "Domain.Read.All", "Request id:"}},
		"second page": {func(d *acctest.Directory) {
			d.AddFault(firstPage(d))
			d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: listDomains, Status: http.StatusBadRequest, Code: "Directory_ExpiredPageToken", Message: "The page has expired."})
		}, []string{"Unable to read list of domains", "Directory_ExpiredPageToken", "The page has expired."}},
		"no list": {func(d *acctest.Directory) {
			d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: listDomains, Status: http.StatusOK, Body: `{}`})
		}, []string{"something else than a list"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := acctest.KindDirectory(t)
			test.prepare(d)
			listed, diagnostics := d.Server(t).List(kind, acctest.Query{IncludeResource: true})
			acctest.Contains(t, acctest.Errors(diagnostics), test.want...)
			if len(listed) != 0 {
				t.Errorf("a list that failed has %d results", len(listed))
			}
		})
	}
}

func TestATenantWithoutSuchDomainsHasNothingToList(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	for _, name := range []string{contoso, initial, fabrikam} {
		federate(d, name)
	}
	if listed := mustList(d.Server(t), t, acctest.Query{IncludeResource: true}); len(listed) != 0 {
		t.Errorf("lists %s", names(listed))
	}
}

func TestValidatingAListMakesNoRequest(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	for _, s := range []*acctest.Server{acctest.Unconfigured(t), d.Server(t)} {
		for _, config := range []acctest.Values{nil, {"never_expires": true, "set_only": false}, {"never_expires": acctest.Unknown, "set_only": acctest.Unknown}} {
			s.Quiet(s.ValidateList(kind, config))
		}
	}
	if requests := d.Journal().Requests; len(requests) > 0 {
		t.Errorf("validation made %d requests", len(requests))
	}
}
