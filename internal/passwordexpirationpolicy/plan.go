package passwordexpirationpolicy

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// ModifyPlan implements resource.ResourceWithModifyPlan. It only gives advice,
// and refuses a domain that the apply would refuse.
func (r *passwordExpirationPolicy) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	switch {
	case r.client == nil:
	case req.Plan.Raw.IsNull():
		resp.Diagnostics.Append(r.adviseDestroy(ctx, req)...)
	case req.State.Raw.IsNull():
		resp.Diagnostics.Append(r.adviseCreate(ctx, req)...)
	}
}

// adviseCreate warns where a live setting is about to be overwritten.
func (r *passwordExpirationPolicy) adviseCreate(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	var plan model
	diagnostics := req.Plan.Get(ctx, &plan)
	if diagnostics.HasError() || plan.DomainName.IsUnknown() {
		return diagnostics
	}
	name := plan.DomainName.ValueString()
	domain, err := r.client.Domain(ctx, name)
	if err != nil && !directory.IsNotFound(err) {
		// A read that only serves advice never fails a plan.
		return diagnostics
	}
	diagnostics.Append(r.judge(ctx, name, domain, err)...)
	if diagnostics.HasError() || plan.ValidityPeriodInDays.IsUnknown() || plan.NeverExpires.IsUnknown() || plan.NotificationWindowInDays.IsUnknown() {
		return diagnostics
	}
	if present := domain.PasswordExpiration; present.ValidityPeriodInDays != nil && !present.Equal(plan.wanted()) {
		diagnostics.AddAttributeWarning(path.Root("domain_name"), "A live setting will be overwritten",
			fmt.Sprintf("The password expiration of %s is %s and becomes %s. The former value is remembered and restored at destroy. "+
				"To begin from what is there, import it first: terraform import ADDRESS %s", name, describe(present), describe(plan.wanted()), name))
	}
	return diagnostics
}

// adviseDestroy says what will be put back.
func (r *passwordExpirationPolicy) adviseDestroy(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	var state model
	diagnostics := req.State.Get(ctx, &state)
	former, more := resourcekit.Recall[directory.PasswordExpiration](ctx, req.Private)
	diagnostics.Append(more...)
	if diagnostics.HasError() {
		return diagnostics
	}
	name, present := state.DomainName.ValueString(), state.wanted()
	switch {
	case former == nil || former.ValidityPeriodInDays == nil || former.NotificationWindowInDays == nil:
		diagnostics.AddWarning("Destroy leaves the "+setting+" as it is",
			fmt.Sprintf("The password expiration of %s stays at %s: it had never been set before Terraform managed it, or nothing was remembered, "+
				"and the directory cannot return to \"never set\".", name, describe(present)))
	case !former.Equal(present):
		diagnostics.AddWarning("Destroy restores the former "+setting,
			fmt.Sprintf("The password expiration of %s is %s and becomes %s again. It takes effect at once: passwords that are already older "+
				"expire at the next sign-in. To leave the setting as it is, use a \"removed\" block whose lifecycle has destroy = false, "+
				"or \"terraform state rm\".", name, describe(present), describe(*former)))
	}
	return diagnostics
}
