package mockdirectory

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
)

// registrationDetails is a user in the registration report, with Graph's member names in the order of its answers.
type registrationDetails struct {
	ID                                            string    `json:"id"`
	UserPrincipalName                             string    `json:"userPrincipalName"`
	UserDisplayName                               string    `json:"userDisplayName"`
	UserType                                      string    `json:"userType"`
	IsAdmin                                       bool      `json:"isAdmin"`
	IsSsprRegistered                              bool      `json:"isSsprRegistered"`
	IsSsprEnabled                                 bool      `json:"isSsprEnabled"`
	IsSsprCapable                                 bool      `json:"isSsprCapable"`
	IsMfaRegistered                               bool      `json:"isMfaRegistered"`
	IsMfaCapable                                  bool      `json:"isMfaCapable"`
	IsPasswordlessCapable                         bool      `json:"isPasswordlessCapable"`
	MethodsRegistered                             []string  `json:"methodsRegistered"`
	IsSystemPreferredAuthenticationMethodEnabled  bool      `json:"isSystemPreferredAuthenticationMethodEnabled"`
	SystemPreferredAuthenticationMethods          []string  `json:"systemPreferredAuthenticationMethods"`
	UserPreferredMethodForSecondaryAuthentication string    `json:"userPreferredMethodForSecondaryAuthentication"`
	LastUpdatedDateTime                           time.Time `json:"lastUpdatedDateTime"`
}

var registrationEntity = describe[registrationDetails]("UserRegistrationDetails", "microsoft.graph.userRegistrationDetails")

// registrationFilters are the filters that the report's documentation names.
var registrationFilters = map[string]support{
	"isMfaCapable": {plain: "eq"}, "isMfaRegistered": {plain: "eq"}, "isPasswordlessCapable": {plain: "eq"},
	"isSsprCapable": {plain: "eq"}, "isSsprEnabled": {plain: "eq"}, "isSsprRegistered": {plain: "eq"},
	"isSystemPreferredAuthenticationMethodEnabled": {plain: "eq"},
	"methodsRegistered":                            {plain: "any"},
	"systemPreferredAuthenticationMethods":         {plain: "any"},
	"userDisplayName":                              {plain: "eq startswith"},
	"userPrincipalName":                            {plain: "eq startswith"},
}

// resetToggles are the methods that a user can prove himself with when resetting a password, each with the word
// in the password reset policy that turns it on and the one that allows it.
var resetToggles = map[string][2]string{
	"email":                      {"emailOptionEnabled", "emailOptionAllowed"},
	"mobilePhone":                {"mobilePhoneOptionEnabled", "mobilePhoneOptionAllowed"},
	"officePhone":                {"officePhoneOptionEnabled", "officePhoneOptionAllowed"},
	"securityQuestion":           {"securityQuestionsOptionEnabled", "securityQuestionsOptionAllowed"},
	"microsoftAuthenticatorPush": {"mobileAppNotificationEnabled", "mobileAppNotificationOptionAllowed"},
	"softwareOneTimePasscode":    {"mobileAppCodeEnabled", "mobileAppCodeOptionAllowed"},
	"hardwareOneTimePasscode":    {"mobileAppCodeEnabled", "mobileAppCodeOptionAllowed"},
}

// passwordlessMethods sign a user in without a password.
var passwordlessMethods = []string{
	"microsoftAuthenticatorPasswordless", "windowsHelloForBusiness", "fido2", "fido2SecurityKey", "passKeyDeviceBound",
	"passKeyDeviceBoundAuthenticator", "passKeyDeviceBoundWindowsHello", "passKeySynced", "macOsSecureEnclaveKey",
}

// secondFactors are methods for multifactor authentication beside a password, the most secure first, each with the
// name that preferred methods have.
var secondFactors = [][2]string{
	{"microsoftAuthenticatorPush", "push"}, {"softwareOneTimePasscode", "oath"}, {"hardwareOneTimePasscode", "oath"},
	{"mobilePhone", "sms"}, {"alternateMobilePhone", "voiceAlternateMobile"}, {"officePhone", "voiceOffice"},
}

// registrableMethods are all that a user of a fixture may have registered.
var registrableMethods = func() []string {
	known := append([]string{"email", "securityQuestion", "temporaryAccessPass", "externalAuthMethod", "qrCode"}, passwordlessMethods...)
	for _, factor := range secondFactors {
		known = append(known, factor[0])
	}
	slices.Sort(known)
	return known
}()

// listRegistrations is the report of what users registered. Its members follow from the users and from the policies.
func (d *Directory) listRegistrations(c *call) answer {
	q, f := c.readRegistrationQuery()
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state.Tenant.WithoutPremiumLicense {
		return fail(&failure{
			status: http.StatusForbidden, code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
			message: "Neither tenant is B2C or tenant doesn't have premium license",
		})
	}
	ids := d.users.ids
	if q.order != nil {
		ids = d.ordered(q.order)
	}
	rules := d.resetRules()
	out := collection{context: c.contextURL("reports/authenticationMethods/userRegistrationDetails", nil), items: []json.RawMessage{}}
	var user User // one for all, like the details, as filters and writers take their addresses
	var details registrationDetails
	for i := min(q.after, len(ids)); i < len(ids); i++ {
		user = d.state.Users[ids[i]]
		if !user.AccountEnabled {
			continue
		}
		details = rules.details(&user)
		if q.filter != nil && !q.filter(reflect.ValueOf(&details).Elem()) {
			continue
		}
		if len(out.items) == q.top {
			out.next = c.nextLink(i)
			break
		}
		var o object
		registrationEntity.write(&o, &details, q.selected, c.version())
		out.items = append(out.items, o.bytes())
	}
	return out.answer()
}

func (c *call) readRegistrationQuery() (userQuery, *failure) {
	var q userQuery
	f := c.onlyOptions("$select", "$filter", "$orderby", "$top", "$skiptoken")
	if f != nil {
		return q, f
	}
	if q.selected, f = c.selected(registrationEntity); f != nil {
		return q, f
	}
	if text := c.query.Get("$filter"); text != "" {
		parsed, f := parseFilter(text, registrationEntity, registrationFilters, false)
		if f != nil {
			return q, f
		}
		q.filter = parsed.test
	}
	if q.order, f = c.orderTerms("userDisplayName", registrationEntity); f != nil {
		return q, f
	}
	if q.top, f = c.readTop(); f != nil {
		return q, f
	}
	q.after, f = c.readSkipToken()
	return q, f
}

// resetRules are what the tenant's policies say about who may reset a password, and with what.
type resetRules struct {
	everybody      bool
	group          map[string]bool
	administrators bool
	required       int
	usable         map[string]bool
	now            time.Time
}

// resetRules reads the policies once for a whole page. The caller holds mu.
func (d *Directory) resetRules() resetRules {
	policy := d.state.PasswordResetPolicy
	r := resetRules{
		administrators: d.state.AuthorizationPolicy.AllowedToUseSSPR,
		group:          map[string]bool{}, usable: map[string]bool{},
		now: d.now().UTC().Truncate(time.Second),
	}
	var groups []string
	// What the portal took fits these types; a document from a fixture that does not is as good as unset.
	_ = json.Unmarshal(policy["numberOfAuthenticationMethodsRequired"], &r.required)
	_ = json.Unmarshal(policy["passwordResetEnabledGroupIds"], &groups)
	switch string(policy["enablementType"]) {
	case "1":
		for _, id := range groups {
			d.collectMembers(d.state.Groups[strings.ToLower(id)], r.group, func(string) {})
		}
	case "2":
		r.everybody = true
	}
	migrated := d.methodsMigrated()
	for method, toggle := range resetToggles {
		on := string(policy[toggle[0]]) == "true" && string(policy[toggle[1]]) != "false"
		switch method {
		case "securityQuestion": // The one toggle that a migration leaves in force.
			r.usable[method] = on
		case "microsoftAuthenticatorPush":
			r.usable[method] = migrated || on && r.required > 1
		default:
			r.usable[method] = migrated || on
		}
	}
	return r
}

// methodsMigrated says whether the legacy toggles of methods are out of force. The caller holds mu.
func (d *Directory) methodsMigrated() bool {
	state := d.state.AuthenticationMethodsPolicy.PolicyMigrationState
	return state != nil && *state == "migrationComplete"
}

// signInType is the type of a user in the report's spelling.
func signInType(u *User) string {
	if u.UserType == "Member" {
		return "member" // That of nearly all, for which nothing need be made.
	}
	return strings.ToLower(u.UserType)
}

// details is the line of one user.
func (r resetRules) details(u *User) registrationDetails {
	line := registrationDetails{
		ID: u.ID, UserPrincipalName: u.UserPrincipalName, UserDisplayName: u.DisplayName, UserType: signInType(u),
		MethodsRegistered: u.MethodsRegistered, IsSystemPreferredAuthenticationMethodEnabled: true,
		UserPreferredMethodForSecondaryAuthentication: "none", LastUpdatedDateTime: r.now,
	}
	line.IsAdmin = slices.ContainsFunc(u.Roles, func(role string) bool { return strings.HasSuffix(role, "Administrator") })
	line.IsSsprEnabled, line.IsSsprRegistered = r.reset(u, line.IsAdmin)
	line.IsSsprCapable = line.IsSsprRegistered && line.IsSsprEnabled
	line.IsPasswordlessCapable = slices.ContainsFunc(u.MethodsRegistered, func(method string) bool {
		return slices.Contains(passwordlessMethods, method)
	})
	line.IsMfaRegistered = line.IsPasswordlessCapable
	for _, factor := range secondFactors {
		if slices.Contains(u.MethodsRegistered, factor[0]) {
			line.IsMfaRegistered = true
			line.SystemPreferredAuthenticationMethods = []string{factor[1]}
			line.UserPreferredMethodForSecondaryAuthentication = factor[1]
			break
		}
	}
	line.IsMfaCapable = line.IsMfaRegistered
	return line
}

// reset says whether a user may reset his password, and whether he registered enough for it.
// Administrators have a policy of their own: two methods, and no questions.
func (r resetRules) reset(u *User, administrator bool) (enabled, registered bool) {
	enabled, required := r.everybody || r.group[u.ID], max(r.required, 1)
	if administrator {
		enabled, required = r.administrators, 2
	}
	count := 0
	for _, method := range u.MethodsRegistered {
		_, known := resetToggles[method]
		if administrator && known && method != "securityQuestion" || !administrator && r.usable[method] {
			count++
		}
	}
	return enabled, count >= required
}
