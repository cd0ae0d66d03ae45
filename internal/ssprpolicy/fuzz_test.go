package ssprpolicy

import (
	"encoding/json"
	"testing"

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
