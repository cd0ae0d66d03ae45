package sspradministratorpolicy

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// ModifyPlan implements resource.ResourceWithModifyPlan. It only gives advice.
func (r *ssprAdministratorPolicy) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	switch {
	case r.client == nil:
	case req.Plan.Raw.IsNull():
		resp.Diagnostics.Append(adviseDestroy(ctx, req)...)
	case req.State.Raw.IsNull():
		resp.Diagnostics.Append(r.adviseCreate(ctx, req)...)
	case !req.Plan.Raw.Equal(req.State.Raw):
		resp.Diagnostics.Append(adviseUpdate(ctx, req)...)
	}
}

// adviseCreate warns where the live switch is about to be overwritten.
func (r *ssprAdministratorPolicy) adviseCreate(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	var plan model
	diagnostics := req.Plan.Get(ctx, &plan)
	if diagnostics.HasError() || plan.Enabled.IsUnknown() {
		return diagnostics
	}
	tenant, policy, err := r.read(ctx, "")
	if err != nil || policy.AllowedToUseSSPR == plan.Enabled.ValueBool() {
		// A read that only serves advice never fails a plan.
		return diagnostics
	}
	diagnostics.AddAttributeWarning(path.Root("enabled"), "A live setting will be overwritten",
		fmt.Sprintf("The %s is %s in this tenant and becomes %s. The former value is remembered and restored at destroy. "+
			"To begin from what is there, import it first: terraform import ADDRESS %s",
			setting, describe(policy.AllowedToUseSSPR), describe(plan.Enabled.ValueBool()), tenant))
	diagnostics.Append(whomItHits(plan.Enabled.ValueBool())...)
	return diagnostics
}

func adviseUpdate(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	var plan model
	diagnostics := req.Plan.Get(ctx, &plan)
	if diagnostics.HasError() || plan.Enabled.IsUnknown() {
		return diagnostics
	}
	diagnostics.Append(whomItHits(plan.Enabled.ValueBool())...)
	return diagnostics
}

// whomItHits warns of a change that takes the reset away from people.
func whomItHits(to bool) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if !to {
		diagnostics.AddAttributeWarning(path.Root("enabled"), "Administrators lose self-service password reset",
			"Within 60 minutes, an administrator who forgets a password needs another administrator: make sure that there is one, or an emergency access account. "+
				"Ordinary users are not concerned. Administrators for whom the users' policy (entraid_sspr_policy) asks for registration are still asked to register "+
				"their methods at sign-in, but cannot use them: tell them, or leave them out of the group of that policy.")
	}
	return diagnostics
}

// adviseDestroy says what will be put back.
func adviseDestroy(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	var state model
	diagnostics := req.State.Get(ctx, &state)
	former, more := resourcekit.Recall[before](ctx, req.Private, req.State)
	diagnostics.Append(more...)
	if diagnostics.HasError() {
		return diagnostics
	}
	if former == nil {
		diagnostics.Append(nothingRemembered())
		return diagnostics
	}
	present := state.Enabled.ValueBool()
	if present == former.Enabled {
		return diagnostics
	}
	diagnostics.AddAttributeWarning(path.Root("enabled"), "Destroy restores the former "+setting,
		fmt.Sprintf("It is %s and becomes %s again, as it was before Terraform managed it, within 60 minutes. To leave it as it is, "+
			"use a \"removed\" block whose lifecycle has destroy = false, or \"terraform state rm\".", describe(present), describe(former.Enabled)))
	diagnostics.Append(whomItHits(former.Enabled)...)
	return diagnostics
}

func nothingRemembered() diag.Diagnostic {
	return diag.NewWarningDiagnostic("The "+setting+" stays as it is",
		"Nothing was remembered of what it was before Terraform managed it, so nothing can be restored. "+
			"Check allowedToUseSSPR of the authorization policy in Microsoft Graph, and set it there if it has to change.")
}

// advise turns the outcome of a write into warnings.
func advise(change directory.AllowedToUseSSPRChange) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if !change.Confirmed && !change.Uncertain {
		diagnostics.Append(resourcekit.NotVisible(setting, "the tenant"))
	}
	return diagnostics
}

func describe(enabled bool) string {
	if enabled {
		return "on"
	}
	return "off"
}
