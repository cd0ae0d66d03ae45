// Package toolchain is what the commands share to build the provider and to
// run it with Terraform or OpenTofu against a mock directory.
package toolchain

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

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// patience is how long an interrupted Terraform may take to put its state in
// order.
const patience = 20 * time.Second

// ErrNoTerraform says that there is no Terraform on the PATH.
var ErrNoTerraform = errors.New("there is neither terraform nor tofu on the PATH")

// FindTerraform returns the path of the program that was asked for, else that
// of Terraform or OpenTofu on the PATH, else [ErrNoTerraform].
func FindTerraform(wanted string) (string, error) {
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
	return "", ErrNoTerraform
}

// foreign are the beginnings of variables that would lead Terraform or the
// provider somewhere else than the command wants.
var foreign = []string{"TF_", "ARM_", "AZURE_", "ENTRAID_"}

// OwnEnvironment is the person's environment without the foreign variables.
func OwnEnvironment(variables []string) []string {
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

// Environment makes Terraform take its providers from where its own
// configuration says, and leads the provider to a directory.
func Environment(connection mockdirectory.Connection, cliConfig string) []string {
	return append(OwnEnvironment(os.Environ()),
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

// Program is a Terraform in a folder.
type Program struct {
	Path        string
	Folder      string
	Environment []string
}

// Run runs a command and returns its exit status. When the context ends, the
// command is interrupted, and what it leaves running is ended.
func (p Program) Run(ctx context.Context, stdout, stderr io.Writer, args ...string) (int, error) {
	command := exec.CommandContext(ctx, p.Path, args...)
	command.Dir, command.Env = p.Folder, p.Environment
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
		return -1, fmt.Errorf("running %s: %w", p.Path, err)
	}
	return 0, nil
}

// Read returns the output of a command that succeeds.
func (p Program) Read(ctx context.Context, args ...string) ([]byte, error) {
	var output, complaint bytes.Buffer
	code, err := p.Run(ctx, &output, &complaint, args...)
	if err == nil && code != 0 {
		err = fmt.Errorf("exit status %d", code)
		if said := bytes.TrimSpace(complaint.Bytes()); len(said) > 0 {
			err = fmt.Errorf("%w: %s", err, said)
		}
	}
	return output.Bytes(), err
}

// Version returns what the program calls itself, such as "Terraform v1.11.4".
func (p Program) Version(ctx context.Context) (string, error) {
	output, err := p.Read(ctx, "version")
	if err != nil {
		return "", fmt.Errorf("%s is not a Terraform that works: %w", p.Path, err)
	}
	first, _, _ := strings.Cut(string(output), "\n")
	return strings.TrimSpace(first), nil
}
