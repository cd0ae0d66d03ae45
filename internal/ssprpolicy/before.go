package ssprpolicy

import (
	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
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
