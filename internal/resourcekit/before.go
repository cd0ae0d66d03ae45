package resourcekit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// beforeKey is where private state holds what a setting was before Terraform.
const beforeKey = "before"

// beforeVersion is the form of what is remembered. A higher one was written by
// a newer provider and is left alone.
const beforeVersion = 1

// PrivateWriter and PrivateReader are the private state of a request or an
// answer, whose type the framework keeps to itself.
type (
	PrivateWriter interface {
		SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
	}
	PrivateReader interface {
		GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	}
)

// formerSettings is the attribute that holds a copy of what is remembered.
const formerSettings = "former_settings"

// FormerSettings is the attribute that every resource has under the name
// former_settings. It is a second place for what is remembered: Terraform drops
// the private state of a resource when the provider is killed during an update,
// and does not hand it out when it replaces a resource that is tainted.
func FormerSettings(modifiers ...planmodifier.String) schema.StringAttribute {
	return schema.StringAttribute{
		Computed:  true,
		Sensitive: true,
		MarkdownDescription: "What destroy puts back, as JSON of the provider's own. It is no secret, and marked as sensitive only " +
			"to keep plans readable.",
		PlanModifiers: modifiers,
	}
}

// The state of a request or an answer, as far as it is needed here.
type (
	StateWriter interface {
		SetAttribute(ctx context.Context, path path.Path, value any) diag.Diagnostics
	}
	StateReader interface {
		GetAttribute(ctx context.Context, path path.Path, target any) diag.Diagnostics
	}
)

type remembered struct {
	Version int             `json:"version"`
	Value   json.RawMessage `json:"value"`
}

// Remember stores what a setting was, for its restoring at destroy. The state
// is complete already but for the copy.
func Remember(ctx context.Context, private PrivateWriter, state StateWriter, value any) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	content, err := json.Marshal(value)
	if err == nil {
		content, err = json.Marshal(remembered{Version: beforeVersion, Value: content})
	}
	if err != nil {
		diagnostics.AddError("Unable to remember the former value", err.Error())
		return diagnostics
	}
	diagnostics.Append(private.SetKey(ctx, beforeKey, content)...)
	diagnostics.Append(state.SetAttribute(ctx, path.Root(formerSettings), types.StringValue(string(content)))...)
	return diagnostics
}

// Keep carries over what is remembered to the state after an update that
// changes nothing of it.
func Keep(ctx context.Context, private PrivateReader, prior StateReader, state StateWriter) diag.Diagnostics {
	content, diagnostics := lookUp(ctx, private, prior)
	copied := types.StringNull()
	if len(content) > 0 {
		copied = types.StringValue(string(content))
	}
	diagnostics.Append(state.SetAttribute(ctx, path.Root(formerSettings), copied)...)
	return diagnostics
}

// lookUp finds what is remembered, from the private state or else from the copy.
func lookUp(ctx context.Context, private PrivateReader, state StateReader) ([]byte, diag.Diagnostics) {
	content, diagnostics := private.GetKey(ctx, beforeKey)
	if diagnostics.HasError() || len(content) > 0 {
		return content, diagnostics
	}
	var copied types.String
	diagnostics.Append(state.GetAttribute(ctx, path.Root(formerSettings), &copied)...)
	return []byte(copied.ValueString()), diagnostics
}

// Recall returns what Remember stored, or nil where nothing usable is there.
// That it is unusable is a warning: it must not keep anybody from leaving.
func Recall[T any](ctx context.Context, private PrivateReader, state StateReader) (*T, diag.Diagnostics) {
	content, diagnostics := lookUp(ctx, private, state)
	if diagnostics.HasError() || len(content) == 0 {
		return nil, diagnostics
	}
	var stored remembered
	err := json.Unmarshal(content, &stored)
	if err == nil && stored.Version != beforeVersion {
		err = fmt.Errorf("it has the form %d, and this version of the provider reads form %d", stored.Version, beforeVersion)
	}
	value := new(T)
	switch {
	case err != nil:
	case string(stored.Value) == "null":
		// It would be taken for a setting that was off.
		err = errors.New("it holds no value")
	default:
		err = json.Unmarshal(stored.Value, value)
	}
	if err != nil {
		diagnostics.AddWarning("The former value is unreadable",
			fmt.Sprintf("What was remembered of the setting for its restoring cannot be used: %v. The setting stays as it is.", err))
		return nil, diagnostics
	}
	return value, diagnostics
}
