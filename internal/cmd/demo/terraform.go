package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const (
	// patience is how long an interrupted Terraform may take to put its state in
	// order.
	patience = 20 * time.Second
	// downloadBound is how long the download of Terraform may take.
	downloadBound = 5 * time.Minute
)

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
	if wanted != "" {
		found, err := exec.LookPath(wanted)
		if err == nil {
			found, err = filepath.Abs(found)
		}
		if err != nil {
			return "", fmt.Errorf("-terraform: %w", err)
		}
		return found, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if found, err := exec.LookPath(name); err == nil {
			return filepath.Abs(found)
		}
	}
	screen.say("There is neither terraform nor tofu on the PATH; downloading Terraform ...")
	found, err := download(ctx, folder)
	if err != nil {
		return "", fmt.Errorf("there is neither terraform nor tofu on the PATH, and Terraform cannot be downloaded: %w; "+
			"install Terraform 1.5 or OpenTofu 1.8 or newer, or name one with -terraform PATH", err)
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

// foreign are the beginnings of variables that would lead Terraform or the
// provider somewhere else than the demo wants.
var foreign = []string{"TF_", "ARM_", "AZURE_", "ENTRAID_"}

// ownEnvironment is the person's environment without the foreign variables.
func ownEnvironment(variables []string) []string {
	var kept []string
	for _, variable := range variables {
		isForeign := false
		for _, prefix := range foreign {
			isForeign = isForeign || strings.HasPrefix(strings.ToUpper(variable), prefix)
		}
		if !isForeign {
			kept = append(kept, variable)
		}
	}
	return kept
}

// environment leads Terraform to the mirror and the provider to the directory.
func environment(connection mockdirectory.Connection, cliConfig string) []string {
	return append(ownEnvironment(os.Environ()),
		"TF_CLI_CONFIG_FILE="+cliConfig,
		"TF_IN_AUTOMATION=1",
		"CHECKPOINT_DISABLE=1",
		"ARM_TENANT_ID="+connection.TenantID,
		"ARM_CLIENT_ID="+connection.ClientID,
		"ARM_CLIENT_SECRET="+connection.ClientSecret,
		"ENTRAID_PORTAL_REFRESH_TOKEN="+connection.PortalRefreshToken,
		"ENTRAID_GRAPH_ENDPOINT="+connection.GraphEndpoint,
		"ENTRAID_PORTAL_ENDPOINT="+connection.PortalEndpoint,
		"ENTRAID_AUTHORITY_HOST="+connection.AuthorityHost,
		"ENTRAID_CA_CERTIFICATE_FILE="+connection.CACertificateFile,
	)
}

// process is a real Terraform.
type process struct {
	program     string
	folder      string
	environment []string
	screen      *screen
}

// run implements terraform.
func (p *process) run(ctx context.Context, args ...string) (int, error) {
	if !p.screen.colour {
		args = append([]string{args[0], "-no-color"}, args[1:]...)
	}
	output := p.screen.indented()
	code, err := p.execute(ctx, output, output, args)
	return code, errors.Join(err, output.Close())
}

// read implements terraform.
func (p *process) read(ctx context.Context, args ...string) ([]byte, error) {
	var output, complaint bytes.Buffer
	code, err := p.execute(ctx, &output, &complaint, args)
	if err == nil && code != 0 {
		err = fmt.Errorf("exit status %d", code)
		if said := bytes.TrimSpace(complaint.Bytes()); len(said) > 0 {
			err = fmt.Errorf("%w: %s", err, said)
		}
	}
	return output.Bytes(), err
}

// version returns what the program calls itself, such as "Terraform v1.11.4".
func (p *process) version(ctx context.Context) (string, error) {
	output, err := p.read(ctx, "version")
	if err != nil {
		return "", fmt.Errorf("%s is not a Terraform that works: %w", p.program, err)
	}
	first, _, _ := strings.Cut(string(output), "\n")
	return strings.TrimSpace(first), nil
}

func (p *process) execute(ctx context.Context, stdout, stderr io.Writer, args []string) (int, error) {
	command := exec.CommandContext(ctx, p.program, args...)
	command.Dir, command.Env = p.folder, p.environment
	command.Stdout, command.Stderr = stdout, stderr
	group(command)
	err := command.Run()
	if ctx.Err() != nil {
		return -1, errors.Join(ctx.Err(), endGroup(command))
	}
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return failed.ExitCode(), nil
	}
	if err != nil {
		return -1, fmt.Errorf("running %s: %w", p.program, err)
	}
	return 0, nil
}
