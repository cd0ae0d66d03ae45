// Package provider is the face of the provider: its configuration, and the
// list of what it offers. It hands the resources a directory client that is
// ready to sign in and has not yet made a request.
package provider

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tenantsettings/terraform-provider-entraid/internal/credential"
	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/domains"
	"github.com/tenantsettings/terraform-provider-entraid/internal/passwordexpirationpolicy"
	"github.com/tenantsettings/terraform-provider-entraid/internal/sspradministratorpolicy"
	"github.com/tenantsettings/terraform-provider-entraid/internal/sspronpremisespolicy"
	"github.com/tenantsettings/terraform-provider-entraid/internal/ssprpolicy"
	"github.com/tenantsettings/terraform-provider-entraid/internal/ssprregistrations"
	"github.com/tenantsettings/terraform-provider-entraid/internal/userpasswordneverexpires"
	"github.com/tenantsettings/terraform-provider-entraid/internal/userspasswordexpiration"
	"github.com/tenantsettings/terraform-provider-entraid/internal/userspasswordneverexpires"
)

var (
	_ provider.Provider                  = &entraid{}
	_ provider.ProviderWithListResources = &entraid{}
)

// entraid is the provider.
type entraid struct {
	version string
	getenv  func(string) string
}

// New returns the provider under a version, which goes into the User-Agent.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &entraid{version: version, getenv: os.Getenv} }
}

// Metadata implements provider.Provider.
func (p *entraid) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "entraid"
	resp.Version = p.version
}

// Resources implements provider.Provider.
func (p *entraid) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		ssprpolicy.New,
		sspronpremisespolicy.New,
		sspradministratorpolicy.New,
		passwordexpirationpolicy.New,
		userpasswordneverexpires.New,
		userspasswordneverexpires.New,
	}
}

// DataSources implements provider.Provider.
func (p *entraid) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{domains.New, userspasswordexpiration.New, ssprregistrations.New}
}

// ListResources implements provider.ProviderWithListResources.
func (p *entraid) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		passwordexpirationpolicy.NewList,
		userpasswordneverexpires.NewList,
	}
}

// Schema implements provider.Provider.
func (p *entraid) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Puts the password settings of a Microsoft Entra ID (Microsoft 365) tenant under Terraform: " +
			"who may reset their own password and how, when passwords expire in a domain, and which accounts never expire.",
		Attributes: attributes(),
	}
}

// Configure implements provider.Provider. It makes no request.
func (p *entraid) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var configured model
	resp.Diagnostics.Append(req.Config.Get(ctx, &configured)...)
	resp.Diagnostics.Append(configured.refuseUnknown()...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings, diagnostics := configured.resolve(ctx, p.getenv)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	transport, diagnostics := settings.transport()
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, err := p.client(settings, transport, req.TerraformVersion)
	if err != nil {
		resp.Diagnostics.AddError("Unable to configure the provider", err.Error())
		return
	}
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData = client, client, client
}

func (p *entraid) client(settings settings, transport http.RoundTripper, terraformVersion string) (*directory.Client, error) {
	signIn := settings.credential(transport)
	return directory.New(directory.Config{
		GraphEndpoint:  settings.graphEndpoint,
		PortalEndpoint: settings.portalEndpoint,
		GraphTokens:    credential.Graph(signIn),
		PortalTokens:   credential.Portal(signIn),
		Transport:      transport,
		NoBulkReads:    settings.noBulkReads,
		UserAgent:      fmt.Sprintf("terraform-provider-entraid/%s (terraform/%s)", p.version, terraformVersion),
		Log: func(ctx context.Context, message string, fields map[string]any) {
			tflog.Debug(ctx, message, fields)
		},
	})
}
