package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tenantsettings/terraform-provider-entraid/internal/cmd/toolchain"
)

// demoVersion is the version under which the provider is installed for the
// demo.
const demoVersion = "0.0.1"

// registries are where Terraform and OpenTofu look for the provider: the same
// source address means another host to each.
var registries = []string{"registry.terraform.io", "registry.opentofu.org"}

// workspace is the temporary folder of one demo.
type workspace struct {
	folder string
	// source is the folder of the provider's module.
	source string
}

func newWorkspace(ctx context.Context, parent string) (*workspace, error) {
	source, err := toolchain.ModuleFolder(ctx)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(parent, "entraid-demo-")
	if err == nil {
		folder, err = filepath.Abs(folder)
	}
	if err != nil {
		return nil, fmt.Errorf("making a temporary folder: %w", err)
	}
	return &workspace{folder: folder, source: source}, nil
}

func (w *workspace) tools() string         { return filepath.Join(w.folder, "tools") }
func (w *workspace) mirror() string        { return filepath.Join(w.folder, "mirror") }
func (w *workspace) configuration() string { return filepath.Join(w.folder, "configuration") }

func (w *workspace) remove() error {
	if err := os.RemoveAll(w.folder); err != nil {
		return fmt.Errorf("removing the temporary folder: %w", err)
	}
	return nil
}

// binary is where a registry's mirror holds the provider.
func (w *workspace) binary(registry string) string {
	name := "terraform-provider-entraid_v" + demoVersion
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(w.mirror(), registry, "tenantsettings", "entraid", demoVersion, runtime.GOOS+"_"+runtime.GOARCH, name)
}

// buildProvider builds the provider into a filesystem mirror, so that init
// installs it as it would install a released one.
func (w *workspace) buildProvider(ctx context.Context) error {
	first := w.binary(registries[0])
	source := toolchain.Source{Folder: w.source, Temporary: w.folder}
	if err := source.Build(ctx, ".", "-X main.version="+demoVersion, first); err != nil {
		return err
	}
	for _, registry := range registries[1:] {
		other := w.binary(registry)
		if err := os.MkdirAll(filepath.Dir(other), 0o755); err != nil {
			return fmt.Errorf("installing the provider: %w", err)
		}
		if err := os.Link(first, other); err != nil {
			return fmt.Errorf("installing the provider: %w", err)
		}
	}
	return nil
}

// copyExample copies the configuration, and leaves behind what somebody who
// worked in that folder may have made there.
func (w *workspace) copyExample() error {
	example := filepath.Join(w.source, "examples", "demo")
	files, err := os.ReadDir(example)
	if err == nil {
		err = os.MkdirAll(w.configuration(), 0o755)
	}
	for _, file := range files {
		if err == nil && filepath.Ext(file.Name()) == ".tf" {
			err = copyFile(filepath.Join(example, file.Name()), filepath.Join(w.configuration(), file.Name()))
		}
	}
	if err != nil {
		return fmt.Errorf("copying the configuration: %w", err)
	}
	return nil
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

// writeCLIConfig makes the mirror the only place that providers come from, so
// that nothing is downloaded.
func (w *workspace) writeCLIConfig() (string, error) {
	name := filepath.Join(w.folder, "terraform.rc")
	content := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(w.mirror()))
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		return "", fmt.Errorf("writing Terraform's own configuration: %w", err)
	}
	return name, nil
}

// joinAuthorities writes the certificates of several files into one.
func (w *workspace) joinAuthorities(files ...string) (string, error) {
	var bundle []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("reading certificate authorities: %w", err)
		}
		bundle = append(append(bundle, content...), '\n')
	}
	name := filepath.Join(w.folder, "authorities.pem")
	if err := os.WriteFile(name, bundle, 0o644); err != nil {
		return "", fmt.Errorf("writing certificate authorities: %w", err)
	}
	return name, nil
}
