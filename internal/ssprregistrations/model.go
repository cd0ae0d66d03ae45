package ssprregistrations

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// model is the data source in Terraform's terms.
type model struct {
	Registered      types.Bool  `tfsdk:"registered"`
	Enabled         types.Bool  `tfsdk:"enabled"`
	Capable         types.Bool  `tfsdk:"capable"`
	IsAdmin         types.Bool  `tfsdk:"is_admin"`
	Registrations   types.List  `tfsdk:"registrations"`
	TotalCount      types.Int64 `tfsdk:"total_count"`
	RegisteredCount types.Int64 `tfsdk:"registered_count"`
	EnabledCount    types.Int64 `tfsdk:"enabled_count"`
	CapableCount    types.Int64 `tfsdk:"capable_count"`
}

var registrationType = resourcekit.ObjectType(registrationAttributes())

func (m model) filter() directory.RegistrationFilter {
	return directory.RegistrationFilter{
		Registered: resourcekit.Bool(m.Registered),
		Enabled:    resourcekit.Bool(m.Enabled),
		Capable:    resourcekit.Bool(m.Capable),
		IsAdmin:    resourcekit.Bool(m.IsAdmin),
	}
}

// listing fills in the users and counts them.
func (m model) listing(registrations []directory.Registration) model {
	var registered, enabled, capable int64
	described := make([]attr.Value, 0, len(registrations))
	for _, registration := range registrations {
		described = append(described, describe(registration))
		registered += one(registration.Registered)
		enabled += one(registration.Enabled)
		capable += one(registration.Capable)
	}
	m.Registrations = types.ListValueMust(registrationType, described)
	m.TotalCount = types.Int64Value(int64(len(registrations)))
	m.RegisteredCount = types.Int64Value(registered)
	m.EnabledCount = types.Int64Value(enabled)
	m.CapableCount = types.Int64Value(capable)
	return m
}

func one(counts bool) int64 {
	if counts {
		return 1
	}
	return 0
}

// describe makes the object itself: the framework would take several times as
// long to make it of a struct, and there may be 100,000 users.
func describe(registration directory.Registration) attr.Value {
	methods := make([]attr.Value, 0, len(registration.Methods))
	for _, method := range slices.Sorted(slices.Values(registration.Methods)) {
		methods = append(methods, types.StringValue(method))
	}
	return types.ObjectValueMust(registrationType.AttrTypes, map[string]attr.Value{
		"id":                  types.StringValue(registration.UserID),
		"user_principal_name": types.StringValue(registration.UserPrincipalName),
		"user_type":           resourcekit.OrNull(registration.UserType),
		"is_admin":            types.BoolValue(registration.IsAdmin),
		"registered":          types.BoolValue(registration.Registered),
		"enabled":             types.BoolValue(registration.Enabled),
		"capable":             types.BoolValue(registration.Capable),
		"methods":             types.ListValueMust(types.StringType, methods),
	})
}
