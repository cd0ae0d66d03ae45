package mockdirectory

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// wantError checks status, code and envelope of one of Graph's errors.
func wantError(t *testing.T, g got, status int, code, message string) {
	t.Helper()
	e, _ := g.json["error"].(map[string]any)
	text, _ := e["message"].(string)
	if g.status != status || e["code"] != code || !strings.Contains(text, message) {
		t.Errorf("got %d %s\nwant %d %s %q", g.status, g.raw, status, code, message)
	}
	inner, _ := e["innerError"].(map[string]any)
	if inner["request-id"] != g.header.Get("request-id") || inner["client-request-id"] != g.header.Get("client-request-id") || inner["date"] == nil {
		t.Errorf("inner error %v, headers %v", inner, g.header)
	}
}

// names lists the values of a member of the answer's collection.
func (g got) names(member string) []string {
	var out []string
	items, _ := g.json["value"].([]any)
	for _, item := range items {
		object, _ := item.(map[string]any)
		text, _ := object[member].(string)
		out = append(out, text)
	}
	return out
}

func TestEveryAnswerHasGraphsHeaders(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for _, path := range []string{"/v1.0/users", "/v1.0/domains/contoso.com", "/v1.0/users/nobody"} {
		g := b.graph("GET", path, "", "client-request-id", "11111111-2222-3333-4444-555555555555")
		if g.header.Get("client-request-id") != "11111111-2222-3333-4444-555555555555" {
			t.Errorf("%s: client-request-id %q", path, g.header.Get("client-request-id"))
		}
		for _, name := range []string{"request-id", "x-ms-ags-diagnostic", "Strict-Transport-Security", "Cache-Control", "OData-Version", "x-ms-resource-unit"} {
			if g.header.Get(name) == "" {
				t.Errorf("%s: no %s", path, name)
			}
		}
		if g.header.Get("Content-Type") != graphJSON {
			t.Errorf("%s: content type %q", path, g.header.Get("Content-Type"))
		}
	}
	for path, cost := range map[string]string{"/v1.0/users": "2", "/v1.0/users?$select=id": "1", "/v1.0/users?$top=5": "1", "/v1.0/domains": "1"} {
		if g := b.graph("GET", path, ""); g.header.Get("x-ms-resource-unit") != cost {
			t.Errorf("%s costs %s, want %s", path, g.header.Get("x-ms-resource-unit"), cost)
		}
	}
}

func TestTokensAreChecked(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := start(t, Options{Now: func() time.Time { return now }})
	portal := b.userToken("admin@contoso.com", portalResource)
	parts := strings.Split(b.app, ".")
	for name, test := range map[string]struct{ token, message string }{
		"missing":        {"", "Access token is empty."},
		"not a token":    {"x", "80049228"},
		"tampered":       {parts[0] + "." + parts[1] + "x." + parts[2], "80049228"},
		"for the portal": {portal, "Invalid audience"},
	} {
		g := b.graphAs(test.token, "GET", "/v1.0/users", "")
		t.Log(name)
		wantError(t, g, 401, "InvalidAuthenticationToken", test.message)
		if !strings.HasPrefix(g.header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("WWW-Authenticate %q", g.header.Get("WWW-Authenticate"))
		}
	}
	now = now.Add(2 * time.Hour)
	wantError(t, b.graph("GET", "/v1.0/users", ""), 401, "InvalidAuthenticationToken", "the token is expired")
}

func TestPermissionsDecide(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	readOnly := b.signIn(url.Values{
		"client_id": {SeededReadOnlyClientID}, "client_secret": {b.State().SignIn.Applications[SeededReadOnlyClientID].ClientSecret},
	})
	writes := map[string]string{
		"/v1.0/users/alice@contoso.com":              `{"passwordPolicies":"None"}`,
		"/v1.0/domains/contoso.com":                  `{"passwordValidityPeriodInDays":90}`,
		"/v1.0/policies/authorizationPolicy":         `{"allowedToUseSSPR":false}`,
		"/v1.0/policies/authenticationMethodsPolicy": `{"reconfirmationInDays":1}`,
	}
	reads := []string{
		"/v1.0/users", "/v1.0/domains", "/v1.0/organization", "/v1.0/policies/authorizationPolicy", "/v1.0/groups/" + SeededGroup,
		"/v1.0/groups/" + SeededGroup + "/members", "/v1.0/policies/authenticationMethodsPolicy", "/v1.0/domains/corp.contoso.com/rootDomain",
	}
	for path, body := range writes {
		wantError(t, b.graphAs(readOnly, "PATCH", path, body), 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	}
	for _, path := range reads {
		b.want(b.graphAs(readOnly, "GET", path, ""), http.StatusOK)
	}
	b.Update(func(s *State) {
		app := s.SignIn.Applications[SeededReadOnlyClientID]
		app.Permissions = nil
		s.SignIn.Applications[SeededReadOnlyClientID] = app
	})
	nothing := b.signIn(url.Values{
		"client_id": {SeededReadOnlyClientID}, "client_secret": {b.State().SignIn.Applications[SeededReadOnlyClientID].ClientSecret},
	})
	for _, path := range reads {
		b.want(b.graphAs(nothing, "GET", path, ""), http.StatusForbidden)
	}
	b.want(b.graphAs(nothing, "POST", "/v1.0/directoryObjects/getByIds", `{"ids":[]}`), http.StatusForbidden)
}

func TestUsersNeedADirectoryRoleToWrite(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	reader, admin := b.userToken("reader@contoso.com", b.base), b.userToken("admin@contoso.com", b.base)
	body := `{"passwordPolicies":"None"}`
	b.want(b.graphAs(reader, "GET", "/v1.0/users/alice@contoso.com", ""), http.StatusOK)
	b.want(b.graphAs(reader, "PATCH", "/v1.0/users/alice@contoso.com", body), http.StatusForbidden)
	b.want(b.graphAs(admin, "PATCH", "/v1.0/users/alice@contoso.com", body), http.StatusNoContent)
}

func TestBasicReadersSeeOnlyTheBasicProfile(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.Update(func(s *State) {
		app := s.SignIn.Applications[SeededClientID]
		app.Permissions = []string{"User.ReadBasic.All"}
		s.SignIn.Applications[SeededClientID] = app
	})
	token := b.signIn(url.Values{"client_id": {SeededClientID}, "client_secret": {b.Connection().ClientSecret}})
	g := b.want(b.graphAs(token, "GET", "/v1.0/users/alice@contoso.com", ""), http.StatusOK)
	if _, ok := g.json["jobTitle"]; ok || g.json["displayName"] != "Alice Adams" {
		t.Errorf("answer %s", g.raw)
	}
	b.want(b.graphAs(token, "GET", "/v1.0/users/alice@contoso.com?$select=passwordPolicies", ""), http.StatusForbidden)
	b.want(b.graphAs(token, "GET", "/v1.0/users?$filter="+url.QueryEscape("userType eq 'Guest'"), ""), http.StatusForbidden)
}

func TestUserHasOnlyDefaultMembersUnlessSelected(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	g := b.want(b.graph("GET", "/v1.0/users/"+SeededLegacy, ""), http.StatusOK)
	got := slices.Sorted(func(yield func(string) bool) {
		for name := range g.json {
			if !yield(name) {
				return
			}
		}
	})
	want := []string{
		"@odata.context", "businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone",
		"officeLocation", "preferredLanguage", "surname", "userPrincipalName",
	}
	if !slices.Equal(got, want) {
		t.Errorf("members %v", got)
	}
	g = b.want(b.graph("GET", "/v1.0/users/"+SeededLegacy+"?%24select=userType,passwordPolicies,onPremisesSyncEnabled", ""), http.StatusOK)
	if g.json["passwordPolicies"] != "DisablePasswordExpiration, DisableStrongPassword" || g.json["userType"] != "Member" || len(g.json) != 4 {
		t.Errorf("answer %s", g.raw)
	}
	if context := g.json["@odata.context"]; context != b.base+"/v1.0/$metadata#users(userType,passwordPolicies,onPremisesSyncEnabled)/$entity" {
		t.Errorf("context %v", context)
	}
	wantError(t, b.graph("GET", "/v1.0/users/"+SeededLegacy+"?$select=roles", ""), 400, "BadRequest", "'roles'")
}

func TestUsersAreFoundByEveryName(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.Update(func(s *State) {
		zoe := s.Users[SeededAlice]
		zoe.ID, zoe.UserPrincipalName = "20e00000-0000-4000-8000-000000000001", "zoë@contoso.com"
		s.Users[zoe.ID] = zoe
		cash := zoe
		cash.ID, cash.UserPrincipalName = "ca500000-0000-4000-8000-000000000001", "$count@contoso.com"
		s.Users[cash.ID] = cash
	})
	for name, id := range map[string]string{
		SeededAlice: SeededAlice, strings.ToUpper(SeededAlice): SeededAlice, "ALICE@contoso.com": SeededAlice, "alice%40contoso.com": SeededAlice,
		"gina_example.org%23EXT%23@contoso.onmicrosoft.com": SeededGuest,
		"o'neil@contoso.com":   SeededApostrophe,
		"o%27neil@contoso.com": SeededApostrophe,
		"zo%C3%AB@contoso.com": "20e00000-0000-4000-8000-000000000001",
		"%24count@contoso.com": "ca500000-0000-4000-8000-000000000001",
	} {
		if g := b.graph("GET", "/v1.0/users/"+name+"?$select=id", ""); g.json["id"] != id {
			t.Errorf("%s: %s", name, g.raw)
		}
	}
	for _, path := range []string{"/v1.0/users('o''neil@contoso.com')", "/v1.0/users(%27o%27%27neil@contoso.com%27)"} {
		if g := b.graph("GET", path, ""); g.json["id"] != SeededApostrophe {
			t.Errorf("%s: %s", path, g.raw)
		}
	}
	if g := b.graph("GET", "/v1.0/users('$count@contoso.com')", ""); g.json["id"] == nil {
		t.Errorf("quoted name: %s", g.raw)
	}
	wantError(t, b.graph("GET", "/v1.0/users('$count')", ""), 404, "Request_ResourceNotFound", "Resource '$count' does not exist")
}

func TestUserUpdatesAreStrict(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for body, message := range map[string]string{
		``:                                    "Empty Payload",
		`{`:                                   "valid JSON",
		`[]`:                                  "valid JSON",
		`null`:                                "valid JSON",
		`{}`:                                  "names no property",
		`{"passwordPolicy":"None"}`:           "'passwordPolicy'",
		`{"roles":[]}`:                        "'roles'",
		`{"id":"x"}`:                          "read-only",
		`{"onPremisesSyncEnabled":false}`:     "read-only",
		`{"accountEnabled":"yes"}`:            "'accountEnabled'",
		`{"accountEnabled":null}`:             "'accountEnabled'",
		`{"passwordPolicies":["None"]}`:       "'passwordPolicies'",
		`{"passwordPolicies":"Everything"}`:   "'passwordPolicies'",
		`{"passwordPolicies":""}`:             "'passwordPolicies'",
		`{"userPrincipalName":"a@x.example"}`: "'userPrincipalName'",
		`{"userPrincipalName":"a@pending.example"}`: "'userPrincipalName'",
		`{"userPrincipalName":"BOB@fabrikam.com"}`:  "already exists",
	} {
		t.Log(body)
		wantError(t, b.graph("PATCH", "/v1.0/users/alice@contoso.com", body, "Content-Type", "application/json"), 400, "Request_BadRequest", message)
	}
	wantError(t, b.graph("PATCH", "/v1.0/users/alice@contoso.com", `{"passwordPolicies":"None"}`, "Content-Type", "text/plain"), 400, "Request_BadRequest", "Content-Type")
	wantError(t, b.graph("PATCH", "/v1.0/users/nobody@contoso.com", `{"passwordPolicies":"None"}`), 404, "Request_ResourceNotFound", "'nobody@contoso.com'")
	wantError(t, b.graph("PUT", "/v1.0/users/alice@contoso.com", `{}`), 405, "Request_BadRequest", "Specified HTTP method is not allowed")
	wantError(t, b.graph("GET", "/v1.0/policies/selfServicePasswordResetPolicy", ""), 400, "BadRequest", "'selfServicePasswordResetPolicy'")
	if alice, _ := b.User("alice@contoso.com"); alice.PasswordPolicies != nil || alice.UserPrincipalName != "alice@contoso.com" {
		t.Errorf("a refused update changed the user: %+v", alice)
	}
}

func TestPasswordPoliciesFollowTheKindOfUser(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	body := `{"passwordPolicies":"disablestrongpassword,DisablePasswordExpiration"}`
	for _, name := range []string{"alice@contoso.com", "carol@contoso.com", "admin@contoso.com", SeededGuest} {
		b.want(b.graph("PATCH", "/v1.0/users/"+name, body), http.StatusNoContent)
	}
	if alice, _ := b.User(SeededAlice); *alice.PasswordPolicies != "disablestrongpassword,DisablePasswordExpiration" {
		t.Errorf("stored %q, want as sent", *alice.PasswordPolicies)
	}
	wantError(t, b.graph("PATCH", "/v1.0/users/dave@adfs.contoso.net", body), 400, "Request_BadRequest", "invalid values")
	b.Update(func(s *State) {
		s.Tenant.RefuseSyncedPasswordPolicies, s.Tenant.CanonicalPasswordPolicies = true, true
		bob := s.Users[SeededBob]
		bob.IsManagementRestricted = new(true)
		s.Users[SeededBob] = bob
	})
	wantError(t, b.graph("PATCH", "/v1.0/users/carol@contoso.com", body), 400, "Request_BadRequest", "on-premises mastered Directory Sync objects")
	wantError(t, b.graph("PATCH", "/v1.0/users/bob@fabrikam.com", body), 403, "Authorization_RequestDenied", "")
	b.want(b.graph("PATCH", "/v1.0/users/alice@contoso.com", body), http.StatusNoContent)
	if alice, _ := b.User(SeededAlice); *alice.PasswordPolicies != "DisablePasswordExpiration, DisableStrongPassword" {
		t.Errorf("stored %q, want canonical", *alice.PasswordPolicies)
	}
	b.want(b.graph("PATCH", "/v1.0/users/alice@contoso.com", `{"passwordPolicies":null}`), http.StatusNoContent)
	if alice, _ := b.User(SeededAlice); alice.PasswordPolicies != nil {
		t.Errorf("stored %q, want null", *alice.PasswordPolicies)
	}
}

func TestRenamedUserIsFoundByTheNewNameOnly(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.want(b.graph("PATCH", "/v1.0/users/alice@contoso.com", `{"userPrincipalName":"Alicia@contoso.com","passwordProfile":{"password":"s3cret!"}}`), http.StatusNoContent)
	b.want(b.graph("GET", "/v1.0/users/alicia@contoso.com", ""), http.StatusOK)
	b.want(b.graph("GET", "/v1.0/users/alice@contoso.com", ""), http.StatusNotFound)
	if strings.Contains(string(marshal(b.Journal())), "s3cret!") || strings.Contains(string(marshal(b.State())), "s3cret!") {
		t.Error("the password is kept")
	}
	wantError(t, b.graph("GET", "/v1.0/users/alicia@contoso.com/manager", ""), 404, "Request_ResourceNotFound", "'manager'")
}

func TestDomainsShowWhatTheyAre(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Domains: 2})
	g := b.want(b.graph("GET", "/v1.0/domains", ""), http.StatusOK)
	want := []string{
		"adfs.contoso.net", "contoso.com", "contoso.onmicrosoft.com", "corp.contoso.com",
		"domain0001.example", "domain0002.example", "fabrikam.com", "pending.example",
	}
	if !slices.Equal(g.names("id"), want) {
		t.Errorf("domains %v", g.names("id"))
	}
	for name, flags := range map[string][3]any{ // isRoot, isVerified, period
		"contoso.com": {true, true, nil}, "corp.contoso.com": {false, true, nil}, "adfs.contoso.net": {true, true, nil},
		"pending.example": {true, false, nil}, "fabrikam.com": {true, true, json.Number("90")},
	} {
		g := b.want(b.graph("GET", "/v1.0/domains/"+strings.ToUpper(name), ""), http.StatusOK)
		period, shown := g.json["passwordValidityPeriodInDays"]
		if got := [3]any{g.json["isRoot"], g.json["isVerified"], period}; got != flags || !shown {
			t.Errorf("%s: %v", name, got)
		}
	}
	if g := b.want(b.graph("GET", "/v1.0/domains/corp.contoso.com/rootDomain", ""), http.StatusOK); g.json["id"] != "contoso.com" {
		t.Errorf("root %s", g.raw)
	}
	wantError(t, b.graph("GET", "/v1.0/domains/contoso.com/rootDomain", ""), 404, "Request_ResourceNotFound", "'rootDomain'")
	g = b.want(b.graph("GET", "/v1.0/domains/corp.contoso.com?$expand=rootDomain&$select=id", ""), http.StatusOK)
	if root, _ := g.json["rootDomain"].(map[string]any); root["id"] != "contoso.com" {
		t.Errorf("expanded %s", g.raw)
	}
	wantError(t, b.graph("GET", "/v1.0/domains?$filter=isRoot+eq+true", ""), 400, "Request_UnsupportedQuery", "$filter")
	wantError(t, b.graph("GET", "/v1.0/domains/nowhere.example", ""), 404, "Request_ResourceNotFound", "'nowhere.example'")
	b.Update(func(s *State) { s.Tenant.OmitFederatedPasswordMembers = true })
	g = b.want(b.graph("GET", "/v1.0/domains/adfs.contoso.net", ""), http.StatusOK)
	if _, shown := g.json["passwordValidityPeriodInDays"]; shown || g.json["id"] != "adfs.contoso.net" {
		t.Errorf("federated %s", g.raw)
	}
}

func TestDomainUpdatesAreRefusedWhereTheyHaveNoEffect(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	body := `{"passwordValidityPeriodInDays":90,"passwordNotificationWindowInDays":14}`
	for _, name := range []string{"corp.contoso.com", "adfs.contoso.net", "pending.example"} {
		wantError(t, b.graph("PATCH", "/v1.0/domains/"+name, body), 400, "Request_BadRequest", "Domain operation is not allowed.")
	}
	for _, body := range []string{
		`{"passwordValidityPeriodInDays":"90"}`, `{"passwordValidityPeriodInDays":90.5}`, `{"passwordValidityPeriodInDays":2147483648}`,
		`{"passwordValidityPeriodInDays":0}`, `{"isVerified":true}`, `{"id":"x"}`, `{"passwordExpires":true}`,
		`{"authenticationType":"Magic"}`, `{"isDefault":false}`,
	} {
		wantError(t, b.graph("PATCH", "/v1.0/domains/contoso.com", body), 400, "Request_BadRequest", "")
	}
	wantError(t, b.graph("PATCH", "/v1.0/domains/nowhere.example", body), 404, "Request_ResourceNotFound", "'nowhere.example'")
	b.want(b.graph("PATCH", "/v1.0/domains/contoso.com", `{"passwordValidityPeriodInDays":13,"passwordNotificationWindowInDays":31}`), http.StatusNoContent)
	b.Update(func(s *State) { s.Tenant.StrictPasswordDays = true })
	for _, body := range []string{`{"passwordValidityPeriodInDays":13}`, `{"passwordValidityPeriodInDays":731}`, `{"passwordNotificationWindowInDays":31}`} {
		b.want(b.graph("PATCH", "/v1.0/domains/fabrikam.com", body), http.StatusBadRequest)
	}
	b.want(b.graph("PATCH", "/v1.0/domains/fabrikam.com", `{"passwordValidityPeriodInDays":2147483647,"isDefault":true}`), http.StatusNoContent)
	fabrikam, _ := b.Domain("Fabrikam.com")
	contoso, _ := b.Domain("contoso.com")
	if *fabrikam.PasswordValidityPeriodInDays != neverExpires || *fabrikam.PasswordNotificationWindowInDays != 14 || !fabrikam.IsDefault || contoso.IsDefault {
		t.Errorf("fabrikam %+v, contoso default %v", fabrikam, contoso.IsDefault)
	}
}

func TestPoliciesCanBeReadAndWritten(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	path := "/v1.0/policies/authorizationPolicy"
	if g := b.want(b.graph("GET", path, ""), http.StatusOK); g.json["allowedToUseSSPR"] != true || g.json["id"] != "authorizationPolicy" {
		t.Errorf("policy %s", g.raw)
	}
	b.want(b.graph("PATCH", path, `{"@odata.type":"#microsoft.graph.authorizationPolicy","allowedToUseSSPR":false,`+
		`"defaultUserRolePermissions":{"@odata.type":"#microsoft.graph.defaultUserRolePermissions","allowedToCreateApps":false}}`), http.StatusNoContent)
	after := b.State().AuthorizationPolicy
	if after.AllowedToUseSSPR || after.DefaultUserRolePermissions.AllowedToCreateApps || !after.DefaultUserRolePermissions.AllowedToReadOtherUsers {
		t.Errorf("policy %+v", after)
	}
	for _, body := range []string{`{"allowedToUseSSPR":null}`, `{"allowInvitesFrom":"nobody"}`, `{"AllowedToUseSSPR":true}`, `{"defaultUserRolePermissions":{"x":1}}`} {
		b.want(b.graph("PATCH", path, body), http.StatusBadRequest)
	}
	g := b.want(b.graph("GET", "/beta/policies/authorizationPolicy", ""), http.StatusOK)
	if ids := g.names("id"); !slices.Equal(ids, []string{"authorizationPolicy"}) {
		t.Errorf("beta %s", g.raw)
	}
	b.want(b.graph("PATCH", "/beta/policies/authorizationPolicy/authorizationPolicy", `{"allowedToUseSSPR":true}`), http.StatusNoContent)
	b.want(b.graph("GET", "/beta/policies/authorizationPolicy/other", ""), http.StatusNotFound)
	if !b.State().AuthorizationPolicy.AllowedToUseSSPR {
		t.Error("beta's update is lost")
	}

	path = "/v1.0/policies/authenticationMethodsPolicy"
	if g := b.want(b.graph("GET", path+"?$select=policyMigrationState", ""), http.StatusOK); g.json["policyMigrationState"] != "preMigration" {
		t.Errorf("policy %s", g.raw)
	}
	wantError(t, b.graph("PATCH", path, `{"policyMigrationState":"migrationComplete"}`), 403, "Authorization_RequestDenied", "")
	b.Update(func(s *State) {
		s.SignIn.DelegatedPermissions = append(s.SignIn.DelegatedPermissions, "Policy.ReadWrite.AuthenticationMethod")
	})
	admin := b.userToken("admin@contoso.com", b.base)
	g = b.want(b.graphAs(admin, "PATCH", path, `{"policyMigrationState":"migrationComplete"}`), http.StatusOK)
	if g.json["policyMigrationState"] != "migrationComplete" {
		t.Errorf("answer %s", g.raw)
	}
	b.want(b.graphAs(admin, "PATCH", path, `{"policyMigrationState":"later"}`), http.StatusBadRequest)
}

func TestGroupsAndTheOrganization(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	outer := "0c000000-0000-4000-8000-000000000001"
	b.Update(func(s *State) {
		s.Groups[outer] = Group{DisplayName: "Outer", Members: []string{SeededGroup, SeededCarol, newID()}}
	})
	g := b.want(b.graph("GET", "/v1.0/groups/"+SeededGroup+"?$select=id,displayName", ""), http.StatusOK)
	if g.json["displayName"] != "SSPR pilot" || len(g.json) != 3 {
		t.Errorf("group %s", g.raw)
	}
	g = b.want(b.graph("GET", "/v1.0/groups/"+outer+"/members", ""), http.StatusOK)
	if !slices.Equal(g.names("@odata.type"), []string{"#microsoft.graph.group", "#microsoft.graph.user"}) {
		t.Errorf("members %s", g.raw)
	}
	g = b.want(b.graph("GET", "/v1.0/groups/"+outer+"/transitiveMembers?$select=id,userPrincipalName", ""), http.StatusOK)
	if !slices.Equal(g.names("userPrincipalName"), []string{"", "alice@contoso.com", "bob@fabrikam.com", "carol@contoso.com"}) {
		t.Errorf("transitive members %s", g.raw)
	}
	b.want(b.graph("GET", "/v1.0/groups/"+newID(), ""), http.StatusNotFound)
	b.want(b.graph("GET", "/v1.0/groups/"+newID()+"/members", ""), http.StatusNotFound)
	g = b.want(b.graph("GET", "/v1.0/organization", ""), http.StatusOK)
	if !slices.Equal(g.names("id"), []string{SeededTenantID}) || strings.Contains(g.raw, "pending.example") || !strings.Contains(g.raw, "adfs.contoso.net") {
		t.Errorf("organization %s", g.raw)
	}
}

func TestGetByIDs(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	path := "/v1.0/directoryObjects/getByIds"
	ids := `{"ids":["` + SeededScanner + `","` + newID() + `","` + SeededGroup + `","` + SeededAlice + `","` + SeededAlice + `"]`
	g := b.want(b.graph("POST", path+"?$select=id,passwordPolicies", ids+`,"types":["USER"]}`), http.StatusOK)
	if !slices.Equal(g.names("id"), []string{SeededScanner, SeededAlice}) || !slices.Equal(g.names("passwordPolicies"), []string{"DisableStrongPassword", ""}) {
		t.Errorf("answer %s", g.raw)
	}
	if g.header.Get("x-ms-resource-unit") != "2" {
		t.Errorf("cost %s", g.header.Get("x-ms-resource-unit"))
	}
	g = b.want(b.graph("POST", path, ids+`}`), http.StatusOK)
	if !slices.Equal(g.names("@odata.type"), []string{"#microsoft.graph.user", "#microsoft.graph.group", "#microsoft.graph.user"}) || strings.Contains(g.raw, "passwordPolicies") {
		t.Errorf("answer %s", g.raw)
	}
	many := `{"ids":["` + strings.Repeat(SeededAlice+`","`, 1000) + SeededBob + `"]}`
	for _, body := range []string{many, `{"ids":["x"]}`, `{"ids":"x"}`, `{}`, `{"ids":[],"types":["thing"]}`, `{"ids":[],"kinds":[]}`} {
		b.want(b.graph("POST", path, body), http.StatusBadRequest)
	}
	b.want(b.graph("POST", path+"?$select=nothing", ids+`}`), http.StatusBadRequest)
}

func TestStaleReadsShowTheFormerValueFirst(t *testing.T) {
	t.Parallel()
	b := start(t, Options{StaleReads: 2})
	read := func() any {
		return b.want(b.graph("GET", "/v1.0/users/"+SeededScanner+"?$select=passwordPolicies", ""), http.StatusOK).json["passwordPolicies"]
	}
	b.want(b.graph("PATCH", "/v1.0/users/"+SeededScanner, `{"passwordPolicies":"None"}`), http.StatusNoContent)
	b.want(b.graph("PATCH", "/v1.0/users/"+SeededScanner, `{"passwordPolicies":"DisablePasswordExpiration"}`), http.StatusNoContent)
	for i, want := range []string{"DisableStrongPassword", "DisableStrongPassword", "DisablePasswordExpiration"} {
		if got := read(); got != want {
			t.Errorf("read %d: %v, want %s", i+1, got, want)
		}
	}
	filter := "/v1.0/users?$count=true&$select=id&$filter=" + url.QueryEscape("passwordPolicies eq 'DisablePasswordExpiration'")
	list := func() []string { return b.graph("GET", filter, "", "ConsistencyLevel", "eventual").names("id") }
	if got := list(); slices.Contains(got, SeededScanner) {
		t.Errorf("the index is ahead: %v", got)
	}
	b.Update(func(*State) {})
	if got := list(); !slices.Contains(got, SeededScanner) {
		t.Errorf("another administrator's change does not show at once: %v", got)
	}
	b.want(b.graph("PATCH", "/v1.0/domains/contoso.com", `{"passwordValidityPeriodInDays":30}`), http.StatusNoContent)
	for i, want := range []any{nil, nil, json.Number("30")} {
		if g := b.graph("GET", "/v1.0/domains/contoso.com", ""); g.json["passwordValidityPeriodInDays"] != want {
			t.Errorf("read %d: %s", i+1, g.raw)
		}
	}
}
