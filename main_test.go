package main_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
)

// reattach is what Terraform has to be told to use a provider that somebody
// else started, as -debug prints it.
var reattach = regexp.MustCompile(`TF_REATTACH_PROVIDERS='([^']+)'`)

// build builds the provider under a version, as a release does.
func build(t *testing.T, version string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "provider.exe")
	command := exec.CommandContext(t.Context(), "go", "build", "-ldflags", "-X main.version="+version, "-o", program, ".")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return program
}

// debug starts a program for a debugger and returns how to attach Terraform.
// The program ends with the test.
func debug(t *testing.T, program string) string {
	t.Helper()
	var complaints bytes.Buffer
	command := exec.CommandContext(t.Context(), program, "-debug")
	command.Stderr = &complaints
	stdout, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if match := reattach.FindStringSubmatch(lines.Text()); match != nil {
			t.Cleanup(func() {
				if err := command.Process.Kill(); err != nil {
					t.Error(err)
				}
				_ = command.Wait()
			})
			return match[1]
		}
		printed.WriteString(lines.Text() + "\n")
	}
	t.Fatalf("%v, and nothing tells how to attach:\n%s%s", command.Wait(), printed.String(), complaints.String())
	return ""
}

func TestTerraformAttachesToAProviderThatIsDebuggedAndTellsItsVersion(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	w := d.Workspace(t)
	variable := debug(t, build(t, "1.2.3"))
	if host := os.Getenv("TF_ACC_PROVIDER_HOST"); host != "" {
		// To OpenTofu the same source is at another host.
		variable = strings.Replace(variable, "registry.terraform.io", host, 1)
	}
	w = w.With("TF_REATTACH_PROVIDERS=" + variable)
	w.Write("main.tf", d.Provider()+`data "entraid_domains" "all" {}`)

	w.Apply()

	if d.Calls("GET /v1.0/domains") == 0 {
		t.Fatal("the provider that was attached read no domains")
	}
	for _, request := range d.Journal().Requests {
		if strings.HasPrefix(request.Path, "/v1.0/") && !strings.HasPrefix(request.UserAgent, "terraform-provider-entraid/1.2.3 (terraform/1.") {
			t.Errorf("%s %s was sent by %q", request.Method, request.Path, request.UserAgent)
		}
	}
}
