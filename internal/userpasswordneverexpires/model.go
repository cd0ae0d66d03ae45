package userpasswordneverexpires

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// model is the resource in Terraform's terms.
type model struct {
	UserID            types.String `tfsdk:"user_id"`
	Enabled           types.Bool   `tfsdk:"enabled"`
	ID                types.String `tfsdk:"id"`
	UserPrincipalName types.String `tfsdk:"user_principal_name"`
	FormerSettings    types.String `tfsdk:"former_settings"`
}

// identity names one instance for Terraform 1.12 and newer.
type identity struct {
	UserID types.String `tfsdk:"user_id"`
}

// before is what is remembered of a user for destroy.
type before struct {
	Enabled bool `json:"enabled"`
	// PasswordPolicies are all flags as the directory spelt them, so that they
	// can be put back to the letter.
	PasswordPolicies directory.PasswordPolicies `json:"passwordPolicies"`
}

func rememberedOf(user directory.User) before {
	return before{Enabled: user.PasswordPolicies.NeverExpires(), PasswordPolicies: user.PasswordPolicies}
}

// restored is what destroy writes for a user. What an older version of the
// provider remembered has no flags, only whether the password expired.
func (b before) restored(present directory.PasswordPolicies) directory.PasswordPolicies {
	if b.PasswordPolicies.NeverExpires() != b.Enabled {
		return present.WithNeverExpires(b.Enabled)
	}
	return present.RestoredTo(b.PasswordPolicies)
}

// identifiedBy completes a planned model. What was planned stays, even where
// the directory does not show it yet.
func (m model) identifiedBy(user directory.User) model {
	m.ID = types.StringValue(user.ID)
	m.UserPrincipalName = resourcekit.Choose(m.UserPrincipalName, types.StringValue(user.UserPrincipalName))
	return m
}

// readFrom replaces everything but the name that the configuration uses.
func (m model) readFrom(user directory.User) model {
	m.Enabled = types.BoolValue(user.PasswordPolicies.NeverExpires())
	m.ID = types.StringValue(user.ID)
	m.UserPrincipalName = types.StringValue(user.UserPrincipalName)
	return m
}

// imported is the model of a user that was named at import.
func imported(id string, user directory.User) model {
	return model{UserID: types.StringValue(id)}.readFrom(user)
}

func identityOf(user directory.User) identity {
	return identity{UserID: types.StringValue(user.ID)}
}

// names reports whether a text in the configuration means the user in state.
func (m model) names(text string) bool {
	return strings.EqualFold(text, m.ID.ValueString()) || strings.EqualFold(text, m.UserPrincipalName.ValueString())
}

// importID takes the user from the import id or from the identity.
func importID(ctx context.Context, req resource.ImportStateRequest) (string, diag.Diagnostics) {
	if req.ID != "" || req.Identity == nil {
		return req.ID, nil
	}
	var id types.String
	diagnostics := req.Identity.GetAttribute(ctx, path.Root("user_id"), &id)
	return id.ValueString(), diagnostics
}
