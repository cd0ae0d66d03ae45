package userspasswordneverexpires

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// shown is how many users a message names.
const shown = 20

const (
	goOn        = "The state holds exactly what was reached. Once the cause is removed, the next apply does the rest."
	goOnTainted = "The state holds exactly what was reached, and Terraform has marked the resource as tainted: the next apply would first restore the users that were changed, " +
		"and then begin again. To go on from here instead, once the cause is removed, run \"terraform untaint ADDRESS\" with the address of this resource, and then \"terraform apply\"."
)

// report turns a result into diagnostics: one error for all users that failed,
// and warnings for what else a person should know.
func (out *result) report(verb string, total int, more string) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if len(out.failures) > 0 {
		diagnostics.Append(out.failed(verb, total, more))
	}
	if len(out.skipped) > 0 {
		diagnostics.AddAttributeWarning(path.Root("user_ids"), "The "+setting+" of "+counted(len(out.skipped))+" stays as it is",
			"The directory does not decide any more when their passwords expire:\n\n"+reasons(out.skipped))
	}
	if len(out.unseen) > 0 {
		diagnostics.Append(resourcekit.NotVisible(setting, list(out.unseen)))
	}
	if len(out.synchronised) > 0 {
		diagnostics.AddAttributeWarning(path.Root("user_ids"), "Synchronisation may write this setting too",
			fmt.Sprintf("These users are synchronised from an on-premises directory: %s. By default every password hash synchronisation sets \"password never expires\"; "+
				"where the cloud password policy for synchronised users is enabled, a full synchronisation clears it. Terraform shows either as a difference.",
				list(out.synchronised)))
	}
	return diagnostics
}

// failed is the error of a change that did not reach all users. Those that were
// not attempted any more are counted, not listed.
func (out *result) failed(verb string, total int, more string) diag.Diagnostic {
	slices.SortFunc(out.failures, func(a, b failure) int { return cmp.Compare(a.id, b.id) })
	var attempted, left []failure
	for _, f := range out.failures {
		if directory.NotSent(f.err) {
			left = append(left, f)
		} else {
			attempted = append(attempted, f)
		}
	}
	parts := []string{fmt.Sprintf("The provider tried to %s the %s of %s, and did not succeed for %d of them.",
		verb, setting, counted(total), len(out.failures))}
	if len(attempted) > 0 {
		parts = append(parts, reasons(attempted))
	}
	if len(left) > 0 {
		parts = append(parts, fmt.Sprintf("%s not attempted any more: %s", wasOrWere(len(left)), resourcekit.Said(left[0].err)))
	}
	if advice := resourcekit.Advice(append(attempted, left...)[0].err); advice != "" {
		parts = append(parts, advice)
	}
	if more != "" {
		parts = append(parts, more)
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("user_ids"), fmt.Sprintf("Unable to %s %s", verb, setting), strings.Join(parts, "\n\n"))
}

// reasons lists the first users with their reason, and counts the rest.
func reasons(failures []failure) string {
	var lines []string
	for _, f := range failures[:min(shown, len(failures))] {
		name := f.id
		if f.name != "" && f.name != f.id {
			name += " (" + f.name + ")"
		}
		lines = append(lines, "  - "+name+": "+strings.ReplaceAll(resourcekit.Said(f.err), "\n", " "))
	}
	if rest := len(failures) - shown; rest > 0 {
		lines = append(lines, fmt.Sprintf("  - and %d more", rest))
	}
	return strings.Join(lines, "\n")
}

// list names the first of some users, and counts the rest.
func list(names []string) string {
	text := strings.Join(names[:min(shown, len(names))], ", ")
	if rest := len(names) - shown; rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}

func counted(users int) string {
	if users == 1 {
		return "1 user"
	}
	return strconv.Itoa(users) + " users"
}

func wasOrWere(users int) string {
	if users == 1 {
		return "1 user was"
	}
	return strconv.Itoa(users) + " users were"
}

// notRestored warns of users of whom nothing is remembered.
func notRestored(users []string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("user_ids"), "The "+setting+" of "+counted(len(users))+" stays as it is",
		fmt.Sprintf("Nothing was remembered of what it was before Terraform managed it: %s. Check these accounts in the admin center.", list(users)))
}
