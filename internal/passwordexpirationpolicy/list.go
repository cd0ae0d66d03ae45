package passwordexpirationpolicy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var _ list.ListResourceWithConfigure = &passwordExpirationPolicy{}

// NewList returns the list resource, which finds what the resource can manage.
func NewList() list.ListResource { return &passwordExpirationPolicy{} }

// listModel is a list block in Terraform's terms.
type listModel struct {
	NeverExpires types.Bool `tfsdk:"never_expires"`
	SetOnly      types.Bool `tfsdk:"set_only"`
}

// ListResourceConfigSchema implements list.ListResource.
func (r *passwordExpirationPolicy) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the domains whose password expiration can be managed, in the order of their names: all verified, managed root domains of the tenant.",
		Attributes: map[string]schema.Attribute{
			"never_expires": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "With `true`, lists only domains whose passwords never expire; with `false`, only those whose passwords expire after a number of days. " +
					"Either leaves out domains where nothing was ever set.",
			},
			"set_only": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to leave out domains where the period or the notification window was never set, " +
					"because configuration that is generated for them has to be completed. Default `false`.",
			},
		},
	}
}

// List implements list.ListResource.
func (r *passwordExpirationPolicy) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	stream.Results = resourcekit.Results(ctx, req, func(ctx context.Context) ([]resourcekit.Found, diag.Diagnostics) {
		var config listModel
		if diagnostics := req.Config.Get(ctx, &config); diagnostics.HasError() {
			return nil, diagnostics
		}

		domains, err := r.client.Domains(ctx)
		if err != nil {
			return nil, diag.Diagnostics{resourcekit.Unable("read", "list of domains", "the tenant", err)}
		}

		return config.found(domains), nil
	})
}

// found returns the domains that are listed, sorted by their names, which have
// no case.
func (m listModel) found(domains []directory.Domain) []resourcekit.Found {
	var found []resourcekit.Found
	for _, domain := range domains {
		if !m.passes(domain) {
			continue
		}
		one := imported(strings.ToLower(domain.ID), domain.PasswordExpiration)
		name := one.DomainName.ValueString()
		found = append(found, resourcekit.Found{
			Name: name, Identity: one.identity(), Resource: one, Advice: adviseIncomplete(name, domain.PasswordExpiration),
		})
	}
	slices.SortFunc(found, func(a, b resourcekit.Found) int { return strings.Compare(a.Name, b.Name) })
	return found
}

func (m listModel) passes(domain directory.Domain) bool {
	if !domain.TakesPasswordExpiration() || m.SetOnly.ValueBool() && !domain.Complete() {
		return false
	}
	period := domain.ValidityPeriodInDays
	return m.NeverExpires.IsNull() ||
		period != nil && (*period == directory.PasswordNeverExpiresInDays) == m.NeverExpires.ValueBool()
}

// adviseIncomplete warns where configuration that is made from what a domain
// has cannot say the same: it needs a period, and has a default window.
func adviseIncomplete(name string, expiration directory.PasswordExpiration) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	switch {
	case expiration.ValidityPeriodInDays == nil:
		diagnostics.AddWarning("The password expiration was never set",
			fmt.Sprintf("The directory holds no password expiration for %s, so configuration that is generated for it is incomplete. "+
				"Decide when its passwords expire, and add validity_period_in_days or never_expires = true. "+
				"To leave out such domains, set set_only = true in the list block.", name))
	case expiration.NotificationWindowInDays == nil:
		diagnostics.AddWarning("The notification window was never set",
			fmt.Sprintf("The directory holds a period but no notification window for %s. Applying configuration that is generated for it sets the window to %d days. "+
				"To leave out such domains, set set_only = true in the list block.", name, defaultWindow))
	}
	return diagnostics
}
