// Package ssprregistrations is the data source that reports who is prepared to
// reset a forgotten password: who has registered enough methods, who is allowed
// to, and for whom both are so.
package ssprregistrations

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var (
	_ datasource.DataSource              = &ssprRegistrations{}
	_ datasource.DataSourceWithConfigure = &ssprRegistrations{}
)

type ssprRegistrations struct {
	client *directory.Client
}

// New returns the data source.
func New() datasource.DataSource { return &ssprRegistrations{} }

// Metadata implements datasource.DataSource.
func (d *ssprRegistrations) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sspr_registrations"
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *ssprRegistrations) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	client, diagnostics := resourcekit.Client(req.ProviderData)
	resp.Diagnostics.Append(diagnostics...)
	d.client = client
}

// Schema implements datasource.DataSource.
func (d *ssprRegistrations) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reports who is prepared to reset a forgotten password: who has registered enough methods for self-service password reset (SSPR), " +
			"who is allowed to use it, and for whom both are so. Disabled accounts are not in the report.\n\n" +
			"The report takes a Microsoft Entra ID P1 or P2 licence in the tenant.",
		Attributes: map[string]schema.Attribute{
			"registered": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Lists only users who have registered enough methods (`true`) or only those who have not (`false`).",
			},
			"enabled": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Lists only users whom the policy allows to reset their own password (`true`) or only those whom it does not (`false`).",
			},
			"capable": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Lists only users who could reset their own password today (`true`) or only those who could not (`false`).",
			},
			"is_admin": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Lists only users with an administrator role (`true`) or only those without one (`false`).",
			},
			"registrations": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The users who pass all filters, in the order of their user principal names.",
				NestedObject:        schema.NestedAttributeObject{Attributes: registrationAttributes()},
			},
			"total_count": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Number of users who pass all filters.",
			},
			"registered_count": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Number of them who have registered enough methods.",
			},
			"enabled_count": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Number of them whom the policy allows to reset their own password.",
			},
			"capable_count": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Number of them who could reset their own password today.",
			},
		},
	}
}

func registrationAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "Object id of the user.",
		},
		"user_principal_name": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "User principal name, as the report spells it.",
		},
		"user_type": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "`member` or `guest`. It is null where the report does not say so.",
		},
		"is_admin": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the user has an administrator role. `entraid_sspr_administrator_policy` decides for these whether they may reset their own password.",
		},
		"registered": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the user has registered as many methods as a reset takes.",
		},
		"enabled": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the policy allows the user to reset the own password.",
		},
		"capable": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the user is both registered and enabled.",
		},
		"methods": schema.ListAttribute{
			Computed:            true,
			ElementType:         types.StringType,
			MarkdownDescription: "Methods that the user has registered, such as `mobilePhone` or `email`, in the order of their names. Not all of them count for a reset.",
		},
	}
}

// Read implements datasource.DataSource.
func (d *ssprRegistrations) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	registrations, err := d.client.Registrations(ctx, config.filter())
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("read", "registrations for self-service password reset", "the tenant", err))
		return
	}

	resp.Diagnostics.Append(resp.State.Set(ctx, config.listing(registrations))...)
}
