package examples_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// update writes the state of a resource that has none yet: what its example
// leaves behind. States that exist were written by users' versions and stay.
var update = flag.Bool("update", false, "write the states that are missing under testdata/states")

const states = "testdata/states"

// stateFile is the part of Terraform's state that concerns a provider.
type stateFile struct {
	Resources []struct {
		Mode      string `json:"mode"`
		Type      string `json:"type"`
		Name      string `json:"name"`
		Instances []struct {
			acctest.Stored
			Attributes json.RawMessage `json:"attributes"`
			Identity   json.RawMessage `json:"identity"`
		} `json:"instances"`
	} `json:"resources"`
}

// storedStates returns the state files, by name, and writes missing ones.
func storedStates(t *testing.T) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for _, kind := range acctest.Unconfigured(t).ResourceTypes() {
		files, err := filepath.Glob(filepath.Join(states, kind+"*.json"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 && *update {
			files = []string{writeState(t, kind)}
		}
		if len(files) == 0 {
			t.Errorf("%s has no state under %s; \"go test ./internal/examples -update\" writes one", kind, states)
		}
		for _, file := range files {
			if found[filepath.Base(file)], err = os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	return found
}

func writeState(t *testing.T, kind string) string {
	t.Helper()
	d := acctest.NewDirectory(t)
	w := workspace(t, d, find(t)[filepath.Join("resources", kind)].configuration(d))
	w.Apply()
	file := filepath.Join(states, kind+".json")
	if err := os.MkdirAll(states, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, w.Read("terraform.tfstate"), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// The tenant is the seeded one, as it was before the stored states: what is
// remembered in them is what the tenant has, so that destroying them changes
// nothing. A memory that cannot be read would be a warning.
func TestStatesOfEarlierVersionsAreReadAndRemember(t *testing.T) {
	t.Parallel()
	for name, content := range storedStates(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var file stateFile
			if err := json.Unmarshal(content, &file); err != nil {
				t.Fatal(err)
			}
			if len(file.Resources) == 0 {
				t.Error("the state is empty")
			}
			for _, resource := range file.Resources {
				for _, stored := range resource.Instances {
					stored.Stored.Attributes, stored.Stored.Identity = stored.Attributes, stored.Identity
					survives(t, resource.Type, stored.Stored)
				}
			}
		})
	}
}

func survives(t *testing.T, kind string, stored acctest.Stored) {
	t.Helper()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	loaded, diagnostics := s.Load(kind, stored)
	s.Quiet(diagnostics)
	var attributes map[string]any
	if err := json.Unmarshal(stored.Attributes, &attributes); err != nil {
		t.Fatal(err)
	}
	if loaded.Gone() || s.Attribute(loaded, "id") != attributes["id"] {
		t.Fatalf("the state of %v was lost", attributes["id"])
	}
	refreshed := s.MustRefresh(loaded)
	if refreshed.Gone() || s.Attribute(refreshed, "id") != attributes["id"] || refreshed.Identity == nil {
		t.Errorf("reading %v again lost it", attributes["id"])
	}

	d.ResetJournal()
	gone, diagnostics := s.Apply(s.Plan(refreshed, nil))
	if warnings := acctest.Texts(diagnostics, tfprotov6.DiagnosticSeverityWarning); strings.Contains(warnings, "remembered") || strings.Contains(warnings, "unreadable") {
		t.Errorf("what was remembered of %v cannot be used:\n%s", attributes["id"], warnings)
	}
	s.NoError(diagnostics)
	if !gone.Gone() {
		t.Errorf("%v cannot be destroyed", attributes["id"])
	}
	for _, request := range d.Journal().Requests {
		if !reads(request) && request.Status < 300 {
			t.Errorf("destroying what already is as remembered sent %s %s", request.Method, request.Path)
		}
	}
}

func TestTerraformGoesOnFromTheStatesOfEarlierVersions(t *testing.T) {
	t.Parallel()
	for name, content := range storedStates(t) {
		kind := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '-' })[0]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := acctest.NewDirectory(t)
			w := workspace(t, d, find(t)[filepath.Join("resources", kind)].configuration(d))
			w.Write("terraform.tfstate", atOwnRegistry(string(content)))
			for address, action := range planned(t, w) {
				if action != "update" {
					t.Errorf("the plan from the stored state wants to %s %s", action, address)
				}
			}
			w.Apply()
			w.NoChanges()
			w.Destroy()
		})
	}
}

// atOwnRegistry names the provider as the program does that runs the tests: to
// OpenTofu the same source is at another host.
func atOwnRegistry(state string) string {
	host := os.Getenv("TF_ACC_PROVIDER_HOST")
	if host == "" {
		return state
	}
	return strings.ReplaceAll(state, "registry.terraform.io/", host+"/")
}

// reads reports whether a request changes nothing. What is in a batch stands in
// the journal on its own.
func reads(request mockdirectory.Request) bool {
	return request.Method == http.MethodGet || strings.Contains(request.Path, "/oauth2/") ||
		strings.HasSuffix(request.Path, "/getByIds") || strings.HasSuffix(request.Path, "/$batch")
}
