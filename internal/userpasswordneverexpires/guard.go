package userpasswordneverexpires

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// unmanageable is why a user's password does not expire by this directory.
type unmanageable struct{ reason string }

func (u *unmanageable) Error() string { return u.reason }

// manageable reads a user and refuses one whose password another directory
// owns: a write would have no effect there, or fail without saying why.
func (r *userPasswordNeverExpires) manageable(ctx context.Context, id string) (directory.User, error) {
	user, err := r.client.User(ctx, id)
	if err != nil {
		return user, err
	}
	if user.Guest() {
		return user, &unmanageable{fmt.Sprintf("%s is a guest: the password, and when it expires, belong to the home tenant of the guest.", user.UserPrincipalName)}
	}
	domain, err := r.client.Domain(ctx, user.Domain())
	if err == nil && domain.Federated() {
		return user, &unmanageable{fmt.Sprintf("%s is in the federated domain %s: the identity provider of that domain decides when passwords expire.",
			user.UserPrincipalName, domain.ID)}
	}
	// Who may not read domains is not kept from managing users.
	return user, ctx.Err()
}

// refused is the diagnostic for a user that cannot be managed.
func refused(id string, err error) diag.Diagnostic {
	var reason *unmanageable
	if errors.As(err, &reason) {
		return diag.NewAttributeErrorDiagnostic(path.Root("user_id"), "Unable to manage "+setting,
			reason.Error()+"\n\nRemove this resource from the configuration, or name a cloud user of this tenant.")
	}
	if directory.IsNotFound(err) {
		return diag.NewAttributeErrorDiagnostic(path.Root("user_id"), "Unable to find the user",
			fmt.Sprintf("The directory has no user %q.\n\nCheck the spelling and the tenant; a user that is created in the same configuration must be referenced by its attribute.\n\n%s", id, err))
	}
	return resourcekit.Unable("set", setting, id, err)
}

// advise turns the outcome of a write into warnings.
func advise(change directory.PasswordNeverExpiresChange) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if !change.Confirmed {
		diagnostics.Append(resourcekit.NotVisible(setting, change.User.UserPrincipalName))
	}
	return diagnostics
}

func nothingRemembered(state model) diag.Diagnostic {
	return diag.NewWarningDiagnostic("The "+setting+" stays as it is",
		fmt.Sprintf("Nothing was remembered of what it was for %s before Terraform managed it, so nothing can be restored. "+
			"Check the account in the admin center.", state.UserPrincipalName.ValueString()))
}

func restoring(former before) string {
	if former.Enabled {
		return "Destroy restores that the password never expires"
	}
	return "Destroy restores that the password expires"
}

func restoringDetail(state model, former before) string {
	name := state.UserPrincipalName.ValueString()
	if former.Enabled {
		return fmt.Sprintf("The password of %s never expired before Terraform managed it, and destroying this resource puts that back.", name)
	}
	return fmt.Sprintf("The password of %s expired as its domain says before Terraform managed it, and destroying this resource puts that back. "+
		"It takes effect at once: a password that is already older than the validity period of the domain expires at the next sign-in. "+
		"To leave the setting as it is, remove the resource with a \"removed\" block whose lifecycle has destroy = false, or with \"terraform state rm\".", name)
}

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
