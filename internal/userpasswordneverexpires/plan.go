package userpasswordneverexpires

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// ModifyPlan implements resource.ResourceWithModifyPlan. It only gives advice,
// and makes no request: a plan of a thousand users must not cost a thousand.
func (r *userPasswordNeverExpires) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state model
	creates, destroys := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	if !destroys {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if !creates {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	replaces := !creates && !destroys && !plan.UserID.IsUnknown() && !plan.UserID.Equal(state.UserID) && !state.names(plan.UserID.ValueString())
	if destroys || replaces {
		resp.Diagnostics.Append(adviseDestroy(ctx, req, state)...)
	}
	if !destroys {
		resp.Diagnostics.Append(adviseExpiry(plan, state, creates || replaces)...)
	}
	if !creates && !destroys && !replaces {
		resp.Diagnostics.Append(adviseName(plan)...)
	}
}

// adviseExpiry warns where a password is about to expire again.
func adviseExpiry(plan, state model, creates bool) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if resourcekit.Known(plan.Enabled) && !plan.Enabled.ValueBool() && (creates || state.Enabled.ValueBool()) {
		diagnostics.AddAttributeWarning(path.Root("enabled"), "The password will expire as its domain says",
			fmt.Sprintf("With enabled = false, %s. The age of a password counts from its last change, also while it never expired.", takesEffect))
	}
	return diagnostics
}

const takesEffect = "a password that is already older than the validity period of its domain expires at the next sign-in"

// adviseName warns where the configured name belongs to the user no longer: a
// person who reads it would take another account for the one that is managed.
func adviseName(plan model) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	name, present := plan.UserID.ValueString(), plan.UserPrincipalName.ValueString()
	if strings.Contains(name, "@") && present != "" && !strings.EqualFold(name, present) {
		diagnostics.AddAttributeWarning(path.Root("user_id"), "The user has another name now",
			fmt.Sprintf("The configuration names %s, and the managed user, with object id %s, is now %s. The resource goes on to manage this user. "+
				"Write the new name or the object id, since the former name may be given to somebody else.", name, plan.ID.ValueString(), present))
	}
	return diagnostics
}

// adviseDestroy says what will be put back.
func adviseDestroy(ctx context.Context, req resource.ModifyPlanRequest, state model) diag.Diagnostics {
	former, diagnostics := resourcekit.Recall[before](ctx, req.Private, req.State)
	name := state.UserPrincipalName.ValueString()
	switch {
	case diagnostics.HasError():
	case former == nil:
		diagnostics.Append(staysAsItIs(name, nothingRemembered))
	case former.Enabled == state.Enabled.ValueBool():
	case former.Enabled:
		diagnostics.AddAttributeWarning(path.Root("enabled"), "Destroy restores that the password never expires",
			fmt.Sprintf("The password of %s never expired before Terraform managed it, and destroying this resource puts that back.", name))
	default:
		diagnostics.AddAttributeWarning(path.Root("enabled"), "Destroy restores that the password expires",
			fmt.Sprintf("The password of %s expired as its domain says before Terraform managed it, and destroying this resource puts that back. "+
				"It takes effect at once: %s. To leave the setting as it is, use a \"removed\" block whose lifecycle has destroy = false, or \"terraform state rm\".",
				name, takesEffect))
	}
	return diagnostics
}
