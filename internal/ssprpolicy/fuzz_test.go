package ssprpolicy

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
)

// FuzzModel proves that every policy has a model, and that the model wants
// nothing but what is there.
func FuzzModel(f *testing.F) {
	for _, text := range []string{
		`{"objectId":"default"}`, `{"objectId":"default","enablementType":1,"passwordResetEnabledGroupIds":["A","b"],"passwordResetEnabledGroupName":"g"}`,
		`{"objectId":"default","enablementType":9,"customizeHelpdeskLink":false,"customHelpdeskEmailOrUrl":"x"}`, `{"objectId":"default","enablementType":-1}`,
		`{"objectId":"default","numberOfQuestionsToReset":9223372036854775807,"emailOptionEnabled":null,"customizeHelpdeskLink":true}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		var policy directory.PasswordResetPolicy
		if json.Unmarshal(content, &policy) != nil {
			return
		}
		shown, diagnostics := modelOf(t.Context(), "tenant", policy)
		if diagnostics.HasError() {
			t.Fatalf("%s: %v", content, diagnostics)
		}
		wanted, diagnostics := shown.settings(t.Context())
		if diagnostics.HasError() {
			t.Fatalf("%s: %v", content, diagnostics)
		}
		for _, difference := range wanted.Differing(policy.Settings) {
			switch difference.Member {
			case "passwordResetEnabledGroupIds", "customizeHelpdeskLink", "customHelpdeskEmailOrUrl":
				// The model says these in another way.
			default:
				t.Errorf("%s: the model wants %s = %v instead of %v", content, difference.Member, difference.Value, difference.Other)
			}
		}
		describe(policy.Settings, wanted)
		whomItHits(policy.Settings, wanted)
	})
}

// stored is private state with one value for every key.
type stored []byte

func (s stored) GetKey(context.Context, string) ([]byte, diag.Diagnostics) { return s, nil }

// FuzzIgnoredMethods proves that private state of any form costs no more than
// what it remembers.
func FuzzIgnoredMethods(f *testing.F) {
	for _, text := range []string{"", "null", "[]", `["email"]`, `["../x",null]`, "{", "7", `{"email":true}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		names, diagnostics := loadIgnored(t.Context(), stored(content))
		if len(diagnostics) > 0 || !json.Valid(content) && len(names) > 0 {
			t.Errorf("%q: %v, %v", content, names, diagnostics)
		}
	})
}
