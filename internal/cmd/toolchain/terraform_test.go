package toolchain

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

func TestEnvironmentIsCleanOfForeignVariables(t *testing.T) {
	t.Parallel()
	got := OwnEnvironment([]string{
		"HOME=/home/me", "PATH=/bin", "TF_CLI_ARGS=-bogus", "TF_VAR_x=1", "ARM_TENANT_ID=t", "AZURE_CLIENT_ID=c",
		"ENTRAID_GRAPH_ENDPOINT=https://elsewhere", "tf_log=TRACE", "MY_ARM_ID=1",
	})
	if want := []string{"HOME=/home/me", "PATH=/bin", "MY_ARM_ID=1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnvironmentLeadsToTheDirectory(t *testing.T) {
	t.Parallel()
	got := Environment(mockdirectory.Connection{TenantID: "tenant", GraphEndpoint: "https://graph", PortalRefreshToken: "token"}, "terraform.rc")
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
	_, err := FindTerraform(filepath.Join(t.TempDir(), "terraform"))
	if err == nil || !strings.Contains(err.Error(), "-terraform: ") {
		t.Errorf("error %v", err)
	}
}

func TestReportsExitStatusAndOutput(t *testing.T) {
	t.Parallel()
	// The go command stands in for Terraform: it is where these tests run.
	path, err := FindTerraform("go")
	if err != nil {
		t.Fatal(err)
	}
	p := Program{Path: path, Folder: t.TempDir(), Environment: os.Environ()}
	if version, err := p.Version(t.Context()); err != nil || !strings.HasPrefix(version, "go version go") {
		t.Errorf("version %q, %v", version, err)
	}
	var out strings.Builder
	code, err := p.Run(t.Context(), &out, &out, "nonsense")
	if err != nil || code != 2 || !strings.HasPrefix(out.String(), "go nonsense: unknown command") {
		t.Errorf("exit status %d, %v: %s", code, err, out.String())
	}
	if _, err := p.Read(t.Context(), "nonsense"); err == nil || !strings.Contains(err.Error(), "exit status 2: go nonsense") {
		t.Errorf("error %v", err)
	}
}

func TestABuildThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, content := range map[string]string{"go.mod": "module example.com/broken\n", "main.go": "package main\n\nfunc main() { missing() }\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := Source{Folder: folder, Temporary: t.TempDir()}.Build(t.Context(), ".", "", filepath.Join(folder, "broken"))
	if err == nil || !strings.Contains(err.Error(), "building .:") || !strings.Contains(err.Error(), "undefined: missing") {
		t.Errorf("error %v", err)
	}
}
