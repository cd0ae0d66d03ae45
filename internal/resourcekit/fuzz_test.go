package resourcekit_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// FuzzPrivateState proves that what is remembered is recalled or is a warning,
// and that what is recalled is remembered again as it was.
func FuzzPrivateState(f *testing.F) {
	for _, stored := range []string{
		"", "null", "7", "[]", "{}", "{", "\xff", `{"version":1}`, `{"version":1,"value":null}`, `{"version":1,"value":{}}`, `{"version":2,"value":{}}`, `{"version":1e400}`,
		`{"version":1,"value":{"settings":{"enablementType":2},"written":{"enablementType":1},"dropped":{"numberOfQuestionsToReset":3},"imported":true}}`,
		`{"version":1,"value":{"settings":null,"written":{"customHelpdeskEmailOrUrl":"a"},"dropped":{"passwordResetEnabledGroupIds":[]}}}`,
	} {
		f.Add([]byte(stored))
	}
	present := directory.PasswordResetSettings{EnablementType: new(directory.EnabledForAll), CustomHelpdeskEmailOrURL: new("b")}
	f.Fuzz(func(t *testing.T, stored []byte) {
		type former = resourcekit.Former[directory.PasswordResetSettings]
		recalled, diagnostics := resourcekit.Recall[former](t.Context(), private{"before": stored}, &state{})
		if diagnostics.HasError() || (recalled == nil) != (len(stored) == 0 || diagnostics.WarningsCount() == 1) {
			t.Fatalf("%s: %v, %v", stored, recalled, diagnostics)
		}
		if recalled == nil {
			return
		}
		p := private{}
		resourcekit.Remember(t.Context(), p, &state{}, recalled)
		again, _ := resourcekit.Recall[former](t.Context(), p, &state{})
		if again == nil || encode(t, again) != encode(t, recalled) {
			t.Errorf("%s is remembered as %s", stored, p["before"])
		}
		recalled.Restorable(present)
		recalled.Lost()
		updated := recalled.Updated(present, directory.PasswordResetSettings{NumberOfQuestionsToReset: new(int64(4))})
		if still := updated.Dropped.NumberOfQuestionsToReset; still != nil {
			t.Errorf("%s: what is managed counts as dropped", stored)
		}
	})
}

func encode(t *testing.T, value any) string {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// FuzzIDs proves that what the validators accept names something in one
// segment of an address, and that an import takes or refuses every id.
func FuzzIDs(f *testing.F) {
	for _, id := range []string{"", "0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11", "svc-backup@contoso.com", "a#EXT#@b.onmicrosoft.com", "../a@b.c", "a%2fb@b.c", "a\n@b.c", "a\x00@b.c", "a@b.c\n", "\xff@b.c", "a@@b.c", "a@b..c"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		for name, check := range map[string]validator.String{"user id": resourcekit.IsUserID(), "object id": resourcekit.IsObjectID()} {
			var resp validator.StringResponse
			check.ValidateString(t.Context(), validator.StringRequest{ConfigValue: types.StringValue(id)}, &resp)
			if resp.Diagnostics.HasError() {
				continue
			}
			escaped := url.PathEscape(id)
			if strings.ContainsAny(id, "/\\? \t\r\n\x00\x1b\x7f") || strings.ContainsAny(escaped, "/?#") || id == ".." {
				t.Errorf("%q is accepted as %s", id, name)
			}
		}
		tenant, diagnostics := resourcekit.ImportTenant(t.Context(), resource.ImportStateRequest{ID: id})
		if tenant != id || diagnostics.HasError() != (id == "") {
			t.Errorf("%q: imports %q, %v", id, tenant, diagnostics)
		}
		if err := resourcekit.CheckTenant(id, "0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11"); err == nil && id != "" && len(id) != 36 {
			t.Errorf("%q is taken for the tenant", id)
		}
	})
}

// FuzzDiagnostic proves that whatever is said stays text.
func FuzzDiagnostic(f *testing.F) {
	for _, text := range []string{"", "é", "\xff", "ok.", "ends", "ß", "ǆ"} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, code, message string) {
		if !utf8.ValidString(code) || !utf8.ValidString(message) {
			return
		}
		for _, err := range []error{&directory.Error{Status: 400, Code: code, Message: message}, &directory.Error{Method: message}, errors.New(message)} {
			detail := resourcekit.Unable("read", "setting", "object", err).Detail()
			if !utf8.ValidString(detail) || !strings.Contains(strings.ToUpper(detail), strings.ToUpper(message)) {
				t.Errorf("%q becomes %q", message, detail)
			}
		}
	})
}
