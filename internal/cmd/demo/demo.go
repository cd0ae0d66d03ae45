package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/cmd/toolchain"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// options is what the flags say.
type options struct {
	terraform         string
	keep              bool
	listen            string
	graphEndpoint     string
	caCertificateFile string
	// parent is where the temporary folder is made; empty is the usual place.
	parent string
}

const usage = `Usage: go run ./internal/cmd/demo [flags]

Builds the provider, starts a mock directory and plays on it with Terraform or
OpenTofu: init, apply, a change by somebody else, plan, apply, destroy. Nothing
outside this machine is touched, and nothing stays behind.

`

// parse reads the flags. It tells the person what is wrong with them.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.terraform, "terraform", "", "`path` of Terraform or OpenTofu; by default the one on the PATH, else Terraform is downloaded")
	flags.BoolVar(&o.keep, "keep", false, "keep the temporary folder with the provider, the configuration and the state")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback `address` of the mock directory; port 0 takes a free one")
	flags.StringVar(&o.graphEndpoint, "graph-endpoint", "",
		"send the provider's Graph and sign-in requests to this base `URL`, for instance through a recording proxy that hands them on to the -listen address")
	flags.StringVar(&o.caCertificateFile, "ca-certificate-file", "", "PEM `file` with certificate authorities to trust besides the mock directory's own, such as that of a proxy")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("unexpected argument %q: there are only flags", flags.Arg(0))
		fmt.Fprintln(stderr, err)
		return o, err
	}
	return o, nil
}

// run plays the demo and removes everything that it made.
func (o options) run(ctx context.Context, screen *screen) (err error) {
	started := time.Now()
	place, err := newWorkspace(ctx, o.parent)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.leave(place, screen)) }()

	directory, err := mockdirectory.Start(mockdirectory.Options{Listen: o.listen})
	if err != nil {
		return fmt.Errorf("starting the mock directory: %w", err)
	}
	defer func() { err = errors.Join(err, directory.Close()) }()
	directory.Update(prepare)

	runner, err := o.prepareRunner(ctx, place, directory.Connection(), screen)
	if err != nil {
		return err
	}
	told := &story{directory: directory, terraform: runner, screen: screen}
	if err := told.play(ctx); err != nil {
		return err
	}
	screen.done(fmt.Sprintf("Done in %.0f seconds. %s", time.Since(started).Seconds(), told.moral()))
	return nil
}

// prepareRunner finds Terraform and gives it the provider, the configuration
// and the way to the mock directory.
func (o options) prepareRunner(ctx context.Context, place *workspace, connection mockdirectory.Connection, screen *screen) (*process, error) {
	screen.heading("Preparing")
	program, err := findTerraform(ctx, o.terraform, place.tools(), screen)
	if err != nil {
		return nil, err
	}
	screen.say("Mock directory   " + connection.GraphEndpoint)
	if err := o.redirect(place, &connection); err != nil {
		return nil, err
	}
	config, err := place.writeCLIConfig()
	if err != nil {
		return nil, err
	}
	screen.say("Configuration    examples/demo/main.tf, copied to a temporary folder")
	if err := place.copyExample(); err != nil {
		return nil, err
	}
	runner := &process{screen: screen, Program: toolchain.Program{
		Path: program, Folder: place.configuration(), Environment: toolchain.Environment(connection, config),
	}}
	version, err := runner.Version(ctx)
	if err != nil {
		return nil, err
	}
	screen.say("Runs with        " + version + ", " + program)
	screen.say("Provider         building it from this source; the first time takes a minute ...")
	return runner, place.buildProvider(ctx)
}

// redirect leads the provider to another address where a flag asks for it.
func (o options) redirect(place *workspace, connection *mockdirectory.Connection) error {
	if o.graphEndpoint != "" {
		// A token is asked for by the name of the service that it is for. The
		// mock directory takes that name for Graph's when the request for the
		// token comes under the same name, so sign-in goes the same way.
		connection.GraphEndpoint, connection.AuthorityHost = o.graphEndpoint, o.graphEndpoint
	}
	if o.caCertificateFile == "" {
		return nil
	}
	bundle, err := place.joinAuthorities(connection.CACertificateFile, o.caCertificateFile)
	connection.CACertificateFile = bundle
	return err
}

// leave removes the temporary folder, or says where it is kept.
func (o options) leave(place *workspace, screen *screen) error {
	if !o.keep {
		return place.remove()
	}
	screen.say("")
	screen.say("Kept: " + place.folder)
	return nil
}
