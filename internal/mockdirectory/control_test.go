package mockdirectory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestStateIsAFixtureOfItself(t *testing.T) {
	t.Parallel()
	one := start(t, Options{Users: 3, Domains: 1})
	one.Update(func(s *State) { s.PasswordResetPolicy["x"] = json.RawMessage(`12345678901234567890`) })
	text := one.want(one.send("GET", "/_mock/state", nil, ""), http.StatusOK).raw
	other := start(t, Options{Fixture: []byte(text)})
	if got := other.send("GET", "/_mock/state", nil, "").raw; got != text {
		t.Errorf("the state changed on its way:\n%s\nwant\n%s", got, text)
	}
	a, b := one.Connection(), other.Connection()
	if a.ClientSecret != b.ClientSecret || b.PortalRefreshToken == "" {
		t.Errorf("connections %+v and %+v", a, b)
	}
}

func TestFixtureReplacesTheParts(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Fixture: []byte(`{
		"tenant": {"displayName": "Tailspin"},
		"domains": {"tailspin.example": {"authenticationType": "Managed", "isRoot": true, "isVerified": true, "isDefault": true}},
		"users": {
			"10000000-0000-4000-8000-000000000001": {"userPrincipalName": "tom@tailspin.example", "displayName": "Tom"},
			"ann@tailspin.example": {"displayName": "Ann", "passwordPolicies": "None", "roles": ["Global Administrator"]}
		}
	}`)})
	s := b.State()
	if len(s.Domains) != 1 || len(s.Users) != 2 || len(s.Groups) != 1 || s.Tenant.ID != SeededTenantID || s.Tenant.DisplayName != "Tailspin" {
		t.Errorf("state %+v", s)
	}
	tom, _ := b.User("TOM@tailspin.example")
	ann, _ := b.User("ann@tailspin.example")
	if tom.ID != "10000000-0000-4000-8000-000000000001" || !tom.AccountEnabled || tom.UserType != "Member" || !guid.MatchString(ann.ID) || *ann.PasswordPolicies != "None" {
		t.Errorf("tom %+v, ann %+v", tom, ann)
	}
	b.want(b.graph("GET", "/v1.0/users/ann@tailspin.example", ""), http.StatusOK)
}

func TestFixturesThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	const user = `"10000000-0000-4000-8000-000000000001"`
	for fixture, want := range map[string]string{
		`{`:                 "unexpected EOF",
		"{\n\"users\": {]}": "line 2",
		`[]`:                "cannot unmarshal array",
		`null`:              "want a JSON object",
		`{} 1`:              "something after",
		`{"user": {}}`:      `unknown member "user"`,
		`{"users": []}`:     "users: want an object",
		`{"users": {` + user + `: {"userPrincipalName": "a@contoso.com", "passwordPolicy": "None"}}}`:                                                         `users["10000000-0000-4000-8000-000000000001"]: json: unknown field "passwordPolicy"`,
		`{"users": {` + user + `: {"userPrincipalName": "a"}}}`:                                                                                               "has no domain",
		`{"users": {` + user + `: {"userPrincipalName": "a@nowhere.example"}}}`:                                                                               `the tenant has no domain "nowhere.example"`,
		`{"users": {` + user + `: {"userPrincipalName": "a@contoso.com", "id": "x"}}}`:                                                                        `its id "x" differs`,
		`{"users": {"x": {"userPrincipalName": "a@contoso.com"}}}`:                                                                                            "a GUID in lower case",
		`{"users": {` + user + `: {"userPrincipalName": "a@contoso.com"}, "A@contoso.com": {}}}`:                                                              "is also that of user",
		`{"users": {` + user + `: {"userPrincipalName": "a@contoso.com", "roles": ["King"]}}}`:                                                                `unknown directory role "King"`,
		`{"users": {` + user + `: {"userPrincipalName": "a@contoso.com", "methodsRegistered": ["pigeon"]}}}`:                                                  `unknown method "pigeon"`,
		`{"domains": {"a.example": {"authenticationType": "Magic"}}}`:                                                                                         "neither Managed nor Federated",
		`{"domains": {"a.example": {"authenticationType": "Managed", "root": true}}}`:                                                                         `domains["a.example"]: json: unknown field "root"`,
		`{"domains": {"a.example": {"authenticationType": "Managed", "id": "b.example"}}}`:                                                                    "differs",
		`{"domains": {"a.example": {"authenticationType": "Managed", "isDefault": true}, "b.example": {"authenticationType": "Managed", "isDefault": true}}}`: "2 of them are the default",
		`{"groups": {"x": {}}}`:         "a GUID in lower case",
		`{"tenant": {"id": "x"}}`:       `tenant.id: "x" is not a GUID`,
		`{"tenant": {"lenient": true}}`: `tenant: json: unknown field "lenient"`,
		`{"tenant": null}`:              "tenant: cannot be deleted",
		`{"passwordResetPolicy": []}`:   "passwordResetPolicy: ",
		`{"signIn": {"applications": {"a": {"certificates": ["x"]}}}}`:                        `signIn.applications["a"].certificates[0]: not a certificate in PEM`,
		`{"signIn": {"applications": {"a": {"federatedCredentials": [{"issuer": "x"}]}}}}`:    "neither publicKey nor jwks",
		`{"signIn": {"applications": {"a": {"federatedCredentials": [{"publicKey": "x"}]}}}}`: "publicKey is not in PEM",
		`{"signIn": {"refreshTokens": {"a": {"blockedBy": "mood"}}}}`:                         `blockedBy "mood"`,
	} {
		d, err := Start(Options{Fixture: []byte(fixture)})
		if err == nil {
			t.Errorf("%s was accepted", fixture)
			_ = d.Close()
			continue
		}
		if !strings.Contains(err.Error(), "mock directory: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", fixture, err, want)
		}
	}
}

func TestMergePatchIsTheOtherAdministrator(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	gone := "5bac0000-5e7d-4b20-8f3c-4d8b9e0f1a23"
	b.want(b.send("PATCH", "/_mock/state", nil, `{
		"users": {
			"Alice@contoso.com": {"passwordPolicies": "DisablePasswordExpiration", "displayName": "Alice B"},
			"svc-legacy@contoso.com": {"passwordPolicies": null},
			"`+gone+`": null,
			"new@contoso.com": {"displayName": "New"}
		},
		"domains": {"Fabrikam.com": {"passwordValidityPeriodInDays": 30}, "pending.example": null},
		"passwordResetPolicy": {"enablementType": 2, "emailOptionAllowed": null, "big": 12345678901234567890},
		"tenant": {"refuseSyncedPasswordPolicies": true},
		"authenticationMethodsPolicy": {"registrationEnforcement": {"authenticationMethodsRegistrationCampaign": {"state": "enabled"}}}
	}`), http.StatusNoContent)
	s := b.State()
	alice, legacy := s.Users[SeededAlice], s.Users[SeededLegacy]
	if *alice.PasswordPolicies != "DisablePasswordExpiration" || alice.DisplayName != "Alice B" || alice.UserPrincipalName != "alice@contoso.com" || legacy.PasswordPolicies != nil {
		t.Errorf("alice %+v, legacy %+v", alice, legacy)
	}
	if created, ok := b.User("new@contoso.com"); !ok || created.DisplayName != "New" {
		t.Errorf("created %+v", created)
	}
	if *s.Domains["fabrikam.com"].PasswordValidityPeriodInDays != 30 || *s.Domains["fabrikam.com"].PasswordNotificationWindowInDays != 14 {
		t.Errorf("fabrikam %+v", s.Domains["fabrikam.com"])
	}
	campaign := s.AuthenticationMethodsPolicy.RegistrationEnforcement.Campaign
	if campaign.State != "enabled" || campaign.SnoozeDurationInDays != 1 || !s.Tenant.RefuseSyncedPasswordPolicies {
		t.Errorf("campaign %+v", campaign)
	}
	policy := s.PasswordResetPolicy
	if _, kept := policy["emailOptionAllowed"]; kept || string(policy["enablementType"]) != "2" || string(policy["big"]) != "12345678901234567890" {
		t.Errorf("policy %s", marshal(policy))
	}
	b.want(b.graph("GET", "/v1.0/users/"+gone, ""), http.StatusNotFound)
	b.want(b.graph("GET", "/v1.0/domains/pending.example", ""), http.StatusNotFound)
}

func TestRefusedMergePatchChangesNothing(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	before := string(marshal(b.State()))
	for patch, want := range map[string]string{
		`x`:           "invalid character",
		`[]`:          "array",
		`null`:        "want a JSON object",
		`{"user":{}}`: `unknown member \"user\"`,
		`{"users":{"alice@contoso.com":{"displayName":"X"},"bob@fabrikam.com":{"color":"red"}}}`: `unknown field \"color\"`,
		`{"users":{"alice@contoso.com":{"userPrincipalName":"bob@fabrikam.com"}}}`:               "is also that of user",
		`{"domains":{"contoso.com":null}}`:                                                       `the tenant has no domain \"contoso.com\"`,
		`{"domains":{"fabrikam.com":{"isDefault":true}}}`:                                        "2 of them are the default",
		`{"domains":{"contoso.com":{"passwordValidityPeriodInDays":"x"}}}`:                       "cannot unmarshal string",
	} {
		g := b.want(b.send("PATCH", "/_mock/state", nil, patch), http.StatusBadRequest)
		if !strings.Contains(g.raw, "merge patch: ") || !strings.Contains(g.raw, want) {
			t.Errorf("%s: %s", patch, g.raw)
		}
	}
	if after := string(marshal(b.State())); after != before {
		t.Errorf("state %s\nwas %s", after, before)
	}
}

func TestStateIsACopy(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	s := b.State()
	*s.Users[SeededScanner].PasswordPolicies = "None"
	s.Groups[SeededGroup].Members[0] = "x"
	s.PasswordResetPolicy["enablementType"][0] = '7'
	delete(s.Domains, "contoso.com")
	scanner, _ := b.User(SeededScanner)
	if *scanner.PasswordPolicies != "DisableStrongPassword" || b.State().Groups[SeededGroup].Members[0] != SeededAlice {
		t.Error("a change of the copy changed the tenant")
	}
	if _, ok := b.Domain("contoso.com"); !ok || b.PasswordResetPolicy()["enablementType"] != json.Number("0") {
		t.Error("a change of the copy changed the tenant")
	}
}

func TestJournalTellsWhatWasAskedAndNoSecrets(t *testing.T) {
	t.Parallel()
	noon := time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)
	b := start(t, Options{Now: func() time.Time { return noon }})
	b.ResetJournal()
	secret := b.Connection().ClientSecret
	b.signIn(url.Values{"client_id": {SeededClientID}, "client_secret": {secret}})
	b.graph("PATCH", "/v1.0/users/"+SeededAlice, `{"passwordPolicies":"None","passwordProfile":{"password":"hidden-word"}}`, "client-request-id", "abc")
	b.graph("PATCH", "/v1.0/users/"+SeededAlice, `{"passwordProfile":{"p\u0061ssword":"hidden-word","Password":"hidden-word"}}`)
	b.graph("GET", "/v1.0/users/"+SeededAlice+"?$select=id", "")
	b.graph("DELETE", "/v1.0/users/"+SeededAlice, "")
	b.graph("GET", "/stray?x=1", "")
	id := newID()
	b.graphAs(b.userToken(admin, portalResource), "PUT", "/api/PasswordReset/"+policies, "not json", "X-Ms-Client-Request-Id", id)
	text := b.want(b.send("GET", "/_mock/journal", nil, ""), http.StatusOK).raw
	for _, hidden := range []string{secret, "hidden-word", b.app} {
		if strings.Contains(text, hidden) {
			t.Errorf("the journal tells %q", hidden)
		}
	}
	var j Journal
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		t.Fatal(err)
	}
	for kind, count := range map[string]int{
		"POST /{tenant}/oauth2/v2.0/token": 1, "PATCH /v1.0/users/{id}": 2, "GET /v1.0/users/{id}": 1, "DELETE /v1.0/users/{id}": 1,
		"GET /stray": 1, "PUT /api/PasswordReset/PasswordResetPolicies": 1,
	} {
		if j.Counts[kind] != count {
			t.Errorf("%s counted %d times: %v", kind, j.Counts[kind], j.Counts)
		}
	}
	want := []Request{
		{Method: "POST", Path: "/" + SeededTenantID + "/oauth2/v2.0/token", Status: 200, Template: "/{tenant}/oauth2/v2.0/token",
			Body: json.RawMessage(`{"client_id":"` + SeededClientID + `","grant_type":"client_credentials","scope":"` + b.base + `/.default"}`)},
		{Method: "PATCH", Path: "/v1.0/users/" + SeededAlice, Status: 204, Template: "/v1.0/users/{id}", ClientRequestID: "abc",
			Body: json.RawMessage(`{"passwordPolicies":"None","passwordProfile":{"password":"***"}}`)},
		{Method: "PATCH", Path: "/v1.0/users/" + SeededAlice, Status: 204, Template: "/v1.0/users/{id}",
			Body: json.RawMessage(`{"passwordProfile":{"Password":"***","password":"***"}}`)},
		{Method: "GET", Path: "/v1.0/users/" + SeededAlice, Query: "$select=id", Status: 200, Template: "/v1.0/users/{id}"},
		{Method: "DELETE", Path: "/v1.0/users/" + SeededAlice, Status: 405, Template: "/v1.0/users/{id}"},
		{Method: "GET", Path: "/stray", Query: "x=1", Status: 404},
		{Method: "PUT", Path: "/api/PasswordReset/" + policies, Status: 400, Template: "/api/PasswordReset/" + policies, ClientRequestID: id,
			Body: json.RawMessage(`"not JSON"`)},
	}
	for i := range want {
		want[i].Time, want[i].UserAgent = noon, "Go-http-client/2.0"
	}
	if got, want := marshal(b.Journal().Requests), marshal(want); !bytes.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	b.want(b.send("DELETE", "/_mock/journal", nil, ""), http.StatusNoContent)
	if text := b.send("GET", "/_mock/journal", nil, "").raw; !strings.Contains(text, `"requests": []`) {
		t.Errorf("emptied journal %s", text)
	}
}

func TestFaultsFireAsPlanned(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	plan := func(body string) {
		b.t.Helper()
		b.want(b.send("POST", "/_mock/faults", nil, body), http.StatusNoContent)
	}
	alice := "/v1.0/users/" + SeededAlice

	plan(`{"method":"GET","path":"/v1.0/users/*","status":429,"times":2,"after":1,"retry_after":1.5}`)
	b.want(b.graph("GET", alice, ""), http.StatusOK)
	g := b.graph("GET", alice, "")
	wantError(t, g, 429, "TooManyRequests", "Please retry again later.")
	if g.header.Get("Retry-After") != "1.5" || g.header.Get("x-ms-throttle-scope") == "" {
		t.Errorf("headers %v", g.header)
	}
	if pending := b.PendingFaults(); len(pending) != 1 || pending[0].Times != 1 || pending[0].After != 0 {
		t.Errorf("pending %+v", pending)
	}
	b.want(b.graph("GET", alice, ""), http.StatusTooManyRequests)
	b.want(b.graph("GET", alice, ""), http.StatusOK)

	plan(`{"path":"/v1.0/users/{id}","status":409}`)
	wantError(t, b.graph("PATCH", alice, `{"passwordPolicies":"None"}`), 409, "Directory_ConcurrencyViolation", "Please wait briefly and retry.")
	plan(`{"method":"PATCH","path":"/v1.0/**","status":503,"code":"Service_Down","message":"Later.","retry_after":"Fri, 31 Dec 2027 23:59:59 GMT"}`)
	wantError(t, b.graph("PATCH", alice, `{"passwordPolicies":"None"}`), 503, "Service_Down", "Later.")
	if user, _ := b.User(SeededAlice); user.PasswordPolicies != nil {
		t.Error("a request that a fault answered took effect")
	}
	plan(`{"method":"PATCH","path":"/v1.0/**","status":504,"applied":true}`)
	b.want(b.graph("PATCH", alice, `{"passwordPolicies":"None"}`), http.StatusGatewayTimeout)
	if user, _ := b.User(SeededAlice); user.PasswordPolicies == nil {
		t.Error("an applied request took no effect")
	}
	plan(`{"path":"/**","status":502,"body":"<html>busy</html>","content_type":"text/html"}`)
	if g := b.graph("GET", alice, ""); g.status != 502 || g.raw != "<html>busy</html>" || g.header.Get("Content-Type") != "text/html" {
		t.Errorf("answer %d %s", g.status, g.raw)
	}
	plan(`{"path":"/{tenant}/oauth2/v2.0/token","status":503}`)
	wantSignInError(t, b.token(SeededTenantID, url.Values{}), 503, "temporarily_unavailable", 90033)
	plan(`{"method":"PUT","path":"/api/PasswordReset/PasswordResetPolicies","status":503}`)
	wantException(t, b.portal(admin, "PUT", policies, seededDocument), 503, "serviceNotAvailable", "ClientException")
	if pending := b.PendingFaults(); len(pending) != 0 {
		t.Errorf("pending %+v", pending)
	}
	plan(`{"path":"/v1.0/never","status":500}`)
	if g := b.send("GET", "/_mock/faults", nil, ""); !strings.Contains(g.raw, "/v1.0/never") {
		t.Errorf("pending %s", g.raw)
	}
	b.want(b.send("DELETE", "/_mock/faults", nil, ""), http.StatusNoContent)
	if g := b.send("GET", "/_mock/faults", nil, ""); strings.TrimSpace(g.raw) != "[]" {
		t.Errorf("pending %s", g.raw)
	}
}

func TestFaultsThatCannotFireAreRefused(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for body, want := range map[string]string{
		`{}`: "path", `{"path":"/x"}`: "status", `{"path":"x","status":500}`: "slash", `{"path":"/x","status":500,"times":-1}`: "negative",
		`{"path":"/x","status":500,"color":1}`: "color", `{"path":"/x","status":500,"broken":true}`: "no status",
		`{"path":"/x","broken":true,"batch_item":true}`: "batch", `x`: "invalid character", `{"path":"/x","status":99}`: "200 to 599",
	} {
		if g := b.want(b.send("POST", "/_mock/faults", nil, body), http.StatusBadRequest); !strings.Contains(g.raw, want) {
			t.Errorf("%s: %s", body, g.raw)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("AddFault took a fault without a path")
		}
	}()
	b.AddFault(Fault{Status: 500})
}

func TestBrokenConnectionIsAnErrorForTheClient(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.AddFault(Fault{Path: "/v1.0/organization", Broken: true})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.base+"/v1.0/organization", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := b.client.Do(request)
	if err == nil {
		_ = response.Body.Close()
		t.Errorf("answer %s", response.Status)
	}
	b.want(b.graph("GET", "/v1.0/organization", ""), http.StatusOK)
}

func TestLatencyHoldsAnswersButNotTheControlRoutes(t *testing.T) {
	t.Parallel()
	const latency = 60 * time.Millisecond
	b := start(t, Options{Latency: latency})
	took := func(do func()) time.Duration {
		began := time.Now()
		do()
		return time.Since(began)
	}
	for _, path := range []string{"/v1.0/organization", "/api/x", "/contoso.com/v2.0/.well-known/openid-configuration"} {
		if d := took(func() { b.graph("GET", path, "") }); d < latency {
			t.Errorf("%s took %s", path, d)
		}
	}
	fastest := time.Hour
	for range 5 {
		fastest = min(fastest, took(func() { b.send("GET", "/_mock/faults", nil, "") }))
	}
	if fastest >= latency {
		t.Errorf("the control routes take %s", fastest)
	}
}

func TestLogHasALineForEachRequestAndNoSecret(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := start(t, Options{Log: &log})
	b.graph("GET", "/v1.0/users?$filter="+url.QueryEscape("mail eq 'quiet@contoso.com'"), "")
	b.send("GET", "/_mock/state", nil, "")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "POST /"+SeededTenantID+"/oauth2/v2.0/token 200 ") || !strings.HasPrefix(lines[1], "GET /v1.0/users 200 ") {
		t.Errorf("log %q", lines)
	}
	if text := log.String(); strings.Contains(text, "quiet") || strings.Contains(text, b.app) {
		t.Errorf("the log tells too much: %s", text)
	}
}

func TestDirectoryLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Listen: "localhost:0"})
	c := b.Connection()
	if info, err := os.Stat(c.CACertificateFile); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("certificate file: %v %v", info, err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if _, err := os.Stat(filepath.Dir(c.CACertificateFile)); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestStartRefusesWhatItCannotServe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"all interfaces":          {Options{Listen: "0.0.0.0:0"}, "not a loopback address"},
		"any interface":           {Options{Listen: ":0"}, "not a loopback address"},
		"another machine":         {Options{Listen: "192.0.2.1:0"}, "not a loopback address"},
		"no port":                 {Options{Listen: "127.0.0.1"}, "listen address"},
		"negative":                {Options{Users: -1}, "negative"},
		"negative quota":          {Options{Throttle: &Throttle{Writes: -1}}, "negative"},
		"negative period":         {Options{Throttle: &Throttle{Period: -1}}, "negative"},
		"no domain for the users": {Options{Users: 1, Fixture: []byte(`{"users":{},"domains":{}}`)}, `the tenant has no domain "contoso.com"`},
	} {
		d, err := Start(test.options)
		if err == nil {
			_ = d.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManyUsersAndDomainsHaveKnownNames(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Users: 1200, Domains: 12})
	user, ok := b.User("00000000-0000-4000-8000-000000001200")
	if !ok || user.UserPrincipalName != "user001200@contoso.com" {
		t.Errorf("user %+v", user)
	}
	if domain, ok := b.Domain("domain0012.example"); !ok || !domain.IsRoot || !domain.IsVerified || domain.AuthenticationType != "Managed" {
		t.Errorf("domain %+v", domain)
	}
	if ids, pages := b.follow("/v1.0/users?$top=999&$select=id", "id"); len(ids) != 1211 || pages != 2 {
		t.Errorf("%d users on %d pages", len(ids), pages)
	}
}

func TestExportsCanBePastedIntoAShell(t *testing.T) {
	t.Parallel()
	c := Connection{
		GraphEndpoint: "https://g", PortalEndpoint: "https://p", AuthorityHost: "https://a", CACertificateFile: "/tmp/it's/ca.pem",
		TenantID: "t", ClientID: "c", ClientSecret: "s", PortalRefreshToken: "r",
	}
	want := `export ARM_TENANT_ID='t'
export ARM_CLIENT_ID='c'
export ARM_CLIENT_SECRET='s'
export ENTRAID_GRAPH_ENDPOINT='https://g'
export ENTRAID_PORTAL_ENDPOINT='https://p'
export ENTRAID_AUTHORITY_HOST='https://a'
export ENTRAID_CA_CERTIFICATE_FILE='/tmp/it'\''s/ca.pem'
export ENTRAID_PORTAL_REFRESH_TOKEN='r'
`
	if got := c.Exports(); got != want {
		t.Errorf("got %s", got)
	}
}

func TestPatternsMatchPaths(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{"/v1.0/users/*", "/v1.0/users/x", true},
		{"/v1.0/users/*", "/v1.0/users", false},
		{"/v1.0/users/*", "/v1.0/users/x/manager", false},
		{"/v1.0/users/{id}", "/v1.0/users/x", true},
		{"/v1.0/users/svc-*@*.com", "/v1.0/users/svc-a@b.com", true},
		{"/v1.0/users/svc-*@*.com", "/v1.0/users/svc-a.com", false},
		{"/v1.0/users/a*a", "/v1.0/users/a", false},
		{"/v1.0/**", "/v1.0/users/x", true},
		{"/v1.0/**", "/v1.0", true},
		{"/v1.0/**", "/beta/users", false},
		{"/**", "/anything/at/all", true},
		{"/v1.0/users", "/v1.0/Users", false},
	} {
		if got := matchPattern(test.pattern, strings.Split(strings.Trim(test.path, "/"), "/")); got != test.want {
			t.Errorf("%s on %s: %v", test.pattern, test.path, got)
		}
	}
}

func TestClientsMayWorkAllAtOnce(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Users: 40, StaleReads: 1})
	done := make(chan error)
	for i := range 40 {
		go func() {
			path := fmt.Sprintf("/v1.0/users/user%06d@contoso.com", i+1)
			g := b.graph("PATCH", path, `{"passwordPolicies":"DisablePasswordExpiration"}`)
			b.graph("GET", "/v1.0/users?$select=id,passwordPolicies", "")
			b.Update(func(s *State) { s.Tenant.DisplayName = path })
			b.State()
			if g.status != http.StatusNoContent {
				done <- fmt.Errorf("%s: %d", path, g.status)
				return
			}
			done <- nil
		}()
	}
	for range 40 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for i := range 40 {
		if user, _ := b.User(fmt.Sprintf("user%06d@contoso.com", i+1)); user.PasswordPolicies == nil {
			t.Errorf("the update of user %d is lost", i+1)
		}
	}
}
