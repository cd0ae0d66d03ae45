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
	if r.client == nil {
		return
	}
	var plan, state model
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	switch {
	case resp.Diagnostics.HasError():
	case req.State.Raw.IsNull():
		resp.Diagnostics.Append(r.adviseCreate(ctx, plan)...)
	case req.Plan.Raw.IsNull():
		resp.Diagnostics.Append(r.adviseDestroy(ctx, state, req)...)
	case plan.DomainName.Equal(state.DomainName):
		resp.Diagnostics.Append(r.adviseUpdate(ctx, plan, state)...)
	default:
		// Terraform plans a replacement once more, as a creation, but shows
		// only the errors of that.
		resp.Diagnostics.Append(r.adviseDestroy(ctx, state, req)...)
		resp.Diagnostics.Append(r.adviseCreate(ctx, plan)...)
	}
}

// adviseCreate warns where a live setting is about to be overwritten.
func (r *passwordExpirationPolicy) adviseCreate(ctx context.Context, plan model) diag.Diagnostics {
	present, diagnostics := r.present(ctx, plan)
	if diagnostics.HasError() || present == nil || !plan.settled() || present.Equal(plan.wanted()) {
		return diagnostics
	}
	name, wanted := plan.DomainName.ValueString(), plan.wanted()
	afterwards := "The former value is remembered and restored at destroy."
	if !present.Complete() {
		afterwards = "The directory cannot return to what is unset: destroy will leave it as it then is, with a warning."
	}
	diagnostics.AddAttributeWarning(path.Root("domain_name"), "A live setting will be overwritten",
		fmt.Sprintf("The password expiration of %s is %s and becomes %s. %s To begin from what is there, import it first: terraform import ADDRESS %s",
			name, describe(*present), describe(wanted), afterwards, name))
	diagnostics.Append(adviseShorter(name, *present, wanted)...)
	return diagnostics
}

// adviseUpdate looks at the domain only where something is going to be written.
func (r *passwordExpirationPolicy) adviseUpdate(ctx context.Context, plan, state model) diag.Diagnostics {
	if plan.settled() && plan.wanted().Equal(state.wanted()) {
		return nil
	}
	present, diagnostics := r.present(ctx, plan)
	if diagnostics.HasError() || present == nil || !plan.settled() {
		return diagnostics
	}
	diagnostics.Append(adviseShorter(plan.DomainName.ValueString(), *present, plan.wanted())...)
	return diagnostics
}

// present reads what a domain has now, and refuses a domain that cannot be
// managed. It is nil where that cannot be known yet: a read that only serves
// advice never fails a plan.
func (r *passwordExpirationPolicy) present(ctx context.Context, plan model) (*directory.PasswordExpiration, diag.Diagnostics) {
	if plan.DomainName.IsUnknown() {
		return nil, nil
	}
	name := plan.DomainName.ValueString()
	domain, err := r.client.Domain(ctx, name)
	if err != nil && !directory.IsNotFound(err) {
		return nil, nil
	}
	return &domain.PasswordExpiration, r.judge(ctx, name, domain, err)
}

// adviseShorter warns where passwords may be too old at once.
func adviseShorter(name string, present, wanted directory.PasswordExpiration) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if shortens(present, wanted) {
		diagnostics.AddAttributeWarning(path.Root("validity_period_in_days"), "Older passwords expire at once",
			fmt.Sprintf("The password expiration of %s is %s and becomes %s. The age of a password counts from its last change: "+
				"who has not changed it for %d days must do so at the next sign-in.", name, describe(present), describe(wanted), *wanted.ValidityPeriodInDays))
	}
	return diagnostics
}

// adviseDestroy says what will be put back.
func (r *passwordExpirationPolicy) adviseDestroy(ctx context.Context, state model, req resource.ModifyPlanRequest) diag.Diagnostics {
	former, diagnostics := resourcekit.Recall[directory.PasswordExpiration](ctx, req.Private, req.State)
	name := state.DomainName.ValueString()
	domain, err := r.client.Domain(ctx, name)
	switch {
	case diagnostics.HasError() || directory.IsNotFound(err):
		return diagnostics
	case err != nil:
		// Then the state has to do.
		domain = directory.Domain{ID: name, IsRoot: true, IsVerified: true, PasswordExpiration: state.wanted()}
	}
	outcome, present := restoring(domain, former), domain.PasswordExpiration
	if outcome.left != "" {
		diagnostics.AddWarning("Destroy leaves the "+setting+" as it is",
			fmt.Sprintf("The password expiration of %s is not restored: %s. It is %s and will be %s.", name, outcome.left, describe(present), describe(outcome.wanted)))
		return diagnostics
	}
	if present.Equal(outcome.wanted) {
		return diagnostics
	}
	effect := ""
	if shortens(present, outcome.wanted) {
		effect = "It takes effect at once: passwords that are already older expire at the next sign-in. "
	}
	diagnostics.AddWarning("Destroy restores the former "+setting,
		fmt.Sprintf("The password expiration of %s is %s and becomes %s again. %sTo leave the setting as it is, "+
			"use a \"removed\" block whose lifecycle has destroy = false, or \"terraform state rm\".", name, describe(present), describe(outcome.wanted), effect))
	return diagnostics
}
