package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

func TestEnvironmentIsCleanOfForeignVariables(t *testing.T) {
	t.Parallel()
	got := ownEnvironment([]string{
		"HOME=/home/me", "PATH=/bin", "TF_CLI_ARGS=-bogus", "TF_VAR_x=1", "ARM_TENANT_ID=t", "AZURE_CLIENT_ID=c",
		"ENTRAID_GRAPH_ENDPOINT=https://elsewhere", "tf_log=TRACE", "MY_ARM_ID=1",
	})
	if want := []string{"HOME=/home/me", "PATH=/bin", "MY_ARM_ID=1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnvironmentLeadsToTheDirectory(t *testing.T) {
	t.Parallel()
	got := environment(mockdirectory.Connection{TenantID: "tenant", GraphEndpoint: "https://graph", PortalRefreshToken: "token"}, "terraform.rc")
	for _, want := range []string{
		"ARM_TENANT_ID=tenant", "ENTRAID_GRAPH_ENDPOINT=https://graph", "ENTRAID_PORTAL_REFRESH_TOKEN=token",
		"TF_CLI_CONFIG_FILE=terraform.rc", "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestRefusesAProgramThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := findTerraform(t.Context(), filepath.Join(t.TempDir(), "terraform"), t.TempDir(), newScreen(&bytes.Buffer{}, false))
	if err == nil || !strings.Contains(err.Error(), "-terraform: ") {
		t.Errorf("error %v", err)
	}
}

func TestReportsExitStatusAndOutput(t *testing.T) {
	t.Parallel()
	// The go command stands in for Terraform: it is where these tests run.
	program, err := findTerraform(t.Context(), "go", t.TempDir(), newScreen(&bytes.Buffer{}, false))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p := &process{program: program, folder: t.TempDir(), environment: os.Environ(), screen: newScreen(&out, true)}
	if version, err := p.version(t.Context()); err != nil || !strings.HasPrefix(version, "go version go") {
		t.Errorf("version %q, %v", version, err)
	}
	code, err := p.run(t.Context(), "nonsense")
	if err != nil || code != 2 || !strings.HasPrefix(out.String(), margin+"go nonsense: unknown command") {
		t.Errorf("exit status %d, %v: %s", code, err, out.String())
	}
	if _, err := p.read(t.Context(), "nonsense"); err == nil || !strings.Contains(err.Error(), "exit status 2: go nonsense") {
		t.Errorf("error %v", err)
	}
}
