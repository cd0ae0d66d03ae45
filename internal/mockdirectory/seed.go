package mockdirectory

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// Ids of the seeded tenant, contoso. Secrets are other ones at each start.
const (
	SeededTenantID         = "c0a70500-0c1e-4b7a-9d3c-5e2a8f6b1d40"
	SeededClientID         = "5f1c2d34-8a6b-4c0e-9f21-7b3d4e5a6c70"
	SeededReadOnlyClientID = "6a2d3e45-9b7c-4d1f-8a32-8c4e5f6b7d81"

	SeededAlice      = "a11ce000-3c5b-4f0e-8d1a-2b6f7c8d9e01" // alice@contoso.com, cloud
	SeededBob        = "b0b00000-4d6c-4a1f-9e2b-3c7a8d9e0f12" // bob@fabrikam.com, cloud
	SeededBackup     = "5bac0000-5e7d-4b20-8f3c-4d8b9e0f1a23" // svc-backup@contoso.com, no policies
	SeededScanner    = "5ca00000-6f8e-4c31-904d-5e9c0f1a2b34" // svc-scanner@contoso.com, DisableStrongPassword
	SeededLegacy     = "1e6ac000-709f-4d42-a15e-6fad1a2b3c45" // svc-legacy@contoso.com, both flags
	SeededCarol      = "ca401000-81a0-4e53-b26f-70be2b3c4d56" // carol@contoso.com, synced, DisablePasswordExpiration
	SeededDave       = "da7e0000-92b1-4f64-8370-81cf3c4d5e67" // dave@adfs.contoso.net, federated
	SeededGuest      = "91aa0000-a3c2-4075-9481-92d04d5e6f78" // gina_example.org#EXT#@contoso.onmicrosoft.com, guest
	SeededAdmin      = "ad310000-b4d3-4186-a592-a3e15e6f7a89" // admin@contoso.com, Global Administrator
	SeededReader     = "4ead0000-c5e4-4297-b6a3-b4f26f7a8b9a" // reader@contoso.com, Security Reader
	SeededApostrophe = "0e110000-d6f5-43a8-87b4-c5037a8b9cab" // o'neil@contoso.com, cloud
	SeededGroup      = "0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11" // SSPR pilot
)

// Client ids of Microsoft's own tools, known in every tenant.
const (
	azureCLI        = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
	azurePowerShell = "1950a258-227b-4e31-a9cf-717495945fc2"
)

func seed(now time.Time) State {
	created := now.UTC().AddDate(-3, 0, 0).Truncate(time.Second)
	s := State{
		Tenant: Tenant{
			ID: SeededTenantID, DisplayName: "Contoso", CountryLetterCode: "GB", PreferredLanguage: "en",
			CreatedDateTime: &created, OnPremisesSyncEnabled: new(true),
		},
		Domains: seededDomains(),
		Users:   seededUsers(created),
		Groups: map[string]Group{SeededGroup: {
			DisplayName: "SSPR pilot", Description: new("Users who may reset their own password."),
			CreatedDateTime: &created, MailNickname: "sspr-pilot", SecurityEnabled: true,
			Members: []string{SeededAlice, SeededBob},
		}},
		PasswordResetPolicy:           seededPolicy(),
		OnPremisesPasswordResetPolicy: seededOnPremisesPolicy(),
		AuthorizationPolicy:           seededAuthorizationPolicy(),
		AuthenticationMethodsPolicy:   seededMethodsPolicy(created),
		SignIn:                        seededSignIn(),
	}
	s.fillKeys()
	return s
}

func seededDomains() map[string]Domain {
	mail := []string{"Email", "OfficeCommunicationsOnline"}
	contoso := managedDomain(mail)
	contoso.IsDefault = true
	corp := managedDomain(nil)
	corp.IsRoot = false
	fabrikam := managedDomain(mail)
	fabrikam.PasswordValidityPeriodInDays, fabrikam.PasswordNotificationWindowInDays = new(int32(90)), new(int32(14))
	federated := managedDomain(mail)
	federated.AuthenticationType = "Federated"
	pending := managedDomain(nil)
	pending.IsVerified = false
	initial := managedDomain(mail)
	initial.IsInitial = true
	return map[string]Domain{
		"contoso.com": contoso, "corp.contoso.com": corp, "fabrikam.com": fabrikam,
		"adfs.contoso.net": federated, "pending.example": pending, "contoso.onmicrosoft.com": initial,
	}
}

func managedDomain(services []string) Domain {
	return Domain{AuthenticationType: "Managed", IsAdminManaged: true, IsRoot: true, IsVerified: true, SupportedServices: services}
}

func seededUsers(created time.Time) map[string]User {
	member := func(name, upn string) User { return memberUser(name, upn, created) }
	alice := member("Alice Adams", "alice@contoso.com")
	alice.MethodsRegistered = []string{"mobilePhone", "microsoftAuthenticatorPush"}
	bob := member("Bob Baker", "bob@fabrikam.com")
	bob.MethodsRegistered = []string{"email"}
	scanner := member("Scanner service", "svc-scanner@contoso.com")
	scanner.PasswordPolicies = new("DisableStrongPassword")
	legacy := member("Legacy service", "svc-legacy@contoso.com")
	legacy.PasswordPolicies = new("DisablePasswordExpiration, DisableStrongPassword")
	carol := member("Carol Synced", "carol@contoso.com")
	carol.PasswordPolicies, carol.OnPremisesSyncEnabled = new("DisablePasswordExpiration"), new(true)
	carol.OnPremisesImmutableID, carol.OnPremisesSamAccountName = new("Y2Fyb2wgc3luY2VkIQ=="), new("carol")
	guest := member("Gina Guest", "gina_example.org#EXT#@contoso.onmicrosoft.com")
	guest.UserType, guest.Mail, guest.ExternalUserState = "Guest", new("gina@example.org"), new("Accepted")
	guest.CreationType = new("Invitation")
	admin := member("Adele Administrator", "admin@contoso.com")
	admin.Roles, admin.MethodsRegistered = []string{globalAdministrator}, []string{"email", "mobilePhone", "fido2SecurityKey"}
	reader := member("Rita Reader", "reader@contoso.com")
	reader.Roles = []string{securityReader}
	return map[string]User{
		SeededAlice:      alice,
		SeededBob:        bob,
		SeededBackup:     member("Backup service", "svc-backup@contoso.com"),
		SeededScanner:    scanner,
		SeededLegacy:     legacy,
		SeededCarol:      carol,
		SeededDave:       member("Dave Federated", "dave@adfs.contoso.net"),
		SeededGuest:      guest,
		SeededAdmin:      admin,
		SeededReader:     reader,
		SeededApostrophe: member("Owen O'Neil", "o'neil@contoso.com"),
	}
}

func memberUser(name, upn string, created time.Time) User {
	return User{
		DisplayName: name, UserPrincipalName: upn, UserType: "Member", AccountEnabled: true,
		CreatedDateTime: &created, LastPasswordChangeDateTime: &created,
	}
}

func addUsers(s *State, count int, now time.Time) {
	created := now.UTC().AddDate(-1, 0, 0).Truncate(time.Second)
	for i := 1; i <= count; i++ {
		u := memberUser(fmt.Sprintf("User %06d", i), fmt.Sprintf("user%06d@contoso.com", i), created)
		u.ID = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		s.Users[u.ID] = u
	}
}

func addDomains(s *State, count int) {
	for i := 1; i <= count; i++ {
		domain := managedDomain([]string{"Email"})
		domain.ID = fmt.Sprintf("domain%04d.example", i)
		s.Domains[domain.ID] = domain
	}
}

// policyKeys is the order in which the portal gives the members of the password reset policy.
var policyKeys = []string{
	"objectId", "enablementType", "numberOfAuthenticationMethodsRequired",
	"emailOptionEnabled", "mobilePhoneOptionEnabled", "officePhoneOptionEnabled",
	"securityQuestionsOptionEnabled", "mobileAppNotificationEnabled", "mobileAppCodeEnabled",
	"numberOfQuestionsToRegister", "numberOfQuestionsToReset",
	"registrationRequiredOnSignIn", "registrationReconfirmIntevalInDays",
	"skipRegistrationAllowed", "skipRegistrationMaxAllowedDays",
	"customizeHelpdeskLink", "customHelpdeskEmailOrUrl",
	"notifyUsersOnPasswordReset", "notifyOnAdminPasswordReset",
	"passwordResetEnabledGroupIds", "passwordResetEnabledGroupName",
	"securityQuestions", "registrationConditionalAccessPolicies",
	"emailOptionAllowed", "mobilePhoneOptionAllowed", "officePhoneOptionAllowed",
	"securityQuestionsOptionAllowed", "mobileAppNotificationOptionAllowed", "mobileAppCodeOptionAllowed",
}

func seededPolicy() map[string]json.RawMessage {
	values := []string{
		`"default"`, `0`, `1`, `true`, `true`, `false`, `false`, `false`, `false`, `5`, `3`, `true`, `180`, `true`, `7`,
		`false`, `""`, `true`, `false`, `[]`, `""`, `[]`, `[]`, `true`, `true`, `true`, `true`, `true`, `true`,
	}
	policy := make(map[string]json.RawMessage, len(policyKeys))
	for i, key := range policyKeys {
		policy[key] = json.RawMessage(values[i])
	}
	return policy
}

var onPremisesKeys = []string{
	"objectId", "passwordWritebackSupported", "accountUnlockSupported", "accountUnlockEnabled",
	"enablementForTenant", "cloudProvisioningEnablementForTenant",
}

func seededOnPremisesPolicy() map[string]json.RawMessage {
	return map[string]json.RawMessage{
		"objectId": json.RawMessage("null"), "passwordWritebackSupported": json.RawMessage("true"),
		"accountUnlockSupported": json.RawMessage("true"), "accountUnlockEnabled": json.RawMessage("false"),
		"enablementForTenant": json.RawMessage("true"), "cloudProvisioningEnablementForTenant": json.RawMessage("false"),
	}
}

func seededAuthorizationPolicy() AuthorizationPolicy {
	return AuthorizationPolicy{
		ID: "authorizationPolicy", DisplayName: "Authorization Policy",
		Description:                            "Used to manage authorization related settings across the company.",
		AllowedToSignUpEmailBasedSubscriptions: true, AllowedToUseSSPR: true, AllowInvitesFrom: "everyone",
		AllowUserConsentForRiskyApps: new(false), BlockMsolPowerShell: new(false),
		GuestUserRoleID: new("10dae51f-b6af-4016-8d66-8c2a99b929b3"),
		DefaultUserRolePermissions: DefaultUserRolePermissions{
			AllowedToCreateApps: true, AllowedToCreateSecurityGroups: true, AllowedToCreateTenants: new(true),
			AllowedToReadBitlockerKeysForOwnedDevice: new(true), AllowedToReadOtherUsers: true,
		},
	}
}

func seededMethodsPolicy(created time.Time) AuthenticationMethodsPolicy {
	return AuthenticationMethodsPolicy{
		ID: "authenticationMethodsPolicy", DisplayName: new("Authentication Methods Policy"),
		Description:          new("The tenant-wide policy that controls which authentication methods are allowed."),
		LastModifiedDateTime: &created, PolicyVersion: new("1.5"), PolicyMigrationState: new("preMigration"),
		RegistrationEnforcement: &RegistrationEnforcement{Campaign: &RegistrationCampaign{
			SnoozeDurationInDays: 1, State: "default",
			ExcludeTargets: []CampaignTarget{}, IncludeTargets: []CampaignTarget{},
		}},
	}
}

func seededSignIn() SignIn {
	readers := []string{
		"User.Read.All", "Domain.Read.All", "Group.Read.All", "Organization.Read.All", "Policy.Read.All",
		"Policy.Read.AuthenticationMethod", "Directory.Read.All", "AuditLog.Read.All",
	}
	writers := append([]string{"User.ReadWrite.All", "Domain.ReadWrite.All", "Policy.ReadWrite.Authorization"}, readers[2:]...)
	return SignIn{
		Applications: map[string]Application{
			SeededClientID: {
				DisplayName: "Terraform", ObjectID: newID(), ClientSecret: newSecret(), Permissions: writers,
			},
			SeededReadOnlyClientID: {
				DisplayName: "Nightly plan", ObjectID: newID(), ClientSecret: newSecret(), Permissions: readers,
			},
		},
		PublicClients: []string{azureCLI, azurePowerShell},
		RefreshTokens: map[string]RefreshToken{
			newSecret(): {User: SeededAdmin},
			newSecret(): {User: SeededReader},
			newSecret(): {User: SeededAdmin, Expired: true},
		},
		DelegatedPermissions: []string{
			"User.ReadWrite.All", "Domain.ReadWrite.All", "Group.Read.All", "Organization.Read.All", "Policy.Read.All",
			"Policy.Read.AuthenticationMethod", "Policy.ReadWrite.Authorization", "Directory.Read.All", "AuditLog.Read.All",
		},
	}
}

// newSecret returns a random text of 32 bytes' worth.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
