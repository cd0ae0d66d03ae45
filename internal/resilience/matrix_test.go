package resilience_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// The outcomes of an operation, in the words of the tables in README.md, which
// explains them.
const (
	done    = "done"
	refused = "refused"
	tainted = "tainted"
	kept    = "kept"
	written = ", written"
	inPart  = ", part written"
	leaves  = "leaves the state"
)

// TestTheMatrix lets every fault meet every operation of every resource. What
// comes of it is what the tables in README.md say. After that, a plain apply
// ends in the wanted state, and destroy where the directory began.
func TestTheMatrix(t *testing.T) {
	t.Parallel()
	for _, k := range kinds(oneBatch) {
		for _, f := range faults() {
			if f.of != nil && !f.of(k) {
				continue
			}
			t.Run(k.name+"/"+f.name, func(t *testing.T) {
				t.Parallel()
				newRow(t, k, f).run()
			})
		}
	}
}

// row is a fault that meets the operations of one resource, one after the other.
type row struct {
	t         *testing.T
	kind      kind
	fault     fault
	directory *acctest.Directory
	seeded    mockdirectory.State
	resource  managed
	said      map[string]string
}

func newRow(t *testing.T, k kind, f fault) *row {
	t.Helper()
	d := acctest.StartKindDirectory(t, mockdirectory.Options{Users: addedUsers, StaleReads: f.stale})
	return &row{t: t, kind: k, fault: f, directory: d, seeded: d.State(), resource: managed{kind: k},
		said: table(t, k.bulk)[f.name]}
}

func (r *row) run() {
	seeded := func(*mockdirectory.State) {}
	r.changes("create", r.kind.first, seeded, r.kind.inFirst)
	r.reads()
	r.changes("update", r.kind.second, r.kind.inFirst, r.kind.inSecond)
	r.recovers(r.t, r.kind.first, r.kind.inFirst)
	r.changes("delete", nil, r.kind.inFirst, seeded)
	r.imports()
	if r.kind.list.path != "" {
		r.lists()
	}
}

// cell runs one operation as a subtest. After one that failed, the next would
// begin somewhere else than it expects.
func (r *row) cell(operation string, test func(t *testing.T)) {
	if !r.t.Run(operation, test) {
		r.t.FailNow()
	}
}

// expect compares an outcome with what the table says.
func (r *row) expect(t *testing.T, operation, outcome string, told []*tfprotov6.Diagnostic) {
	t.Helper()
	if want := r.said[operation]; outcome != want {
		t.Errorf("the outcome is %q, and the table says %q; the provider said:\n%s%s", outcome, want, acctest.Errors(told), acctest.Warnings(told))
	}
	if pending := r.directory.PendingFaults(); len(pending) > 0 {
		t.Errorf("the fault never fired: %v", pending)
	}
	if outcome == done {
		return
	}
	if text := acctest.Errors(told); text != "" {
		subject := r.kind.setting
		switch {
		case operation == "list":
			subject = "list of"
		case operation == "import" && r.fault.answer.Code == "Request_ResourceNotFound":
			subject = "Unable to find"
		}
		acctest.Contains(t, text, "Unable to", subject, r.fault.says)
	}
}

// changes is a create, an update or a delete from one content of the directory
// to another.
func (r *row) changes(operation string, config acctest.Values, from, to func(*mockdirectory.State)) {
	r.cell(operation, func(t *testing.T) {
		at := r.kind.write
		if r.fault.whole || r.fault.interrupt != never && r.fault.answer.Status == 0 {
			at = r.kind.envelope()
		}
		server := r.fault.provider(t, r.directory, r.kind.envelope())
		prior := r.resource.instance
		r.fault.plan(r.directory, at, 1)
		told := r.resource.step(server, config)
		r.expect(t, operation, r.changed(t, operation, prior, from, to, acctest.Errors(told)), told)
		if errors := acctest.Errors(told); errors != "" {
			acctest.Contains(t, errors, r.kind.object)
		}
		r.recovers(t, config, to)
	})
}

// recovers is a plain second run, as it comes after every fault.
func (r *row) recovers(t *testing.T, config acctest.Values, to func(*mockdirectory.State)) {
	t.Helper()
	server := r.directory.Server(t)
	r.resource.must(t, server, config)
	holds(t, "after a second run", r.directory, r.seeded, to)
	if config != nil {
		r.resource.settled(t, r.directory.Server(t), config)
	} else if r.resource.exists() {
		t.Error("the resource is still in the state")
	}
}

// changed puts the outcome of a change into words.
func (r *row) changed(t *testing.T, operation string, prior acctest.Instance, from, to func(*mockdirectory.State), errors string) string {
	t.Helper()
	present := content(t, r.directory.State())
	before, wanted := present == changed(t, r.seeded, from), present == changed(t, r.seeded, to)
	if errors == "" {
		if !wanted {
			return "no error, and not done"
		}
		return done
	}
	untouched := operation == "create" && !r.resource.exists() || operation != "create" && r.same(t, prior)
	stays := kept
	if operation == "create" {
		stays = tainted
	}
	switch {
	case before && untouched:
		return refused
	case untouched && operation == "create":
		return "written, and not in the state"
	case before:
		return stays
	case wanted:
		return stays + written
	}
	return stays + inPart
}

// same reports whether the state is still this one, but for what is remembered.
func (r *row) same(t *testing.T, prior acctest.Instance) bool {
	t.Helper()
	if !r.resource.exists() {
		return false
	}
	s := r.directory.Server(t)
	return s.Forgotten(r.resource.instance).State.Equal(s.Forgotten(prior).State)
}

// reads is a refresh.
func (r *row) reads() {
	r.cell("read", func(t *testing.T) {
		server := r.fault.provider(t, r.directory, r.kind.read)
		r.fault.plan(r.directory, r.kind.read, r.times())
		refreshed, told := server.Refresh(r.resource.instance)
		outcome := done
		switch {
		case acctest.Errors(told) != "":
			outcome = refused
			if !refreshed.State.Equal(r.resource.instance.State) {
				outcome = "an error, and another state"
			}
		case refreshed.Gone():
			outcome = leaves
		case !refreshed.State.Equal(r.resource.instance.State):
			outcome = "a difference that is none"
		}
		r.expect(t, "read", outcome, told)
		r.resource.instance = refreshed
		if outcome == leaves {
			r.returns(t)
		}
		r.recovers(t, r.kind.first, r.kind.inFirst)
	})
}

// times is how often an object is not found before it counts as gone.
func (r *row) times() int {
	if r.fault.answer.Code == "Request_ResourceNotFound" && !r.kind.bulk {
		return 4
	}
	return 1
}

// returns shows what is left of an object that left the state and is back: the
// next create adopts it as it is.
func (r *row) returns(t *testing.T) {
	t.Helper()
	r.recovers(t, r.kind.first, r.kind.inFirst)
	r.recovers(t, nil, r.kind.inFirst)
	r.directory.Update(func(s *mockdirectory.State) {
		signIn := s.SignIn
		*s = copied(r.seeded)
		s.SignIn = signIn
	})
}

// imports is an import, and what follows: an apply, and a destroy.
func (r *row) imports() {
	r.cell("import", func(t *testing.T) {
		server := r.fault.provider(t, r.directory, r.kind.read)
		r.fault.plan(r.directory, r.kind.read, r.times())
		imported, told := server.Import(r.kind.name, r.kind.importID)
		outcome := done
		if acctest.Errors(told) != "" {
			outcome = refused
			imported = acctest.Instance{}
		}
		r.expect(t, "import", outcome, told)
		r.resource.instance = imported
		r.recovers(t, r.kind.first, r.kind.inFirst)
		r.recovers(t, nil, func(*mockdirectory.State) {})
	})
}

// lists is a query. A fault must not look like the end of the list.
func (r *row) lists() {
	r.cell("list", func(t *testing.T) {
		all, told := r.directory.Server(t).List(r.kind.name, acctest.Query{})
		if acctest.Errors(told) != "" || len(all) == 0 {
			t.Fatalf("there is nothing to list: %s", acctest.Errors(told))
		}
		server := r.fault.provider(t, r.directory, r.kind.list)
		r.fault.plan(r.directory, r.kind.list, 1)
		listed, told := server.List(r.kind.name, acctest.Query{})
		outcome := done
		switch {
		case acctest.Errors(told) != "":
			outcome = refused
		case len(listed) != len(all):
			outcome = fmt.Sprintf("%d of %d results and no error", len(listed), len(all))
		}
		r.expect(t, "list", outcome, told)
		holds(t, "after a query", r.directory, r.seeded)
	})
}

// operations are the columns of the tables that a fault fills in. Nobody lists a
// setting that a tenant has once, or a set of users.
func operations(f fault, bulk bool) []string {
	all := []string{"create", "read", "update", "delete", "import"}
	if slices.ContainsFunc(kinds(oneBatch), func(k kind) bool { return k.bulk == bulk && k.list.path != "" && (f.of == nil || f.of(k)) }) {
		all = append(all, "list")
	}
	return all
}

// table reads one of the tables in README.md: by fault and by operation.
func table(t *testing.T, bulk bool) map[string]map[string]string {
	t.Helper()
	heading := "## One setting"
	if bulk {
		heading = "## A set of users"
	}
	content, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(content), "\n"+heading+"\n")
	if !found {
		t.Fatalf("README.md has no section %q", heading)
	}
	section, _, _ := strings.Cut(after, "\n## ")
	rows := map[string]map[string]string{}
	var columns []string
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if columns == nil {
			columns = cells[1:]
			continue
		}
		rows[cells[0]] = map[string]string{}
		for i, cell := range cells[1:] {
			rows[cells[0]][columns[i]] = cell
		}
	}
	return rows
}

// TestTheTablesAreThoseOfTheMatrix compares rows and columns, and looks whether
// each word is explained.
func TestTheTablesAreThoseOfTheMatrix(t *testing.T) {
	t.Parallel()
	words := []string{done, refused, tainted, tainted + written, tainted + inPart, kept + written, kept + inPart, leaves}
	for _, bulk := range []bool{false, true} {
		rows := table(t, bulk)
		for _, f := range faults() {
			if f.of != nil && !slices.ContainsFunc(kinds(oneBatch), func(k kind) bool { return k.bulk == bulk && f.of(k) }) {
				continue
			}
			if _, found := rows[f.name]; !found {
				t.Errorf("the table has no row %q (set of users: %v)", f.name, bulk)
			}
			for _, operation := range operations(f, bulk) {
				if word := rows[f.name][operation]; !slices.Contains(words, word) {
					t.Errorf("%s, %s: nobody knows what %q means", f.name, operation, word)
				}
			}
			delete(rows, f.name)
		}
		for name := range rows {
			t.Errorf("the table has a row %q that no test makes", name)
		}
	}
}
