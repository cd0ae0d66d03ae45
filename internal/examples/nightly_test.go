package examples_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// nightly is the example of a scheduled comparison.
const nightly = "nightly-drift-detection"

func TestTheNightlyComparisonTellsItsThreeAnswersApart(t *testing.T) {
	t.Parallel()
	needShell(t)
	d := acctest.NewDirectory(t)
	w := workspace(t, d, find(t)[nightly])
	w.Apply()
	compare := func(environment string, status int, printed ...string) {
		t.Helper()
		outcome := w.Shell(environment + " bash drift.sh")
		if outcome.Code != status {
			t.Errorf("the comparison ends with %d, want %d:\n%s%s", outcome.Code, status, outcome.Stdout, outcome.Stderr)
		}
		acctest.Contains(t, outcome.Stdout+outcome.Stderr, printed...)
		acctest.Contains(t, string(w.Read("drift.txt")), printed[len(printed)-1])
	}

	compare("", 0, "The tenant is as configured.\n", "")

	d.Update(func(s *mockdirectory.State) {
		user := s.Users[mockdirectory.SeededBackup]
		user.PasswordPolicies = nil
		s.Users[user.ID] = user
	})
	compare("", 2, "differs", "entraid_user_password_never_expires.backup will be updated in-place", "Plan: 0 to add, 1 to change, 0 to destroy.")

	compare("ARM_CLIENT_SECRET=wrong", 1, "nothing is known about the tenant", "AADSTS7000215")
	compare("TERRAFORM=missing", 1, "nothing is known about the tenant", "missing")
}

// What a workflow takes from elsewhere is named by its commit, and the way in
// which it starts the comparison is that of the script.
func TestTheNightlyWorkflowIsPinnedAndCallsTheScript(t *testing.T) {
	t.Parallel()
	workflow := find(t)[nightly]["workflow.yml"]
	uses := regexp.MustCompile(`(?m)uses: \S+@(.*)$`).FindAllStringSubmatch(workflow, -1)
	if len(uses) == 0 {
		t.Errorf("%s uses no actions", filepath.Join(nightly, "workflow.yml"))
	}
	for _, action := range uses {
		if !regexp.MustCompile(`^[0-9a-f]{40} # v\d`).MatchString(action[1]) {
			t.Errorf("an action is not pinned by its commit: %s", action[0])
		}
	}
	acctest.Contains(t, workflow, "./drift.sh || status=$?", "terraform_wrapper: false")
	for _, secret := range regexp.MustCompile(`secrets\.(\w+)`).FindAllStringSubmatch(workflow, -1) {
		if !strings.HasPrefix(secret[1], "ENTRAID_") {
			t.Errorf("the workflow takes a secret that no guide speaks of: %s", secret[1])
		}
	}
}
