package acctest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/provider"
)

// serveVariable tells a test binary that Terraform started it as the provider.
const serveVariable = "ACCTEST_SERVE_PROVIDER"

// Main is the TestMain of packages that use [Directory.Workspace]: Terraform
// starts their test binary a second time, as the provider.
func Main(m *testing.M) {
	if os.Getenv(serveVariable) == "" {
		os.Exit(m.Run())
	}
	if err := provider.Serve("test", false); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Workspace is a folder in which real Terraform runs the provider as a process
// of its own, with the environment and the files that a person would have. It
// shows single commands, which the test framework hides in its steps.
type Workspace struct {
	t         testing.TB
	terraform string
	folder    string
	variables []string
}

// Workspace returns an empty folder whose environment leads to the directory.
func (d *Directory) Workspace(t testing.TB) *Workspace {
	t.Helper()
	w := &Workspace{t: t, terraform: Terraform(t), folder: t.TempDir()}
	plugins := t.TempDir()
	binary, err := os.Executable()
	w.must(err)
	w.must(os.Symlink(binary, filepath.Join(plugins, "terraform-provider-entraid")))
	cliConfig := filepath.Join(plugins, "terraform.rc")
	w.must(os.WriteFile(cliConfig, fmt.Appendf(nil,
		"provider_installation {\n  dev_overrides {\n    \"tenantsettings/entraid\" = %q\n  }\n  direct {}\n}\n", plugins), 0o600))

	c := d.Connection()
	w.variables = append(ownVariables(),
		serveVariable+"=1", "TF_CLI_CONFIG_FILE="+cliConfig, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
		// The race detector would hold the end of each provider process for a second.
		"GORACE=atexit_sleep_ms=0 "+os.Getenv("GORACE"),
		"ARM_TENANT_ID="+c.TenantID, "ARM_CLIENT_ID="+c.ClientID, "ARM_CLIENT_SECRET="+c.ClientSecret, "ARM_USE_CLI=false",
		"ENTRAID_GRAPH_ENDPOINT="+c.GraphEndpoint, "ENTRAID_PORTAL_ENDPOINT="+c.PortalEndpoint, "ENTRAID_AUTHORITY_HOST="+c.AuthorityHost,
		"ENTRAID_CA_CERTIFICATE_FILE="+c.CACertificateFile, "ENTRAID_PORTAL_REFRESH_TOKEN="+c.PortalRefreshToken)
	return w
}

// ownVariables is the environment without what would lead Terraform or the
// provider elsewhere.
func ownVariables() []string {
	var kept []string
	for _, variable := range os.Environ() {
		foreign := false
		for _, prefix := range []string{"TF_", "ARM_", "AZURE_", "ENTRAID_"} {
			foreign = foreign || strings.HasPrefix(strings.ToUpper(variable), prefix)
		}
		if !foreign {
			kept = append(kept, variable)
		}
	}
	return kept
}

// In returns the workspace with another folder of it as the one in which
// Terraform runs, for configurations that come with modules beside them.
func (w *Workspace) In(folder string) *Workspace {
	w.t.Helper()
	inner := *w
	inner.folder = filepath.Join(w.folder, folder)
	w.must(os.MkdirAll(inner.folder, 0o700))
	return &inner
}

// With returns the workspace with further variables, such as "NAME=value".
func (w *Workspace) With(variables ...string) *Workspace {
	inner := *w
	inner.variables = append(slices.Clone(w.variables), variables...)
	return &inner
}

// Write writes a file of the workspace, and makes the folder that it is in.
func (w *Workspace) Write(name, content string) {
	w.t.Helper()
	path := filepath.Join(w.folder, name)
	w.must(os.MkdirAll(filepath.Dir(path), 0o700))
	w.must(os.WriteFile(path, []byte(content), 0o600))
}

// Read reads a file of the workspace.
func (w *Workspace) Read(name string) []byte {
	w.t.Helper()
	content, err := os.ReadFile(filepath.Join(w.folder, name))
	w.must(err)
	return content
}

// Shell runs lines of a shell, as a person types them, with Terraform under the
// name "terraform" and whatever it asks answered with yes.
func (w *Workspace) Shell(script string) Outcome {
	w.t.Helper()
	programs := w.t.TempDir()
	wrapper := fmt.Sprintf("#!/bin/sh\necho yes | exec '%s' \"$@\"\n", strings.ReplaceAll(w.terraform, "'", `'\''`))
	w.must(os.WriteFile(filepath.Join(programs, "terraform"), []byte(wrapper), 0o700))
	command := exec.CommandContext(w.t.Context(), "bash", "-euo", "pipefail", "-c", script)
	command.Env = append(slices.Clone(w.variables), "PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	return w.run(command)
}

// Outcome is what a command left.
type Outcome struct {
	Code           int
	Stdout, Stderr string
}

// Run runs Terraform with arguments.
func (w *Workspace) Run(arguments ...string) Outcome {
	w.t.Helper()
	return w.run(w.Command(arguments...))
}

// Command is Terraform with arguments, not started yet.
func (w *Workspace) Command(arguments ...string) *exec.Cmd {
	command := exec.CommandContext(w.t.Context(), w.terraform, arguments...)
	command.Dir, command.Env = w.folder, w.variables
	return command
}

func (w *Workspace) run(command *exec.Cmd) Outcome {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	command.Dir, command.Stdout, command.Stderr = w.folder, &stdout, &stderr
	err := command.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		w.t.Fatalf("running %s: %v", command.Path, err)
	}
	return Outcome{Code: command.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}
}

// Must runs Terraform and fails the test where that fails.
func (w *Workspace) Must(arguments ...string) Outcome {
	w.t.Helper()
	outcome := w.Run(arguments...)
	if outcome.Code != 0 {
		w.t.Fatalf("terraform %s ended with %d\n%s%s", strings.Join(arguments, " "), outcome.Code, outcome.Stdout, outcome.Stderr)
	}
	return outcome
}

// Apply applies the configuration.
func (w *Workspace) Apply() Outcome {
	w.t.Helper()
	return w.Must("apply", "-auto-approve", "-input=false", "-no-color")
}

// Destroy destroys everything.
func (w *Workspace) Destroy() Outcome {
	w.t.Helper()
	return w.Must("destroy", "-auto-approve", "-input=false", "-no-color")
}

// Plan plans and reports whether there is anything to do.
func (w *Workspace) Plan() (Outcome, bool) {
	w.t.Helper()
	outcome := w.Run("plan", "-detailed-exitcode", "-input=false", "-no-color")
	if outcome.Code != 0 && outcome.Code != 2 {
		w.t.Fatalf("terraform plan ended with %d\n%s%s", outcome.Code, outcome.Stdout, outcome.Stderr)
	}
	return outcome, outcome.Code == 2
}

// NoChanges fails the test where a plan is not empty.
func (w *Workspace) NoChanges() {
	w.t.Helper()
	if outcome, changes := w.Plan(); changes {
		w.t.Errorf("the plan is not empty:\n%s", outcome.Stdout)
	}
}

func (w *Workspace) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}
