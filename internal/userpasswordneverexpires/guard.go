package userpasswordneverexpires

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// manageable reads a user and refuses one that cannot be managed.
func (r *userPasswordNeverExpires) manageable(ctx context.Context, id string) (directory.User, error) {
	user, err := r.client.User(ctx, id)
	if err != nil {
		return user, err
	}
	return user, resourcekit.CheckManageable(ctx, r.client, user)
}

// current reads the user in state. What the state takes for granted may be
// confirmed by a listing; a user whose password is to expire is read singly.
func (r *userPasswordNeverExpires) current(ctx context.Context, state model) (directory.User, error) {
	if state.Enabled.ValueBool() {
		return r.client.UserAsKnown(ctx, state.ID.ValueString(), state.UserPrincipalName.ValueString())
	}
	return r.client.User(ctx, state.ID.ValueString())
}

// refused is the diagnostic for a user that cannot be managed.
func refused(verb, id string, err error) diag.Diagnostic {
	var reason *resourcekit.Unmanageable
	if errors.As(err, &reason) {
		return diag.NewAttributeErrorDiagnostic(path.Root("user_id"), "Unable to manage "+setting,
			reason.Error()+"\n\nRemove this resource from the configuration, or name a cloud user of this tenant.")
	}
	if directory.IsNotFound(err) {
		return diag.NewAttributeErrorDiagnostic(path.Root("user_id"), "Unable to find the user",
			fmt.Sprintf("The directory has no user %q.\n\nCheck the spelling and the tenant; a user that is created in the same configuration must be referenced by its attribute.\n\n%s", id, err))
	}
	return resourcekit.Unable(verb, setting, id, err)
}

// advise turns the outcome of a write into warnings.
func advise(change directory.PasswordPoliciesChange) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if !change.Confirmed && !change.Uncertain {
		diagnostics.Append(resourcekit.NotVisible(setting, change.User.UserPrincipalName))
	}
	if change.User.OnPremisesSyncEnabled {
		diagnostics.AddAttributeWarning(path.Root("user_id"), "Synchronisation may write this setting too",
			fmt.Sprintf("%s is synchronised from an on-premises directory. By default every password hash synchronisation sets \"password never expires\"; "+
				"where the cloud password policy for synchronised users is enabled, a full synchronisation clears it. "+
				"Terraform shows either as a difference.", change.User.UserPrincipalName))
	}
	return diagnostics
}

// unable is the diagnostic of a failed write. The directory may not let a
// synchronised user be changed, which its own words do not explain.
func unable(verb string, user directory.User, err error, more ...string) diag.Diagnostic {
	var refusal *directory.Error
	if errors.As(err, &refusal) && strings.Contains(refusal.Message, "on-premises mastered") {
		parts := append([]string{
			fmt.Sprintf("%s is synchronised from an on-premises directory, and this tenant does not let the setting of such users be changed in the cloud.", user.UserPrincipalName),
			resourcekit.Said(err),
			"Set \"password never expires\" in the on-premises directory, and take this resource out of the configuration.",
		}, more...)
		return diag.NewAttributeErrorDiagnostic(path.Root("user_id"), fmt.Sprintf("Unable to %s %s", verb, setting), strings.TrimSpace(strings.Join(parts, "\n\n")))
	}
	return resourcekit.Unable(verb, setting, user.UserPrincipalName, err, more...)
}

// staysAsItIs warns that destroy puts nothing back.
func staysAsItIs(name, reason string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The "+setting+" stays as it is",
		fmt.Sprintf("The setting of %s is not restored: %s Check the account in the admin center.", name, reason))
}

const nothingRemembered = "nothing was remembered of what it was before Terraform managed it."

// replaceForAnotherUser replaces the resource only where the new name means
// another user than the one in state.
func replaceForAnotherUser() planmodifier.String {
	return stringplanmodifier.RequiresReplaceIf(
		func(ctx context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
			var state model
			resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
			resp.RequiresReplace = !state.names(req.PlanValue.ValueString())
		},
		"Naming another user replaces the resource.",
		"Naming another user replaces the resource.",
	)
}
