package resourcekit

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
)

// Found is one thing that a list resource has found.
type Found struct {
	// Name is what people call it.
	Name string
	// Identity and Resource are the models of both.
	Identity, Resource any
	// Advice concerns who takes over the resource, and is given to nobody else.
	Advice diag.Diagnostics
}

// Results streams what a list resource finds, up to the limit of the request.
// Nothing is looked for before somebody listens. A failure is a result too, the
// last one: a list that merely ended would be taken for the whole of it.
func Results(ctx context.Context, req list.ListRequest, find func(context.Context) ([]Found, diag.Diagnostics)) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		found, diagnostics := find(ctx)
		if len(diagnostics) > 0 && !push(list.ListResult{Diagnostics: diagnostics}) || diagnostics.HasError() {
			return
		}
		for i, one := range found {
			if req.Limit > 0 && int64(i) >= req.Limit {
				return
			}
			if ctx.Err() != nil {
				push(interrupted(ctx))
				return
			}
			if !push(one.result(ctx, req)) {
				return
			}
		}
	}
}

func (f Found) result(ctx context.Context, req list.ListRequest) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = f.Name
	result.Diagnostics.Append(result.Identity.Set(ctx, f.Identity)...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, f.Resource)...)
		result.Diagnostics.Append(f.Advice...)
	}
	return result
}

func interrupted(ctx context.Context) list.ListResult {
	return list.ListResult{Diagnostics: diag.Diagnostics{diag.NewErrorDiagnostic("The listing was interrupted",
		"There are more results than those that were delivered. "+sentence(context.Cause(ctx).Error())+"\n\nRun the same command again.")}}
}
