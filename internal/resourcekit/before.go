package resourcekit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
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

type remembered struct {
	Version int             `json:"version"`
	Value   json.RawMessage `json:"value"`
}

// Remember stores what a setting was, for its restoring at destroy.
func Remember(ctx context.Context, private PrivateWriter, value any) diag.Diagnostics {
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
	return diagnostics
}

// Recall returns what Remember stored, or nil where nothing usable is there.
// That it is unusable is a warning: it must not keep anybody from leaving.
func Recall[T any](ctx context.Context, private PrivateReader) (*T, diag.Diagnostics) {
	content, diagnostics := private.GetKey(ctx, beforeKey)
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
