package userspasswordexpiration

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// model is the data source in Terraform's terms.
type model struct {
	DomainName                      types.String `tfsdk:"domain_name"`
	UserPrincipalNamePrefix         types.String `tfsdk:"user_principal_name_prefix"`
	AccountEnabled                  types.Bool   `tfsdk:"account_enabled"`
	IncludeGuests                   types.Bool   `tfsdk:"include_guests"`
	NeverExpires                    types.Bool   `tfsdk:"never_expires"`
	Reason                          types.String `tfsdk:"reason"`
	DefaultValidityPeriodInDays     types.Int64  `tfsdk:"default_validity_period_in_days"`
	DefaultNeverExpires             types.Bool   `tfsdk:"default_never_expires"`
	CloudPolicyForSynchronizedUsers types.Bool   `tfsdk:"cloud_policy_for_synchronized_users"`
	Users                           types.List   `tfsdk:"users"`
}

// userModel is one user in Terraform's terms.
type userModel struct {
	ID                   types.String
	UserPrincipalName    types.String
	DisplayName          types.String
	UserType             types.String
	AccountEnabled       types.Bool
	Synchronized         types.Bool
	NeverExpires         types.Bool
	Reason               types.String
	ValidityPeriodInDays types.Int64
	PasswordLastChanged  types.String
	ExpiresAt            types.String
}

var userType = resourcekit.ObjectType(userAttributes())

// object does what struct tags would have the framework do, which takes it
// several times as long, and there may be 100,000 users.
func (u userModel) object() attr.Value {
	return types.ObjectValueMust(userType.AttrTypes, map[string]attr.Value{
		"id":                      u.ID,
		"user_principal_name":     u.UserPrincipalName,
		"display_name":            u.DisplayName,
		"user_type":               u.UserType,
		"account_enabled":         u.AccountEnabled,
		"synchronized":            u.Synchronized,
		"never_expires":           u.NeverExpires,
		"reason":                  u.Reason,
		"validity_period_in_days": u.ValidityPeriodInDays,
		"password_last_changed":   u.PasswordLastChanged,
		"expires_at":              u.ExpiresAt,
	})
}

// validate checks the rules between attributes and skips what is not known yet.
func (m model) validate() diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if m.DefaultNeverExpires.ValueBool() && resourcekit.Known(m.DefaultValidityPeriodInDays) {
		diagnostics.AddAttributeError(path.Root("default_never_expires"), "Conflicting settings",
			"default_never_expires = true and default_validity_period_in_days contradict each other. Set at most one of them.")
	}
	return diagnostics
}

// filter is what the directory itself can filter by.
func (m model) filter() directory.UserFilter {
	return directory.UserFilter{
		AccountEnabled: resourcekit.Bool(m.AccountEnabled),
		NamePrefix:     m.UserPrincipalNamePrefix.ValueString(),
	}
}

// listing fills in the users who pass the other filters.
func (m model) listing(users []directory.UserPassword, domains directory.DomainSet) model {
	told := []attr.Value{}
	for _, user := range users {
		if described := m.describe(user, domains); m.passes(user, described) {
			told = append(told, described.object())
		}
	}
	m.Users = types.ListValueMust(userType, told)
	return m
}

func (m model) passes(user directory.UserPassword, told userModel) bool {
	return (m.IncludeGuests.ValueBool() || !user.Guest()) &&
		(m.DomainName.IsNull() || m.DomainName.ValueString() == user.Domain()) &&
		(m.NeverExpires.IsNull() || m.NeverExpires.Equal(told.NeverExpires)) &&
		(m.Reason.IsNull() || m.Reason.Equal(told.Reason))
}

// describe tells of a user, with the expiration that is in effect.
func (m model) describe(user directory.UserPassword, domains directory.DomainSet) userModel {
	why, period := m.decide(user, domains)
	told := userModel{
		ID:                types.StringValue(user.ID),
		UserPrincipalName: types.StringValue(user.UserPrincipalName),
		DisplayName:       resourcekit.OrNull(user.DisplayName),
		UserType:          resourcekit.OrNull(user.UserType),
		AccountEnabled:    types.BoolValue(user.AccountEnabled),
		Synchronized:      types.BoolValue(user.OnPremisesSyncEnabled),
		Reason:            types.StringValue(why),
	}
	if user.LastChange != nil && !user.LastChange.IsZero() {
		told.PasswordLastChanged = instant(*user.LastChange)
	}
	if period == nil {
		return told
	}
	told.NeverExpires = types.BoolValue(*period == directory.PasswordNeverExpiresInDays)
	if told.NeverExpires.ValueBool() {
		return told
	}
	told.ValidityPeriodInDays = types.Int64Value(*period)
	if !told.PasswordLastChanged.IsNull() {
		told.ExpiresAt = instant(user.LastChange.UTC().AddDate(0, 0, int(*period)))
	}
	return told
}

// lastYear is the last one that RFC 3339 can write.
const lastYear = 9999

// instant writes a time as Terraform's functions read it.
func instant(at time.Time) types.String {
	if at.UTC().Year() > lastYear {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339))
}
