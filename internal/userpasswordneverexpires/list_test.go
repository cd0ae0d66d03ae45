package userpasswordneverexpires_test

import (
	"context"
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
	alice = "alice@contoso.com"
	bob   = "bob@fabrikam.com"
	dave  = "dave@adfs.contoso.net"
	guest = "gina_example.org#EXT#@contoso.onmicrosoft.com"

	listUsers, listDomains = "/v1.0/users", "/v1.0/domains"
)

// neverExpiring is the seeded tenant with the flag, in several spellings, on
// users of every kind.
func neverExpiring(d *acctest.Directory) *acctest.Directory {
	setPolicies(d, bob, new("disablepasswordexpiration"))
	setPolicies(d, backup, new("DisableStrongPassword,DisablePasswordExpiration"))
	setPolicies(d, dave, new("DisablePasswordExpiration"))
	setPolicies(d, guest, new("DisablePasswordExpiration"))
	return d
}

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

// allow leaves an application one permission.
func allow(d *acctest.Directory, permission string) {
	d.Update(func(s *mockdirectory.State) {
		app := s.SignIn.Applications[mockdirectory.SeededClientID]
		app.Permissions = []string{permission}
		s.SignIn.Applications[mockdirectory.SeededClientID] = app
	})
}

func TestTerraformQueriesTheUsers(t *testing.T) {
	t.Parallel()
	acctest.NeedsQuery(t)
	d := neverExpiring(acctest.NewDirectory(t))
	all, services := kind+".all", kind+".services"
	identity := func(id string) map[string]knownvalue.Check {
		return map[string]knownvalue.Check{"user_id": knownvalue.StringExact(id)}
	}
	d.Run(t,
		resource.TestStep{Config: `resource "entraid_user_password_never_expires" "backup" {
  user_id = "svc-backup@contoso.com"
}`},
		resource.TestStep{
			Query: true,
			Config: `
list "entraid_user_password_never_expires" "all" {
  provider = entraid
}

list "entraid_user_password_never_expires" "services" {
  provider         = entraid
  include_resource = true

  config {
    domain_name                = "contoso.com"
    user_principal_name_prefix = "svc-"
  }
}`,
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength(all, 3),
				querycheck.ExpectIdentity(all, identity(mockdirectory.SeededBob)),
				querycheck.ExpectNoIdentity(all, identity(mockdirectory.SeededGuest)),
				querycheck.ExpectLength(services, 2),
				querycheck.ExpectResourceKnownValues(services, queryfilter.ByResourceIdentity(identity(mockdirectory.SeededLegacy)), []querycheck.KnownValueCheck{
					{Path: tfjsonpath.New("user_id"), KnownValue: knownvalue.StringExact(mockdirectory.SeededLegacy)},
					{Path: tfjsonpath.New("user_principal_name"), KnownValue: knownvalue.StringExact(legacy)},
					{Path: tfjsonpath.New("enabled"), KnownValue: knownvalue.Bool(true)},
				}),
			},
		},
	)
}

func TestListsExactlyTheNeverExpiringUsersThatCanBeImported(t *testing.T) {
	t.Parallel()
	d := neverExpiring(acctest.NewDirectory(t))
	s := d.Server(t)
	listed := mustList(s, t, acctest.Query{Config: acctest.Values{"include_synchronized": true}})
	expect(t, "the list", names(listed), "bob@fabrikam.com carol@contoso.com svc-backup@contoso.com svc-legacy@contoso.com")
	if users, domains := d.Calls("GET "+listUsers), d.Calls("GET "+listDomains); d.Kind() && (users != 1 || domains != 1) {
		t.Errorf("the list takes %d requests for users and %d for domains", users, domains)
	}
	isListed := map[string]bool{}
	for _, one := range listed {
		if !one.Gone() {
			t.Errorf("%s comes with a resource that nobody asked for", one.DisplayName)
		}
		isListed[one.DisplayName] = true
		imported, diagnostics := s.ImportIdentity(kind, one.Identity)
		s.Quiet(diagnostics)
		if s.Attribute(imported, "user_principal_name") != one.DisplayName {
			t.Errorf("the identity of %s leads to %v", one.DisplayName, s.Attribute(imported, "user_principal_name"))
		}
	}
	for id, user := range d.State().Users {
		imported, diagnostics := s.Import(kind, id)
		takeable := acctest.Errors(diagnostics) == "" && s.Attribute(imported, "enabled") == true
		if takeable != isListed[user.UserPrincipalName] {
			t.Errorf("%s is listed: %v, and its import says:\n%s", user.UserPrincipalName, isListed[user.UserPrincipalName], acctest.Errors(diagnostics))
		}
	}
}

func TestWhatIsGeneratedFromTheListPlansNoChange(t *testing.T) {
	t.Parallel()
	d := neverExpiring(acctest.NewDirectory(t))
	s := d.Server(t)
	listed := mustList(s, t, acctest.Query{IncludeResource: true, Config: acctest.Values{"include_synchronized": true}})
	if len(listed) != 4 {
		t.Fatalf("lists %s", names(listed))
	}
	for _, one := range listed {
		config := s.Generated(one)
		if user, _ := d.User(one.DisplayName); config["user_id"] != user.ID {
			t.Errorf("%s is configured as %v, which a rename would make another user's", one.DisplayName, config["user_id"])
		}
		s.Quiet(s.Validate(kind, config))
		imported, diagnostics := s.ImportIdentity(kind, one.Identity)
		s.Quiet(diagnostics)
		if !s.Forgotten(imported).State.Equal(one.State) {
			t.Errorf("%s is listed as %s and imported as %s", one.DisplayName, one.State, imported.State)
		}
		plan := s.Plan(imported, config)
		s.Quiet(plan.Diagnostics)
		if !plan.Empty() {
			t.Errorf("the generated configuration of %s changes something", one.DisplayName)
		}
	}
}

func TestListFiltersAddUp(t *testing.T) {
	t.Parallel()
	d := neverExpiring(acctest.NewDirectory(t))
	rename(d, backup, "SVC-Backup@Contoso.com")
	setPolicies(d, alice, new("DisablePasswordExpiration"))
	rename(d, alice, "alice@corp.contoso.com")
	s := d.Server(t)
	for _, test := range []struct {
		config acctest.Values
		want   string
	}{
		{nil, "alice@corp.contoso.com bob@fabrikam.com SVC-Backup@Contoso.com svc-legacy@contoso.com"},
		{acctest.Values{"include_synchronized": false}, "alice@corp.contoso.com bob@fabrikam.com SVC-Backup@Contoso.com svc-legacy@contoso.com"},
		{acctest.Values{"include_synchronized": true}, "alice@corp.contoso.com bob@fabrikam.com carol@contoso.com SVC-Backup@Contoso.com svc-legacy@contoso.com"},
		{acctest.Values{"domain_name": "contoso.com"}, "SVC-Backup@Contoso.com svc-legacy@contoso.com"},
		{acctest.Values{"domain_name": "contoso.com", "include_synchronized": true}, "carol@contoso.com SVC-Backup@Contoso.com svc-legacy@contoso.com"},
		{acctest.Values{"domain_name": "fabrikam.com"}, "bob@fabrikam.com"},
		{acctest.Values{"domain_name": "adfs.contoso.net"}, ""},
		{acctest.Values{"domain_name": "elsewhere.example"}, ""},
		{acctest.Values{"user_principal_name_prefix": "svc-"}, "SVC-Backup@Contoso.com svc-legacy@contoso.com"},
		{acctest.Values{"user_principal_name_prefix": "Svc-L"}, "svc-legacy@contoso.com"},
		{acctest.Values{"user_principal_name_prefix": "contoso"}, ""},
		{acctest.Values{"user_principal_name_prefix": "b", "domain_name": "contoso.com"}, ""},
	} {
		if got := names(mustList(s, t, acctest.Query{Config: test.config})); got != test.want {
			t.Errorf("%v lists %q, want %q", test.config, got, test.want)
		}
	}
}

func TestTheListFollowsPagesAndEndsAtItsLimit(t *testing.T) {
	t.Parallel()
	d := crowded(acctest.StartDirectory(t, mockdirectory.Options{Users: 1500}))
	s := d.Server(t)
	for limit, want := range map[int64]int{0: 1501, 1: 1, 100: 100, 1501: 1501, 2000: 1501} {
		d.ResetJournal()
		listed := mustList(s, t, acctest.Query{Limit: limit, IncludeResource: true})
		if len(listed) != want || listed[0].DisplayName != "svc-legacy@contoso.com" {
			t.Errorf("with the limit %d, lists %d users from %s", limit, len(listed), listed[0].DisplayName)
		}
		if pages := d.Calls("GET " + listUsers); d.Kind() && pages != 2 {
			t.Errorf("the list takes %d pages", pages)
		}
	}
}

// crowded has more users with the flag than one page holds.
func crowded(d *acctest.Directory) *acctest.Directory {
	d.Update(func(s *mockdirectory.State) {
		for id, user := range s.Users {
			if strings.HasPrefix(user.UserPrincipalName, "user") {
				user.PasswordPolicies = new("DisablePasswordExpiration")
				s.Users[id] = user
			}
		}
	})
	return d
}

func TestAnErrorOfTheListReachesTheUser(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*acctest.Directory)
		want    []string
	}{
		"forbidden": {func(d *acctest.Directory) { allow(d, "Domain.Read.All") },
			[]string{"Unable to read list of users whose password never expires", "Authorization_RequestDenied", "User.Read.All", "Request id:"}},
		"second page": {func(d *acctest.Directory) {
			d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: listUsers, After: 1, Status: http.StatusBadRequest, Code: "Directory_ExpiredPageToken", Message: "The page has expired."})
		}, []string{"Unable to read list of users whose password never expires", "Directory_ExpiredPageToken", "The page has expired."}},
		"refused filter": {func(d *acctest.Directory) {
			d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: listUsers, Status: http.StatusNotImplemented, Code: "NotImplemented", Message: "Not implemented here."})
		}, []string{"Unable to read list of users whose password never expires", "Not implemented here."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := crowded(acctest.StartKindDirectory(t, mockdirectory.Options{Users: 1500}))
			test.prepare(d)
			listed, diagnostics := d.Server(t).List(kind, acctest.Query{IncludeResource: true})
			acctest.Contains(t, acctest.Errors(diagnostics), test.want...)
			if len(listed) != 0 {
				t.Errorf("a list that failed has %d results", len(listed))
			}
		})
	}
}

func TestWithoutPermissionToReadDomainsUsersAreListedWithAWarning(t *testing.T) {
	t.Parallel()
	d := neverExpiring(acctest.NewDirectory(t))
	allow(d, "User.Read.All")
	s := d.Server(t)
	listed, diagnostics := s.List(kind, acctest.Query{IncludeResource: true})
	s.NoError(diagnostics)
	expect(t, "the list", names(listed), "bob@fabrikam.com dave@adfs.contoso.net svc-backup@contoso.com svc-legacy@contoso.com")
	acctest.Contains(t, acctest.Warnings(diagnostics), "Users of federated domains may be listed", "Authorization_RequestDenied", "Domain.Read.All")
}

func TestACancelledListIsAnError(t *testing.T) {
	t.Parallel()
	d := neverExpiring(acctest.NewDirectory(t))
	ctx, cancel := context.WithCancel(t.Context())
	s := d.Server(hurried{t, ctx})
	cancel()
	listed, diagnostics := s.List(kind, acctest.Query{})
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read list of users whose password never expires", "context canceled")
	if len(listed) != 0 {
		t.Errorf("lists %s", names(listed))
	}
}

func TestAListIsThrottledAndSucceeds(t *testing.T) {
	t.Parallel()
	d := neverExpiring(acctest.KindDirectory(t))
	for _, path := range []string{listUsers, listDomains} {
		d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: path, Status: http.StatusTooManyRequests, Times: 2, RetryAfter: "0.1"})
	}
	expect(t, "the list", names(mustList(d.Server(t), t, acctest.Query{})), "bob@fabrikam.com svc-backup@contoso.com svc-legacy@contoso.com")
}

func TestATenantWithoutSuchUsersHasNothingToList(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	setPolicies(d, legacy, nil)
	if listed := mustList(d.Server(t), t, acctest.Query{IncludeResource: true}); len(listed) != 0 {
		t.Errorf("lists %s", names(listed))
	}
	if calls := d.Calls("GET " + listDomains); calls != 0 {
		t.Errorf("the domains of nobody were read by %d requests", calls)
	}
}

func TestValidatingAListMakesNoRequest(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	for _, s := range []*acctest.Server{acctest.Unconfigured(t), d.Server(t)} {
		for _, config := range []acctest.Values{
			nil,
			{"domain_name": "contoso.com", "user_principal_name_prefix": "svc-", "include_synchronized": true},
			{"domain_name": acctest.Unknown, "user_principal_name_prefix": acctest.Unknown, "include_synchronized": acctest.Unknown},
		} {
			s.Quiet(s.ValidateList(kind, config))
		}
		for _, name := range []string{"", "contoso", "Contoso.com", "contoso..com", "@contoso.com", "https://contoso.com", "contoso.com/"} {
			acctest.Contains(t, acctest.Errors(s.ValidateList(kind, acctest.Values{"domain_name": name})), "[domain_name]", "domain name in lower case")
		}
		acctest.Contains(t, acctest.Errors(s.ValidateList(kind, acctest.Values{"user_principal_name_prefix": ""})), "user_principal_name_prefix", "at least 1")
	}
	if requests := d.Journal().Requests; len(requests) > 0 {
		t.Errorf("validation made %d requests", len(requests))
	}
}
