package resourcekit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// String returns the value, or nil where it is null or unknown. The
// framework's own method returns a pointer to "" for an unknown value.
func String(value types.String) *string {
	if !Known(value) {
		return nil
	}
	return new(value.ValueString())
}

// Int64 returns the value, or nil where it is null or unknown.
func Int64(value types.Int64) *int64 {
	if !Known(value) {
		return nil
	}
	return new(value.ValueInt64())
}

// Bool returns the value, or nil where it is null or unknown.
func Bool(value types.Bool) *bool {
	if !Known(value) {
		return nil
	}
	return new(value.ValueBool())
}

// OrNull returns the text, or null where it is empty: the directory has null
// and "" for what is not there.
func OrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// Known reports whether a value is neither null nor unknown.
func Known(value attr.Value) bool { return !value.IsNull() && !value.IsUnknown() }

// ObjectType returns the type of the objects with some attributes of a data
// source.
func ObjectType(attributes map[string]schema.Attribute) types.ObjectType {
	members := make(map[string]attr.Type, len(attributes))
	for name, attribute := range attributes {
		members[name] = attribute.GetType()
	}
	return types.ObjectType{AttrTypes: members}
}

// Object decodes a nested attribute into a struct, which stays at its zero
// value, all members null, where the attribute is null or unknown.
func Object[T any](ctx context.Context, object types.Object) (T, diag.Diagnostics) {
	var out T
	if !Known(object) {
		return out, nil
	}
	diagnostics := object.As(ctx, &out, basetypes.ObjectAsOptions{})
	return out, diagnostics
}

// FillUnknown returns planned with every unknown value in it replaced by the
// actual one. What was planned stays: Terraform insists on it, and a directory
// that still answers with an old value must not end up in the state.
func FillUnknown(ctx context.Context, planned, actual types.Object) (types.Object, diag.Diagnostics) {
	if planned.IsUnknown() || planned.IsNull() || actual.IsNull() {
		if planned.IsUnknown() {
			return actual, nil
		}
		return planned, nil
	}
	values := planned.Attributes()
	for name, value := range values {
		if value.IsUnknown() {
			values[name] = actual.Attributes()[name]
		}
	}
	return types.ObjectValue(planned.AttributeTypes(ctx), values)
}

// Choose returns planned, or actual where planned is unknown.
func Choose[T attr.Value](planned, actual T) T {
	if planned.IsUnknown() {
		return actual
	}
	return planned
}

// LeftAlone is what the description of an attribute that is not required says
// of its absence.
const LeftAlone = " Left as it is in the tenant while it is not written; removing the line does not revert it."
