package ssprpolicy

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
// refuses a cloud in which the policy has no API.
func (r *ssprPolicy) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.client == nil {
		return
	}
	if !r.client.HasPortal() {
		resp.Diagnostics.Append(resourcekit.Unable("plan", setting, "the tenant", directory.ErrNoPortal))
		return
	}
	switch {
	case req.Plan.Raw.IsNull():
		resp.Diagnostics.Append(r.adviseDestroy(ctx, req)...)
	case req.State.Raw.IsNull():
		resp.Diagnostics.Append(r.adviseCreate(ctx, req)...)
	}
}

// adviseCreate warns where the live policy is about to be overwritten.
func (r *ssprPolicy) adviseCreate(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	var config model
	diagnostics := req.Config.Get(ctx, &config)
	wanted, more := config.settings(ctx)
	diagnostics.Append(more...)
	if diagnostics.HasError() {
		return diagnostics
	}
	tenant, policy, err := r.read(ctx)
	if err != nil {
		// A read that only serves advice never fails a plan.
		return diagnostics
	}
	if changes := describe(policy.Settings, wanted); changes != "" {
		diagnostics.AddAttributeWarning(path.Root("enabled_for"), "A live policy will be overwritten",
			fmt.Sprintf("The tenant's %s differs from the configuration and will be changed:\n\n%s\n\n"+
				"The former values are remembered and restored at destroy. To begin from what is there, import it first: terraform import ADDRESS %s",
				setting, changes, tenant))
	}
	return diagnostics
}

// adviseDestroy says what will be put back.
func (r *ssprPolicy) adviseDestroy(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	former, diagnostics := resourcekit.Recall[before](ctx, req.Private)
	if diagnostics.HasError() {
		return diagnostics
	}
	if former == nil {
		diagnostics.Append(nothingRemembered())
		return diagnostics
	}
	_, policy, err := r.read(ctx)
	if err != nil {
		return diagnostics
	}
	if changes := describe(policy.Settings, former.restorable()); changes != "" {
		diagnostics.AddWarning("Destroy restores the former "+setting,
			fmt.Sprintf("These settings go back to what they were before Terraform managed them:\n\n%s\n\n"+
				"To leave the policy as it is, use a \"removed\" block whose lifecycle has destroy = false, or \"terraform state rm\".", changes))
	}
	return diagnostics
}

func nothingRemembered() diag.Diagnostic {
	return diag.NewWarningDiagnostic("The "+setting+" stays as it is",
		"Nothing was remembered of what it was before Terraform managed it, so nothing can be restored. Check the policy in the admin center.")
}

// advise turns the outcome of a write into warnings.
func advise(change directory.PasswordResetChange) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if len(change.Stale) > 0 && !change.Uncertain {
		diagnostics.Append(resourcekit.NotVisible(setting, "the tenant"))
	}
	if len(change.Overridden) > 0 {
		diagnostics.AddWarning("Somebody else has changed the "+setting,
			fmt.Sprintf("Right after the write the policy showed other values than those that were written for: %s. Another administrator or program "+
				"has changed them in between. Run \"terraform plan\" to see the difference, and agree who manages the policy.", attributesOf(change.Overridden)))
	}
	return diagnostics
}

// attributes names the attribute for each managed member of the API.
var attributes = map[string]string{
	"enablementType":                        "enabled_for",
	"passwordResetEnabledGroupIds":          "group_id",
	"numberOfAuthenticationMethodsRequired": "methods_required",
	"registrationRequiredOnSignIn":          "registration.required_at_sign_in",
	"registrationReconfirmIntevalInDays":    "registration.reconfirm_after_in_days",
	"notifyUsersOnPasswordReset":            "notifications.users",
	"notifyOnAdminPasswordReset":            "notifications.administrators",
	"customizeHelpdeskLink":                 "helpdesk.contact",
	"customHelpdeskEmailOrUrl":              "helpdesk.contact",
	"securityQuestionsOptionEnabled":        "security_questions.enabled",
	"numberOfQuestionsToRegister":           "security_questions.to_register",
	"numberOfQuestionsToReset":              "security_questions.to_reset",
	"emailOptionEnabled":                    "methods.email",
	"mobilePhoneOptionEnabled":              "methods.mobile_phone",
	"officePhoneOptionEnabled":              "methods.office_phone",
	"mobileAppNotificationEnabled":          "methods.authenticator_notification",
	"mobileAppCodeEnabled":                  "methods.authenticator_code",
}

func attributesOf(members []string) string {
	var names []string
	for _, member := range members {
		names = append(names, attributes[member])
	}
	return strings.Join(names, ", ")
}

// describe lists the settings that wanted changes, one a line.
func describe(present, wanted directory.PasswordResetSettings) string {
	var lines []string
	for _, member := range wanted.Differing(present) {
		lines = append(lines, "  - "+attributes[member])
	}
	return strings.Join(lines, "\n")
}
