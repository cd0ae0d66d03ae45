// Package domains is the data source for the domains of the tenant: which
// there are, which of them can take a password expiration of their own, and
// when the passwords in each of them expire.
package domains

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var (
	_ datasource.DataSource              = &domains{}
	_ datasource.DataSourceWithConfigure = &domains{}
)

type domains struct {
	client *directory.Client
}

// New returns the data source.
func New() datasource.DataSource { return &domains{} }

// Metadata implements datasource.DataSource.
func (d *domains) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_domains"
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *domains) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	client, diagnostics := resourcekit.Client(req.ProviderData)
	resp.Diagnostics.Append(diagnostics...)
	d.client = client
}

// Schema implements datasource.DataSource.
func (d *domains) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the domains of the tenant, and when the passwords in each of them expire.\n\n" +
			"With `managed_only`, `verified_only` and `root_only`, it lists exactly the domains that `entraid_password_expiration_policy` can manage.",
		Attributes: map[string]schema.Attribute{
			"managed_only": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to leave out federated domains, whose identity provider decides when passwords expire. Default `false`.",
			},
			"verified_only": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to leave out domains whose ownership is not verified yet. Default `false`.",
			},
			"root_only": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to leave out subdomains, which inherit their settings from a root domain. Default `false`.",
			},
			"domains": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The domains that pass all filters, in the order of their names.",
				NestedObject:        schema.NestedAttributeObject{Attributes: domainAttributes()},
			},
		},
	}
}

func domainAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "Name of the domain, in lower case.",
		},
		"authentication_type": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "`Managed`, where this directory holds the passwords, or `Federated`, where another identity provider does.",
		},
		"is_verified": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the ownership of the domain is verified.",
		},
		"is_root": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the domain has settings of its own. It is `false` for a subdomain that inherits them.",
		},
		"is_default": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether new users get this domain unless another one is chosen.",
		},
		"is_initial": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether this is the domain that the tenant was created with, such as `contoso.onmicrosoft.com`.",
		},
		"never_expires": schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: "Whether the passwords of the domain never expire. It is null where nothing was ever set, whose meaning depends on the age of the tenant, " +
				"and for federated domains.",
		},
		"validity_period_in_days": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "Days after which a password must be changed. It is null where passwords never expire, where nothing was ever set, and for federated domains.",
		},
		"notification_window_in_days": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "Days before the expiration during which users are told of it. It is null where nothing was ever set, and for federated domains.",
		},
		"inherited_from": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "Name of the root domain from which a subdomain has the expiration of its passwords; the three attributes above are those of that domain. " +
				"It is null for a root domain.",
		},
	}
}

// Read implements datasource.DataSource.
func (d *domains) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	all, err := d.client.Domains(ctx)
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("read", "list of domains", "the tenant", err))
		return
	}

	resp.Diagnostics.Append(resp.State.Set(ctx, config.listing(all))...)
}
