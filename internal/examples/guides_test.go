package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const guides = "../../templates/guides"

// block is a fenced block of a guide, with the heading that it is under.
type block struct {
	heading, language, text string
}

var (
	fence    = regexp.MustCompile("^```(\\w*)$")
	fileName = regexp.MustCompile(`^# ([\w.-]+\.(?:tf|tfquery\.hcl))\n`)
)

// readGuide returns the blocks of a guide, in its order.
func readGuide(t *testing.T, name string) []block {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(guides, name+".md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	var heading string
	var open *block
	for line := range strings.Lines(string(content)) {
		match := fence.FindStringSubmatch(strings.TrimRight(line, "\n"))
		switch {
		case match != nil && open == nil:
			open = &block{heading: heading, language: match[1]}
		case match != nil:
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			open.text += line
		case strings.HasPrefix(line, "## "):
			heading = strings.TrimSpace(strings.TrimPrefix(line, "## "))
		}
	}
	if open != nil || len(blocks) == 0 {
		t.Fatalf("%s has a block without an end, or none at all", name)
	}
	return blocks
}

// reader follows a guide as a person would. A block of terraform that begins
// with the name of a file is saved under that name. A block of shell is run, and
// has to succeed; what takes a real tenant or a second terminal is a block of sh
// instead. Each line of a block of text has to be in what the shell printed last.
type reader struct {
	t       *testing.T
	w       *acctest.Workspace
	printed string
}

func (r *reader) follow(blocks []block) {
	r.t.Helper()
	for _, step := range blocks {
		switch step.language {
		case "terraform":
			if match := fileName.FindStringSubmatch(step.text); match != nil && strings.HasSuffix(match[1], ".tf") {
				r.w.Write(match[1], step.text)
			}
		case "shell":
			r.run(step)
		case "text":
			acctest.Contains(r.t, r.printed, strings.Split(strings.TrimSpace(step.text), "\n")...)
		}
	}
}

// initLine needs a registry, which a provider that was just built is not in.
var initLine = regexp.MustCompile(`(?m)^terraform init$`)

func (r *reader) run(step block) {
	r.t.Helper()
	outcome := r.w.Shell(initLine.ReplaceAllString(step.text, "true"))
	if outcome.Code != 0 {
		r.t.Fatalf("under %q, this ended with %d:\n%s\n%s%s", step.heading, outcome.Code, step.text, outcome.Stdout, outcome.Stderr)
	}
	r.printed = colour.ReplaceAllString(outcome.Stdout, "")
}

// colour is what a terminal is told beside the text.
var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// needShell skips a test where the programs are missing that guides use.
func needShell(t *testing.T) {
	t.Helper()
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

func TestTheGuideToTryItCanBeFollowed(t *testing.T) {
	t.Parallel()
	needShell(t)
	d := acctest.NewDirectory(t)
	before := d.State()
	r := reader{t: t, w: d.Workspace(t)}
	r.follow(readGuide(t, "try-without-a-tenant"))
	restored(t, before, d.State())
}

func TestConfigurationInGuidesIsFormatted(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(guides, "*.md.tmpl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no guides: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".md.tmpl")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewDirectory(t).Workspace(t)
			for _, step := range readGuide(t, name) {
				if step.language != "terraform" {
					continue
				}
				w.Write("block.tf", step.text)
				if outcome := w.Run("fmt", "-check", "-diff", "-no-color"); outcome.Code != 0 {
					t.Errorf("terraform fmt would change what is under %q:\n%s%s", step.heading, outcome.Stdout, outcome.Stderr)
				}
			}
		})
	}
}

// The guide does not show how to take a block out of a file: the test leaves the
// file as the guide asks for.
func TestTheGuideFromClicksToCodeCanBeFollowed(t *testing.T) {
	t.Parallel()
	needShell(t)
	needVersion(t, "1.7", "an import block with for_each")
	d := acctest.NewDirectory(t)
	r := reader{t: t, w: d.Workspace(t)}
	blocks := readGuide(t, "from-clicks-to-code")
	r.follow(under(blocks, "Before"))
	clicked := d.State()

	granted := clicked.SignIn.Applications[mockdirectory.SeededClientID].Permissions
	permit(d, "Domain.Read.All", "User.Read.All", "Policy.Read.All")
	r.follow(under(blocks, "1.", "2.", "3.", "4.", "5.", "6.", "7."))
	restored(t, clicked, d.State())
	permit(d, granted...)

	r.follow(under(blocks, "8.", "9."))
	if user, _ := d.User(mockdirectory.SeededBackup); !exempt(user) {
		t.Error("the account of the first change is not exempt")
	}

	domains, _, found := strings.Cut(string(r.w.Read("settings.tf")), `resource "entraid_user_password_never_expires"`)
	if !found {
		t.Fatal("settings.tf has no resource for the accounts")
	}
	r.w.Write("settings.tf", domains)
	r.follow(under(blocks, "10."))
	if name, older := olderThan(t, "1.10"); older && name == "OpenTofu" {
		// As the guide says in a sentence.
		r.w.Write("leave.tf", "removed {\n  from = entraid_user_password_never_expires.account\n}\n")
	}
	r.w.Apply()
	if left := r.w.Must("state", "list").Stdout; strings.Contains(left, "never_expires.account") {
		t.Errorf("the accounts were not handed back:\n%s", left)
	}
	r.w.NoChanges()
	r.w.Destroy()
	restored(t, clicked, d.State())
}

// Queries take Terraform 1.14; the provider is asked as Terraform would ask it.
func TestTheQueryInTheGuideFindsWhatItsInventoryFinds(t *testing.T) {
	t.Parallel()
	s := acctest.NewDirectory(t).Server(t)
	want := map[string][]string{
		"entraid_password_expiration_policy":  {"fabrikam.com"},
		"entraid_user_password_never_expires": {"svc-legacy@contoso.com"},
	}
	for _, step := range under(readGuide(t, "from-clicks-to-code"), "With terraform query") {
		name := fileName.FindStringSubmatch(step.text)
		if name == nil || !isQuery(name[1]) {
			continue
		}
		for kind, queries := range readQueries(t, step.text) {
			for _, query := range queries {
				listed, diagnostics := s.List(kind, query)
				s.Quiet(diagnostics)
				var found []string
				for _, result := range listed {
					found = append(found, result.DisplayName)
				}
				if !slices.Equal(found, want[kind]) {
					t.Errorf("the query for %s finds %v, want %v", kind, found, want[kind])
				}
				delete(want, kind)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("the guide does not query for %v", want)
	}
}

// permit lets the application that Terraform signs in as do this and no more.
func permit(d *acctest.Directory, permissions ...string) {
	d.Update(func(s *mockdirectory.State) {
		application := s.SignIn.Applications[mockdirectory.SeededClientID]
		application.Permissions = permissions
		s.SignIn.Applications[mockdirectory.SeededClientID] = application
	})
}

// under chooses the blocks under headings, which begin as given.
func under(blocks []block, headings ...string) []block {
	var chosen []block
	for _, heading := range headings {
		before := len(chosen)
		for _, step := range blocks {
			if strings.HasPrefix(step.heading, heading) {
				chosen = append(chosen, step)
			}
		}
		if len(chosen) == before {
			panic("the guide has no blocks under " + heading)
		}
	}
	return chosen
}

// What is said of service accounts are ways to choose from: each is a tenant of
// its own.
func TestEachWayOfTheGuideToServiceAccountsApplies(t *testing.T) {
	t.Parallel()
	for _, step := range readGuide(t, "service-accounts") {
		name := fileName.FindStringSubmatch(step.text)
		if name == nil {
			continue
		}
		t.Run(name[1], func(t *testing.T) {
			t.Parallel()
			d := acctest.NewDirectory(t)
			before := d.State()
			w := workspace(t, d, example{name[1]: step.text}.configuration(d))
			if outcome := w.Apply(); strings.Contains(outcome.Stdout, "Check block assertion failed") {
				t.Errorf("the check finds something in a tenant that is in order:\n%s", outcome.Stdout)
			}
			w.NoChanges()
			w.Destroy()
			restored(t, before, d.State())
		})
	}
}
