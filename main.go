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

	collectLess()
	if !*debug {
		// A debugger's terminal shows the log itself.
		if err := quieten(); err != nil {
			log.Fatal(err)
		}
	}
	if err := provider.Serve(version, *debug); err != nil {
		log.Fatal(err)
	}
}
