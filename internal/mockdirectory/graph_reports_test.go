package mockdirectory

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const registrations = "/v1.0/reports/authenticationMethods/userRegistrationDetails"

// registration returns the line of one user in the report.
func (b *bench) registration(upn string) map[string]any {
	b.t.Helper()
	g := b.want(b.graph("GET", registrations+"?$filter="+url.QueryEscape("userPrincipalName eq '"+upn+"'"), ""), http.StatusOK)
	lines, _ := g.json["value"].([]any)
	if len(lines) != 1 {
		b.t.Fatalf("%d lines about %s: %s", len(lines), upn, g.raw)
	}
	line, _ := lines[0].(map[string]any)
	return line
}

func TestRegistrationReportHasAllItsMembers(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.Update(func(s *State) { s.PasswordResetPolicy["enablementType"] = json.RawMessage("2") })
	line := b.registration("alice@contoso.com")
	delete(line, "lastUpdatedDateTime")
	got := string(marshal(line))
	want := `{"id":"` + SeededAlice + `","isAdmin":false,"isMfaCapable":true,"isMfaRegistered":true,"isPasswordlessCapable":false,` +
		`"isSsprCapable":true,"isSsprEnabled":true,"isSsprRegistered":true,"isSystemPreferredAuthenticationMethodEnabled":true,` +
		`"methodsRegistered":["mobilePhone","microsoftAuthenticatorPush"],"systemPreferredAuthenticationMethods":["push"],` +
		`"userDisplayName":"Alice Adams","userPreferredMethodForSecondaryAuthentication":"push","userPrincipalName":"alice@contoso.com","userType":"member"}`
	if got != want {
		t.Errorf("line %s\nwant %s", got, want)
	}
	guest := b.registration("gina_example.org#EXT#@contoso.onmicrosoft.com")
	if guest["userType"] != "guest" || string(marshal(guest["methodsRegistered"])) != "[]" || guest["userPreferredMethodForSecondaryAuthentication"] != "none" {
		t.Errorf("guest %v", guest)
	}
}

func TestRegistrationFollowsThePasswordResetPolicy(t *testing.T) {
	t.Parallel()
	set := func(values ...string) func(*State) {
		return func(s *State) {
			for i := 0; i < len(values); i += 2 {
				s.PasswordResetPolicy[values[i]] = json.RawMessage(values[i+1])
			}
		}
	}
	nested := func(s *State) {
		const outer = "10000000-0000-4000-8000-00000000000a"
		s.Groups[outer] = Group{DisplayName: "outer", Members: []string{SeededGroup}}
		set("enablementType", "1", "passwordResetEnabledGroupIds", `["`+outer+`"]`)(s)
	}
	migrated := func(s *State) {
		s.AuthenticationMethodsPolicy.PolicyMigrationState = new("migrationComplete")
		set("enablementType", "2", "emailOptionEnabled", "false")(s)
	}
	question := func(s *State) {
		migrated(s)
		bob := s.Users[SeededBob]
		bob.MethodsRegistered = []string{"securityQuestion"}
		s.Users[SeededBob] = bob
	}
	const none, registered, enabled, capable = "", "registered", "enabled", "registered enabled capable"
	for name, test := range map[string]struct {
		change                    func(*State)
		alice, bob, backup, admin string
	}{
		"nobody":              {set("enablementType", "0"), registered, registered, none, capable},
		"a group":             {set("enablementType", "1", "passwordResetEnabledGroupIds", `["`+SeededGroup+`"]`), capable, capable, none, capable},
		"a group in a group":  {nested, capable, capable, none, capable},
		"everybody":           {set("enablementType", "2"), capable, capable, enabled, capable},
		"two methods":         {set("enablementType", "2", "numberOfAuthenticationMethodsRequired", "2", "mobileAppNotificationEnabled", "true"), capable, enabled, enabled, capable},
		"push alone":          {set("enablementType", "2", "mobilePhoneOptionEnabled", "false", "mobileAppNotificationEnabled", "true"), enabled, capable, enabled, capable},
		"a method turned off": {set("enablementType", "2", "emailOptionEnabled", "false"), capable, enabled, enabled, capable},
		"a method forbidden":  {set("enablementType", "2", "emailOptionAllowed", "false"), capable, enabled, enabled, capable},
		"migrated":            {migrated, capable, capable, enabled, capable},
		"migrated question":   {question, capable, enabled, enabled, capable},
		"no administrators":   {func(s *State) { s.AuthorizationPolicy.AllowedToUseSSPR = false }, registered, registered, none, registered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t, Options{})
			b.Update(test.change)
			for upn, want := range map[string]string{
				"alice@contoso.com": test.alice, "bob@fabrikam.com": test.bob, "svc-backup@contoso.com": test.backup, "admin@contoso.com": test.admin,
			} {
				line := b.registration(upn)
				var have []string
				for _, word := range []string{"Registered", "Enabled", "Capable"} {
					if line["isSspr"+word] == true {
						have = append(have, strings.ToLower(word))
					}
				}
				if strings.Join(have, " ") != want {
					t.Errorf("%s is %q, want %q", upn, have, want)
				}
			}
		})
	}
}

func TestRegistrationKnowsStrongMethods(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for methods, want := range map[string][3]any{
		"":                                    {false, false, "none"},
		"email securityQuestion":              {false, false, "none"},
		"fido2SecurityKey":                    {true, true, "none"},
		"windowsHelloForBusiness":             {true, true, "none"},
		"mobilePhone":                         {true, false, "sms"},
		"officePhone":                         {true, false, "voiceOffice"},
		"mobilePhone hardwareOneTimePasscode": {true, false, "oath"},
		"mobilePhone passKeySynced":           {true, true, "sms"},
	} {
		b.Update(func(s *State) {
			u := s.Users[SeededBackup]
			u.MethodsRegistered = strings.Fields(methods)
			s.Users[SeededBackup] = u
		})
		line := b.registration("svc-backup@contoso.com")
		if have := [3]any{line["isMfaRegistered"], line["isPasswordlessCapable"], line["userPreferredMethodForSecondaryAuthentication"]}; have != want {
			t.Errorf("%q: %v, want %v", methods, have, want)
		}
		if line["isMfaCapable"] != line["isMfaRegistered"] {
			t.Errorf("%q: capable %v", methods, line["isMfaCapable"])
		}
	}
}

func TestRegistrationReportIsFiltered(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for filter, want := range map[string]string{
		"isMfaRegistered eq true":                                "admin alice",
		"isSsprRegistered eq true":                               "admin alice bob",
		"isSsprCapable eq true":                                  "admin",
		"isSsprEnabled eq true and isMfaCapable eq true":         "admin",
		"isPasswordlessCapable eq true":                          "admin",
		"methodsRegistered/any(t:t eq 'email')":                  "admin bob",
		"methodsRegistered/any(t: t eq 'mobilePhone')":           "admin alice",
		"systemPreferredAuthenticationMethods/any(m:m eq 'sms')": "admin",
		"startsWith(userDisplayName,'ali')":                      "alice",
		"userPrincipalName eq 'ALICE@contoso.com'":               "alice",
	} {
		g := b.want(b.graph("GET", registrations+"?$filter="+url.QueryEscape(filter), ""), http.StatusOK)
		var names []string
		for _, upn := range g.names("userPrincipalName") {
			name, _, _ := strings.Cut(upn, "@")
			names = append(names, name)
		}
		if slices.Sort(names); strings.Join(names, " ") != want {
			t.Errorf("%s: %v, want %s", filter, names, want)
		}
	}
	for _, filter := range []string{
		"isAdmin eq true", "userType eq 'member'", "id eq '" + SeededAlice + "'", "isSsprEnabled ne true",
		"lastUpdatedDateTime ge 2020-01-01T00:00:00Z", "methodsRegistered eq 'email'", "not (isMfaCapable eq true)",
	} {
		g := b.graph("GET", registrations+"?$filter="+url.QueryEscape(filter), "")
		wantError(t, g, 400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause")
	}
	for _, filter := range []string{
		"methodsRegistered/any(t:t)", "methodsRegistered/any(t:u eq 'email')", "methodsRegistered/any(t:t eq 'email'", "methodsRegistered/any(:'x')",
		"methodsRegistered/any(t:t eq true)", "passwordPolicies eq 'x'", "isMfaCapable eq 'x'", "methodsRegistered/any t",
	} {
		g := b.graph("GET", registrations+"?$filter="+url.QueryEscape(filter), "")
		wantError(t, g, 400, "BadRequest", "Invalid filter clause")
	}
	for _, query := range []string{"?$search=x", "?$count=true", "?$expand=x", "?$skip=1"} {
		wantError(t, b.graph("GET", registrations+query, ""), 400, "Request_UnsupportedQuery", "is not supported for this request")
	}
	wantError(t, b.graph("GET", registrations+"?$orderby=id", ""), 400, "Request_UnsupportedQuery", "for 'UserRegistrationDetails'")
}

func TestRegistrationReportComesInPagesWithoutDisabledUsers(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Users: 239}) // 250 in all
	b.Update(func(s *State) {
		for _, id := range []string{SeededDave, "00000000-0000-4000-8000-000000000001"} {
			u := s.Users[id]
			u.AccountEnabled = false
			s.Users[id] = u
		}
	})
	for query, want := range map[string]int{"": 3, "?$top=999": 1, "?$top=124": 2, "?$top=124&$select=id,isSsprEnabled": 2} {
		ids, pages := b.follow(registrations+query, "id")
		if slices.Sort(ids); len(slices.Compact(ids)) != 248 || pages != want || slices.Contains(ids, SeededDave) {
			t.Errorf("%q: %d users on %d pages, want 248 on %d", query, len(ids), pages, want)
		}
	}
	names, _ := b.follow(registrations+"?$orderby=userDisplayName&$top=100&$select=userDisplayName", "userDisplayName")
	if len(names) != 248 || !slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }) {
		t.Errorf("%d names, in order %v", len(names), names[:9])
	}
	g := b.want(b.graph("GET", registrations+"?$top=1&$select=id,isSsprEnabled", ""), http.StatusOK)
	lines, _ := g.json["value"].([]any)
	if line, _ := lines[0].(map[string]any); len(line) != 2 {
		t.Errorf("selected %s", g.raw)
	}
	for _, top := range []string{"0", "1000", "x"} {
		wantError(t, b.graph("GET", registrations+"?$top="+top, ""), 400, "Request_BadRequest", "Invalid page size")
	}
}

func TestRegistrationReportNeedsItsPermissionRoleAndLicense(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.want(b.graphAs(b.userToken("reader@contoso.com", b.base), "GET", registrations, ""), http.StatusOK)
	wantError(t, b.graphAs(b.userToken("alice@contoso.com", b.base), "GET", registrations, ""), 403, "Authorization_RequestDenied", "Insufficient")
	b.Update(func(s *State) {
		app := s.SignIn.Applications[SeededReadOnlyClientID]
		app.Permissions = []string{"Directory.Read.All", "User.Read.All"}
		s.SignIn.Applications[SeededReadOnlyClientID] = app
	})
	without := b.signIn(url.Values{
		"client_id": {SeededReadOnlyClientID}, "client_secret": {b.State().SignIn.Applications[SeededReadOnlyClientID].ClientSecret},
	})
	wantError(t, b.graphAs(without, "GET", registrations, ""), 403, "Authorization_RequestDenied", "Insufficient")
	b.Update(func(s *State) { s.Tenant.WithoutPremiumLicense = true })
	wantError(t, b.graph("GET", registrations, ""), 403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
		"Neither tenant is B2C or tenant doesn't have premium license")
}

func TestTimesOfUsersCanBeSelected(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	const query = "?$select=id,createdDateTime,lastPasswordChangeDateTime"
	one := b.want(b.graph("GET", "/v1.0/users/alice@contoso.com"+query, ""), http.StatusOK)
	list := b.want(b.graph("GET", "/v1.0/users"+query, ""), http.StatusOK)
	for _, name := range []string{"createdDateTime", "lastPasswordChangeDateTime"} {
		if text, _ := one.json[name].(string); !strings.HasSuffix(text, "Z") || !slices.Contains(list.names(name), text) {
			t.Errorf("%s: %v, in the list %v", name, one.json[name], list.names(name))
		}
	}
}
