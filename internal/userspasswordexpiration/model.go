package userspasswordexpiration

import (
	"time"

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
	Users                           []userModel  `tfsdk:"users"`
}

// userModel is one user in Terraform's terms.
type userModel struct {
	ID                   types.String `tfsdk:"id"`
	UserPrincipalName    types.String `tfsdk:"user_principal_name"`
	DisplayName          types.String `tfsdk:"display_name"`
	UserType             types.String `tfsdk:"user_type"`
	AccountEnabled       types.Bool   `tfsdk:"account_enabled"`
	Synchronized         types.Bool   `tfsdk:"synchronized"`
	NeverExpires         types.Bool   `tfsdk:"never_expires"`
	Reason               types.String `tfsdk:"reason"`
	ValidityPeriodInDays types.Int64  `tfsdk:"validity_period_in_days"`
	PasswordLastChanged  types.String `tfsdk:"password_last_changed"`
	ExpiresAt            types.String `tfsdk:"expires_at"`
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
	m.Users = []userModel{}
	for _, user := range users {
		if told := m.describe(user, domains); m.passes(user, told) {
			m.Users = append(m.Users, told)
		}
	}
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
