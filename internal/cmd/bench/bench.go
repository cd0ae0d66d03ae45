package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tenantsettings/terraform-provider-entraid/internal/cmd/toolchain"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// bench is everything that the rows share.
type bench struct {
	options
	folder    string
	terraform string
	progress  io.Writer
	// measured and plain are Terraform's configuration files: one starts the
	// provider through this program, the other starts it as it is.
	measured, plain string
}

// run measures, and removes everything that it made.
func (o options) run(ctx context.Context, stdout, stderr io.Writer) (err error) {
	b := &bench{options: o, progress: stderr}
	if b.terraform, err = toolchain.FindTerraform(o.terraform); err != nil {
		return fmt.Errorf("%w: install Terraform 1.5 or OpenTofu 1.8 or newer, or name one with -terraform PATH", err)
	}
	if b.folder, err = os.MkdirTemp(o.parent, "entraid-bench-"); err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.folder)) }()
	if b.folder, err = filepath.Abs(b.folder); err != nil {
		return err
	}
	if err := b.install(ctx); err != nil {
		return err
	}
	measured, err := b.measure(ctx)
	if err != nil {
		return err
	}
	return errors.Join(measured.failures(), o.publish(measured, stdout))
}

// publish writes the report to where it is wanted.
func (o options) publish(measured report, stdout io.Writer) error {
	text := measured.markdown()
	_, err := io.WriteString(stdout, text)
	if o.markdown != "" {
		err = errors.Join(err, os.WriteFile(o.markdown, []byte(text), 0o644))
	}
	if o.json != "" {
		err = errors.Join(err, measured.writeJSON(o.json))
	}
	return err
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.progress, format+"\n", args...) }

// binary is where the programs are that Terraform starts as providers.
func (b *bench) binary(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(b.folder, "bin", name)
}

// install builds the provider as a release does, and the empty one, and puts
// this program where Terraform will look for the provider.
func (b *bench) install(ctx context.Context) error {
	b.say("Building the provider ...")
	folder, err := toolchain.ModuleFolder(ctx)
	if err != nil {
		return err
	}
	source := toolchain.Source{Folder: folder, Temporary: b.folder}
	const stripped = "-s -w"
	if err := source.Build(ctx, ".", stripped, b.binary("terraform-provider-entraid")); err != nil {
		return err
	}
	if err := source.Build(ctx, "./internal/cmd/bench/emptyprovider", stripped, b.binary("terraform-provider-empty")); err != nil {
		return err
	}
	own, err := os.Executable()
	if err == nil {
		err = os.MkdirAll(filepath.Join(b.folder, "measured"), 0o755)
	}
	if err == nil {
		err = os.Symlink(own, filepath.Join(b.folder, "measured", filepath.Base(b.binary("terraform-provider-entraid"))))
	}
	if err != nil {
		return fmt.Errorf("installing the provider: %w", err)
	}
	return b.configure()
}

// configure writes Terraform's own configuration files. Nothing but what was
// just built can be installed.
func (b *bench) configure() error {
	b.measured, b.plain = filepath.Join(b.folder, "measured.rc"), filepath.Join(b.folder, "plain.rc")
	for file, folder := range map[string]string{b.measured: "measured", b.plain: "bin"} {
		content := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"tenantsettings/entraid\" = %q\n    \"tenantsettings/empty\" = %q\n  }\n}\n",
			filepath.ToSlash(filepath.Join(b.folder, folder)), filepath.ToSlash(filepath.Join(b.folder, "bin")))
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			return fmt.Errorf("writing Terraform's own configuration: %w", err)
		}
	}
	home := filepath.Join(b.folder, "home")
	if err := os.Mkdir(home, 0o755); err != nil {
		return fmt.Errorf("making an empty home: %w", err)
	}
	return nil
}

// environment leads Terraform to one of its configuration files and the
// provider to a directory, away from what is in the person's home.
func (b *bench) environment(connection mockdirectory.Connection, cliConfig string) []string {
	return append(toolchain.Environment(connection, cliConfig),
		"HOME="+filepath.Join(b.folder, "home"), "ARM_USE_CLI=false",
		providerVariable+"="+b.binary("terraform-provider-entraid"))
}

// measure measures all rows that are asked for. A row that fails does not keep
// the others from being measured.
func (b *bench) measure(ctx context.Context) (report, error) {
	version, err := toolchain.Program{Path: b.terraform, Folder: b.folder, Environment: b.environment(mockdirectory.Connection{}, b.plain)}.Version(ctx)
	if err != nil {
		return report{}, err
	}
	out := report{
		Machine:  thisMachine(ctx),
		Versions: versions{Go: runtime.Version(), Terraform: version},
		Settings: settings{LatencySeconds: b.latency.Seconds(), Repeat: b.repeat, Directory: "in the process of the bench"},
	}
	for _, row := range b.rows() {
		out.Rows = append(out.Rows, b.result(ctx, result{Name: row.name, Title: row.title, Users: row.users, Floor: row.floor()},
			func(ctx context.Context) ([]run, error) { return b.play(ctx, row) }))
	}
	if b.wants(startName) {
		out.Rows = append(out.Rows, b.result(ctx, result{Name: startName, Title: "Start of the provider (`terraform providers schema -json`)", Floor: "empty provider"}, b.start))
	}
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	if b.wants("binary") {
		out.Binary, err = b.size()
	}
	return out, err
}

// result runs one row unless the person has enough.
func (b *bench) result(ctx context.Context, r result, play func(context.Context) ([]run, error)) result {
	if ctx.Err() != nil {
		return r
	}
	b.say("%s ...", r.Name)
	runs, err := play(ctx)
	if err != nil {
		r.Error = err.Error()
		b.say("%s failed", r.Name)
		return r
	}
	r.Runs = runs
	r.summarize()
	b.say("%s: %s, floor %s", r.Name, seconds(r.Median.WallSeconds), seconds(r.Median.FloorWallSeconds))
	return r
}

func (b *bench) size() (*binary, error) {
	info, err := os.Stat(b.binary("terraform-provider-entraid"))
	if err != nil {
		return nil, fmt.Errorf("weighing the provider: %w", err)
	}
	return &binary{Bytes: info.Size(), System: runtime.GOOS + "/" + runtime.GOARCH}, nil
}
