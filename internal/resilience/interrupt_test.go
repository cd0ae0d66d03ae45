//go:build unix

package resilience_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// stroke is how a run of Terraform is stopped.
type stroke struct {
	name string
	// interrupts is how often the keyboard interrupts; without any, the provider
	// is killed.
	interrupts int
}

var strokes = []stroke{{"SIGINT", 1}, {"SIGINT twice", 2}, {"SIGKILL of the provider", 0}}

// TestAnInterruptedRunIsFinishedByTheNext stops real Terraform, or its provider,
// while the directory has made a write and the provider does not know it yet.
func TestAnInterruptedRunIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	acctest.Terraform(t)
	for _, c := range []struct {
		operation string
		kind      kind
	}{
		{"create", passwordReset()}, {"create", users(someBatches)}, {"update", domain()}, {"update", users(someBatches)},
		{"destroy", user()}, {"destroy", users(someBatches)},
	} {
		for _, s := range strokes {
			t.Run(c.operation+" of "+c.kind.name+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				newInterrupted(t, c.kind, c.operation).run(s)
			})
		}
	}
}

// interrupted is a workspace with one resource, whose write can be held.
type interrupted struct {
	t         *testing.T
	operation string
	kind      kind
	directory *acctest.Directory
	seeded    mockdirectory.State
	workspace *acctest.Workspace
}

func newInterrupted(t *testing.T, k kind, operation string) *interrupted {
	t.Helper()
	d := acctest.StartKindDirectory(t, mockdirectory.Options{Users: addedUsers})
	return &interrupted{t: t, operation: operation, kind: k, directory: d, seeded: d.State(), workspace: d.Workspace(t)}
}

// configure writes the configuration, of which the provider block leads through
// a proxy, if there is one.
func (i *interrupted) configure(values acctest.Values, p *proxy) {
	i.t.Helper()
	block := i.directory.Provider()
	if p != nil {
		connection := i.directory.Connection()
		block = strings.NewReplacer(connection.GraphEndpoint, p.url, connection.CACertificateFile, p.authorities).Replace(block)
	}
	i.workspace.Write("provider.tf", block)
	content, err := json.Marshal(map[string]any{"resource": map[string]any{i.kind.name: map[string]any{"this": values}}})
	if err != nil {
		i.t.Fatal(err)
	}
	i.workspace.Write("main.tf.json", string(content))
}

func (i *interrupted) run(s stroke) {
	t, config, to := i.t, i.kind.first, i.kind.inFirst
	t.Helper()
	var backup []byte
	if i.operation != "create" {
		i.configure(config, nil)
		i.workspace.Apply()
		backup = i.workspace.Read("terraform.tfstate")
	}
	if i.operation == "update" {
		config, to = i.kind.second, i.kind.inSecond
	}
	kept, whole, lost := i.interrupt(s, config)
	if !whole && s.interrupts != 2 {
		t.Error("the state is cut off, and Terraform was not told to drop everything")
	}
	if !whole && backup != nil {
		i.workspace.Write("terraform.tfstate", string(backup))
	}
	i.configure(config, nil)
	after := fmt.Sprintf("of a state that was %+v (whole: %v),", kept, whole)
	if i.operation != "destroy" {
		i.workspace.Apply()
		holds(t, "after the next apply, "+after, i.directory, i.seeded, to)
		i.workspace.NoChanges()
	}
	i.workspace.Destroy()
	holds(t, "after destroy, "+after, i.directory, i.seeded, lost)
}

// interrupt stops a run, and returns what it left in the state, whether the
// state is whole, and what of the change is not remembered.
func (i *interrupted) interrupt(s stroke, config acctest.Values) (kept left, whole bool, lost func(*mockdirectory.State)) {
	i.t.Helper()
	before, _ := i.left()
	held := &holding{at: i.kind.envelope(), met: make(chan struct{})}
	p := newProxy(i.t, i.directory, false, func(next http.RoundTripper) http.RoundTripper {
		held.next = next
		return held
	})
	i.configure(config, p)
	said := i.stop(s, held)
	p.close()
	stopped := i.directory.State()
	kept, whole = i.left()
	if !whole {
		kept = before
	}
	lost = i.lost(kept, stopped)
	switch present := changed(i.t, i.seeded, lost); {
	case whole && i.operation != "create" && (!kept.exists || kept.former == ""):
		i.t.Errorf("Terraform kept %+v of %+v, and said:\n%s", kept, before, said)
	case s.interrupts == 0 && kept != before:
		i.t.Errorf("of a killed provider Terraform kept %+v, and not what it had, %+v", kept, before)
	case (s.interrupts == 1 || i.operation == "destroy") && present != content(i.t, i.seeded):
		i.t.Errorf("this is not remembered:\n%s\nTerraform kept %+v, and said:\n%s", difference(content(i.t, i.seeded), present), kept, said)
	}
	if created := i.operation == "create" && kept.exists; created != kept.tainted {
		i.t.Errorf("after an interrupted %s Terraform kept %+v", i.operation, kept)
	}
	return kept, whole, lost
}

// lost is what destroy cannot put back, because it was written and is not
// remembered: it stays as it was when the run was stopped.
func (i *interrupted) lost(kept left, stopped mockdirectory.State) func(*mockdirectory.State) {
	return func(s *mockdirectory.State) {
		switch {
		case kept.former == "":
			*s = copied(stopped)
		case i.kind.bulk:
			for id := range s.Users {
				if !strings.Contains(kept.former, id) {
					s.Users[id] = stopped.Users[id]
				}
			}
		}
	}
}

// left is what a run of Terraform left of the resource in its state.
type left struct {
	exists, tainted bool
	// former is what is remembered.
	former string
}

// left reads the state, and reports whether it is whole: told to drop
// everything, Terraform may do so while it writes.
func (i *interrupted) left() (kept left, whole bool) {
	i.t.Helper()
	var state struct {
		Resources []struct {
			Instances []struct {
				Status     string `json:"status"`
				Attributes struct {
					Former string `json:"former_settings"`
				} `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	content, err := os.ReadFile(filepath.Join(i.workspace.Command().Dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return left{}, true
	}
	if err := json.Unmarshal(content, &state); err != nil {
		return left{}, false
	}
	if len(state.Resources) == 0 {
		return left{}, true
	}
	instance := state.Resources[0].Instances[0]
	return left{exists: true, tainted: instance.Status == "tainted", former: instance.Attributes.Former}, true
}

// stop runs Terraform until the write is held, stops it, and returns what it
// said.
func (i *interrupted) stop(s stroke, held *holding) string {
	t := i.t
	t.Helper()
	verb := "apply"
	if i.operation == "destroy" {
		verb = "destroy"
	}
	said := &transcript{phrase: "Interrupt received", heard: make(chan struct{})}
	command := i.workspace.Command(verb, "-auto-approve", "-input=false", "-no-color")
	command.Stdout, command.Stderr = said, said
	// The keyboard interrupts Terraform and the provider, but not this test.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case <-held.met:
	case err := <-ended:
		t.Fatalf("Terraform ended before it wrote anything: %v\n%s", err, said)
	}
	if s.interrupts == 0 {
		killChildren(t, command.Process.Pid)
	}
	var err error
	for n := range s.interrupts {
		if n > 0 {
			select {
			case <-said.heard:
			case err = <-ended:
			}
		}
		if killed := syscall.Kill(-command.Process.Pid, syscall.SIGINT); killed != nil && !errors.Is(killed, syscall.ESRCH) {
			t.Fatal(killed)
		}
	}
	if err == nil {
		err = <-ended
	}
	if err == nil {
		t.Fatalf("Terraform says that it has done its work:\n%s", said)
	}
	return said.String()
}

// killChildren kills the processes that a process has started.
func killChildren(t *testing.T, parent int) {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		t.Skipf("the provider's process cannot be found without ps: %v", err)
	}
	found := false
	for line := range strings.Lines(string(output)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		child, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		found = true
	}
	if !found {
		t.Fatal("Terraform runs no provider")
	}
}

// holding keeps the answer to one write back until nobody waits for it any more.
type holding struct {
	next http.RoundTripper
	at   target
	once sync.Once
	met  chan struct{}
}

// RoundTrip implements http.RoundTripper.
func (h *holding) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := h.next.RoundTrip(request)
	if err != nil || !h.at.matches(request) {
		return answer, err
	}
	h.once.Do(func() { close(h.met) })
	<-request.Context().Done()
	return answer, nil
}

// transcript is what a program says, and tells when it has said a phrase.
type transcript struct {
	phrase string
	heard  chan struct{}

	mu   sync.Mutex
	text bytes.Buffer
	said bool
}

// Write implements io.Writer.
func (w *transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.text.Write(p)
	if !w.said && strings.Contains(w.text.String(), w.phrase) {
		w.said = true
		close(w.heard)
	}
	return n, err
}

// String is all of it.
func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}
