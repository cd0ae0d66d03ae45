package provider_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const everything = `
resource "entraid_user_password_never_expires" "backup" {
  user_id = "svc-backup@contoso.com"
}

resource "entraid_password_expiration_policy" "contoso" {
  domain_name             = "contoso.com"
  validity_period_in_days = 90
}

resource "entraid_sspr_policy" "this" {
  enabled_for = "all"
}
`

// TestNothingSecretIsWritten plans and applies with real Terraform at the most
// talkative level, the sign-in library included, and looks for every secret
// and token that crossed the wire in all that was written.
func TestNothingSecretIsWritten(t *testing.T) {
	t.Parallel()
	terraform := acctest.Terraform(t)
	d := acctest.NewDirectory(t)
	folder := t.TempDir()
	environment := talkative(t, folder)
	write(t, filepath.Join(folder, "main.tf"), d.Provider()+everything)
	run := func(wantError bool, arguments ...string) {
		t.Helper()
		command := exec.CommandContext(t.Context(), terraform, arguments...)
		command.Dir, command.Env = folder, environment
		output, err := command.CombinedOutput()
		write(t, filepath.Join(folder, strings.Join(arguments, "_")+".out"), string(output))
		if (err != nil) != wantError {
			t.Fatalf("terraform %s: %v\n%s", strings.Join(arguments, " "), err, output)
		}
	}
	run(false, "plan", "-input=false", "-no-color", "-out=saved.plan")
	run(false, "apply", "-input=false", "-no-color", "saved.plan")
	run(false, "show", "-no-color", "-json")
	secrets := append(d.Secrets(), d.Connection().ClientSecret, d.Connection().PortalRefreshToken)
	if len(secrets) < 5 {
		t.Fatalf("only %d secrets crossed the wire", len(secrets))
	}
	// A refused sign-in says much, too.
	d.Update(func(s *mockdirectory.State) {
		app := s.SignIn.Applications[mockdirectory.SeededClientID]
		app.ClientSecret = "another secret"
		s.SignIn.Applications[mockdirectory.SeededClientID] = app
		clear(s.SignIn.RefreshTokens)
	})
	run(true, "plan", "-input=false", "-no-color")
	if err := os.Remove(filepath.Join(folder, "main.tf")); err != nil {
		t.Fatal(err)
	}
	search(t, folder, append(secrets, d.Secrets()...))
}

// talkative is an environment in which everybody logs everything, into files
// of the folder, and in which Terraform starts this test binary as provider.
func talkative(t *testing.T, folder string) []string {
	t.Helper()
	plugins := t.TempDir()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(binary, filepath.Join(plugins, "terraform-provider-entraid")); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(plugins, "terraform.rc")
	write(t, config, fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"tenantsettings/entraid\" = %q\n  }\n  direct {}\n}\n", plugins))
	var environment []string
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "ARM_") && !strings.HasPrefix(name, "AZURE_") {
			environment = append(environment, variable)
		}
	}
	return append(environment, "ACCTEST_SERVE_PROVIDER=1", "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1",
		"TF_LOG=TRACE", "TF_LOG_PROVIDER=TRACE", "TF_LOG_PATH="+filepath.Join(folder, "trace.log"), "AZURE_SDK_GO_LOGGING=all")
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// search looks for secrets in all files below a folder, in plans too.
func search(t *testing.T, folder string, secrets []string) {
	t.Helper()
	var searched []string
	look := func(name string, content []byte) {
		searched = append(searched, name)
		for i, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds secret number %d of %d, which begins with %.4s", name, i, len(secrets), secret)
			}
		}
	}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		look(entry.Name(), content)
		return unpacked(content, func(name string, content []byte) { look(entry.Name()+"/"+name, content) })
	})
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(folder, "trace.log"))
	if err != nil {
		t.Fatal(err)
	}
	// Without these the search would prove nothing.
	acctest.Contains(t, string(log), "[TRACE]", "PATCH", "/oauth2/v2.0/token")
	found := strings.Join(searched, "\n")
	acctest.Contains(t, found, "trace.log", "terraform.tfstate", "saved.plan/tfplan", "show_-no-color_-json.out")
}

// unpacked calls look for each file in a saved plan. The configuration in it is
// the user's own, word by word, and not the provider's doing.
func unpacked(content []byte, look func(string, []byte)) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if errors.Is(err, zip.ErrFormat) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, file := range archive.File {
		if strings.HasPrefix(file.Name, "tfconfig/") {
			continue
		}
		reader, err := file.Open()
		if err != nil {
			return err
		}
		inner, err := io.ReadAll(reader)
		if err != nil {
			return err
		}
		look(file.Name, inner)
	}
	return nil
}
