// Command terraform-provider-entraid serves the provider to Terraform.
package main

import (
	"flag"
	"log"

	"github.com/tenantsettings/terraform-provider-entraid/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger such as delve and print how to attach Terraform")
	flag.Parse()

	if err := provider.Serve(version, *debug); err != nil {
		log.Fatal(err)
	}
}
