package provider

import (
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/credential"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// lookup completes attributes from environment variables. An attribute wins
// over a variable, and the first variable that is set over the next.
type lookup struct {
	getenv      func(string) string
	diagnostics diag.Diagnostics
}

// setting finds a text and remembers where.
func (l *lookup) setting(name string, attribute types.String, variables ...string) credential.Setting {
	if resourcekit.Known(attribute) {
		// An empty text switches the variables off.
		return credential.Setting{Value: attribute.ValueString(), Name: name, Explicit: attribute.ValueString() != ""}
	}
	for _, variable := range variables {
		if value := l.getenv(variable); value != "" {
			return credential.Setting{Value: value, Name: variable}
		}
	}
	return credential.Setting{}
}

// text finds a text of which nothing but the value matters.
func (l *lookup) text(attribute types.String, variables ...string) string {
	return l.setting("", attribute, variables...).Value
}

// file finds the path of a file that holds a text.
func (l *lookup) file(name string, attribute types.String, variables ...string) credential.Setting {
	found := l.setting(name, attribute, variables...)
	found.File = found.Set()
	return found
}

// either takes a text that may be given directly or in a file. Both in the
// provider block contradict each other.
func (l *lookup) either(direct, file credential.Setting) credential.Setting {
	switch {
	case direct.Explicit && file.Explicit:
		l.diagnostics.AddAttributeError(path.Root(file.Name), "Contradicting provider settings",
			fmt.Sprintf("%s and %s are both set. Remove one of them.", direct.Name, file.Name))
	case file.Explicit, !direct.Set():
		return file
	}
	return direct
}

// flag finds a setting that is on or off. Set is false where neither the block
// nor the environment says anything.
func (l *lookup) flag(name string, attribute types.Bool, fallback bool, variables ...string) (found credential.Switch, set bool) {
	if resourcekit.Known(attribute) {
		return credential.Switch{On: attribute.ValueBool(), Explicit: true}, true
	}
	for _, variable := range variables {
		value := l.getenv(variable)
		if value == "" {
			continue
		}
		on, err := strconv.ParseBool(value)
		if err != nil {
			l.diagnostics.AddAttributeError(path.Root(name), "Unusable environment variable",
				fmt.Sprintf("%s must be true or false.", variable))
		}
		return credential.Switch{On: on}, true
	}
	return credential.Switch{On: fallback}, false
}
