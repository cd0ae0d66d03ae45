package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// framework is what the framework's server is able to do.
type framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
}

// server is the framework's server without its memory of each request.
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
