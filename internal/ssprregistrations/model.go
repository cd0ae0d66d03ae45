package ssprregistrations

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// model is the data source in Terraform's terms.
type model struct {
	Registered      types.Bool          `tfsdk:"registered"`
	Enabled         types.Bool          `tfsdk:"enabled"`
	Capable         types.Bool          `tfsdk:"capable"`
	IsAdmin         types.Bool          `tfsdk:"is_admin"`
	Registrations   []registrationModel `tfsdk:"registrations"`
	TotalCount      types.Int64         `tfsdk:"total_count"`
	RegisteredCount types.Int64         `tfsdk:"registered_count"`
	EnabledCount    types.Int64         `tfsdk:"enabled_count"`
	CapableCount    types.Int64         `tfsdk:"capable_count"`
}

// registrationModel is one user in Terraform's terms.
type registrationModel struct {
	ID                types.String `tfsdk:"id"`
	UserPrincipalName types.String `tfsdk:"user_principal_name"`
	UserType          types.String `tfsdk:"user_type"`
	IsAdmin           types.Bool   `tfsdk:"is_admin"`
	Registered        types.Bool   `tfsdk:"registered"`
	Enabled           types.Bool   `tfsdk:"enabled"`
	Capable           types.Bool   `tfsdk:"capable"`
	Methods           []string     `tfsdk:"methods"`
}

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
	m.Registrations = make([]registrationModel, 0, len(registrations))
	for _, registration := range registrations {
		m.Registrations = append(m.Registrations, describe(registration))
		registered += one(registration.Registered)
		enabled += one(registration.Enabled)
		capable += one(registration.Capable)
	}
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

func describe(registration directory.Registration) registrationModel {
	// Without methods it is an empty list, and not null.
	methods := append([]string{}, registration.Methods...)
	slices.Sort(methods)
	return registrationModel{
		ID:                types.StringValue(registration.UserID),
		UserPrincipalName: types.StringValue(registration.UserPrincipalName),
		UserType:          resourcekit.OrNull(registration.UserType),
		IsAdmin:           types.BoolValue(registration.IsAdmin),
		Registered:        types.BoolValue(registration.Registered),
		Enabled:           types.BoolValue(registration.Enabled),
		Capable:           types.BoolValue(registration.Capable),
		Methods:           methods,
	}
}
