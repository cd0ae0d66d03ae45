package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// actor plays Terraform: its commands change the directory at once.
type actor struct {
	directory *mockdirectory.Directory
	before    mockdirectory.State
	commands  []string
	codes     map[string]int
	failures  map[string]error
	planned   []string
	// spoil changes the directory after the command of that name.
	spoil map[string]func(*mockdirectory.State)
}

// act makes an actor that plays its part well.
func act(d *mockdirectory.Directory) *actor {
	return &actor{
		directory: d, before: d.State(), planned: meddledWith,
		codes: map[string]int{"plan": changesSeen}, failures: map[string]error{}, spoil: map[string]func(*mockdirectory.State){},
	}
}

func (a *actor) run(_ context.Context, args ...string) (int, error) {
	name := args[0]
	a.commands = append(a.commands, name)
	switch name {
	case "apply":
		a.directory.Update(configure)
	case "destroy":
		a.directory.Update(func(s *mockdirectory.State) {
			s.Domains, s.Users, s.PasswordResetPolicy = a.before.Domains, a.before.Users, a.before.PasswordResetPolicy
		})
	}
	if spoil := a.spoil[name]; spoil != nil {
		a.directory.Update(spoil)
	}
	return a.codes[name], a.failures[name]
}

func (a *actor) read(context.Context, ...string) ([]byte, error) {
	changes := make([]string, 0, len(a.planned)+1)
	for _, address := range a.planned {
		changes = append(changes, fmt.Sprintf(`{"address":%q,"change":{"actions":["update"]}}`, address))
	}
	changes = append(changes, `{"address":"entraid_password_expiration_policy.contoso","change":{"actions":["no-op"]}}`)
	return []byte(`{"resource_changes":[` + strings.Join(changes, ",") + `]}`), a.failures["show"]
}

func startDirectory(t *testing.T) *mockdirectory.Directory {
	t.Helper()
	d, err := mockdirectory.Start(mockdirectory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	d.Update(prepare)
	return d
}

func TestTellsTheWholeStory(t *testing.T) {
	t.Parallel()
	d := startDirectory(t)
	terraform := act(d)
	var out bytes.Buffer
	if err := (&story{directory: d, terraform: terraform, screen: newScreen(&out, false)}).play(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(terraform.commands, " "), "init apply plan apply destroy"; got != want {
		t.Errorf("commands %q, want %q", got, want)
	}
	at := 0
	for _, words := range []string{
		"The directory before Terraform",
		"The directory after apply", `*   enabled for                    group "SSPR pilot"`, "was nobody",
		"The directory after that", "*   svc-backup@contoso.com         expires", "was never expires",
		"The directory after the repair", "*   fabrikam.com                   never", "was 365 days",
		"The directory after destroy", "*   contoso.com                    180 days", "was 90 days",
		"The whole directory is equal to the one before Terraform.",
	} {
		found := strings.Index(out.String()[at:], words)
		if found < 0 {
			t.Fatalf("%q is missing after %q", words, out.String()[:at])
		}
		at += found
	}
}

func TestSaysWhichStepWentWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*actor)
		want    []string
	}{
		"init cannot be run": {
			func(a *actor) { a.failures["init"] = errors.New("no such program") },
			[]string{"step 1 (terraform init", "no such program"},
		},
		"apply fails": {
			func(a *actor) { a.codes["apply"] = 1 },
			[]string{"step 2 (terraform apply", "exit status 1 instead of 0"},
		},
		"apply leaves a setting out": {
			func(a *actor) {
				a.spoil["apply"] = func(s *mockdirectory.State) { setExpiration(s, contoso, 180, 14) }
			},
			[]string{"step 2", "not as the configuration asks", "domains/contoso.com/passwordValidityPeriodInDays is 180 instead of 90"},
		},
		"apply changes what is not configured": {
			func(a *actor) {
				a.spoil["apply"] = func(s *mockdirectory.State) { setPolicy(s, map[string]any{"emailOptionEnabled": false}) }
			},
			[]string{"step 2", "passwordResetPolicy/emailOptionEnabled is false instead of true"},
		},
		"plan sees no drift": {
			func(a *actor) { a.codes["plan"] = 0 },
			[]string{"step 4 (terraform plan", "exit status 0 instead of 2"},
		},
		"plan sees half of the drift": {
			func(a *actor) { a.planned = meddledWith[:2] },
			[]string{"step 4", "the plan changes entraid_password_expiration_policy.fabrikam, entraid_sspr_policy.this, and should change"},
		},
		"plan cannot be read": {
			func(a *actor) { a.failures["show"] = errors.New("unreadable") },
			[]string{"step 4", "reading the plan: unreadable"},
		},
		"destroy restores too little": {
			func(a *actor) {
				a.spoil["destroy"] = func(s *mockdirectory.State) {
					user := s.Users[mockdirectory.SeededBackup]
					user.PasswordPolicies = nil
					s.Users[mockdirectory.SeededBackup] = user
				}
			},
			[]string{"step 6 (terraform destroy", "not what it was before", "passwordPolicies is null instead of \"None\""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDirectory(t)
			terraform := act(d)
			test.prepare(terraform)
			err := (&story{directory: d, terraform: terraform, screen: newScreen(&bytes.Buffer{}, false)}).play(t.Context())
			if err == nil {
				t.Fatal("the story ended well")
			}
			for _, words := range test.want {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%q does not say %q", err, words)
				}
			}
		})
	}
}

func TestMeddlingConcernsEachKindOfResource(t *testing.T) {
	t.Parallel()
	d := startDirectory(t)
	d.Update(configure)
	before := d.State()
	d.Update(meddle)
	found := strings.Join(differences(d.State(), before), "\n")
	for _, part := range []string{"passwordResetPolicy/", "domains/fabrikam.com/", "users/" + mockdirectory.SeededBackup, "users/" + mockdirectory.SeededLegacy} {
		if !strings.Contains(found, part) {
			t.Errorf("nothing differs in %s: %s", part, found)
		}
	}
}

func TestSignInsAreNoDifference(t *testing.T) {
	t.Parallel()
	d := startDirectory(t)
	before := d.State()
	d.RefreshToken("admin@contoso.com")
	if found := differences(d.State(), before); len(found) != 0 {
		t.Errorf("differences: %v", found)
	}
}
