package examples_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// modules is the folder of the modules, each a folder of its own with one for
// its tests.
var modules = filepath.Join(root, "modules")

var (
	runBlock    = regexp.MustCompile(`(?m)^run "`)
	rootExample = regexp.MustCompile(`(?m)^provider "`)
)

// findModules returns the folders under modules/ that hold files.
func findModules(t *testing.T) map[string]example {
	t.Helper()
	return findUnder(t, modules, func(string) bool { return false })
}

// writeModules writes all modules into a workspace, where they are in examples/.
func writeModules(t *testing.T, w *acctest.Workspace) {
	t.Helper()
	for folder, files := range findModules(t) {
		for name, content := range files {
			w.Write(filepath.Join("modules", folder, name), content)
		}
	}
}

func TestModulesAreFormattedAndComplete(t *testing.T) {
	t.Parallel()
	w := acctest.NewDirectory(t).Workspace(t)
	writeModules(t, w)
	if outcome := w.Run("fmt", "-check", "-diff", "-no-color", "-recursive"); outcome.Code != 0 {
		t.Errorf("terraform fmt would change:\n%s%s", outcome.Stdout, outcome.Stderr)
	}
	found := findModules(t)
	for folder, files := range found {
		if filepath.Base(folder) == "tests" {
			continue
		}
		for _, name := range []string{"main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md"} {
			if files[name] == "" {
				t.Errorf("the module %s has no %s", folder, name)
			}
		}
		if len(found[filepath.Join(folder, "tests")]) == 0 {
			t.Errorf("the module %s has no tests", folder)
		}
		for name, content := range files {
			if rootExample.MatchString(content) && strings.HasSuffix(name, ".tf") {
				t.Errorf("%s/%s configures a provider, which is for the caller of a module to do", folder, name)
			}
		}
	}
}

// setAllDomains lets every domain have an expiration that destroy can restore.
func setAllDomains(s *mockdirectory.State) {
	for name, domain := range s.Domains {
		domain.PasswordValidityPeriodInDays, domain.PasswordNotificationWindowInDays = new(int32(120)), new(int32(10))
		s.Domains[name] = domain
	}
}

// Each file of tests starts at a tenant of its own, so that they run side by
// side and each must leave the tenant as it found it.
func TestModulesPassTheirOwnTests(t *testing.T) {
	t.Parallel()
	needVersion(t, "1.6", `"terraform test"`)
	for folder, files := range findModules(t) {
		module, ok := strings.CutSuffix(folder, string(filepath.Separator)+"tests")
		if !ok {
			continue
		}
		for name, content := range files {
			t.Run(filepath.Join(folder, name), func(t *testing.T) {
				t.Parallel()
				d := acctest.NewDirectory(t)
				d.Update(setAllDomains)
				before := d.State()
				outer := d.Workspace(t)
				writeModules(t, outer)
				w := outer.In(filepath.Join("modules", module))
				w.Must("get")
				outcome := w.Must("test", "-no-color", "-filter="+filepath.Join("tests", name))
				want := fmt.Sprintf("%d passed, 0 failed.", len(runBlock.FindAllString(content, -1)))
				acctest.Contains(t, outcome.Stdout, want)
				restored(t, before, d.State())
			})
		}
	}
}

// restored fails the test where a tenant does not have the settings that it had.
// Every sign-in leaves a token behind.
func restored(t *testing.T, before, after mockdirectory.State) {
	t.Helper()
	after.SignIn = before.SignIn
	if was, is := asJSON(t, before), asJSON(t, after); was != is {
		t.Errorf("the tenant does not end as it began: it was\n%s\nand is\n%s", was, is)
	}
}

var versionLine = regexp.MustCompile(`^(Terraform|OpenTofu) v([0-9.]+)`)

// needVersion skips a test by name where Terraform does not know yet what it
// tries. OpenTofu knows all of it in the versions that the provider supports.
func needVersion(t *testing.T, oldest, what string) {
	t.Helper()
	if name, older := olderThan(t, oldest); older && name == "Terraform" {
		t.Skipf("%s takes Terraform %s or OpenTofu", what, oldest)
	}
}

// olderThan names the program that the tests run, and reports whether it came
// before a version of it.
func olderThan(t *testing.T, wanted string) (name string, older bool) {
	t.Helper()
	printed := acctest.NewDirectory(t).Workspace(t).Must("version").Stdout
	match := versionLine.FindStringSubmatch(printed)
	if match == nil {
		t.Fatalf("no version is in %q", printed)
	}
	return match[1], version.Must(version.NewVersion(match[2])).LessThan(version.Must(version.NewVersion(wanted)))
}

func TestReadmesOfModulesNameEveryVariableAndOutput(t *testing.T) {
	t.Parallel()
	declared := regexp.MustCompile(`(?m)^(?:variable|output) "(\w+)"`)
	for folder, files := range findModules(t) {
		for _, name := range []string{"variables.tf", "outputs.tf"} {
			for _, match := range declared.FindAllStringSubmatch(files[name], -1) {
				if !strings.Contains(files["README.md"], "`"+match[1]+"`") {
					t.Errorf("README.md of %s does not name %s", folder, match[1])
				}
			}
		}
	}
}
