package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// unordered names, by resource, the attributes that are sets to Terraform and
// lists to the plugin framework.
//
// The framework compares the elements of sets pair by pair, in several places
// of every plan: ten thousand ids take minutes, a hundred thousand hours.
// Lists are compared in one pass. On the wire both are the same, and Terraform,
// which hands out and compares sets in one fixed order, sees only what the
// schema says.
var unordered = map[string]string{
	"entraid_users_password_never_expires": "user_ids",
}

// framework is what the framework's server is able to do.
type framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
}

// server is the framework's server with a schema that knows sets, and without
// its memory of each request.
type server struct {
	framework
	afterwards context.Context
}

// NewServer returns the provider as the plugin protocol serves it.
func NewServer(version string) tfprotov6.ProviderServer {
	served := providerserver.NewProtocol6(New(version)())()
	if able, ok := served.(framework); ok {
		return server{able, newAfterwards()}
	}
	return served
}

// Serve serves the provider to the Terraform that started this process, or,
// for a debugger, prints how to attach one. It returns when Terraform is done.
func Serve(version string, debug bool) error {
	var options []tf6server.ServeOpt
	if debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	return tf6server.Serve("registry.terraform.io/tenantsettings/entraid", func() tfprotov6.ProviderServer { return NewServer(version) }, options...)
}

// GetProviderSchema implements tfprotov6.ProviderServer.
func (s server) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	resp, err := s.framework.GetProviderSchema(ctx, req)
	if err != nil {
		return resp, err
	}
	for resource, name := range unordered {
		schema, ok := resp.ResourceSchemas[resource]
		if !ok {
			continue
		}
		for _, attribute := range schema.Block.Attributes {
			if list, ok := attribute.Type.(tftypes.List); ok && attribute.Name == name {
				attribute.Type = tftypes.Set{ElementType: list.ElementType}
			}
		}
	}
	return resp, nil
}
