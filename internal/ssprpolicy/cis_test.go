package ssprpolicy_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
)

// controls are the controls of the CIS Microsoft 365 Foundations Benchmark,
// version 7.0.0, each with a tenant that fails it and the condition that a
// benchmark tool checks on the document.
var controls = map[string]struct {
	failing map[string]string
	passes  func(document map[string]string) bool
}{
	"5.2.4.1": {
		map[string]string{"enablementType": "0"},
		func(d map[string]string) bool { return d["enablementType"] == "2" },
	},
	"5.2.4.2": {
		map[string]string{"numberOfAuthenticationMethodsRequired": "1"},
		func(d map[string]string) bool { return d["numberOfAuthenticationMethodsRequired"] == "2" },
	},
	"5.2.4.3": {
		map[string]string{"registrationRequiredOnSignIn": "false", "registrationReconfirmIntevalInDays": "0"},
		func(d map[string]string) bool {
			return d["registrationRequiredOnSignIn"] == "true" && d["registrationReconfirmIntevalInDays"] != "0"
		},
	},
	"5.2.4.4": {
		map[string]string{"notifyUsersOnPasswordReset": "false"},
		func(d map[string]string) bool { return d["notifyUsersOnPasswordReset"] == "true" },
	},
	"5.2.4.5": {
		map[string]string{"notifyOnAdminPasswordReset": "false"},
		func(d map[string]string) bool { return d["notifyOnAdminPasswordReset"] == "true" },
	},
}

func TestEachControlOfTheBenchmarkHasAnExampleThatSatisfiesIt(t *testing.T) {
	t.Parallel()
	for control, c := range controls {
		// One example is about the control, the other about all of them.
		for _, folder := range []string{control, "5.2.4"} {
			t.Run(control+" by "+folder, func(t *testing.T) {
				t.Parallel()
				example, err := os.ReadFile(filepath.Join("..", "..", "examples", "cis-microsoft-365", folder, "main.tf"))
				if err != nil {
					t.Fatal(err)
				}
				d := acctest.NewDirectory(t)
				setPolicy(d, c.failing)
				if c.passes(policy(t, d)) {
					t.Fatal("the tenant satisfies the control before the example is applied")
				}
				d.Run(t, resource.TestStep{
					Config: string(example),
					Check:  checked(func() bool { return c.passes(policy(t, d)) }),
				})
			})
		}
	}
}

// checked makes a check of a condition on the directory.
func checked(holds func() bool) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if !holds() {
			return errors.New("the directory does not satisfy the control")
		}
		return nil
	}
}
