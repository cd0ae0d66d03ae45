package passwordexpirationpolicy

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// model is the resource in Terraform's terms.
type model struct {
	DomainName               types.String `tfsdk:"domain_name"`
	ValidityPeriodInDays     types.Int64  `tfsdk:"validity_period_in_days"`
	NeverExpires             types.Bool   `tfsdk:"never_expires"`
	NotificationWindowInDays types.Int64  `tfsdk:"notification_window_in_days"`
	ID                       types.String `tfsdk:"id"`
	FormerSettings           types.String `tfsdk:"former_settings"`
}

// identity names one instance for Terraform 1.12 and newer.
type identity struct {
	DomainName types.String `tfsdk:"domain_name"`
}

// wanted is what the directory is told: always both members.
func (m model) wanted() directory.PasswordExpiration {
	period := new(int64(directory.PasswordNeverExpiresInDays))
	if !m.NeverExpires.ValueBool() {
		period = resourcekit.Int64(m.ValidityPeriodInDays)
	}
	return directory.PasswordExpiration{
		ValidityPeriodInDays:     period,
		NotificationWindowInDays: resourcekit.Int64(m.NotificationWindowInDays),
	}
}

// readFrom replaces the settings. What was never set in the directory is null.
func (m model) readFrom(expiration directory.PasswordExpiration) model {
	period := expiration.ValidityPeriodInDays
	m.NeverExpires = types.BoolNull()
	if period != nil {
		never := *period == directory.PasswordNeverExpiresInDays
		m.NeverExpires = types.BoolValue(never)
		if never {
			period = nil
		}
	}
	m.ValidityPeriodInDays = types.Int64PointerValue(period)
	m.NotificationWindowInDays = types.Int64PointerValue(expiration.NotificationWindowInDays)
	return m.identified()
}

func (m model) identified() model {
	m.ID = m.DomainName
	return m
}

func (m model) identity() identity { return identity{DomainName: m.DomainName} }

// imported is the model of a domain that was named at import.
func imported(name string, expiration directory.PasswordExpiration) model {
	return model{DomainName: types.StringValue(name)}.readFrom(expiration)
}

// settled reports whether all settings of a plan are known.
func (m model) settled() bool {
	return !m.ValidityPeriodInDays.IsUnknown() && !m.NeverExpires.IsUnknown() && !m.NotificationWindowInDays.IsUnknown()
}

// importName takes the domain from the import id or from the identity, in the
// lower case of the configuration: another spelling would replace it.
func importName(ctx context.Context, req resource.ImportStateRequest) (string, diag.Diagnostics) {
	if req.ID != "" || req.Identity == nil {
		return strings.ToLower(req.ID), nil
	}
	var name types.String
	diagnostics := req.Identity.GetAttribute(ctx, path.Root("domain_name"), &name)
	return strings.ToLower(name.ValueString()), diagnostics
}
