package examples_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const (
	never = 2147483647

	patchUser   = "PATCH /v1.0/users/{id}"
	patchDomain = "PATCH /v1.0/domains/{id}"
)

// managedDomain and managedUser are one resource each, in the words of the
// configuration.
type managedDomain struct {
	Name   string `json:"name"`
	Period *int32 `json:"period"`
	Window *int32 `json:"window"`
}

type managedUser struct {
	ID      string `json:"id"`
	Enabled bool   `json:"enabled"`
}

// tenant is a directory with everything that an old tenant collects, and what
// of it Terraform is going to manage.
type tenant struct {
	state   mockdirectory.State
	domains []managedDomain
	users   []managedUser
}

// bigTenant makes 120 domains and 400 users of every kind.
func bigTenant(t *testing.T) *tenant {
	t.Helper()
	made := &tenant{state: acctest.NewDirectory(t).State()}
	made.state.Domains = map[string]mockdirectory.Domain{}
	made.state.Groups = map[string]mockdirectory.Group{}
	maps.DeleteFunc(made.state.Users, func(id string, _ mockdirectory.User) bool { return id != mockdirectory.SeededAdmin })
	for i := range 24 {
		made.addDomains(i)
	}
	for i := range 400 {
		made.addUser(i)
	}
	admin := made.state.Users[mockdirectory.SeededAdmin]
	admin.UserPrincipalName = "admin@root00.example"
	made.state.Users[admin.ID] = admin
	return made
}

// addDomains adds a root domain with a setting, which is managed, and one of
// each kind that is not.
func (m *tenant) addDomains(i int) {
	periods := []int32{90, 14, 30, 730, never, 180, 7, 1000}
	windows := []int32{14, 1, 30, 5, 45}
	add := func(name string, change func(*mockdirectory.Domain)) {
		domain := mockdirectory.Domain{
			ID: name, AuthenticationType: "Managed", IsAdminManaged: i%5 != 0, IsRoot: true, IsVerified: true,
			SupportedServices: []string{"Email", "Intune"}[:i%3],
		}
		change(&domain)
		m.state.Domains[name] = domain
	}
	root := fmt.Sprintf("root%02d.example", i)
	add(root, func(domain *mockdirectory.Domain) {
		domain.PasswordValidityPeriodInDays = new(periods[i%len(periods)])
		domain.PasswordNotificationWindowInDays = new(windows[i%len(windows)])
		domain.IsDefault, domain.IsInitial = i == 1, i == 2
	})
	add("unset-"+root, func(*mockdirectory.Domain) {})
	add("federated-"+root, func(domain *mockdirectory.Domain) { domain.AuthenticationType = "Federated" })
	add("pending-"+root, func(domain *mockdirectory.Domain) { domain.IsVerified = false })
	add("mail."+root, func(domain *mockdirectory.Domain) { domain.IsRoot = false })

	policies := []managedDomain{{Period: new(int32(90)), Window: new(int32(14))}, {}, {Period: new(int32(180)), Window: new(int32(30))}}
	policy := policies[i%len(policies)]
	policy.Name = root
	m.domains = append(m.domains, policy)
}

// flags are spellings of passwordPolicies; nil is null.
var flags = []*string{
	nil, new("None"), new("DisableStrongPassword"), new("DisablePasswordExpiration"),
	new("DisablePasswordExpiration, DisableStrongPassword"), new("disablestrongpassword"),
}

// addUser adds a user of the next kind, and manages cloud and synchronised
// members, whether enabled or not.
func (m *tenant) addUser(i int) {
	user := mockdirectory.User{
		ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1), DisplayName: fmt.Sprintf("User %d", i), UserType: "Member",
		UserPrincipalName: fmt.Sprintf("user%03d@root%02d.example", i, i%24), AccountEnabled: i%7 != 0,
		PasswordPolicies: flags[i%len(flags)], CreatedDateTime: m.state.Tenant.CreatedDateTime,
	}
	managed := true
	switch i % 11 {
	case 3:
		user.UserPrincipalName = fmt.Sprintf("o'user+%03d@mail.root%02d.example", i, i%24)
	case 4:
		user.OnPremisesSyncEnabled, user.OnPremisesImmutableID = new(true), new("aW1tdXRhYmxl")
	case 5:
		user.UserType = ""
	case 6:
		user.Roles = []string{"Global Administrator"}
	case 7:
		managed = false
	case 8:
		user.UserType, user.UserPrincipalName = "Guest", fmt.Sprintf("guest%03d_example.org#EXT#@root02.example", i)
		managed = false
	case 9:
		user.UserPrincipalName = fmt.Sprintf("user%03d@federated-root%02d.example", i, i%24)
		managed = false
	}
	m.state.Users[user.ID] = user
	if managed {
		m.users = append(m.users, managedUser{ID: user.ID, Enabled: i%4 != 0})
	}
}

// writes counts the writes that bring a directory to what is wanted.
func (m *tenant) writes(state mockdirectory.State) (users, domains int) {
	for _, wanted := range m.users {
		if exempt(state.Users[wanted.ID]) != wanted.Enabled {
			users++
		}
	}
	for _, wanted := range m.domains {
		if !wanted.isIn(state.Domains[wanted.Name]) {
			domains++
		}
	}
	return users, domains
}

func exempt(user mockdirectory.User) bool {
	return user.PasswordPolicies != nil && strings.Contains(*user.PasswordPolicies, "DisablePasswordExpiration")
}

// isIn reports whether a domain is as wanted; no period is "never".
func (m managedDomain) isIn(domain mockdirectory.Domain) bool {
	period, window := int32(never), int32(14)
	if m.Period != nil {
		period, window = *m.Period, *m.Window
	}
	return domain.PasswordValidityPeriodInDays != nil && *domain.PasswordValidityPeriodInDays == period &&
		domain.PasswordNotificationWindowInDays != nil && *domain.PasswordNotificationWindowInDays == window
}

const bigConfiguration = `
locals {
  domains = jsondecode(file("domains.json"))
  users   = jsondecode(file("users.json"))
}

data "entraid_domains" "manageable" {
  managed_only  = true
  verified_only = true
  root_only     = true
}

resource "entraid_password_expiration_policy" "all" {
  for_each = { for domain in local.domains : domain.name => domain }

  domain_name                 = each.key
  validity_period_in_days     = each.value.period
  never_expires               = each.value.period == null
  notification_window_in_days = each.value.window
}

resource "entraid_user_password_never_expires" "all" {
  count = length(local.users)

  user_id = local.users[count.index].id
  enabled = local.users[count.index].enabled
}

output "manageable" {
  value = length(data.entraid_domains.manageable.domains)
}
`

func asJSON(t *testing.T, value any) string {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestABigTenantEndsAsItBegan(t *testing.T) {
	t.Parallel()
	made := bigTenant(t)
	d := acctest.StartDirectory(t, mockdirectory.Options{Fixture: []byte(asJSON(t, made.state))})
	before := d.State()
	w := d.Workspace(t)
	w.Write("main.tf", d.Provider()+bigConfiguration)
	w.Write("domains.json", asJSON(t, made.domains))
	w.Write("users.json", asJSON(t, made.users))
	if managed := len(made.domains) + len(made.users); managed < 300 {
		t.Fatalf("only %d of the objects are managed", managed)
	}

	expectWrites := func(what string, users, domains int) {
		t.Helper()
		if u, n := d.Calls(patchUser), d.Calls(patchDomain); u != users || n != domains {
			t.Errorf("%s: %d users and %d domains were written, want %d and %d", what, u, n, users, domains)
		}
		for _, request := range d.Journal().Requests {
			if d.Kind() && request.Status >= http.StatusBadRequest {
				t.Errorf("%s: %s %s was answered with %d", what, request.Method, request.Path, request.Status)
			}
		}
		d.ResetJournal()
	}

	users, domains := made.writes(before)
	w.Apply()
	expectWrites("the first apply", users, domains)
	w.NoChanges()
	expectWrites("the second plan", 0, 0)
	if got := strings.TrimSpace(w.Must("output", "manageable").Stdout); got != "48" {
		t.Errorf("%s domains can be managed, want those that are set and those that are unset, 48", got)
	}

	made.drift(d)
	users, domains = made.writes(d.State())
	if _, changes := w.Plan(); !changes || users == 0 || domains == 0 {
		t.Errorf("the drift of %d users and %d domains does not show", users, domains)
	}
	expectWrites("the plan that shows the drift", 0, 0)
	w.Apply()
	expectWrites("the apply that repairs the drift", users, domains)

	users = made.differing(before, d.State())
	w.Destroy()
	_, domains = made.writes(before)
	expectWrites("destroy", users, domains)
	made.compare(t, before, d.State())
}

// differing counts the managed users whose flags are not to the letter what
// they were.
func (m *tenant) differing(before, now mockdirectory.State) int {
	count := 0
	for _, managed := range m.users {
		if !reflect.DeepEqual(before.Users[managed.ID].PasswordPolicies, now.Users[managed.ID].PasswordPolicies) {
			count++
		}
	}
	return count
}

// drift is another administrator, who changes every third of the managed users
// and every fourth of the managed domains.
func (m *tenant) drift(d *acctest.Directory) {
	d.Update(func(s *mockdirectory.State) {
		for i, managed := range m.users {
			if i%3 == 0 {
				user := s.Users[managed.ID]
				user.PasswordPolicies = withoutExpiration(user.PasswordPolicies)
				if !managed.Enabled {
					user.PasswordPolicies = new("DisablePasswordExpiration, " + *user.PasswordPolicies)
				}
				s.Users[managed.ID] = user
			}
		}
		for i, managed := range m.domains {
			if i%4 == 0 {
				domain := s.Domains[managed.Name]
				domain.PasswordValidityPeriodInDays, domain.PasswordNotificationWindowInDays = new(int32(60+i)), nil
				s.Domains[managed.Name] = domain
			}
		}
	})
}

// withoutExpiration keeps the other flags, in their spelling.
func withoutExpiration(policies *string) *string {
	others := []string{}
	for flag := range strings.SplitSeq(text(policies), ", ") {
		if flag != "DisablePasswordExpiration" && flag != "None" && flag != "" {
			others = append(others, flag)
		}
	}
	if len(others) == 0 {
		others = []string{"None"}
	}
	return new(strings.Join(others, ", "))
}

func text(policies *string) string {
	if policies == nil {
		return "None"
	}
	return *policies
}

// compare fails the test on every difference between two states of the tenant.
func (m *tenant) compare(t *testing.T, before, after mockdirectory.State) {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(before.Users)) {
		if !reflect.DeepEqual(before.Users[id], after.Users[id]) {
			t.Errorf("user %s was %s and is %s", id, asJSON(t, before.Users[id]), asJSON(t, after.Users[id]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before.Domains)) {
		if !reflect.DeepEqual(before.Domains[name], after.Domains[name]) {
			t.Errorf("domain %s was %s and is %s", name, asJSON(t, before.Domains[name]), asJSON(t, after.Domains[name]))
		}
	}
	if asJSON(t, before) != asJSON(t, after) {
		t.Error("the tenant does not end as it began, byte for byte")
	}
}
