package resourcekit_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

func detail(refusal *directory.Error) string {
	return resourcekit.Unable("read", "setting", "object", refusal).Detail()
}

func TestTheAdviceFollowsFromTheRefusal(t *testing.T) {
	t.Parallel()
	zoned := time.Date(2026, 2, 3, 4, 5, 6, 0, time.FixedZone("", 3600))
	for _, c := range []struct {
		refusal *directory.Error
		want    string
	}{
		{&directory.Error{Status: http.StatusServiceUnavailable, RetryAt: zoned}, "again after 2026-02-03T03:05:06Z."},
		{&directory.Error{Status: http.StatusBadRequest, Code: "msalautherror_invalid_grant", Message: "AADSTS500133: x"}, "has expired. Sign in as a user"},
		{&directory.Error{Status: http.StatusBadRequest, Code: "msalautherror_invalid_grant", Message: "AADSTS50058: x"}, "No user is signed in. Sign in as a user"},
	} {
		if got := detail(c.refusal); !strings.HasSuffix(got, c.want) && !strings.Contains(got, c.want) {
			t.Errorf("the detail lacks %q:\n%s", c.want, got)
		}
	}
	withoutNeeds := &directory.Error{Status: http.StatusForbidden, Message: "no."}
	if got := detail(withoutNeeds); strings.Contains(got, "lacks") {
		t.Errorf("a permission that nobody knows is lacking:\n%s", got)
	}
}

func TestAValueThatIsNotVisibleYetNamesItsObject(t *testing.T) {
	t.Parallel()
	warning := resourcekit.NotVisible("password expiration policy", "contoso.com")
	if warning.Severity() != diag.SeverityWarning || warning.Summary() != "The new password expiration policy cannot be read back yet" ||
		!strings.Contains(warning.Detail(), "password expiration policy of contoso.com") {
		t.Errorf("got %v", warning)
	}
}

func TestObjectIDs(t *testing.T) {
	t.Parallel()
	const id = "0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11"
	for text, ok := range map[string]bool{id: true, strings.ToUpper(id): false, id + "0": false, "x" + id: false, "{" + id + "}": false, id + "\n": false, "": false, strings.ReplaceAll(id, "-", ""): false} {
		var resp validator.StringResponse
		resourcekit.IsObjectID().ValidateString(t.Context(), validator.StringRequest{ConfigValue: types.StringValue(text)}, &resp)
		if resp.Diagnostics.HasError() == ok {
			t.Errorf("%q: %v", text, resp.Diagnostics)
		}
	}
}

func TestTheClientComesFromTheProvider(t *testing.T) {
	t.Parallel()
	if client, diagnostics := resourcekit.Client(nil); client != nil || len(diagnostics) != 0 {
		t.Errorf("before Configure: %v, %v", client, diagnostics)
	}
	if client, diagnostics := resourcekit.Client("another provider's"); client != nil || !diagnostics.HasError() {
		t.Errorf("something else: %v, %v", client, diagnostics)
	}
	want := new(directory.Client)
	if client, diagnostics := resourcekit.Client(want); client != want || len(diagnostics) != 0 {
		t.Errorf("got %v, %v", client, diagnostics)
	}
}

func TestOnlyWhatIsUnknownIsChosenFromTheDirectory(t *testing.T) {
	t.Parallel()
	actual := types.StringValue("actual")
	for _, c := range []struct{ planned, want types.String }{
		{types.StringUnknown(), actual}, {types.StringValue("planned"), types.StringValue("planned")}, {types.StringNull(), types.StringNull()},
	} {
		if got := resourcekit.Choose(c.planned, actual); !got.Equal(c.want) {
			t.Errorf("%s becomes %s", c.planned, got)
		}
	}
	kinds := map[string]attr.Type{"a": types.StringType}
	planned := types.ObjectValueMust(kinds, map[string]attr.Value{"a": types.StringValue("planned")})
	if got, diagnostics := resourcekit.FillUnknown(t.Context(), planned, types.ObjectNull(kinds)); diagnostics.HasError() || !got.Equal(planned) {
		t.Errorf("without an actual value: %s, %v", got, diagnostics)
	}
}

// sealed is private state that cannot be read.
type sealed struct{ private }

func (sealed) GetKey(context.Context, string) ([]byte, diag.Diagnostics) {
	return []byte(`{"version":1,"value":{"days":90}}`), diag.Diagnostics{diag.NewErrorDiagnostic("sealed", "")}
}

func TestPrivateStateThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	if recalled, diagnostics := resourcekit.Recall[former](t.Context(), sealed{}, &state{}); recalled != nil || !diagnostics.HasError() {
		t.Errorf("got %v, %v", recalled, diagnostics)
	}
}
