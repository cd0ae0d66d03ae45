package ssprpolicy

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// model is the resource in Terraform's terms.
type model struct {
	EnabledFor        types.String `tfsdk:"enabled_for"`
	GroupID           types.String `tfsdk:"group_id"`
	MethodsRequired   types.Int64  `tfsdk:"methods_required"`
	Registration      types.Object `tfsdk:"registration"`
	Notifications     types.Object `tfsdk:"notifications"`
	Helpdesk          types.Object `tfsdk:"helpdesk"`
	SecurityQuestions types.Object `tfsdk:"security_questions"`
	Methods           types.Object `tfsdk:"methods"`
	ID                types.String `tfsdk:"id"`
	GroupName         types.String `tfsdk:"group_name"`
	FormerSettings    types.String `tfsdk:"former_settings"`
}

type registrationModel struct {
	RequiredAtSignIn     types.Bool  `tfsdk:"required_at_sign_in"`
	ReconfirmAfterInDays types.Int64 `tfsdk:"reconfirm_after_in_days"`
}

type notificationsModel struct {
	Users          types.Bool `tfsdk:"users"`
	Administrators types.Bool `tfsdk:"administrators"`
}

type helpdeskModel struct {
	Contact types.String `tfsdk:"contact"`
}

type securityQuestionsModel struct {
	Enabled    types.Bool  `tfsdk:"enabled"`
	ToRegister types.Int64 `tfsdk:"to_register"`
	ToReset    types.Int64 `tfsdk:"to_reset"`
}

type methodsModel struct {
	Email                     types.Bool `tfsdk:"email"`
	MobilePhone               types.Bool `tfsdk:"mobile_phone"`
	OfficePhone               types.Bool `tfsdk:"office_phone"`
	AuthenticatorNotification types.Bool `tfsdk:"authenticator_notification"`
	AuthenticatorCode         types.Bool `tfsdk:"authenticator_code"`
}

// enablements are the values of enabled_for, at the index of the directory's
// number.
var enablements = []string{
	directory.EnabledForNone:     "none",
	directory.EnabledForSelected: "selected",
	directory.EnabledForAll:      "all",
}

// settings is what a configuration wants changed. What is not written stays
// nil, and so does everything that is not known yet.
func (m model) settings(ctx context.Context) (directory.PasswordResetSettings, diag.Diagnostics) {
	var diagnostics diag.Diagnostics
	registration := decode[registrationModel](ctx, m.Registration, &diagnostics)
	notifications := decode[notificationsModel](ctx, m.Notifications, &diagnostics)
	helpdesk := decode[helpdeskModel](ctx, m.Helpdesk, &diagnostics)
	questions := decode[securityQuestionsModel](ctx, m.SecurityQuestions, &diagnostics)
	methods := decode[methodsModel](ctx, m.Methods, &diagnostics)

	wanted := directory.PasswordResetSettings{
		NumberOfAuthenticationMethodsRequired: resourcekit.Int64(m.MethodsRequired),
		RegistrationRequiredOnSignIn:          resourcekit.Bool(registration.RequiredAtSignIn),
		RegistrationReconfirmIntervalInDays:   resourcekit.Int64(registration.ReconfirmAfterInDays),
		NotifyUsersOnPasswordReset:            resourcekit.Bool(notifications.Users),
		NotifyOnAdminPasswordReset:            resourcekit.Bool(notifications.Administrators),
		SecurityQuestionsOptionEnabled:        resourcekit.Bool(questions.Enabled),
		NumberOfQuestionsToRegister:           resourcekit.Int64(questions.ToRegister),
		NumberOfQuestionsToReset:              resourcekit.Int64(questions.ToReset),
		EmailOptionEnabled:                    resourcekit.Bool(methods.Email),
		MobilePhoneOptionEnabled:              resourcekit.Bool(methods.MobilePhone),
		OfficePhoneOptionEnabled:              resourcekit.Bool(methods.OfficePhone),
		MobileAppNotificationEnabled:          resourcekit.Bool(methods.AuthenticatorNotification),
		MobileAppCodeEnabled:                  resourcekit.Bool(methods.AuthenticatorCode),
	}
	m.enable(&wanted)
	if contact := resourcekit.String(helpdesk.Contact); contact != nil {
		wanted.CustomizeHelpdeskLink = new(*contact != "")
		wanted.CustomHelpdeskEmailOrURL = contact
	}
	return wanted, diagnostics
}

// enable sets the scope and the group, which belong together.
func (m model) enable(wanted *directory.PasswordResetSettings) {
	for i, name := range enablements {
		if resourcekit.Known(m.EnabledFor) && m.EnabledFor.ValueString() == name {
			wanted.EnablementType = new(directory.Enablement(i))
			wanted.PasswordResetEnabledGroupIDs = new([]string{})
		}
	}
	switch group := resourcekit.String(m.GroupID); {
	case group != nil:
		wanted.PasswordResetEnabledGroupIDs = new([]string{*group})
	case m.GroupID.IsUnknown():
		wanted.PasswordResetEnabledGroupIDs = nil
	}
}

func decode[T any](ctx context.Context, object types.Object, diagnostics *diag.Diagnostics) T {
	decoded, more := resourcekit.Object[T](ctx, object)
	diagnostics.Append(more...)
	return decoded
}

// modelOf is the whole policy in Terraform's terms.
func modelOf(ctx context.Context, tenant string, policy directory.PasswordResetPolicy) (model, diag.Diagnostics) {
	var diagnostics diag.Diagnostics
	s := policy.Settings
	m := model{
		EnabledFor:      enablementOf(s.EnablementType),
		MethodsRequired: types.Int64PointerValue(s.NumberOfAuthenticationMethodsRequired),
		Registration: encode(ctx, registrationModel{
			RequiredAtSignIn:     types.BoolPointerValue(s.RegistrationRequiredOnSignIn),
			ReconfirmAfterInDays: types.Int64PointerValue(s.RegistrationReconfirmIntervalInDays),
		}, &diagnostics),
		Notifications: encode(ctx, notificationsModel{
			Users:          types.BoolPointerValue(s.NotifyUsersOnPasswordReset),
			Administrators: types.BoolPointerValue(s.NotifyOnAdminPasswordReset),
		}, &diagnostics),
		Helpdesk: encode(ctx, helpdeskModel{Contact: contactOf(s)}, &diagnostics),
		SecurityQuestions: encode(ctx, securityQuestionsModel{
			Enabled:    types.BoolPointerValue(s.SecurityQuestionsOptionEnabled),
			ToRegister: types.Int64PointerValue(s.NumberOfQuestionsToRegister),
			ToReset:    types.Int64PointerValue(s.NumberOfQuestionsToReset),
		}, &diagnostics),
		Methods: encode(ctx, methodsModel{
			Email:                     types.BoolPointerValue(s.EmailOptionEnabled),
			MobilePhone:               types.BoolPointerValue(s.MobilePhoneOptionEnabled),
			OfficePhone:               types.BoolPointerValue(s.OfficePhoneOptionEnabled),
			AuthenticatorNotification: types.BoolPointerValue(s.MobileAppNotificationEnabled),
			AuthenticatorCode:         types.BoolPointerValue(s.MobileAppCodeEnabled),
		}, &diagnostics),
		ID: types.StringValue(tenant),
	}
	if groups := s.PasswordResetEnabledGroupIDs; m.EnabledFor.ValueString() == enablements[directory.EnabledForSelected] && groups != nil && len(*groups) > 0 {
		// The API takes one group; more than one must show as a difference.
		m.GroupID = types.StringValue(strings.Join(*groups, ","))
		m.GroupName = types.StringValue(policy.GroupName)
	}
	return m, diagnostics
}

func enablementOf(value *directory.Enablement) types.String {
	if value == nil {
		return types.StringNull()
	}
	if i := int(*value); i >= 0 && i < len(enablements) {
		return types.StringValue(enablements[i])
	}
	// A value that nobody knows yet must show as a difference, not as one of ours.
	return types.StringValue(fmt.Sprintf("unknown (%d)", *value))
}

// contactOf is empty where the customised link is off, whatever address is
// still stored.
func contactOf(s directory.PasswordResetSettings) types.String {
	if s.CustomizeHelpdeskLink != nil && !*s.CustomizeHelpdeskLink {
		return types.StringValue("")
	}
	return types.StringPointerValue(s.CustomHelpdeskEmailOrURL)
}

func encode[T any](ctx context.Context, value T, diagnostics *diag.Diagnostics) types.Object {
	object, more := types.ObjectValueFrom(ctx, attributeTypes(value), value)
	diagnostics.Append(more...)
	return object
}

// attributeTypes are the types of a nested attribute.
func attributeTypes(value any) map[string]attr.Type {
	switch value.(type) {
	case registrationModel:
		return map[string]attr.Type{"required_at_sign_in": types.BoolType, "reconfirm_after_in_days": types.Int64Type}
	case notificationsModel:
		return map[string]attr.Type{"users": types.BoolType, "administrators": types.BoolType}
	case helpdeskModel:
		return map[string]attr.Type{"contact": types.StringType}
	case securityQuestionsModel:
		return map[string]attr.Type{"enabled": types.BoolType, "to_register": types.Int64Type, "to_reset": types.Int64Type}
	case methodsModel:
		return map[string]attr.Type{
			"email": types.BoolType, "mobile_phone": types.BoolType, "office_phone": types.BoolType,
			"authenticator_notification": types.BoolType, "authenticator_code": types.BoolType,
		}
	}
	return nil
}

// completedBy fills what was not known when the plan was made. What was
// planned stays, even where the directory does not show it yet.
func (m model) completedBy(ctx context.Context, tenant string, policy directory.PasswordResetPolicy) (model, diag.Diagnostics) {
	actual, diagnostics := modelOf(ctx, tenant, policy)
	fill := func(planned *types.Object, actual types.Object) {
		filled, more := resourcekit.FillUnknown(ctx, *planned, actual)
		diagnostics.Append(more...)
		*planned = filled
	}
	fill(&m.Registration, actual.Registration)
	fill(&m.Notifications, actual.Notifications)
	fill(&m.Helpdesk, actual.Helpdesk)
	fill(&m.SecurityQuestions, actual.SecurityQuestions)
	fill(&m.Methods, actual.Methods)
	m.MethodsRequired = resourcekit.Choose(m.MethodsRequired, actual.MethodsRequired)
	m.ID = resourcekit.Choose(m.ID, actual.ID)
	m.GroupName = resourcekit.Choose(m.GroupName, actual.GroupName)
	return m, diagnostics
}

func (m model) identity() resourcekit.TenantIdentity {
	return resourcekit.TenantIdentity{TenantID: m.ID}
}
