package resourcekit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

func TestAValueThatIsNotKnownIsNil(t *testing.T) {
	t.Parallel()
	if resourcekit.String(types.StringUnknown()) != nil || resourcekit.String(types.StringNull()) != nil {
		t.Error("a string that is not known has a value")
	}
	if resourcekit.Int64(types.Int64Unknown()) != nil || resourcekit.Int64(types.Int64Null()) != nil {
		t.Error("a number that is not known has a value")
	}
	if resourcekit.Bool(types.BoolUnknown()) != nil || resourcekit.Bool(types.BoolNull()) != nil {
		t.Error("a boolean that is not known has a value")
	}
	if *resourcekit.String(types.StringValue("x")) != "x" || *resourcekit.Int64(types.Int64Value(0)) != 0 || *resourcekit.Bool(types.BoolValue(false)) {
		t.Error("a known value is lost")
	}
}

func TestFillUnknownKeepsWhatWasPlanned(t *testing.T) {
	t.Parallel()
	kinds := map[string]attr.Type{"a": types.Int64Type, "b": types.Int64Type, "c": types.Int64Type}
	planned := types.ObjectValueMust(kinds, map[string]attr.Value{"a": types.Int64Value(1), "b": types.Int64Unknown(), "c": types.Int64Null()})
	actual := types.ObjectValueMust(kinds, map[string]attr.Value{"a": types.Int64Value(7), "b": types.Int64Value(8), "c": types.Int64Value(9)})
	want := types.ObjectValueMust(kinds, map[string]attr.Value{"a": types.Int64Value(1), "b": types.Int64Value(8), "c": types.Int64Null()})
	if got, diagnostics := resourcekit.FillUnknown(t.Context(), planned, actual); diagnostics.HasError() || !got.Equal(want) {
		t.Errorf("got %s, %v", got, diagnostics)
	}
	if got, _ := resourcekit.FillUnknown(t.Context(), types.ObjectUnknown(kinds), actual); !got.Equal(actual) {
		t.Errorf("an unknown object becomes %s", got)
	}
	if got, _ := resourcekit.FillUnknown(t.Context(), types.ObjectNull(kinds), actual); !got.IsNull() {
		t.Errorf("a null object becomes %s", got)
	}
}

// private is private state in memory.
type private map[string][]byte

func (p private) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

func (p private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return p[key], nil }

type former struct {
	Days int `json:"days"`
}

func TestWhatIsRememberedIsRecalled(t *testing.T) {
	t.Parallel()
	p := private{}
	if diagnostics := resourcekit.Remember(t.Context(), p, &state{}, former{Days: 90}); diagnostics.HasError() {
		t.Fatal(diagnostics)
	}
	recalled, diagnostics := resourcekit.Recall[former](t.Context(), p, &state{})
	if len(diagnostics) != 0 || recalled == nil || recalled.Days != 90 {
		t.Errorf("got %v, %v", recalled, diagnostics)
	}
	if none, diagnostics := resourcekit.Recall[former](t.Context(), private{}, &state{}); none != nil || len(diagnostics) != 0 {
		t.Errorf("got %v, %v from nothing", none, diagnostics)
	}
}

// state is the copy in the state.
type state struct{ copied types.String }

func (s *state) SetAttribute(_ context.Context, _ path.Path, value any) diag.Diagnostics {
	s.copied, _ = value.(types.String)
	return nil
}

func (s *state) GetAttribute(_ context.Context, _ path.Path, target any) diag.Diagnostics {
	if text, ok := target.(*types.String); ok {
		*text = s.copied
	}
	return nil
}

func TestWhatPrivateStateLostIsRecalledFromTheState(t *testing.T) {
	t.Parallel()
	written, kept := &state{}, &state{}
	if diagnostics := resourcekit.Remember(t.Context(), private{}, written, former{Days: 90}); diagnostics.HasError() {
		t.Fatal(diagnostics)
	}
	if diagnostics := resourcekit.Keep(t.Context(), private{}, written, kept); diagnostics.HasError() {
		t.Fatal(diagnostics)
	}
	for _, s := range []*state{written, kept} {
		if recalled, diagnostics := resourcekit.Recall[former](t.Context(), private{}, s); recalled == nil || recalled.Days != 90 || len(diagnostics) != 0 {
			t.Errorf("got %v, %v", recalled, diagnostics)
		}
	}
	if resourcekit.Keep(t.Context(), private{}, &state{}, kept); !kept.copied.IsNull() {
		t.Errorf("what nobody remembers is kept as %s", kept.copied)
	}
}

func TestWhatCannotBeRecalledIsAWarning(t *testing.T) {
	t.Parallel()
	for _, stored := range []string{`{"version":2,"value":{"days":90}}`, `{"version":1,"value":{"days":"x"}}`, `{"version":1}`, `{"version":1,"value":null}`, `7`, `{`, `{}`} {
		recalled, diagnostics := resourcekit.Recall[former](t.Context(), private{"before": []byte(stored)}, &state{})
		if recalled != nil || diagnostics.HasError() || diagnostics.WarningsCount() != 1 {
			t.Errorf("%s: got %v, %v", stored, recalled, diagnostics)
		}
	}
}

func TestADiagnosticSaysWhatHappenedToWhichObjectAndWhatToDo(t *testing.T) {
	t.Parallel()
	later := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"permission": {&directory.Error{Service: "Microsoft Graph", Method: "PATCH", Path: "/x", Status: http.StatusForbidden, Code: "Authorization_RequestDenied",
			Message: "Insufficient privileges to complete the operation.", Needs: "the permission X", RequestID: "r-1", ClientRequestID: "c-1"},
			[]string{"PATCH /x: Microsoft Graph answered 403 (Authorization_RequestDenied): Insufficient privileges to complete the operation.\n", "Request id: r-1", "Client request id: c-1", "needs the permission X."}},
		"throttled":     {&directory.Error{Status: 429, RetryAt: later}, []string{"again after 2026-02-03T04:05:06Z"}},
		"broken":        {&directory.Error{Status: 503, Message: "x"}, []string{"failed repeatedly", "later"}},
		"no answer":     {&directory.Error{Message: "no answer from h", Err: errors.New("connection refused")}, []string{"connection refused", "proxy settings"}},
		"token refused": {&directory.Error{Status: 401}, []string{"sign in again"}},
		"application":   {&directory.SignInError{Err: directory.ErrAppToken}, []string{"accepts signed-in users only", "az login"}},
		"sign-in":       {&directory.SignInError{Service: "Microsoft Graph", Err: errors.New("AADSTS7000215: Invalid client secret")}, []string{"AADSTS7000215", "sign-in settings"}},
		"no back end":   {directory.ErrNoPortal, []string{"in this cloud", "endpoints.portal"}},
		"cancelled":     {fmt.Errorf("x: %w", context.Canceled), []string{"Run the same command again"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diagnostic := resourcekit.Unable("update", "password expiration policy", "contoso.com", c.err)
			if got := diagnostic.Summary(); got != "Unable to update password expiration policy" {
				t.Errorf("summary %q", got)
			}
			for _, part := range append(c.want, "update", "contoso.com") {
				if !strings.Contains(diagnostic.Detail(), part) {
					t.Errorf("the detail lacks %q:\n%s", part, diagnostic.Detail())
				}
			}
		})
	}
}

func TestUserIDs(t *testing.T) {
	t.Parallel()
	for id, ok := range map[string]bool{
		"0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11": true, "svc-backup@contoso.com": true, "o'neil@contoso.com": true, "a#EXT#@b.onmicrosoft.com": true,
		"$x@contoso.com": true, "müller@contoso.com": true,
		"": false, "svc": false, "a@b": false, "a b@contoso.com": false, "a/b@contoso.com": false, "a@contoso.com/..": false, "0b9d2a0e": false, "a?b@contoso.com": false, "a\x00b@contoso.com": false, "a\x1bb@contoso.com": false,
	} {
		req, resp := validator.StringRequest{ConfigValue: types.StringValue(id)}, validator.StringResponse{}
		resourcekit.IsUserID().ValidateString(t.Context(), req, &resp)
		if resp.Diagnostics.HasError() == ok {
			t.Errorf("%q: %v", id, resp.Diagnostics)
		}
	}
}
