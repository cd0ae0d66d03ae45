package userpasswordneverexpires

import (
	"encoding/json"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
)

// FuzzRestoring proves that destroy brings back the former flag and touches no
// other one.
func FuzzRestoring(f *testing.F) {
	for _, remembered := range []string{
		`{"enabled":true}`, `{"enabled":false,"passwordPolicies":null}`, `{"enabled":true,"passwordPolicies":"None"}`,
		`{"enabled":true,"passwordPolicies":"disablepasswordexpiration,Later"}`, `{"passwordPolicies":7}`, `{}`,
	} {
		f.Add([]byte(remembered), "DisableStrongPassword")
		f.Add([]byte(remembered), "DisablePasswordExpiration, Later")
	}
	f.Fuzz(func(t *testing.T, remembered []byte, now string) {
		var former before
		if json.Unmarshal(remembered, &former) != nil {
			return
		}
		present := directory.ParsePasswordPolicies(now)
		restored := former.restored(present)
		if restored.NeverExpires() != former.Enabled {
			t.Errorf("%s: %q becomes %q", remembered, now, restored)
		}
		if !restored.WithNeverExpires(false).Equal(present.WithNeverExpires(false)) {
			t.Errorf("%s: other flags of %q become %q", remembered, now, restored)
		}
	})
}
