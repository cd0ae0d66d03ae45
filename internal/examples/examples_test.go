// Package examples_test runs real Terraform from the first apply to destroy, as
// a person would: on everything under examples/, so that no example can stop
// working unnoticed, on states that earlier versions have left, and on a tenant
// of some size. It finds the examples by itself: a new one needs no new test.
package examples_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
)

const root = "../../examples"

func TestMain(m *testing.M) { acctest.Main(m) }

// example is one folder of examples: its files by name.
type example map[string]string

// find returns all folders under examples/ that hold files, without modules,
// which have tests of their own.
func find(t *testing.T) map[string]example {
	t.Helper()
	return findUnder(t, root, func(folder string) bool { return folder == modules })
}

// findUnder returns the folders under a folder that hold files, without those
// that are left out.
func findUnder(t *testing.T, root string, leftOut func(folder string) bool) map[string]example {
	t.Helper()
	found := map[string]example{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if entry != nil && (strings.HasPrefix(entry.Name(), ".terraform") || leftOut(path)) {
				return fs.SkipDir
			}
			return err
		}
		if leftBehind.MatchString(entry.Name()) {
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if found[folder] == nil {
			found[folder] = example{}
		}
		found[folder][entry.Name()] = string(content)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("there are no examples under %s", root)
	}
	return found
}

// The kinds of files that stand out: those of imports, and what somebody left
// behind who worked in the folder.
var (
	importFile    = regexp.MustCompile(`^import-by-(identity|string-id)\.tf$`)
	leftBehind    = regexp.MustCompile(`^(\.terraform\.lock\.hcl|.*\.tfstate(\..*)?|crash\.log)$`)
	importCommand = regexp.MustCompile(`(?m)^terraform import (\S+) (\S+)$`)
)

// configuration returns the files that are applied together, with the provider
// where the example leaves it to its reader.
func (e example) configuration(d *acctest.Directory) map[string]string {
	files, configured := map[string]string{}, false
	for name, content := range e {
		if (strings.HasSuffix(name, ".tf") || isQuery(name)) && !importFile.MatchString(name) {
			files[name] = content
			configured = configured || strings.Contains(content, "provider \"entraid\"")
		}
	}
	if !configured {
		files["provider.tf"] = d.Provider()
	}
	return files
}

// workspace is a folder with files, at the seeded tenant. Modules that they use
// lie beside it, as under examples/.
func workspace(t *testing.T, d *acctest.Directory, files map[string]string) *acctest.Workspace {
	t.Helper()
	outer := d.Workspace(t)
	w := outer.In("example")
	usesModules := false
	for name, content := range files {
		w.Write(name, content)
		usesModules = usesModules || strings.Contains(content, "\"../modules/")
	}
	if usesModules {
		writeModules(t, outer)
		w.Must("get")
	}
	return w
}

func TestEveryExampleIsFormatted(t *testing.T) {
	t.Parallel()
	for folder, files := range find(t) {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewDirectory(t).Workspace(t)
			for name, content := range files {
				if isQuery(name) {
					// Terraform before 1.14 does not look at files of this kind.
					name += ".tf"
				}
				if strings.HasSuffix(name, ".tf") {
					w.Write(name, content)
				}
			}
			if outcome := w.Run("fmt", "-check", "-diff", "-no-color"); outcome.Code != 0 {
				t.Errorf("terraform fmt would change:\n%s%s", outcome.Stdout, outcome.Stderr)
			}
		})
	}
}

func TestEveryFileOfAnExampleIsOfAKindThatIsTested(t *testing.T) {
	t.Parallel()
	for folder, files := range find(t) {
		for name, content := range files {
			switch {
			case strings.HasSuffix(name, ".tf"):
			case isQuery(name):
			case name == "import.sh":
				if importCommand.FindString(content) == "" {
					t.Errorf("%s/%s has no line like \"terraform import ADDRESS ID\"", folder, name)
				}
			case folder == nightly && (name == "drift.sh" || name == "workflow.yml"):
			default:
				t.Errorf("no test knows how to try %s/%s", folder, name)
			}
		}
	}
}

func TestEveryExampleAppliesAndLeaves(t *testing.T) {
	t.Parallel()
	for folder, files := range find(t) {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			d := acctest.NewDirectory(t)
			w := workspace(t, d, files.configuration(d))
			w.Apply()
			w.NoChanges()
			w.Destroy()
		})
	}
}

func TestEveryImportBlockImports(t *testing.T) {
	t.Parallel()
	for folder, files := range find(t) {
		if _, ok := files["import-by-string-id.tf"]; !ok {
			continue
		}
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			d := acctest.NewDirectory(t)
			configuration := files.configuration(d)
			configuration["import.tf"] = files["import-by-string-id.tf"]
			w := workspace(t, d, configuration)
			if outcome := w.Apply(); !strings.Contains(outcome.Stdout, "1 imported") {
				t.Errorf("nothing was imported:\n%s", outcome.Stdout)
			}
			w.NoChanges()
			w.Destroy()
		})
	}
}

func TestEveryImportCommandImports(t *testing.T) {
	t.Parallel()
	for folder, files := range find(t) {
		command := importCommand.FindStringSubmatch(files["import.sh"])
		if command == nil {
			continue
		}
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			d := acctest.NewDirectory(t)
			w := workspace(t, d, files.configuration(d))
			w.Must("import", "-input=false", "-no-color", command[1], command[2])
			if outcome := w.Must("state", "list"); strings.TrimSpace(outcome.Stdout) != command[1] {
				t.Errorf("the state holds %s", outcome.Stdout)
			}
			w.Apply()
			w.NoChanges()
		})
	}
}

// Import by identity takes Terraform 1.12; the provider is asked as Terraform
// would ask it.
func TestEveryImportByIdentityImports(t *testing.T) {
	t.Parallel()
	for folder, files := range find(t) {
		content, ok := files["import-by-identity.tf"]
		if !ok {
			continue
		}
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			kind, identity := readImport(t, content)
			s := acctest.NewDirectory(t).Server(t)
			imported, diagnostics := s.ImportIdentity(kind, identity)
			s.NoError(diagnostics)
			if imported.Gone() || !strings.Contains(files["resource.tf"], "resource \""+kind+"\"") {
				t.Errorf("%s was not imported, or is not what the example is about", kind)
			}
		})
	}
}

// readImport reads the resource type and the identity of an import block.
func readImport(t *testing.T, content string) (string, acctest.Values) {
	t.Helper()
	file, problems := hclparse.NewParser().ParseHCL([]byte(content), "import.tf")
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok || len(body.Blocks) != 1 || body.Blocks[0].Type != "import" {
		t.Fatal("an import file has one import block")
	}
	attributes := body.Blocks[0].Body.Attributes
	if attributes["to"] == nil || attributes["identity"] == nil {
		t.Fatal("an import block by identity has \"to\" and \"identity\"")
	}
	value, problems := attributes["identity"].Expr.Value(nil)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	identity := acctest.Values{}
	for name, member := range value.AsValueMap() {
		identity[name] = member.AsString()
	}
	return attributes["to"].Expr.Variables()[0].RootName(), identity
}

func TestEveryResourceAndDataSourceHasAnExample(t *testing.T) {
	t.Parallel()
	found := find(t)
	s := acctest.Unconfigured(t)
	for _, kind := range s.ResourceTypes() {
		names := slices.Sorted(maps.Keys(found[filepath.Join("resources", kind)]))
		if want := []string{"import-by-identity.tf", "import-by-string-id.tf", "import.sh", "resource.tf"}; !slices.Equal(names, want) {
			t.Errorf("the example of %s has the files %v, want %v", kind, names, want)
		}
	}
	for _, kind := range s.DataSourceTypes() {
		if _, ok := found[filepath.Join("data-sources", kind)]["data-source.tf"]; !ok {
			t.Errorf("%s has no example", kind)
		}
	}
}
