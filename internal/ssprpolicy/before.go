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
type before struct {
	// Settings are the former values of the managed settings. Which settings are
	// managed cannot be told from the state, where the others stand as well.
	Settings directory.PasswordResetSettings `json:"settings"`
	// Imported is set until the first write after an import. Settings then holds
	// the whole policy, because an import does not know the configuration, and
	// nothing has to be restored, because nothing was changed.
	Imported bool `json:"imported,omitempty"`
}

// rememberManaged keeps the former values of what a configuration manages.
func rememberManaged(former, managed directory.PasswordResetSettings) before {
	return before{Settings: former.Only(managed)}
}

// updated follows a configuration that manages other settings than before:
// those that are new are remembered as they were just before this write, those
// that were dropped are forgotten, because nobody wants them restored.
func (b *before) updated(present, managed directory.PasswordResetSettings) before {
	if b == nil {
		return rememberManaged(present, managed)
	}
	return before{Settings: b.Settings.Only(managed).Or(present.Only(managed))}
}

// restorable is what destroy puts back.
func (b *before) restorable() directory.PasswordResetSettings {
	if b.Imported {
		return directory.PasswordResetSettings{}
	}
	return b.Settings
}

// ignoredKey is where private state holds the method switches that the
// directory accepted without showing them.
const ignoredKey = "ignored_methods"

// ignoredMethods names attributes of methods.
type ignoredMethods []string

// ignoredOf takes from the outcome of a write the switches that it did not
// move.
func ignoredOf(change directory.PasswordResetChange) ignoredMethods {
	var names ignoredMethods
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
