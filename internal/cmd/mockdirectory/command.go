package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// command is what the flags say.
type command struct {
	listen, ready, fixture string
	users, domains         int
	latency                time.Duration
	throttle, quiet        bool
	unkind                 uint64
}

// parse reads the flags. It tells the person what is wrong with them.
func parse(args []string, stderr io.Writer) (command, error) {
	var c command
	flags := flag.NewFlagSet("mockdirectory", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.listen, "listen", "127.0.0.1:0", "loopback `address` to serve on; port 0 takes a free one")
	flags.StringVar(&c.ready, "ready", "", "`file` to write the connection to, as JSON, when serving")
	flags.StringVar(&c.fixture, "fixture", "", "`file` with a tenant in the shape of GET /_mock/state")
	flags.IntVar(&c.users, "users", 0, "`number` of users to add")
	flags.IntVar(&c.domains, "domains", 0, "`number` of managed root domains to add")
	flags.DurationVar(&c.latency, "latency", 0, "`time` to hold each answer back, such as 50ms")
	flags.BoolVar(&c.throttle, "throttle", false, "hold callers of Graph to Microsoft's quotas")
	flags.Uint64Var(&c.unkind, "unkind", 0, "`seed` of throttling, faults, late visibility and odd answers; 0 is kind")
	flags.BoolVar(&c.quiet, "quiet", false, "print no line for each request")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("unexpected argument %q: there are only flags", flags.Arg(0))
		_, _ = fmt.Fprintln(stderr, err)
		return c, err
	}
	return c, nil
}

// run serves until the context ends.
func (c command) run(ctx context.Context, stdout io.Writer) (err error) {
	options := mockdirectory.Options{Listen: c.listen, Users: c.users, Domains: c.domains, Latency: c.latency, Unkind: c.unkind}
	if !c.quiet {
		options.Log = stdout
	}
	if c.throttle {
		options.Throttle = new(mockdirectory.Throttle)
	}
	if c.fixture != "" {
		if options.Fixture, err = os.ReadFile(c.fixture); err != nil {
			return fmt.Errorf("reading the fixture: %w", err)
		}
	}
	d, err := mockdirectory.Start(options)
	if err != nil {
		return c.blame(err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	connection := d.Connection()
	if c.ready != "" {
		if err := writeReady(c.ready, connection); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, removeIfThere(c.ready)) }()
	}
	if err := greet(stdout, connection); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func greet(stdout io.Writer, c mockdirectory.Connection) error {
	_, err := fmt.Fprintf(stdout, "The mock directory serves tenant %s at %s\nPaste these lines to use it; end it with Ctrl-C.\n\n%s\n",
		c.TenantID, c.GraphEndpoint, c.Exports())
	if err != nil {
		return fmt.Errorf("printing the connection: %w", err)
	}
	return nil
}

// blame names the fixture's file where the fixture is to blame.
func (c command) blame(err error) error {
	if c.fixture != "" {
		return fmt.Errorf("with the fixture %s: %w", c.fixture, err)
	}
	return err
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing the ready file: %w", err)
	}
	return nil
}

// writeReady puts the whole file in place at once, so that whoever waits for it never reads half of it.
func writeReady(name string, connection mockdirectory.Connection) error {
	encoded, err := json.MarshalIndent(connection, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the ready file: %w", err)
	}
	// A temporary file is made readable by its owner alone, as secrets want.
	file, err := os.CreateTemp(filepath.Dir(name), ".mockdirectory-*")
	if err != nil {
		return fmt.Errorf("writing the ready file: %w", err)
	}
	_, err = file.Write(append(encoded, '\n'))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the ready file: %w", err), os.Remove(file.Name()))
	}
	return nil
}
