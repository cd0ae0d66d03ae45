package mockdirectory

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// State is the whole tenant. Its JSON is that of GET /_mock/state and of a fixture.
type State struct {
	Tenant                        Tenant                      `json:"tenant"`
	Domains                       map[string]Domain           `json:"domains"`
	Users                         map[string]User             `json:"users"`
	Groups                        map[string]Group            `json:"groups"`
	PasswordResetPolicy           map[string]json.RawMessage  `json:"passwordResetPolicy"`
	OnPremisesPasswordResetPolicy map[string]json.RawMessage  `json:"onPremisesPasswordResetPolicy"`
	AuthorizationPolicy           AuthorizationPolicy         `json:"authorizationPolicy"`
	AuthenticationMethodsPolicy   AuthenticationMethodsPolicy `json:"authenticationMethodsPolicy"`
	SignIn                        SignIn                      `json:"signIn"`
}

// Tenant is the organization and how the directory decides where the real service's behaviour is not known.
type Tenant struct {
	ID                    string     `json:"id"`
	DisplayName           string     `json:"displayName"`
	CountryLetterCode     string     `json:"countryLetterCode"`
	PreferredLanguage     string     `json:"preferredLanguage"`
	CreatedDateTime       *time.Time `json:"createdDateTime,omitempty"`
	OnPremisesSyncEnabled *bool      `json:"onPremisesSyncEnabled,omitempty"`

	// WithoutPremiumLicense refuses the registration report, which needs Microsoft Entra ID P1 or P2.
	WithoutPremiumLicense bool `json:"withoutPremiumLicense"`
	// RefuseSyncedPasswordPolicies answers a change of passwordPolicies of a synced user with 400.
	RefuseSyncedPasswordPolicies bool `json:"refuseSyncedPasswordPolicies"`
	// CanonicalPasswordPolicies stores flags in Microsoft's spelling and order instead of as sent.
	CanonicalPasswordPolicies bool `json:"canonicalPasswordPolicies"`
	// OmitFederatedPasswordMembers leaves both password members out of federated domains; they are null otherwise.
	OmitFederatedPasswordMembers bool `json:"omitFederatedPasswordMembers"`
	// StrictPasswordDays refuses days outside the limits of the admin center, which Graph may or may not do.
	StrictPasswordDays bool `json:"strictPasswordDays"`
	// PortalMethodCountCheck refuses fewer enabled methods than required, unless the request bypasses the check.
	PortalMethodCountCheck bool `json:"portalMethodCountCheck"`
	// PortalIgnoresTogglesWhenMigrated drops changes of legacy method toggles when policyMigrationState is migrationComplete.
	PortalIgnoresTogglesWhenMigrated bool `json:"portalIgnoresTogglesWhenMigrated"`
	// PortalEnforcesDocumentedRules refuses what the portal's pages refuse across several fields.
	PortalEnforcesDocumentedRules bool `json:"portalEnforcesDocumentedRules"`
	// OnPremisesAppliesFirstKeyOnly reproduces that a combined body changes the first setting alone.
	OnPremisesAppliesFirstKeyOnly bool `json:"onPremisesAppliesFirstKeyOnly"`
}

// Domain is a domain of the tenant, with Graph's member names.
type Domain struct {
	AuthenticationType               string       `json:"authenticationType"`
	AvailabilityStatus               *string      `json:"availabilityStatus,omitempty" graph:"readonly"`
	ID                               string       `json:"id" graph:"readonly"`
	IsAdminManaged                   bool         `json:"isAdminManaged" graph:"readonly"`
	IsDefault                        bool         `json:"isDefault"`
	IsInitial                        bool         `json:"isInitial" graph:"readonly"`
	IsRoot                           bool         `json:"isRoot" graph:"readonly"`
	IsVerified                       bool         `json:"isVerified" graph:"readonly"`
	SupportedServices                []string     `json:"supportedServices"`
	PasswordValidityPeriodInDays     *int32       `json:"passwordValidityPeriodInDays,omitempty"`
	PasswordNotificationWindowInDays *int32       `json:"passwordNotificationWindowInDays,omitempty"`
	State                            *DomainState `json:"state,omitempty" graph:"readonly"`
	Manufacturer                     *string      `json:"manufacturer,omitempty" graph:"readonly"`
	Model                            *string      `json:"model,omitempty" graph:"readonly"`
}

// DomainState is an operation that is under way on a domain.
type DomainState struct {
	LastActionDateTime *time.Time `json:"lastActionDateTime"`
	Operation          *string    `json:"operation"`
	Status             *string    `json:"status"`
}

// Group is a group, with Graph's member names.
type Group struct {
	ID                            string     `json:"id" graph:"readonly,default"`
	DeletedDateTime               *time.Time `json:"deletedDateTime,omitempty" graph:"readonly,default"`
	CreatedDateTime               *time.Time `json:"createdDateTime,omitempty" graph:"readonly,default"`
	Description                   *string    `json:"description,omitempty" graph:"default"`
	DisplayName                   string     `json:"displayName" graph:"default"`
	GroupTypes                    []string   `json:"groupTypes" graph:"default"`
	IsAssignableToRole            *bool      `json:"isAssignableToRole,omitempty" graph:"default"`
	IsManagementRestricted        *bool      `json:"isManagementRestricted,omitempty" graph:"readonly"`
	Mail                          *string    `json:"mail,omitempty" graph:"default"`
	MailEnabled                   bool       `json:"mailEnabled" graph:"default"`
	MailNickname                  string     `json:"mailNickname" graph:"default"`
	MembershipRule                *string    `json:"membershipRule,omitempty" graph:"default"`
	MembershipRuleProcessingState *string    `json:"membershipRuleProcessingState,omitempty" graph:"default"`
	OnPremisesSyncEnabled         *bool      `json:"onPremisesSyncEnabled,omitempty" graph:"readonly,default"`
	SecurityEnabled               bool       `json:"securityEnabled" graph:"default"`
	SecurityIdentifier            *string    `json:"securityIdentifier,omitempty" graph:"readonly,default"`
	Visibility                    *string    `json:"visibility,omitempty" graph:"default"`

	// Members are the ids of the users and groups in the group.
	Members []string `json:"members" graph:"-"`
}

// AuthorizationPolicy is the tenant's authorization policy, with Graph's member names.
type AuthorizationPolicy struct {
	ID                                                string                     `json:"id" graph:"readonly"`
	DisplayName                                       string                     `json:"displayName"`
	Description                                       string                     `json:"description"`
	AllowedToSignUpEmailBasedSubscriptions            bool                       `json:"allowedToSignUpEmailBasedSubscriptions"`
	AllowedToUseSSPR                                  bool                       `json:"allowedToUseSSPR"`
	AllowEmailVerifiedUsersToJoinOrganization         bool                       `json:"allowEmailVerifiedUsersToJoinOrganization"`
	AllowInvitesFrom                                  string                     `json:"allowInvitesFrom"`
	AllowUserConsentForRiskyApps                      *bool                      `json:"allowUserConsentForRiskyApps,omitempty" graph:"v1"`
	BlockMsolPowerShell                               *bool                      `json:"blockMsolPowerShell,omitempty"`
	GuestUserRoleID                                   *string                    `json:"guestUserRoleId,omitempty"`
	DefaultUserRolePermissions                        DefaultUserRolePermissions `json:"defaultUserRolePermissions"`
	EnabledPreviewFeatures                            []string                   `json:"enabledPreviewFeatures,omitempty" graph:"beta"`
	PermissionGrantPolicyIdsAssignedToDefaultUserRole []string                   `json:"permissionGrantPolicyIdsAssignedToDefaultUserRole,omitempty" graph:"beta"`
}

// DefaultUserRolePermissions is what ordinary users may do.
type DefaultUserRolePermissions struct {
	AllowedToCreateApps                      bool     `json:"allowedToCreateApps"`
	AllowedToCreateSecurityGroups            bool     `json:"allowedToCreateSecurityGroups"`
	AllowedToCreateTenants                   *bool    `json:"allowedToCreateTenants,omitempty"`
	AllowedToReadBitlockerKeysForOwnedDevice *bool    `json:"allowedToReadBitlockerKeysForOwnedDevice,omitempty"`
	AllowedToReadOtherUsers                  bool     `json:"allowedToReadOtherUsers"`
	PermissionGrantPoliciesAssigned          []string `json:"permissionGrantPoliciesAssigned,omitempty"`
}

// AuthenticationMethodsPolicy is the tenant's authentication methods policy, with Graph's member names.
type AuthenticationMethodsPolicy struct {
	ID                      string                   `json:"id" graph:"readonly"`
	DisplayName             *string                  `json:"displayName,omitempty" graph:"readonly"`
	Description             *string                  `json:"description,omitempty" graph:"readonly"`
	LastModifiedDateTime    *time.Time               `json:"lastModifiedDateTime,omitempty" graph:"readonly"`
	PolicyVersion           *string                  `json:"policyVersion,omitempty" graph:"readonly"`
	PolicyMigrationState    *string                  `json:"policyMigrationState,omitempty"`
	ReconfirmationInDays    *int32                   `json:"reconfirmationInDays,omitempty"`
	RegistrationEnforcement *RegistrationEnforcement `json:"registrationEnforcement,omitempty"`
}

// RegistrationEnforcement asks users to set up a method at sign-in.
type RegistrationEnforcement struct {
	Campaign *RegistrationCampaign `json:"authenticationMethodsRegistrationCampaign"`
}

// RegistrationCampaign says whom to ask, and how often.
type RegistrationCampaign struct {
	SnoozeDurationInDays int32            `json:"snoozeDurationInDays"`
	State                string           `json:"state"`
	ExcludeTargets       []CampaignTarget `json:"excludeTargets"`
	IncludeTargets       []CampaignTarget `json:"includeTargets"`
}

// CampaignTarget is a user or a group.
type CampaignTarget struct {
	ID                           string `json:"id"`
	TargetType                   string `json:"targetType"`
	TargetedAuthenticationMethod string `json:"targetedAuthenticationMethod,omitempty"`
}

// SignIn is who may sign in, and how.
type SignIn struct {
	// Applications are keyed by client id.
	Applications map[string]Application `json:"applications"`
	// PublicClients are the client ids that may redeem refresh tokens of users.
	PublicClients []string `json:"publicClients"`
	// RefreshTokens are keyed by the token itself.
	RefreshTokens map[string]RefreshToken `json:"refreshTokens"`
	// DelegatedPermissions are those of users' tokens for Graph.
	DelegatedPermissions []string `json:"delegatedPermissions"`
	// UserTokenLifetimeSeconds is the life of users' access tokens; 0 means 3,599.
	UserTokenLifetimeSeconds int `json:"userTokenLifetimeSeconds"`
}

// Application is an app registration with its service principal.
type Application struct {
	DisplayName   string `json:"displayName"`
	ObjectID      string `json:"objectId"`
	ClientSecret  string `json:"clientSecret"`
	SecretExpired bool   `json:"secretExpired"`
	// Certificates are PEM certificates whose keys may sign assertions.
	Certificates         []string              `json:"certificates"`
	FederatedCredentials []FederatedCredential `json:"federatedCredentials"`
	// Permissions are the application permissions for Graph that an administrator consented to.
	Permissions          []string `json:"permissions"`
	TokenLifetimeSeconds int      `json:"tokenLifetimeSeconds"`
}

// FederatedCredential trusts the tokens of another issuer. One of PublicKey and JWKS says with which key they are signed.
type FederatedCredential struct {
	Issuer    string          `json:"issuer"`
	Subject   string          `json:"subject"`
	Audience  string          `json:"audience"`
	PublicKey string          `json:"publicKey,omitempty"`
	JWKS      json.RawMessage `json:"jwks,omitempty"`
}

// RefreshToken is a stored sign-in of a user.
type RefreshToken struct {
	// User is an object id or a user principal name.
	User string `json:"user"`
	// ClientID is the client that it was issued to; empty means any public client.
	ClientID string `json:"clientId"`
	// Resource is what it was asked for first, for requests that name none; empty means the portal.
	Resource string `json:"resource,omitempty"`
	Expired  bool   `json:"expired"`
	// BlockedBy is empty, "mfa" (more proof is wanted), "conditionalAccess" or "consent".
	BlockedBy string `json:"blockedBy"`
}

// userIndex finds users by name and in order of id.
type userIndex struct {
	ids   []string
	byUPN map[string]string
}

func newUserIndex(users map[string]User) userIndex {
	x := userIndex{ids: sortedKeys(users), byUPN: make(map[string]string, len(users))}
	for id, u := range users {
		x.byUPN[strings.ToLower(u.UserPrincipalName)] = id
	}
	return x
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// replace puts another state in place, at once and for all readers. The caller holds mu, or is alone.
func (d *Directory) replace(s State) {
	d.state = s
	d.users = newUserIndex(s.Users)
	d.stale = newStaleReads()
}

// State returns a deep copy of the tenant.
func (d *Directory) State() State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return clone(d.state)
}

// Update lets another administrator change the tenant. It takes effect at once, for stale reads too.
// The change must not keep the pointer.
func (d *Directory) Update(change func(*State)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(&d.state)
	d.state.fillKeys()
	d.replace(d.state)
}

// User returns a copy of the user with that object id or user principal name.
func (d *Directory) User(idOrUPN string) (User, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u, ok := d.findUser(idOrUPN)
	return clone(u), ok
}

func (d *Directory) findUser(idOrUPN string) (User, bool) {
	name := strings.ToLower(idOrUPN)
	if id, ok := d.users.byUPN[name]; ok {
		name = id
	}
	u, ok := d.state.Users[name]
	return u, ok
}

// Domain returns a copy of the domain with that name.
func (d *Directory) Domain(name string) (Domain, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	domain, ok := d.state.Domains[strings.ToLower(name)]
	return clone(domain), ok
}

// rootOf returns the domain that a subdomain inherits from: the longest other name that it ends in.
func (s *State) rootOf(domain Domain) (Domain, bool) {
	if domain.IsRoot {
		return Domain{}, false
	}
	for name := domain.ID; ; {
		_, parent, ok := strings.Cut(name, ".")
		if !ok {
			return Domain{}, false
		}
		if root, ok := s.Domains[parent]; ok && root.IsRoot {
			return root, true
		}
		name = parent
	}
}
