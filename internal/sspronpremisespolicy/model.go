package sspronpremisespolicy

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// model is the resource in Terraform's terms.
type model struct {
	PasswordWriteback types.Bool   `tfsdk:"password_writeback"`
	AccountUnlock     types.Bool   `tfsdk:"account_unlock"`
	ID                types.String `tfsdk:"id"`
	FormerSettings    types.String `tfsdk:"former_settings"`
}

// before is what is remembered of the settings for destroy.
type before = resourcekit.Former[directory.OnPremisesPasswordResetSettings]

// attributes names the attribute for each member of the API.
var attributes = map[string]string{
	directory.PasswordWritebackMember: "password_writeback",
	directory.AccountUnlockMember:     "account_unlock",
}

// settings is what a configuration wants changed. What is not written, or not
// known yet, stays nil.
func (m model) settings() directory.OnPremisesPasswordResetSettings {
	return directory.OnPremisesPasswordResetSettings{
		PasswordWriteback: resourcekit.Bool(m.PasswordWriteback),
		AccountUnlock:     resourcekit.Bool(m.AccountUnlock),
	}
}

// modelOf is what the directory holds in Terraform's terms.
func modelOf(tenant string, settings directory.OnPremisesPasswordResetSettings) model {
	return model{
		PasswordWriteback: types.BoolPointerValue(settings.PasswordWriteback),
		AccountUnlock:     types.BoolPointerValue(settings.AccountUnlock),
		ID:                types.StringValue(tenant),
	}
}

// after is the planned model after a change. What was planned stays, even where
// the directory does not show it yet; of a change that broke off, only what was
// done does.
func (m model) after(tenant string, change directory.OnPremisesPasswordResetChange, err error) model {
	actual := modelOf(tenant, change.Settings())
	if err != nil {
		return actual
	}
	m.PasswordWriteback = resourcekit.Choose(m.PasswordWriteback, actual.PasswordWriteback)
	m.AccountUnlock = resourcekit.Choose(m.AccountUnlock, actual.AccountUnlock)
	m.ID = resourcekit.Choose(m.ID, actual.ID)
	return m
}

func (m model) identity() resourcekit.TenantIdentity {
	return resourcekit.TenantIdentity{TenantID: m.ID}
}
