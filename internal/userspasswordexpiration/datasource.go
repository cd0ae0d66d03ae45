// Package userspasswordexpiration is the data source that reports when the
// password of each user expires: who never has to change it, why, and until
// when everybody else has time.
package userspasswordexpiration

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var (
	_ datasource.DataSource                   = &usersPasswordExpiration{}
	_ datasource.DataSourceWithConfigure      = &usersPasswordExpiration{}
	_ datasource.DataSourceWithValidateConfig = &usersPasswordExpiration{}
)

type usersPasswordExpiration struct {
	client *directory.Client
}

// New returns the data source.
func New() datasource.DataSource { return &usersPasswordExpiration{} }

// Metadata implements datasource.DataSource.
func (d *usersPasswordExpiration) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_users_password_expiration"
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *usersPasswordExpiration) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	client, diagnostics := resourcekit.Client(req.ProviderData)
	resp.Diagnostics.Append(diagnostics...)
	d.client = client
}

// ValidateConfig implements datasource.DataSourceWithValidateConfig.
func (d *usersPasswordExpiration) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.validate()...)
}

// Read implements datasource.DataSource.
func (d *usersPasswordExpiration) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	domains, err := d.client.Domains(ctx)
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("read", "list of domains", "the tenant", err))
		return
	}
	users, err := d.client.UserPasswords(ctx, config.filter())
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("read", "list of users", "the tenant", err))
		return
	}

	resp.Diagnostics.Append(resp.State.Set(ctx, config.listing(users, directory.NewDomainSet(domains)))...)
}
