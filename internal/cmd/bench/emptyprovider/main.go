// Command emptyprovider is a provider without anything in it. The time that
// Terraform takes to start it is what no provider can be faster than.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return empty{} }, providerserver.ServeOpts{
		Address: "registry.terraform.io/tenantsettings/empty", ProtocolVersion: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
}

type empty struct{}

// Metadata implements provider.Provider.
func (empty) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "empty"
}

// Schema implements provider.Provider.
func (empty) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// Configure implements provider.Provider.
func (empty) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

// DataSources implements provider.Provider.
func (empty) DataSources(context.Context) []func() datasource.DataSource { return nil }

// Resources implements provider.Provider.
func (empty) Resources(context.Context) []func() resource.Resource { return nil }
