package mockdirectory

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const seededDocument = `{"objectId":"default","enablementType":0,"numberOfAuthenticationMethodsRequired":1,` +
	`"emailOptionEnabled":true,"mobilePhoneOptionEnabled":true,"officePhoneOptionEnabled":false,` +
	`"securityQuestionsOptionEnabled":false,"mobileAppNotificationEnabled":false,"mobileAppCodeEnabled":false,` +
	`"numberOfQuestionsToRegister":5,"numberOfQuestionsToReset":3,` +
	`"registrationRequiredOnSignIn":true,"registrationReconfirmIntevalInDays":180,` +
	`"skipRegistrationAllowed":true,"skipRegistrationMaxAllowedDays":7,` +
	`"customizeHelpdeskLink":false,"customHelpdeskEmailOrUrl":"",` +
	`"notifyUsersOnPasswordReset":true,"notifyOnAdminPasswordReset":false,` +
	`"passwordResetEnabledGroupIds":[],"passwordResetEnabledGroupName":"",` +
	`"securityQuestions":[],"registrationConditionalAccessPolicies":[],` +
	`"emailOptionAllowed":true,"mobilePhoneOptionAllowed":true,"officePhoneOptionAllowed":true,` +
	`"securityQuestionsOptionAllowed":true,"mobileAppNotificationOptionAllowed":true,"mobileAppCodeOptionAllowed":true}`

const (
	policies   = "PasswordResetPolicies"
	onPremises = "OnPremisesPasswordResetPolicies"
	admin      = "admin@contoso.com"
	reader     = "reader@contoso.com"
)

// with is the seeded document with some keys replaced; null takes a key away.
func with(changes map[string]string) string {
	var document map[string]json.RawMessage
	if err := json.Unmarshal([]byte(seededDocument), &document); err != nil {
		panic(err)
	}
	for key, value := range changes {
		document[key] = json.RawMessage(value)
		if value == "" {
			delete(document, key)
		}
	}
	return string(marshal(document))
}

// wantException checks the portal's error document.
func wantException(t *testing.T, g got, status int, code, exception string) map[string]any {
	t.Helper()
	data, _ := g.json["ClientData"].(map[string]any)
	if g.status != status || data["errorCode"] != code || data["exceptionType"] != exception ||
		g.json["HttpStatusCode"] != json.Number(fmt.Sprint(status)) || g.json["ClassName"] != "Microsoft.Portal.Framework.Exceptions.ClientException" {
		t.Errorf("got %d %s\nwant %d %s %s", g.status, g.raw, status, code, exception)
	}
	keys := slices.Sorted(maps.Keys(data))
	want := []string{
		"clientRequestId", "errorCode", "exceptionType", "internalTransactionId", "localizedErrorDetails", "operationResults",
		"tenantId", "timeStampUtc", "userObjectId",
	}
	if !slices.Equal(keys, want) {
		t.Errorf("client data has %v", keys)
	}
	return data
}

func TestPolicyHasAllKeysInThePortalsOrder(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	g := b.want(b.portal(admin, "GET", policies, ""), http.StatusOK)
	if g.raw != seededDocument {
		t.Errorf("got  %s\nwant %s", g.raw, seededDocument)
	}
	for _, name := range []string{
		"Cache-Control", "x-ms-version", "x-ms-correlation-id", "x-ms-operation-maturity", "x-ms-expected-duration",
		"Strict-Transport-Security", "Access-Control-Expose-Headers", "X-Content-Type-Options", "X-XSS-Protection", "X-UA-Compatible",
	} {
		if g.header.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
	if g.header.Get("ETag") != "" {
		t.Error("the portal has no ETag")
	}
}

func TestPortalLooksAtTheTokenFirst(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := start(t, Options{Now: func() time.Time { return now }})
	path := "/api/PasswordReset/" + policies
	user := b.userToken(admin, portalResource)
	secret := b.Connection().ClientSecret
	app := b.signIn(map[string][]string{
		"client_id": {SeededClientID}, "client_secret": {secret}, "scope": {portalResource + "/.default"},
	})
	for name, token := range map[string]string{"none": "", "not a token": "x", "for Graph": b.app} {
		g := b.graphAs(token, "GET", path, "", "X-Ms-Client-Request-Id", newID())
		if g.status != http.StatusUnauthorized || g.header.Get("Content-Type") != "text/html" || !strings.Contains(g.raw, "401 - Unauthorized: Access is denied due to invalid credentials.") {
			t.Errorf("%s: %d %s", name, g.status, g.raw)
		}
	}
	for _, id := range []string{"", "7"} {
		data := wantException(t, b.graphAs(user, "GET", path, "", "X-Ms-Client-Request-Id", id), 400, "ArgumentNull", "ArgumentNullException")
		if data["localizedErrorDetails"] != nil {
			t.Errorf("details %v", data["localizedErrorDetails"])
		}
	}
	b.want(b.graphAs(user, "GET", path, "", "x-ms-client-request-id", "00000000-0000-0000-0000-000000000000"), http.StatusOK)
	id := newID()
	data := wantException(t, b.graphAs(app, "GET", path, "", "X-Ms-Client-Request-Id", id), 400, "msalautherror_invalid_grant", "MsalServiceException")
	if !strings.Contains(fmt.Sprint(data["localizedErrorDetails"]), "AADSTS50058") || data["clientRequestId"] != id || data["tenantId"] != SeededTenantID {
		t.Errorf("client data %v", data)
	}
	now = now.Add(2 * time.Hour)
	data = wantException(t, b.graphAs(user, "GET", path, "", "X-Ms-Client-Request-Id", id), 400, "msalautherror_invalid_grant", "MsalUiRequiredException")
	if !strings.Contains(fmt.Sprint(data["localizedErrorDetails"]), "AADSTS500133") || data["userObjectId"] != SeededAdmin {
		t.Errorf("client data %v", data)
	}
}

func TestPortalRoutesAndVerbs(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for _, method := range []string{"POST", "PATCH", "DELETE"} {
		g := b.want(b.portal(admin, method, policies, ""), http.StatusMethodNotAllowed)
		if g.header.Get("Allow") != "GET,PUT" {
			t.Errorf("%s: Allow %q", method, g.header.Get("Allow"))
		}
	}
	g := b.want(b.portal(admin, "GET", "Nothing", ""), http.StatusNotFound)
	if message, _ := g.json["message"].(string); !strings.HasPrefix(message, "No HTTP resource was found that matches the request URI '"+b.base) {
		t.Errorf("answer %s", g.raw)
	}
}

func TestPortalRolesDecide(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.want(b.portal(reader, "GET", policies, ""), http.StatusOK)
	b.want(b.portal(reader, "GET", "IsOnPremisesPasswordResetAvailable", ""), http.StatusOK)
	for _, g := range []got{
		b.portal(reader, "PUT", policies, seededDocument), b.portal(reader, "GET", onPremises, ""),
		b.portal(reader, "PUT", onPremises, `{"accountUnlockEnabled":true}`), b.portal("alice@contoso.com", "GET", policies, ""),
		b.portal("alice@contoso.com", "GET", "IsOnPremisesPasswordResetAvailable", ""),
	} {
		data := wantException(t, g, 403, "Authorization_RequestDenied", "AADGraphException")
		if detail := fmt.Sprint(data["localizedErrorDetails"]); !strings.Contains(detail, "Insufficient privileges to complete the operation.") {
			t.Errorf("detail %s", detail)
		}
	}
	b.Update(func(s *State) {
		alice := s.Users[SeededAlice]
		alice.Roles = []string{userAdministrator}
		s.Users[SeededAlice] = alice
		bob := s.Users[SeededBob]
		bob.Roles = []string{authenticationPolicyAdministrator}
		s.Users[SeededBob] = bob
	})
	b.want(b.portal("alice@contoso.com", "PUT", policies, with(map[string]string{"enablementType": "2"})), http.StatusOK)
	b.want(b.portal("alice@contoso.com", "PUT", policies, with(map[string]string{"enablementType": "2", "notifyOnAdminPasswordReset": "true"})), http.StatusForbidden)
	b.want(b.portal("bob@fabrikam.com", "PUT", policies, with(map[string]string{"notifyOnAdminPasswordReset": "true"})), http.StatusOK)
}

func TestPolicyUpdatesAreStrict(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for _, key := range policyKeys {
		b.want(b.portal(admin, "PUT", policies, with(map[string]string{key: ""})), http.StatusBadRequest)
		b.want(b.portal(admin, "PUT", policies, with(map[string]string{key: "null"})), http.StatusBadRequest)
		b.want(b.portal(admin, "PUT", policies, with(map[string]string{key: `{"x":1}`})), http.StatusBadRequest)
	}
	for key, values := range map[string][]string{
		"objectId":                              {`"other"`},
		"enablementType":                        {`3`, `-1`, `"1"`, `1.0`, `1`},
		"numberOfAuthenticationMethodsRequired": {`0`, `3`},
		"numberOfQuestionsToRegister":           {`2`, `6`},
		"numberOfQuestionsToReset":              {`2`, `6`},
		"registrationReconfirmIntevalInDays":    {`-1`, `731`},
		"skipRegistrationMaxAllowedDays":        {`0`},
		"emailOptionEnabled":                    {`"true"`, `1`},
		"passwordResetEnabledGroupIds":          {`["x"]`, `[1]`, `"x"`},
		"securityQuestions":                     {`["x"]`},
	} {
		for _, value := range values {
			g := b.portal(admin, "PUT", policies, with(map[string]string{key: value}))
			t.Log(key, value)
			wantException(t, g, 400, "InvalidArgument", "ArgumentException")
		}
	}
	wantException(t, b.portal(admin, "PUT", policies, with(map[string]string{"numberOfQuestionsToRegister": "3", "numberOfQuestionsToReset": "4"})), 400, "InvalidArgument", "ArgumentException")
	group := `["` + SeededGroup + `"]`
	both := `["` + SeededGroup + `","` + SeededGroup + `"]`
	b.want(b.portal(admin, "PUT", policies, with(map[string]string{"enablementType": "1", "passwordResetEnabledGroupIds": both})), http.StatusBadRequest)
	for _, body := range []string{"", "x", "[]", "null", seededDocument + "x"} {
		g := b.graphAs(b.userToken(admin, portalResource), "PUT", "/api/PasswordReset/"+policies, body,
			"X-Ms-Client-Request-Id", newID(), "Content-Type", "application/json")
		b.want(g, http.StatusBadRequest)
	}
	b.want(b.graphAs(b.userToken(admin, portalResource), "PUT", "/api/PasswordReset/"+policies, seededDocument,
		"X-Ms-Client-Request-Id", newID(), "Content-Type", "text/plain"), http.StatusUnsupportedMediaType)
	if g := b.portal(admin, "GET", policies, ""); g.raw != seededDocument {
		t.Errorf("refused updates changed the policy: %s", g.raw)
	}
	b.want(b.portal(admin, "PUT", policies, with(map[string]string{"enablementType": "1", "passwordResetEnabledGroupIds": group})), http.StatusOK)
	for query, name := range map[string]string{"": "", "?getPasswordResetEnabledGroup=false": "", "?getPasswordResetEnabledGroup=true": "SSPR pilot"} {
		g := b.portal(admin, "GET", policies+query, "")
		if g.json["passwordResetEnabledGroupName"] != name {
			t.Errorf("%q: name %v", query, g.json["passwordResetEnabledGroupName"])
		}
	}
}

func TestPolicyKeepsWhatAPutCannotChange(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.Update(func(s *State) {
		s.PasswordResetPolicy["futureSetting"] = json.RawMessage(`{"limit":12345678901234567890.123,"text":"<&>"}`)
		s.PasswordResetPolicy["anotherSetting"] = json.RawMessage(`9007199254740993`)
	})
	g := b.want(b.portal(admin, "GET", policies, ""), http.StatusOK)
	want := strings.TrimSuffix(seededDocument, "}") + `,"anotherSetting":9007199254740993,"futureSetting":{"limit":12345678901234567890.123,"text":"<&>"}}`
	if g.raw != want {
		t.Errorf("got  %s\nwant %s", g.raw, want)
	}
	b.want(b.portal(admin, "PUT", policies, with(map[string]string{
		"emailOptionAllowed": "false", "passwordResetEnabledGroupName": `"x"`, "anotherSetting": "9007199254740995", "newSetting": "[1,  2]",
	})), http.StatusOK)
	state := b.State().PasswordResetPolicy
	for key, want := range map[string]string{
		"emailOptionAllowed": "true", "anotherSetting": "9007199254740995", "newSetting": "[1,2]",
		"futureSetting": `{"limit":12345678901234567890.123,"text":"<&>"}`,
	} {
		if string(state[key]) != want {
			t.Errorf("%s is %s, want %s", key, state[key], want)
		}
	}
	if got := b.PasswordResetPolicy()["anotherSetting"]; got != json.Number("9007199254740995") {
		t.Errorf("decoded %v", got)
	}
}

func TestPortalRulesThatATenantTurnsOn(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	few := with(map[string]string{"numberOfAuthenticationMethodsRequired": "2", "mobilePhoneOptionEnabled": "false"})
	b.want(b.portal(admin, "PUT", policies, few), http.StatusOK)
	b.Update(func(s *State) { s.Tenant.PortalMethodCountCheck = true })
	wantException(t, b.portal(admin, "PUT", policies, few), 400, "MethodCountCheckFailed", "ArgumentException")
	b.want(b.portal(admin, "PUT", policies+"?byPassMethodCountCheck=true", few), http.StatusOK)

	b.want(b.portal(admin, "PUT", policies, with(map[string]string{"customizeHelpdeskLink": "true"})), http.StatusOK)
	b.Update(func(s *State) { s.Tenant.PortalEnforcesDocumentedRules = true })
	for _, changes := range []map[string]string{
		{"customizeHelpdeskLink": "true"}, {"securityQuestionsOptionEnabled": "true"}, {"mobileAppNotificationEnabled": "true"},
	} {
		wantException(t, b.portal(admin, "PUT", policies, with(changes)), 400, "InvalidArgument", "ArgumentException")
	}

	b.Update(func(s *State) {
		s.Tenant.PortalIgnoresTogglesWhenMigrated = true
		s.AuthenticationMethodsPolicy.PolicyMigrationState = new("migrationComplete")
		s.PasswordResetPolicy["emailOptionEnabled"] = json.RawMessage("true")
	})
	b.want(b.portal(admin, "PUT", policies, with(map[string]string{"emailOptionEnabled": "false", "enablementType": "2"})), http.StatusOK)
	if after := b.PasswordResetPolicy(); after["emailOptionEnabled"] != true || after["enablementType"] != json.Number("2") {
		t.Errorf("policy %v", after)
	}
}

func TestOnPremisesPolicyTakesParts(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	before := `{"objectId":null,"passwordWritebackSupported":true,"accountUnlockSupported":true,"accountUnlockEnabled":false,` +
		`"enablementForTenant":true,"cloudProvisioningEnablementForTenant":false}`
	if g := b.want(b.portal(admin, "GET", onPremises, ""), http.StatusOK); g.raw != before {
		t.Errorf("got %s", g.raw)
	}
	combined := `{"passwordWriteBackSupported":false,"accountUnlockEnabled":true}`
	if g := b.want(b.portal(admin, "PUT", onPremises, combined), http.StatusOK); g.raw != "true" {
		t.Errorf("answer %s", g.raw)
	}
	g := b.portal(admin, "GET", onPremises, "")
	if g.json["passwordWritebackSupported"] != false || g.json["accountUnlockEnabled"] != true || g.json["passwordWriteBackSupported"] != nil {
		t.Errorf("policy %s", g.raw)
	}
	for _, body := range []string{`{"accountUnlockEnabled":1}`, `{"somethingElse":true}`, `x`} {
		b.want(b.portal(admin, "PUT", onPremises, body), http.StatusBadRequest)
	}
	b.want(b.portal(admin, "PUT", onPremises, `{"enablementForTenant":false}`), http.StatusOK)
	if g := b.portal(admin, "GET", "IsOnPremisesPasswordResetAvailable", ""); g.raw != "true" {
		t.Errorf("available: %s", g.raw)
	}
	b.Update(func(s *State) { s.Tenant.OnPremisesAppliesFirstKeyOnly = true })
	b.want(b.portal(admin, "PUT", onPremises, `{"passwordWriteBackSupported":true,"accountUnlockEnabled":false}`), http.StatusOK)
	g = b.portal(admin, "GET", onPremises, "")
	if g.json["passwordWritebackSupported"] != true || g.json["accountUnlockEnabled"] != true {
		t.Errorf("policy %s", g.raw)
	}
}

func TestPortalReadsCanBeStale(t *testing.T) {
	t.Parallel()
	b := start(t, Options{StaleReads: 2})
	b.want(b.portal(admin, "PUT", policies, with(map[string]string{"enablementType": "2"})), http.StatusOK)
	for i, want := range []string{"0", "0", "2"} {
		if g := b.portal(admin, "GET", policies, ""); g.json["enablementType"] != json.Number(want) {
			t.Errorf("read %d: %v", i+1, g.json["enablementType"])
		}
	}
}
