package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// The users of the story, and Graph's words for their passwords.
const (
	never       = 2147483647
	neverFlag   = "DisablePasswordExpiration"
	weakFlag    = "DisableStrongPassword"
	noPolicies  = "None"
	contoso     = "contoso.com"
	fabrikam    = "fabrikam.com"
	helpContact = "https://help.contoso.example"
)

// prepare makes a tenant of which everything can be restored. In the seeded
// tenant the expiration of contoso.com was never set, and a domain cannot go
// back to that: destroy would leave the last setting, with a warning. The same
// way the policies of a user that nobody ever touched are null, and clearing
// them leaves "None", which means the same but is not equal.
func prepare(tenant *mockdirectory.State) {
	setExpiration(tenant, contoso, 180, 30)
	setPasswordPolicies(tenant, mockdirectory.SeededBackup, noPolicies)
}

// configure does to a tenant what examples/demo/main.tf asks for.
func configure(tenant *mockdirectory.State) {
	setPolicy(tenant, map[string]any{
		"enablementType":                        1,
		"passwordResetEnabledGroupIds":          []string{mockdirectory.SeededGroup},
		"numberOfAuthenticationMethodsRequired": 2,
		"registrationRequiredOnSignIn":          true,
		"registrationReconfirmIntevalInDays":    90,
		"notifyUsersOnPasswordReset":            true,
		"notifyOnAdminPasswordReset":            true,
		"customizeHelpdeskLink":                 true,
		"customHelpdeskEmailOrUrl":              helpContact,
	})
	setExpiration(tenant, contoso, 90, 14)
	setExpiration(tenant, fabrikam, never, 14)
	setPasswordPolicies(tenant, mockdirectory.SeededBackup, neverFlag)
	setPasswordPolicies(tenant, mockdirectory.SeededScanner, neverFlag+", "+weakFlag)
	setPasswordPolicies(tenant, mockdirectory.SeededLegacy, weakFlag)
}

// configured returns the tenant as the configuration asks for it, and leaves
// the given one as it is.
func configured(tenant mockdirectory.State) mockdirectory.State {
	tenant.Domains, tenant.Users = maps.Clone(tenant.Domains), maps.Clone(tenant.Users)
	configure(&tenant)
	return tenant
}

// meddle is what another administrator clicks in the portals.
func meddle(tenant *mockdirectory.State) {
	setPolicy(tenant, map[string]any{
		"enablementType":                        2,
		"passwordResetEnabledGroupIds":          []string{},
		"numberOfAuthenticationMethodsRequired": 1,
	})
	setExpiration(tenant, fabrikam, 365, 14)
	setPasswordPolicies(tenant, mockdirectory.SeededBackup, noPolicies)
	setPasswordPolicies(tenant, mockdirectory.SeededLegacy, neverFlag+", "+weakFlag)
}

// meddledWith are the resources that a plan must show after meddle.
var meddledWith = []string{
	"entraid_password_expiration_policy.fabrikam",
	"entraid_sspr_policy.this",
	"entraid_user_password_never_expires.backup",
	"entraid_user_password_never_expires.legacy",
}

func setPolicy(tenant *mockdirectory.State, members map[string]any) {
	policy := maps.Clone(tenant.PasswordResetPolicy)
	for name, value := range members {
		policy[name] = marshal(value)
	}
	tenant.PasswordResetPolicy = policy
}

func setExpiration(tenant *mockdirectory.State, name string, period, window int32) {
	domain := tenant.Domains[name]
	domain.PasswordValidityPeriodInDays, domain.PasswordNotificationWindowInDays = &period, &window
	tenant.Domains[name] = domain
}

func setPasswordPolicies(tenant *mockdirectory.State, id, policies string) {
	user := tenant.Users[id]
	user.PasswordPolicies = &policies
	tenant.Users[id] = user
}

// marshal writes a value that cannot fail to be JSON.
func marshal(value any) json.RawMessage {
	content, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return content
}

// setting is one line of a table: a setting in a person's words.
type setting struct{ area, name, value string }

// settingsOf lists the settings of the tenant that the story is about.
func settingsOf(tenant mockdirectory.State) []setting {
	settings := passwordReset(tenant)
	for _, name := range []string{contoso, fabrikam} {
		settings = append(settings, setting{"Password expiration of domains", name, expiration(tenant.Domains[name])})
	}
	for _, id := range []string{mockdirectory.SeededBackup, mockdirectory.SeededScanner, mockdirectory.SeededLegacy} {
		user := tenant.Users[id]
		settings = append(settings, setting{"Passwords of accounts", user.UserPrincipalName, policies(user)})
	}
	return settings
}

// passwordResetPolicy are the members of the portal's document in the tables.
type passwordResetPolicy struct {
	EnablementType   int      `json:"enablementType"`
	GroupIDs         []string `json:"passwordResetEnabledGroupIds"`
	MethodsRequired  int      `json:"numberOfAuthenticationMethodsRequired"`
	RequiredAtSignIn bool     `json:"registrationRequiredOnSignIn"`
	ReconfirmInDays  int      `json:"registrationReconfirmIntevalInDays"`
	NotifyUsers      bool     `json:"notifyUsersOnPasswordReset"`
	NotifyAdmins     bool     `json:"notifyOnAdminPasswordReset"`
	CustomHelpdesk   bool     `json:"customizeHelpdeskLink"`
	HelpdeskContact  string   `json:"customHelpdeskEmailOrUrl"`
}

func passwordReset(tenant mockdirectory.State) []setting {
	const area = "Self-service password reset"
	var p passwordResetPolicy
	if err := json.Unmarshal(marshal(tenant.PasswordResetPolicy), &p); err != nil {
		return []setting{{area, "policy", "unreadable: " + err.Error()}}
	}
	contact := "not customised"
	if p.CustomHelpdesk {
		contact = p.HelpdeskContact
	}
	return []setting{
		{area, "enabled for", enabledFor(tenant, p)},
		{area, "methods required", fmt.Sprint(p.MethodsRequired)},
		{area, "register at sign-in", yesNo(p.RequiredAtSignIn)},
		{area, "reconfirm after", fmt.Sprintf("%d days", p.ReconfirmInDays)},
		{area, "notify users", yesNo(p.NotifyUsers)},
		{area, "notify administrators", yesNo(p.NotifyAdmins)},
		{area, "helpdesk contact", contact},
	}
}

func enabledFor(tenant mockdirectory.State, p passwordResetPolicy) string {
	switch {
	case p.EnablementType == 0:
		return "nobody"
	case p.EnablementType == 2:
		return "all users"
	case len(p.GroupIDs) == 1:
		return fmt.Sprintf("group %q", tenant.Groups[p.GroupIDs[0]].DisplayName)
	}
	return fmt.Sprintf("unknown (%d)", p.EnablementType)
}

func yesNo(value bool) string {
	if value {
		return "yes"
	}
	return "no"
}

func expiration(domain mockdirectory.Domain) string {
	period, window := domain.PasswordValidityPeriodInDays, domain.PasswordNotificationWindowInDays
	switch {
	case period == nil || window == nil:
		return "never set"
	case *period == never:
		return "never"
	}
	return fmt.Sprintf("%d days, notice %d days before", *period, *window)
}

func policies(user mockdirectory.User) string {
	var flags string
	if user.PasswordPolicies != nil {
		flags = *user.PasswordPolicies
	}
	text := "expires"
	if strings.Contains(flags, neverFlag) {
		text = "never expires"
	}
	if strings.Contains(flags, weakFlag) {
		text += ", may be weak"
	}
	return text
}
