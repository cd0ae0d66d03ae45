package ssprpolicy

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// validateMethods checks that a user can have enough methods. The rules are
// those of the admin center; whether the API enforces them is not known.
// See https://learn.microsoft.com/entra/identity/authentication/concept-sspr-howitworks.
func (m model) validateMethods(ctx context.Context) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if !resourcekit.Known(m.Methods) || m.MethodsRequired.IsUnknown() {
		return diagnostics
	}
	methods := decode[methodsModel](ctx, m.Methods, &diagnostics)
	questions := decode[securityQuestionsModel](ctx, m.SecurityQuestions, &diagnostics)
	required := resourcekit.Int64(m.MethodsRequired)
	least := int64(1)
	if required != nil {
		least = *required
	}
	others := possible(methods.Email, methods.MobilePhone, methods.OfficePhone, questions.Enabled)
	apps := possible(methods.AuthenticatorNotification, methods.AuthenticatorCode)
	switch {
	case others+apps < least:
		diagnostics.AddAttributeError(path.Root("methods"), "Too few methods",
			fmt.Sprintf("Users must prove who they are with %d method(s), but at most %d can be enabled with this configuration: nobody could reset a password. "+
				"Enable another method or lower methods_required.", least, others+apps))
	case others < least && configured(methods.AuthenticatorNotification, methods.AuthenticatorCode):
		diagnostics.AddAttributeWarning(path.Root("methods"), "The authenticator app needs other methods beside it",
			fmt.Sprintf("With methods_required = %d, at least %d method(s) besides the authenticator app must be enabled; this configuration leaves %d. "+
				"Users who have only the app could not reset their password.", least, least, others))
	}
	if required != nil && *required == 1 && methods.AuthenticatorNotification.ValueBool() {
		diagnostics.AddAttributeWarning(path.Root("methods").AtName("authenticator_notification"), "Authenticator notification has no effect",
			"Where one method is required, a reset accepts the code of an authenticator app but not its notification. "+
				"Set methods_required = 2, or leave the notification off.")
	}
	return diagnostics
}

// possible counts the methods that are not known to be off. What is not
// written may be on in the tenant.
func possible(toggles ...types.Bool) int64 {
	var count int64
	for _, toggle := range toggles {
		if !resourcekit.Known(toggle) || toggle.ValueBool() {
			count++
		}
	}
	return count
}

// configured reports whether one of the toggles is written as on.
func configured(toggles ...types.Bool) bool {
	for _, toggle := range toggles {
		if toggle.ValueBool() {
			return true
		}
	}
	return false
}

// keepIgnored keeps in a model that was read the method switches that the
// directory accepted once without showing them. A migrated tenant ignores the
// switches, and nobody knows what it answers; without this, such a tenant
// would show the same difference forever. A switch that the directory shows
// after all leaves the list.
func (m model) keepIgnored(ctx context.Context, state model, ignored ignoredMethods) (model, ignoredMethods, diag.Diagnostics) {
	if !resourcekit.Known(m.Methods) || !resourcekit.Known(state.Methods) {
		return m, nil, nil
	}
	var still ignoredMethods
	shown, wanted := m.Methods.Attributes(), state.Methods.Attributes()
	for _, name := range ignored {
		if value, ok := wanted[name]; ok && !value.Equal(shown[name]) {
			shown[name] = value
			still = append(still, name)
		}
	}
	kept, diagnostics := types.ObjectValue(m.Methods.AttributeTypes(ctx), shown)
	m.Methods = kept
	return m, still, diagnostics
}
