package passwordexpirationpolicy

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// ValidateConfig implements resource.ResourceWithValidateConfig.
func (r *passwordExpirationPolicy) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.validate()...)
}

// validate checks the rules between attributes and skips what is not known yet.
func (m model) validate() diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if m.NeverExpires.IsUnknown() || m.ValidityPeriodInDays.IsUnknown() {
		return diagnostics
	}
	never, period := m.NeverExpires.ValueBool(), resourcekit.Int64(m.ValidityPeriodInDays)
	switch {
	case never && period != nil:
		diagnostics.AddAttributeError(path.Root("never_expires"), "Conflicting settings",
			"never_expires = true and validity_period_in_days contradict each other. Set exactly one of them.")
	case !never && period == nil:
		diagnostics.AddAttributeError(path.Root("validity_period_in_days"), "Missing setting",
			"Say when passwords expire: set validity_period_in_days, or never_expires = true.")
	}
	if window := m.window(); period != nil && *period >= shortestPeriod && window != nil && *window > *period {
		diagnostics.AddAttributeError(path.Root("notification_window_in_days"), "Window longer than the period",
			fmt.Sprintf("notification_window_in_days, %d, must not be longer than validity_period_in_days, %d.", *window, *period))
	}
	return diagnostics
}

// window is the configured or default window, nil while it is unknown.
func (m model) window() *int64 {
	if m.NotificationWindowInDays.IsNull() {
		return new(int64(defaultWindow))
	}
	return resourcekit.Int64(m.NotificationWindowInDays)
}
