// Command terraform-provider-entraid serves the provider to Terraform.
package main

import (
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/tenantsettings/terraform-provider-entraid/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger such as delve and print how to attach Terraform")
	flag.Parse()

	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	serve := func() tfprotov6.ProviderServer { return provider.NewServer(version) }
	if err := tf6server.Serve("registry.terraform.io/tenantsettings/entraid", serve, options...); err != nil {
		log.Fatal(err)
	}
}
