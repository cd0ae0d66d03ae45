package sspradministratorpolicy

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// model is the resource in Terraform's terms.
type model struct {
	Enabled        types.Bool   `tfsdk:"enabled"`
	ID             types.String `tfsdk:"id"`
	FormerSettings types.String `tfsdk:"former_settings"`
}

// before is what is remembered of the switch for destroy.
type before struct {
	Enabled bool `json:"enabled"`
}

// modelOf is what the directory holds in Terraform's terms.
func modelOf(tenant string, policy directory.AuthorizationPolicy) model {
	return model{Enabled: types.BoolValue(policy.AllowedToUseSSPR)}.identifiedBy(tenant)
}

// identifiedBy completes a planned model. What was planned stays, even where
// the directory does not show it yet.
func (m model) identifiedBy(tenant string) model {
	m.ID = types.StringValue(tenant)
	return m
}

func (m model) identity() resourcekit.TenantIdentity {
	return resourcekit.TenantIdentity{TenantID: m.ID}
}
