package ssprpolicy

import (
	"context"
	"fmt"
	"net/mail"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// ValidateConfig implements resource.ResourceWithValidateConfig.
func (r *ssprPolicy) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.validateGroup()...)
	resp.Diagnostics.Append(config.validateQuestions(ctx)...)
	resp.Diagnostics.Append(config.validateMethods(ctx)...)
}

// validateGroup checks that a group is named exactly where one is used.
func (m model) validateGroup() diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if m.EnabledFor.IsUnknown() || m.GroupID.IsUnknown() {
		return diagnostics
	}
	selected := m.EnabledFor.ValueString() == enablements[directory.EnabledForSelected]
	switch {
	case selected && m.GroupID.IsNull():
		diagnostics.AddAttributeError(path.Root("group_id"), "Missing group",
			`enabled_for = "selected" needs group_id, the object id of the group whose members may reset their password.`)
	case !selected && !m.GroupID.IsNull():
		diagnostics.AddAttributeError(path.Root("group_id"), "Group without effect",
			fmt.Sprintf(`group_id is used only with enabled_for = "selected". Remove it, or select the group; enabled_for is %q.`, m.EnabledFor.ValueString()))
	}
	return diagnostics
}

// validateQuestions checks that users register enough answers.
func (m model) validateQuestions(ctx context.Context) diag.Diagnostics {
	questions, diagnostics := resourcekit.Object[securityQuestionsModel](ctx, m.SecurityQuestions)
	register, reset := resourcekit.Int64(questions.ToRegister), resourcekit.Int64(questions.ToReset)
	if register != nil && reset != nil && *register < *reset {
		diagnostics.AddAttributeError(path.Root("security_questions").AtName("to_register"), "Too few questions to register",
			fmt.Sprintf("to_register, %d, must be at least to_reset, %d: users cannot answer more questions than they have registered.", *register, *reset))
	}
	return diagnostics
}

// isContact accepts what the helpdesk link can point to.
func isContact() validator.String { return contactValidator{} }

type contactValidator struct{}

func (contactValidator) Description(context.Context) string {
	return "must be an http or https URL, an e-mail address, or an empty string"
}

func (v contactValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements validator.String.
func (v contactValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !resourcekit.Known(req.ConfigValue) || req.ConfigValue.ValueString() == "" {
		return
	}
	contact := req.ConfigValue.ValueString()
	address, err := url.Parse(contact)
	isURL := err == nil && (address.Scheme == "http" || address.Scheme == "https") && address.Host != ""
	parsed, err := mail.ParseAddress(contact)
	isMail := err == nil && parsed.Address == contact
	if !isURL && !isMail {
		resp.Diagnostics.AddAttributeError(req.Path, "Unusable contact", fmt.Sprintf("The contact %s; got %q.", v.Description(ctx), contact))
	}
}
