// Command docschema prints the provider's schema in the JSON of
// "terraform providers schema -json". It asks the provider itself, so that the
// documentation shows everything that the provider offers, whichever Terraform
// is installed and also where there is none.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/tenantsettings/terraform-provider-entraid/internal/provider"
)

// address is where the registry has the provider.
const address = "registry.terraform.io/tenantsettings/entraid"

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "docschema:", err)
		os.Exit(1)
	}
}

// run prints the schema of the provider.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("docschema", flag.ContinueOnError)
	flags.SetOutput(stderr)
	name := flags.String("name", address, "`name` of the provider in the document; the generator of the documentation looks for the short one")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return write(ctx, stdout, *name, provider.NewServer("docs"))
}
