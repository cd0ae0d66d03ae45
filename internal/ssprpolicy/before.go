package ssprpolicy

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// before is what is remembered of the policy for destroy.
type before = resourcekit.Former[directory.PasswordResetSettings]

// ignoredKey is where private state holds the method switches that the
// directory accepted without showing them.
const ignoredKey = "ignored_methods"

// ignoredMethods names attributes of methods.
type ignoredMethods []string

// ignoredOf takes from the outcome of a write the switches that it did not
// move, in a tenant that ignores them.
func ignoredOf(change directory.PasswordResetChange) ignoredMethods {
	var names ignoredMethods
	if change.Uncertain || !change.TogglesIgnored {
		return names
	}
	for _, member := range change.Stale {
		if name, ok := strings.CutPrefix(attributes[member], "methods."); ok {
			names = append(names, name)
		}
	}
	return names
}

func (i ignoredMethods) save(ctx context.Context, private resourcekit.PrivateWriter) diag.Diagnostics {
	content, err := json.Marshal(append(ignoredMethods{}, i...))
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Unable to remember the method switches", err.Error())}
	}
	return private.SetKey(ctx, ignoredKey, content)
}

// loadIgnored returns what save stored. What cannot be read costs no more than
// a difference in the plan.
func loadIgnored(ctx context.Context, private resourcekit.PrivateReader) (ignoredMethods, diag.Diagnostics) {
	content, diagnostics := private.GetKey(ctx, ignoredKey)
	var names ignoredMethods
	if len(content) == 0 || json.Unmarshal(content, &names) != nil {
		return nil, diagnostics
	}
	return names, diagnostics
}
