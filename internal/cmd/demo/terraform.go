package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"

	"github.com/tenantsettings/terraform-provider-entraid/internal/cmd/toolchain"
)

// downloadBound is how long the download of Terraform may take.
const downloadBound = 5 * time.Minute

// terraform is what the story needs of Terraform.
type terraform interface {
	// run shows the output of a command and returns its exit status.
	run(ctx context.Context, args ...string) (int, error)
	// read returns the output of a command that succeeds.
	read(ctx context.Context, args ...string) ([]byte, error)
}

// findTerraform returns the program that was asked for, else Terraform or
// OpenTofu from the PATH, else a Terraform that it downloads.
func findTerraform(ctx context.Context, wanted, folder string, screen *screen) (string, error) {
	found, err := toolchain.FindTerraform(wanted)
	if !errors.Is(err, toolchain.ErrNoTerraform) {
		return found, err
	}
	screen.say("There is neither terraform nor tofu on the PATH; downloading Terraform ...")
	found, err = download(ctx, folder)
	if err != nil {
		return "", fmt.Errorf("%w, and Terraform cannot be downloaded: %w; "+
			"install Terraform 1.5 or OpenTofu 1.8 or newer, or name one with -terraform PATH", toolchain.ErrNoTerraform, err)
	}
	return found, nil
}

func download(ctx context.Context, folder string) (string, error) {
	newEnough, err := version.NewConstraint(">= 1.5")
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	latest := &releases.LatestVersion{Product: product.Terraform, Constraints: newEnough, InstallDir: folder, Timeout: downloadBound}
	return latest.Install(ctx)
}

// process is a real Terraform, shown on the screen.
type process struct {
	toolchain.Program
	screen *screen
}

// run implements terraform.
func (p *process) run(ctx context.Context, args ...string) (int, error) {
	if !p.screen.colour {
		args = append([]string{args[0], "-no-color"}, args[1:]...)
	}
	output := p.screen.indented()
	code, err := p.Run(ctx, output, output, args...)
	return code, errors.Join(err, output.Close())
}

// read implements terraform.
func (p *process) read(ctx context.Context, args ...string) ([]byte, error) {
	return p.Read(ctx, args...)
}
