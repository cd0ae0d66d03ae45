package resilience_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// managed is a resource as Terraform drives it: what one run leaves is what the
// next one starts from.
type managed struct {
	kind     kind
	instance acctest.Instance
	// tainted is set once a create left something in the state and an error.
	tainted bool
}

// exists reports whether the resource is in the state.
func (m *managed) exists() bool { return m.instance.Type != "" && !m.instance.Gone() }

// apply is "terraform apply": it refreshes, plans and applies, or with nil
// destroys, and stops at the first error. What is tainted it replaces.
func (m *managed) apply(s *acctest.Server, config acctest.Values) []*tfprotov6.Diagnostic {
	var told []*tfprotov6.Diagnostic
	if !m.exists() {
		m.instance = s.New(m.kind.name)
	} else {
		refreshed, diagnostics := s.Refresh(m.instance)
		if told = append(told, diagnostics...); acctest.Errors(told) != "" {
			return told
		}
		m.instance = refreshed
	}
	return append(told, m.step(s, config)...)
}

// step plans and applies without a refresh.
func (m *managed) step(s *acctest.Server, config acctest.Values) []*tfprotov6.Diagnostic {
	if m.exists() && m.tainted && config != nil {
		return m.replace(s, config)
	}
	return m.change(s, config)
}

// replace destroys what is tainted and creates it again. Terraform does not hand
// the destroy the private state.
func (m *managed) replace(s *acctest.Server, config acctest.Values) []*tfprotov6.Diagnostic {
	m.instance = m.instance.WithoutPrivate()
	told := m.change(s, nil)
	if acctest.Errors(told) != "" {
		return told
	}
	return append(told, m.change(s, config)...)
}

// change is a create, an update or a destroy.
func (m *managed) change(s *acctest.Server, config acctest.Values) []*tfprotov6.Diagnostic {
	creates := !m.exists()
	if creates {
		if config == nil {
			return nil
		}
		m.instance = s.New(m.kind.name)
	}
	plan := s.Plan(m.instance, config)
	if acctest.Errors(plan.Diagnostics) != "" || plan.Empty() {
		return plan.Diagnostics
	}
	applied, diagnostics := s.Apply(plan)
	m.instance = applied
	if creates {
		m.tainted = acctest.Errors(diagnostics) != ""
	}
	return append(plan.Diagnostics, diagnostics...)
}

// must applies and fails the test on an error.
func (m *managed) must(t testing.TB, s *acctest.Server, config acctest.Values) {
	t.Helper()
	if errors := acctest.Errors(m.apply(s, config)); errors != "" {
		t.Fatalf("%s: a plain apply fails:\n%s", m.kind.name, errors)
	}
}

// settled fails the test unless the state tells what the directory holds: a
// refresh changes nothing, and the next plan is empty.
func (m *managed) settled(t testing.TB, s *acctest.Server, config acctest.Values) {
	t.Helper()
	refreshed := s.MustRefresh(m.instance)
	if !refreshed.State.Equal(m.instance.State) {
		t.Errorf("%s: the state holds %s, and the directory %s", m.kind.name, m.instance.State, refreshed.State)
	}
	plan := s.Plan(refreshed, config)
	s.NoError(plan.Diagnostics)
	if !plan.Empty() {
		t.Errorf("%s: the next plan is not empty: it makes %s of %s", m.kind.name, plan.State, refreshed.State)
	}
}

// holds fails the test unless the directory is the seeded tenant with some
// changes, and nothing else.
func holds(t testing.TB, what string, d *acctest.Directory, seeded mockdirectory.State, changes ...func(*mockdirectory.State)) {
	t.Helper()
	if got, want := content(t, d.State()), changed(t, seeded, changes...); got != want {
		t.Errorf("%s the directory differs:\n%s", what, difference(want, got))
	}
}

// changed is the seeded tenant with some changes.
func changed(t testing.TB, seeded mockdirectory.State, changes ...func(*mockdirectory.State)) string {
	t.Helper()
	state := copied(seeded)
	for _, change := range changes {
		change(&state)
	}
	return content(t, state)
}

// copied is a copy of which the parts that are changed here are its own.
func copied(state mockdirectory.State) mockdirectory.State {
	state.PasswordResetPolicy, state.OnPremisesPasswordResetPolicy = maps.Clone(state.PasswordResetPolicy), maps.Clone(state.OnPremisesPasswordResetPolicy)
	state.Domains, state.Users = maps.Clone(state.Domains), maps.Clone(state.Users)
	return state
}

// difference lists the members in which two contents differ.
func difference(want, got string) string {
	wanted, found := flat(want), flat(got)
	var lines []string
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		if value, ok := found[path]; !ok || value != wanted[path] {
			lines = append(lines, fmt.Sprintf("%s is %s, want %s", path, value, wanted[path]))
		}
		delete(found, path)
	}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		lines = append(lines, fmt.Sprintf("%s is %s, want nothing", path, found[path]))
	}
	return strings.Join(lines[:min(20, len(lines))], "\n")
}

// flat is a JSON document by the paths of its values.
func flat(document string) map[string]string {
	values := map[string]string{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		object, ok := value.(map[string]any)
		if !ok {
			values[path] = fmt.Sprint(value)
			return
		}
		for name, member := range object {
			walk(path+"/"+name, member)
		}
	}
	var root any
	if err := json.Unmarshal([]byte(document), &root); err != nil {
		return map[string]string{"": document}
	}
	walk("", root)
	return values
}
