package ssprpolicy

import (
	"context"
	"fmt"
	"slices"
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
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.adviseDestroy(ctx, req)...)
		return
	}
	var config, state model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	wanted, diagnostics := config.settings(ctx)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	switch {
	case req.State.Raw.IsNull():
		resp.Diagnostics.Append(r.adviseCreate(ctx, wanted)...)
	case !req.Plan.Raw.Equal(req.State.Raw):
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		present, diagnostics := state.settings(ctx)
		resp.Diagnostics.Append(diagnostics...)
		resp.Diagnostics.Append(whomItHits(present, wanted)...)
	}
	resp.Diagnostics.Append(r.adviseMigrated(ctx, config)...)
}

// adviseCreate warns where the live policy is about to be overwritten.
func (r *ssprPolicy) adviseCreate(ctx context.Context, wanted directory.PasswordResetSettings) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	tenant, policy, err := r.read(ctx, "")
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
	diagnostics.Append(whomItHits(policy.Settings, wanted)...)
	return diagnostics
}

// whomItHits warns of the changes that take the reset away from people. Where
// nobody has it, nobody can lose it.
func whomItHits(present, wanted directory.PasswordResetSettings) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if present.EnablementType != nil && *present.EnablementType == directory.EnabledForNone {
		return diagnostics
	}
	diagnostics.Append(whoLosesScope(present, wanted)...)
	if from, to := present.NumberOfAuthenticationMethodsRequired, wanted.NumberOfAuthenticationMethodsRequired; from != nil && to != nil && *to > *from {
		diagnostics.AddAttributeWarning(path.Root("methods_required"), "Users with too few methods lose the reset",
			fmt.Sprintf("Raising methods_required from %d to %d locks out every user who has registered fewer than %d methods, until they register another one. "+
				"Let users register first, with registration.required_at_sign_in = true, and raise the number later.", *from, *to, *to))
	}
	if off := turnedOff(present, wanted); len(off) > 0 {
		diagnostics.AddAttributeWarning(path.Root("methods"), "Users who rely on a method lose the reset",
			fmt.Sprintf("Turned off: %s. Users who have registered no other method cannot reset their password until they register one.", strings.Join(off, ", ")))
	}
	return diagnostics
}

// whoLosesScope warns of the users for whom the reset is no longer enabled.
func whoLosesScope(present, wanted directory.PasswordResetSettings) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	from, to := present.EnablementType, wanted.EnablementType
	if from == nil || to == nil {
		return diagnostics
	}
	whom := "every user of the tenant"
	if *from == directory.EnabledForSelected {
		whom = "every member of the enabled group"
	}
	switch {
	case *to == directory.EnabledForNone:
		diagnostics.AddAttributeWarning(path.Root("enabled_for"), "Self-service password reset is turned off for everybody",
			fmt.Sprintf("This takes the reset away from %s: who forgets a password needs an administrator. Administrators keep their own reset.", whom))
	case *from == directory.EnabledForAll && *to == directory.EnabledForSelected:
		diagnostics.AddAttributeWarning(path.Root("enabled_for"), "Users outside of the group lose the reset",
			"This takes the reset away from every user who is not a member of the group: who forgets a password there needs an administrator.")
	case *from == *to && otherGroup(present, wanted):
		diagnostics.AddAttributeWarning(path.Root("group_id"), "Members of the former group lose the reset",
			"Another group is enabled: members of the former group who are not in the new one need an administrator when they forget a password.")
	}
	return diagnostics
}

// otherGroup reports whether another group is to be enabled.
func otherGroup(present, wanted directory.PasswordResetSettings) bool {
	from, to := present.PasswordResetEnabledGroupIDs, wanted.PasswordResetEnabledGroupIDs
	return from != nil && to != nil && !slices.Equal(*from, *to)
}

// turnedOff names the methods that a change takes away.
func turnedOff(present, wanted directory.PasswordResetSettings) []string {
	var names []string
	for _, difference := range wanted.Differing(present) {
		isMethod := directory.IsMethodToggle(difference.Member) || difference.Member == "securityQuestionsOptionEnabled"
		if isMethod && difference.Other == true && difference.Value == false {
			names = append(names, attributes[difference.Member])
		}
	}
	return names
}

// adviseMigrated warns that the method switches have no effect. Whoever may
// not ask Graph about the migration gets no warning.
func (r *ssprPolicy) adviseMigrated(ctx context.Context, config model) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if !resourcekit.Known(config.Methods) {
		return diagnostics
	}
	policy, err := r.client.AuthenticationMethodsPolicy(ctx)
	if err == nil && policy.PolicyMigrationState == directory.MigrationComplete {
		diagnostics.AddAttributeWarning(path.Root("methods"), "The method switches have no effect in this tenant",
			"The tenant has completed the migration to the authentication methods policy and ignores the switches of the legacy policy. "+
				"Which methods users may use is set in the Entra admin center under Protection, Authentication methods, Policies. Remove methods from this resource.")
	}
	return diagnostics
}

// adviseDestroy says what will be put back.
func (r *ssprPolicy) adviseDestroy(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	former, diagnostics := resourcekit.Recall[before](ctx, req.Private, req.State)
	if diagnostics.HasError() {
		return diagnostics
	}
	if former == nil {
		diagnostics.Append(nothingRemembered())
		return diagnostics
	}
	_, policy, err := r.read(ctx, "")
	if err != nil {
		return diagnostics
	}
	restored := former.Restorable(policy.Settings)
	if changes := describe(policy.Settings, restored); changes != "" {
		diagnostics.AddWarning("Destroy restores the former "+setting,
			fmt.Sprintf("These settings go back to what they were before Terraform managed them:\n\n%s\n\n"+
				"To leave the policy as it is, use a \"removed\" block whose lifecycle has destroy = false, or \"terraform state rm\".", changes))
	}
	diagnostics.Append(whomItHits(policy.Settings, restored)...)
	diagnostics.Append(staysSet(former)...)
	return diagnostics
}

// staysSet warns of settings that had no value before, which cannot be written.
func staysSet(former *before) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	var members []string
	for _, difference := range former.Lost().Differing(directory.PasswordResetSettings{}) {
		members = append(members, difference.Member)
	}
	if len(members) > 0 {
		diagnostics.AddWarning("Part of the "+setting+" stays as it is",
			fmt.Sprintf("These settings had no value before Terraform managed them, and cannot be restored to that: %s. Check them in the admin center.", attributesOf(members)))
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
	if change.Uncertain {
		return diagnostics
	}
	var late, switches []string
	for _, member := range change.Stale {
		if directory.IsMethodToggle(member) {
			switches = append(switches, member)
		} else {
			late = append(late, member)
		}
	}
	if !change.TogglesIgnored {
		late, switches = append(late, switches...), nil
	}
	if len(late) > 0 {
		diagnostics.Append(resourcekit.NotVisible(setting, "the tenant"))
	}
	if len(switches) > 0 {
		diagnostics.AddAttributeWarning(path.Root("methods"), "The directory keeps the former method switches",
			fmt.Sprintf("It accepted the write but still shows the former value of: %s. A tenant that has completed the migration to the authentication "+
				"methods policy ignores these switches; remove them from the configuration there.", attributesOf(switches)))
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
		if name := attributes[member]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// describe lists the settings that wanted changes, one a line, with the value
// that is there and the one that will be.
func describe(present, wanted directory.PasswordResetSettings) string {
	var lines []string
	differences := wanted.Differing(present)
	contact := slices.ContainsFunc(differences, func(d directory.Difference) bool { return d.Member == "customHelpdeskEmailOrUrl" })
	for _, difference := range differences {
		if contact && difference.Member == "customizeHelpdeskLink" {
			// The address says it already.
			continue
		}
		lines = append(lines, fmt.Sprintf("  %s: %s -> %s", attributes[difference.Member],
			text(difference.Member, difference.Other), text(difference.Member, difference.Value)))
	}
	return strings.Join(lines, "\n")
}

// text writes a value of the API as the configuration would.
func text(member string, value any) string {
	switch v := value.(type) {
	case nil:
		return "not set"
	case directory.Enablement:
		return enablementOf(&v).String()
	case []string:
		if len(v) == 0 {
			return "no group"
		}
		return strings.Join(v, ", ")
	case string:
		return fmt.Sprintf("%q", v)
	case bool:
		if member == "customizeHelpdeskLink" {
			return map[bool]string{true: "customised", false: "not customised"}[v]
		}
	}
	return fmt.Sprint(value)
}
