package provider_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
)

// TestMain lets Terraform start the test binary as the provider.
func TestMain(m *testing.M) { acctest.Main(m) }

// childVariable is set in a test that runs again as a process of its own.
const childVariable = "PROVIDER_TEST_CHILD"

// inChild runs a test again, as a process of its own with further variables:
// some of them are read once in the life of a process. It reports whether this
// is the child.
func inChild(t *testing.T, variables ...string) bool {
	t.Helper()
	if os.Getenv(childVariable) != "" {
		return true
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	command.Env = append(os.Environ(), append(variables, childVariable+"=1")...)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if !strings.Contains(string(output), "--- PASS: "+t.Name()) {
		t.Fatalf("the test did not run again:\n%s", output)
	}
	return false
}
