package sspronpremisespolicy

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// ModifyPlan implements resource.ResourceWithModifyPlan. It gives advice, and
// refuses a cloud in which the settings have no API.
func (r *ssprOnPremisesPolicy) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	switch {
	case r.client == nil:
	case !r.client.HasPortal():
		resp.Diagnostics.Append(resourcekit.Unable("plan", setting, "the tenant", directory.ErrNoPortal))
	case req.Plan.Raw.IsNull():
		resp.Diagnostics.Append(r.adviseDestroy(ctx, req)...)
	case !req.Plan.Raw.Equal(req.State.Raw):
		resp.Diagnostics.Append(r.adviseWrite(ctx, req)...)
	}
}

// adviseWrite says what a create or an update does to live settings. A read
// that only serves advice never fails a plan.
func (r *ssprOnPremisesPolicy) adviseWrite(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	var config, state model
	diagnostics := req.Config.Get(ctx, &config)
	creates := req.State.Raw.IsNull()
	if !creates {
		diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if diagnostics.HasError() {
		return diagnostics
	}
	wanted, present := config.settings(), state.settings()
	tenant, policy, err := r.read(ctx, state.ID.ValueString())
	if err == nil {
		present = policy.Settings
		if creates {
			diagnostics.Append(overwriting(tenant, present, wanted)...)
		}
		diagnostics.Append(withoutEffect(policy, wanted)...)
	}
	diagnostics.Append(whomItHits(present, wanted)...)
	return diagnostics
}

// overwriting warns where live settings are about to be overwritten.
func overwriting(tenant string, present, wanted directory.OnPremisesPasswordResetSettings) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	differences := wanted.Differing(present)
	if len(differences) > 0 {
		diagnostics.AddAttributeWarning(path.Root(attributes[differences[0].Member]), "Live settings will be overwritten",
			fmt.Sprintf("The tenant's %s differs from the configuration and will be changed:\n\n%s\n\n"+
				"The former values are remembered and restored at destroy. To begin from what is there, import it first: terraform import ADDRESS %s",
				setting, describe(differences), tenant))
	}
	return diagnostics
}

// withoutEffect warns where a setting is turned on that nothing on premises
// acts on yet.
func withoutEffect(policy directory.OnPremisesPasswordResetPolicy, wanted directory.OnPremisesPasswordResetSettings) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	on := wanted.Differing(directory.OnPremisesPasswordResetSettings{PasswordWriteback: new(false), AccountUnlock: new(false)})
	if !policy.SetUp && len(on) > 0 {
		diagnostics.AddAttributeWarning(path.Root(attributes[on[0].Member]), "Writeback is not set up on premises",
			"The tenant reports that password writeback is enabled neither in Entra Connect nor in cloud sync, so turning this on has no effect yet. "+
				"Enable password writeback there first: in the optional features of Entra Connect, or in the configuration of cloud sync. "+
				"A tenant without an on-premises directory does not need this resource.")
	}
	return diagnostics
}

// whomItHits warns of the change that takes the reset away from people.
func whomItHits(present, wanted directory.OnPremisesPasswordResetSettings) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if from, to := present.PasswordWriteback, wanted.PasswordWriteback; from != nil && to != nil && *from && !*to {
		diagnostics.AddAttributeWarning(path.Root("password_writeback"), "Users of the on-premises directory lose the reset",
			"Without writeback, users whose password is kept on premises can no longer reset it themselves: federated users, and users with pass-through authentication "+
				"or password hash synchronisation. Who forgets a password needs an administrator. Cloud-only users are not concerned. Tell the help desk before you apply.")
	}
	return diagnostics
}

// adviseDestroy says what will be put back.
func (r *ssprOnPremisesPolicy) adviseDestroy(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
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
	present := state.settings()
	if _, policy, err := r.read(ctx, state.ID.ValueString()); err == nil {
		present = policy.Settings
	}
	restored := former.Restorable(present)
	if differences := restored.Differing(present); len(differences) > 0 {
		diagnostics.AddWarning("Destroy restores the former "+setting,
			fmt.Sprintf("These settings go back to what they were before Terraform managed them:\n\n%s\n\n"+
				"To leave them as they are, use a \"removed\" block whose lifecycle has destroy = false, or \"terraform state rm\".", describe(differences)))
	}
	diagnostics.Append(whomItHits(present, restored)...)
	return diagnostics
}

// page is where people find the settings.
const page = "the Entra admin center under Protection, Password reset, On-premises integration"

func nothingRemembered() diag.Diagnostic {
	return diag.NewWarningDiagnostic("The "+setting+" stays as it is",
		"Nothing was remembered of what it was before Terraform managed it, so nothing can be restored. Check the settings in "+page+".")
}

// advise turns the outcome of a write into warnings.
func advise(change directory.OnPremisesPasswordResetChange) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if len(change.Stale) > 0 {
		diagnostics.Append(resourcekit.NotVisible(setting, "the tenant"))
	}
	if len(change.Overridden) > 0 {
		var names []string
		for _, member := range change.Overridden {
			names = append(names, attributes[member])
		}
		diagnostics.AddWarning("A setting went back after the write",
			fmt.Sprintf("The directory showed the new value of %s and then the former one again. Another administrator or program may have changed it in between. "+
				"Run \"terraform plan\" to see the difference, and agree who manages these settings.", strings.Join(names, ", ")))
	}
	return diagnostics
}

// describe lists differences, one a line, with the value that is there and the
// one that will be.
func describe(differences []directory.Difference) string {
	var lines []string
	for _, difference := range differences {
		lines = append(lines, fmt.Sprintf("  %s: %v -> %v", attributes[difference.Member], difference.Other, difference.Value))
	}
	return strings.Join(lines, "\n")
}
