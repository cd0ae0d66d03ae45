package passwordexpirationpolicy

import (
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
)

func TestAWriteThatCannotBeReadBackYetIsAWarning(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		change   directory.PasswordExpirationChange
		warnings int
	}{
		{directory.PasswordExpirationChange{}, 1},
		{directory.PasswordExpirationChange{Confirmed: true}, 0},
		// Then the error of the write says it.
		{directory.PasswordExpirationChange{Uncertain: true}, 0},
	} {
		diagnostics := advise("contoso.com", test.change)
		if diagnostics.HasError() || diagnostics.WarningsCount() != test.warnings {
			t.Errorf("%+v: %v", test.change, diagnostics)
		}
		for _, diagnostic := range diagnostics {
			if !strings.Contains(diagnostic.Detail(), "contoso.com") {
				t.Errorf("the warning does not name the domain: %s", diagnostic.Detail())
			}
		}
	}
}

func TestWhatDestroyPutsInPlaceIsAlwaysComplete(t *testing.T) {
	t.Parallel()
	days := []*int64{nil, new(int64(30)), new(int64(90)), new(int64(directory.PasswordNeverExpiresInDays))}
	windows := []*int64{nil, new(int64(5)), new(int64(14))}
	var settings []directory.PasswordExpiration
	for _, period := range days {
		for _, window := range windows {
			settings = append(settings, directory.PasswordExpiration{ValidityPeriodInDays: period, NotificationWindowInDays: window})
		}
	}
	for _, present := range settings {
		for _, former := range settings {
			domain := directory.Domain{ID: "contoso.com", IsRoot: true, IsVerified: true, PasswordExpiration: present}
			outcome := restoring(domain, &former)
			if !outcome.wanted.Complete() && !outcome.wanted.Equal(present) {
				t.Errorf("from %s to %s sends null", describe(present), describe(former))
			}
			if restored := outcome.wanted.Equal(former); restored != (outcome.left == "") {
				t.Errorf("from %s to %s restores %s and says %q", describe(present), describe(former), describe(outcome.wanted), outcome.left)
			}
		}
	}
}
