package resourcekit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

type thing struct {
	Name types.String `tfsdk:"name"`
}

var listRequest = list.ListRequest{
	ResourceSchema:         schema.Schema{Attributes: map[string]schema.Attribute{"name": schema.StringAttribute{Required: true}}},
	ResourceIdentitySchema: identityschema.Schema{Attributes: map[string]identityschema.Attribute{"name": identityschema.StringAttribute{RequiredForImport: true}}},
}

// things finds a number of things, each with advice.
func things(count int) func(context.Context) ([]resourcekit.Found, diag.Diagnostics) {
	return func(context.Context) ([]resourcekit.Found, diag.Diagnostics) {
		var found []resourcekit.Found
		for i := range count {
			name := fmt.Sprint("thing ", i)
			one := thing{Name: types.StringValue(name)}
			found = append(found, resourcekit.Found{Name: name, Identity: one, Resource: one, Advice: diag.Diagnostics{diag.NewWarningDiagnostic("Mind", name)}})
		}
		return found, nil
	}
}

func TestNothingIsLookedForBeforeSomebodyListens(t *testing.T) {
	t.Parallel()
	asked := false
	results := resourcekit.Results(t.Context(), listRequest, func(ctx context.Context) ([]resourcekit.Found, diag.Diagnostics) {
		asked = true
		return things(1)(ctx)
	})
	if asked {
		t.Error("the directory was asked for a list that nobody reads")
	}
	for result := range results {
		if result.DisplayName != "thing 0" || !asked {
			t.Errorf("got %q", result.DisplayName)
		}
	}
}

func TestOnlyWhoAsksForTheResourceGetsItAndItsAdvice(t *testing.T) {
	t.Parallel()
	for _, include := range []bool{false, true} {
		req := listRequest
		req.IncludeResource = include
		count := 0
		for result := range resourcekit.Results(t.Context(), req, things(2)) {
			count++
			if result.Resource.Raw.IsNull() == include || (len(result.Diagnostics) > 0) != include || result.Identity.Raw.IsFullyNull() {
				t.Errorf("included: %v, got %s with %v", include, result.Resource.Raw, result.Diagnostics)
			}
		}
		if count != 2 {
			t.Errorf("got %d results", count)
		}
	}
}

func TestTheLimitCountsResults(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int64]int{0: 5, 1: 1, 4: 4, 5: 5, 6: 5} {
		req := listRequest
		req.Limit = limit
		count := 0
		for range resourcekit.Results(t.Context(), req, things(5)) {
			count++
		}
		if count != want {
			t.Errorf("with the limit %d, got %d results", limit, count)
		}
	}
}

func TestAFailureIsTheOnlyResult(t *testing.T) {
	t.Parallel()
	var results []list.ListResult
	for result := range resourcekit.Results(t.Context(), listRequest, func(ctx context.Context) ([]resourcekit.Found, diag.Diagnostics) {
		found, _ := things(3)(ctx)
		return found, diag.Diagnostics{diag.NewErrorDiagnostic("Broken", "Halfway.")}
	}) {
		results = append(results, result)
	}
	if len(results) != 1 || !results[0].Diagnostics.HasError() {
		t.Errorf("got %+v", results)
	}
}

func TestAWarningOfTheWholeListComesFirst(t *testing.T) {
	t.Parallel()
	warned := func(ctx context.Context) ([]resourcekit.Found, diag.Diagnostics) {
		found, _ := things(2)(ctx)
		return found, diag.Diagnostics{diag.NewWarningDiagnostic("Mind", "All of them.")}
	}
	var names []string
	for result := range resourcekit.Results(t.Context(), listRequest, warned) {
		names = append(names, result.DisplayName)
	}
	if fmt.Sprint(names) != "[ thing 0 thing 1]" {
		t.Errorf("got %q", names)
	}
	for range resourcekit.Results(t.Context(), listRequest, warned) {
		break // Nothing may be pushed after this, or the loop would panic.
	}
}

func TestAnInterruptedListSaysThatItIsNotTheWholeOfIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var results []list.ListResult
	for result := range resourcekit.Results(ctx, listRequest, things(3)) {
		results = append(results, result)
		cancel(errors.New("the user pressed Ctrl-C"))
	}
	if len(results) != 2 || results[0].DisplayName != "thing 0" || !results[1].Diagnostics.HasError() {
		t.Fatalf("got %+v", results)
	}
	if detail := results[1].Diagnostics[0].Detail(); detail != "There are more results than those that were delivered. The user pressed Ctrl-C.\n\nRun the same command again." {
		t.Errorf("the message is %q", detail)
	}
}
