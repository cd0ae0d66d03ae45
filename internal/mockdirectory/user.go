package mockdirectory

import (
	"bytes"
	"encoding/json"
	"time"
)

// User is a user, with Graph's member names. Members that are not set are null in Graph's answers.
type User struct {
	BusinessPhones    []string `json:"businessPhones,omitempty" graph:"default"`
	DisplayName       string   `json:"displayName" graph:"default,basic"`
	GivenName         *string  `json:"givenName,omitempty" graph:"default,basic"`
	JobTitle          *string  `json:"jobTitle,omitempty" graph:"default"`
	Mail              *string  `json:"mail,omitempty" graph:"default,basic"`
	MobilePhone       *string  `json:"mobilePhone,omitempty" graph:"default"`
	OfficeLocation    *string  `json:"officeLocation,omitempty" graph:"default"`
	PreferredLanguage *string  `json:"preferredLanguage,omitempty" graph:"default"`
	Surname           *string  `json:"surname,omitempty" graph:"default,basic"`
	UserPrincipalName string   `json:"userPrincipalName" graph:"default,basic"`
	ID                string   `json:"id" graph:"default,basic,readonly"`

	PasswordPolicies           *string    `json:"passwordPolicies,omitempty"`
	OnPremisesSyncEnabled      *bool      `json:"onPremisesSyncEnabled,omitempty" graph:"readonly"`
	UserType                   string     `json:"userType"`
	AccountEnabled             bool       `json:"accountEnabled"`
	LastPasswordChangeDateTime *time.Time `json:"lastPasswordChangeDateTime,omitempty" graph:"readonly"`
	IsManagementRestricted     *bool      `json:"isManagementRestricted,omitempty" graph:"readonly"`

	DeletedDateTime                 *time.Time        `json:"deletedDateTime,omitempty" graph:"readonly"`
	AgeGroup                        *string           `json:"ageGroup,omitempty"`
	AssignedLicenses                []AssignedLicense `json:"assignedLicenses,omitempty" graph:"readonly"`
	City                            *string           `json:"city,omitempty"`
	CompanyName                     *string           `json:"companyName,omitempty"`
	ConsentProvidedForMinor         *string           `json:"consentProvidedForMinor,omitempty"`
	Country                         *string           `json:"country,omitempty"`
	CreatedDateTime                 *time.Time        `json:"createdDateTime,omitempty" graph:"readonly"`
	CreationType                    *string           `json:"creationType,omitempty" graph:"readonly"`
	Department                      *string           `json:"department,omitempty"`
	EmployeeHireDate                *time.Time        `json:"employeeHireDate,omitempty"`
	EmployeeID                      *string           `json:"employeeId,omitempty"`
	EmployeeOrgData                 *EmployeeOrgData  `json:"employeeOrgData,omitempty"`
	EmployeeType                    *string           `json:"employeeType,omitempty"`
	ExternalUserState               *string           `json:"externalUserState,omitempty"`
	ExternalUserStateChangeDateTime *time.Time        `json:"externalUserStateChangeDateTime,omitempty"`
	FaxNumber                       *string           `json:"faxNumber,omitempty"`
	Identities                      []ObjectIdentity  `json:"identities,omitempty"`
	ImAddresses                     []string          `json:"imAddresses,omitempty" graph:"readonly"`
	IsResourceAccount               *bool             `json:"isResourceAccount,omitempty"`
	LegalAgeGroupClassification     *string           `json:"legalAgeGroupClassification,omitempty" graph:"readonly"`
	MailNickname                    *string           `json:"mailNickname,omitempty"`
	OnPremisesDistinguishedName     *string           `json:"onPremisesDistinguishedName,omitempty" graph:"readonly"`
	OnPremisesDomainName            *string           `json:"onPremisesDomainName,omitempty" graph:"readonly"`
	OnPremisesImmutableID           *string           `json:"onPremisesImmutableId,omitempty"`
	OnPremisesLastSyncDateTime      *time.Time        `json:"onPremisesLastSyncDateTime,omitempty" graph:"readonly"`
	OnPremisesSamAccountName        *string           `json:"onPremisesSamAccountName,omitempty" graph:"readonly"`
	OnPremisesSecurityIdentifier    *string           `json:"onPremisesSecurityIdentifier,omitempty" graph:"readonly"`
	OnPremisesUserPrincipalName     *string           `json:"onPremisesUserPrincipalName,omitempty" graph:"readonly"`
	OtherMails                      []string          `json:"otherMails,omitempty"`
	PasswordProfile                 *PasswordProfile  `json:"passwordProfile,omitempty"`
	PostalCode                      *string           `json:"postalCode,omitempty"`
	PreferredDataLocation           *string           `json:"preferredDataLocation,omitempty"`
	ProxyAddresses                  []string          `json:"proxyAddresses,omitempty" graph:"readonly"`
	SecurityIdentifier              *string           `json:"securityIdentifier,omitempty" graph:"readonly"`
	ShowInAddressList               *bool             `json:"showInAddressList,omitempty"`
	SignInSessionsValidFromDateTime *time.Time        `json:"signInSessionsValidFromDateTime,omitempty" graph:"readonly"`
	State                           *string           `json:"state,omitempty"`
	StreetAddress                   *string           `json:"streetAddress,omitempty"`
	UsageLocation                   *string           `json:"usageLocation,omitempty"`

	// Roles are the names of the user's directory roles, such as "Global Administrator".
	Roles []string `json:"roles,omitempty" graph:"-"`
	// MethodsRegistered are the authentication methods that the user registered, as the registration report names them.
	MethodsRegistered []string `json:"methodsRegistered,omitempty" graph:"-"`
}

// AssignedLicense is a licence of a user.
type AssignedLicense struct {
	DisabledPlans []string `json:"disabledPlans"`
	SkuID         *string  `json:"skuId"`
}

// EmployeeOrgData is where an employee belongs.
type EmployeeOrgData struct {
	CostCenter *string `json:"costCenter"`
	Division   *string `json:"division"`
}

// ObjectIdentity is a way in which a user is known.
type ObjectIdentity struct {
	SignInType       *string `json:"signInType"`
	Issuer           *string `json:"issuer"`
	IssuerAssignedID *string `json:"issuerAssignedId"`
}

// PasswordProfile sets a password. The password itself is never kept.
type PasswordProfile struct {
	ForceChangePasswordNextSignIn        *bool   `json:"forceChangePasswordNextSignIn"`
	ForceChangePasswordNextSignInWithMfa *bool   `json:"forceChangePasswordNextSignInWithMfa"`
	Password                             *string `json:"password"`
}

// UnmarshalJSON takes an enabled member where the JSON does not say otherwise, and refuses unknown members.
func (u *User) UnmarshalJSON(data []byte) error {
	type plain User
	filled := plain{UserType: "Member", AccountEnabled: true}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&filled); err != nil {
		return err
	}
	*u = User(filled)
	return nil
}
