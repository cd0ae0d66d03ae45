package examples_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// words undoes the line breaks of a terminal, so that messages can be compared.
func words(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "│", " ")), " ")
}

func TestAPlanFailsWhenAnotherAccountNeverExpires(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	files := find(t)["never-expires-allow-list"]
	w := workspace(t, d, files.configuration(d))
	flag := func(id string, policies *string) {
		d.Update(func(s *mockdirectory.State) {
			user := s.Users[id]
			user.PasswordPolicies = policies
			s.Users[id] = user
		})
	}
	plan := func(arguments ...string) (int, string) {
		outcome := w.Run(append([]string{"plan", "-detailed-exitcode", "-input=false", "-no-color"}, arguments...)...)
		return outcome.Code, words(outcome.Stdout + outcome.Stderr)
	}
	if code, text := plan(); code != 0 {
		t.Fatalf("a plan of the seeded tenant ends with %d:\n%s", code, text)
	}

	flag(mockdirectory.SeededAlice, new("DisablePasswordExpiration"))
	flag(mockdirectory.SeededApostrophe, new("DisableStrongPassword,disablepasswordexpiration"))
	code, text := plan()
	const message = "nobody has exempted them: alice@contoso.com, o'neil@contoso.com. Clear the flag"
	if code != 1 || !strings.Contains(text, "Resource postcondition failed") || !strings.Contains(text, message) {
		t.Errorf("the plan ends with %d and does not say %q:\n%s", code, message, text)
	}
	if code, text := plan(`-var=exempt_accounts=["Alice@contoso.com","svc-legacy@contoso.com"]`); code != 1 || !strings.Contains(text, "nobody has exempted them: o'neil@contoso.com. Clear") {
		t.Errorf("with Alice on the list the plan ends with %d:\n%s", code, text)
	}

	flag(mockdirectory.SeededApostrophe, nil)
	if code, text := plan(`-var=exempt_accounts=["Alice@contoso.com","svc-legacy@contoso.com"]`); code != 0 {
		t.Errorf("with all of them on the list the plan ends with %d:\n%s", code, text)
	}
	flag(mockdirectory.SeededAlice, new("None"))
	if code, text := plan(); code != 0 {
		t.Errorf("without the flag the plan ends with %d:\n%s", code, text)
	}
	if calls := d.Calls(patchUser); calls != 0 {
		t.Errorf("a report wrote %d users", calls)
	}
}

func TestExemptAccountsAreWarnedOf(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	files := find(t)["never-expires-allow-list"]
	w := workspace(t, d, files.configuration(d))
	change := func(by func(*mockdirectory.User)) {
		d.Update(func(s *mockdirectory.State) {
			user := s.Users[mockdirectory.SeededLegacy]
			by(&user)
			s.Users[user.ID] = user
		})
	}
	warnings := func() string {
		outcome, changes := w.Plan()
		if changes {
			t.Errorf("the plan is not empty:\n%s", outcome.Stdout)
		}
		return words(outcome.Stdout + outcome.Stderr)
	}
	const old, idle = "have had the same password for more than a year: svc-legacy@contoso.com", "exempt for nothing, because their passwords do expire or they are gone: svc-legacy@contoso.com"
	expect := func(when string, wantOld, wantIdle bool) {
		t.Helper()
		if text := warnings(); strings.Contains(text, old) != wantOld || strings.Contains(text, idle) != wantIdle {
			t.Errorf("%s the plan says:\n%s", when, text)
		}
	}
	expect("with a password of three years", true, false)
	change(func(user *mockdirectory.User) { user.LastPasswordChangeDateTime = nil })
	expect("with a password of no known age", true, false)
	change(func(user *mockdirectory.User) {
		user.LastPasswordChangeDateTime = new(time.Now().UTC().AddDate(0, -1, 0))
	})
	expect("with a password of last month", false, false)
	change(func(user *mockdirectory.User) { user.PasswordPolicies = nil })
	expect("without the flag", false, true)
}
