package passwordexpirationpolicy

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// FuzzDomainName proves that a name that is accepted is one label after the
// other, and that an import spells every name as the configuration does.
func FuzzDomainName(f *testing.F) {
	for _, name := range []string{"", "contoso.com", "CONTOSO.com", "a..b", ".", "..", "a.b/../c", "a%2fb.c", "a.b\n", "xn--mller-kva.de", "müller.de", "İ.com", "-a.b", "a-.b", strings.Repeat("a-", 5000) + "a.b"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		imported, diagnostics := importName(t.Context(), resource.ImportStateRequest{ID: name})
		if diagnostics.HasError() || imported != strings.ToLower(name) {
			t.Errorf("%q is imported as %q, %v", name, imported, diagnostics)
		}
		var resp validator.StringResponse
		resourcekit.IsDomainName().ValidateString(t.Context(), validator.StringRequest{ConfigValue: types.StringValue(name)}, &resp)
		if resp.Diagnostics.HasError() {
			return
		}
		for label := range strings.SplitSeq(name, ".") {
			if strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || label == "" || label[0] == '-' || label[len(label)-1] == '-' {
				t.Errorf("%q is accepted", name)
			}
		}
	})
}

// FuzzExpiration proves that what the directory holds is shown as it is, and
// that destroy writes only what was remembered or is there.
func FuzzExpiration(f *testing.F) {
	const never = `{"passwordValidityPeriodInDays":2147483647,"passwordNotificationWindowInDays":14}`
	for _, text := range []string{`{}`, never, `{"passwordValidityPeriodInDays":90}`, `{"passwordValidityPeriodInDays":-1,"passwordNotificationWindowInDays":0}`, `{"passwordValidityPeriodInDays":9223372036854775807}`} {
		f.Add([]byte(text), []byte(never), true)
	}
	f.Fuzz(func(t *testing.T, now, before []byte, root bool) {
		var present, former directory.PasswordExpiration
		if json.Unmarshal(now, &present) != nil || json.Unmarshal(before, &former) != nil {
			return
		}
		shown := imported("contoso.com", present)
		if wanted := shown.wanted(); !wanted.Equal(present) {
			t.Errorf("%s is shown as %v", now, shown)
		}
		outcome := restoring(directory.Domain{ID: "contoso.com", IsRoot: root, IsVerified: true, PasswordExpiration: present}, &former)
		if !outcome.wanted.Equal(former.Over(present)) && !outcome.wanted.Equal(present) {
			t.Errorf("%s is restored to %v over %s", before, outcome.wanted, now)
		}
		if !root && !outcome.wanted.Equal(present) {
			t.Error("a domain that takes no setting is written")
		}
		outcome.staysAsItIs("contoso.com")
	})
}
