// Package acctest helps the tests of the provider: a mock directory for each
// test, real Terraform around the provider, and the provider's protocol for
// what Terraform does not show. Only test files import it.
package acctest

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/provider"
)

// Directory is the mock directory of one test.
type Directory struct {
	*mockdirectory.Directory
}

// NewDirectory starts a mock directory with the seeded tenant, which ends with
// the test. The test fails if it called a route that does not exist or if a
// fault that it planned never fired. The directory is unkind where the
// environment asks for that, see [unkindVariable].
func NewDirectory(t testing.TB) *Directory {
	t.Helper()
	return StartDirectory(t, mockdirectory.Options{})
}

// StartDirectory is NewDirectory with options.
func StartDirectory(t testing.TB, options mockdirectory.Options) *Directory {
	t.Helper()
	if options.Unkind == 0 {
		options.Unkind = unkindSeed(t)
	}
	return startDirectory(t, options)
}

// KindDirectory is NewDirectory for a test whose subject is what the provider
// asks of a directory that does as it is told: how many requests it makes, what
// it does about one planned fault, or how it words one error.
func KindDirectory(t testing.TB) *Directory {
	t.Helper()
	return startDirectory(t, mockdirectory.Options{})
}

// StartKindDirectory is KindDirectory with options.
func StartKindDirectory(t testing.TB, options mockdirectory.Options) *Directory {
	t.Helper()
	return startDirectory(t, options)
}

func startDirectory(t testing.TB, options mockdirectory.Options) *Directory {
	t.Helper()
	started, err := mockdirectory.Start(options)
	if err != nil {
		t.Fatalf("starting the mock directory: %v", err)
	}
	d := &Directory{started}
	t.Cleanup(func() {
		d.check(t)
		if err := started.Close(); err != nil {
			t.Errorf("stopping the mock directory: %v", err)
		}
	})
	return d
}

func (d *Directory) check(t testing.TB) {
	t.Helper()
	for _, fault := range d.PendingFaults() {
		t.Errorf("a planned fault never fired: %s %s", fault.Method, fault.Path)
	}
	for _, request := range d.Journal().Requests {
		if request.Template == "" && request.Status == http.StatusNotFound {
			t.Errorf("the provider called a route that does not exist: %s %s", request.Method, request.Path)
		}
	}
}

// Calls returns how often a route was called, such as "PATCH /v1.0/users/{id}".
// An unkind directory makes the provider repeat itself: there, requests that
// are the same count once.
func (d *Directory) Calls(route string) int {
	journal := d.Journal()
	if d.Kind() {
		return journal.Counts[route]
	}
	distinct := map[string]bool{}
	for _, request := range journal.Requests {
		if request.Method+" "+request.Template == route {
			distinct[request.Path+"?"+request.Query+" "+string(request.Body)] = true
		}
	}
	return len(distinct)
}

// Sent returns the bodies of all requests of a method, in order. An unkind
// directory makes the provider repeat itself: there, a body that follows an
// equal one is left out.
func (d *Directory) Sent(method string) []string {
	var bodies []string
	for _, request := range d.Journal().Requests {
		if request.Method == method {
			bodies = append(bodies, string(request.Body))
		}
	}
	if d.Kind() {
		return bodies
	}
	return slices.Compact(bodies)
}

// Provider is the configuration that points the provider at the directory, as
// a user would write it.
func (d *Directory) Provider() string {
	c := d.Connection()
	return fmt.Sprintf(`
terraform {
  required_providers {
    entraid = { source = "tenantsettings/entraid" }
  }
}

provider "entraid" {
  tenant_id           = %q
  client_id           = %q
  client_secret       = %q
  ca_certificate_file = %q
  use_cli             = false
  endpoints = {
    graph     = %q
    portal    = %q
    authority = %q
  }
  portal = {
    refresh_token = %q
  }
}
`, c.TenantID, c.ClientID, c.ClientSecret, c.CACertificateFile, c.GraphEndpoint, c.PortalEndpoint, c.AuthorityHost, c.PortalRefreshToken)
}

// Run plays steps through real Terraform. Each configuration is preceded by the
// one of [Directory.Provider]; a query finds that of the step before.
func (d *Directory) Run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	Terraform(t)
	for i := range steps {
		if steps[i].Config != "" && !steps[i].Query {
			steps[i].Config = d.Provider() + steps[i].Config
		}
	}
	resource.Test(t, resource.TestCase{
		IsUnitTest: true,
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"entraid": func() (tfprotov6.ProviderServer, error) {
				return provider.NewServer("test"), nil
			},
		},
		Steps: steps,
	})
}

// findTerraform looks for Terraform once. The test framework would try to
// download one, and takes its settings from the environment only.
var findTerraform = sync.OnceValue(func() error {
	path := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if path == "" {
		var err error
		if path, err = lookPath("terraform", "tofu"); err != nil {
			return fmt.Errorf("no Terraform and no OpenTofu on the PATH, and TF_ACC_TERRAFORM_PATH names none: %w", err)
		}
	}
	for name, value := range map[string]string{
		"TF_ACC_TERRAFORM_PATH":     path,
		"TF_ACC_PROVIDER_NAMESPACE": "tenantsettings",
		"CHECKPOINT_DISABLE":        "1",
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
})

// lookPath finds the first of some programs that there is.
func lookPath(programs ...string) (path string, err error) {
	for _, program := range programs {
		if path, err = exec.LookPath(program); err == nil {
			return path, nil
		}
	}
	return "", err
}

// Terraform is the path of the program that tests run. Without one the test is
// skipped on a person's machine, and fails where it must not be missing.
func Terraform(t testing.TB) string {
	t.Helper()
	if err := findTerraform(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return os.Getenv("TF_ACC_TERRAFORM_PATH")
}

// Contains fails the test for each part that a message lacks.
func Contains(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("the message lacks %q:\n%s", part, text)
		}
	}
}
