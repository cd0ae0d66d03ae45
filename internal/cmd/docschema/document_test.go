package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// described is a provider that only answers what it offers.
type described struct {
	tfprotov6.ProviderServer

	schemas    tfprotov6.GetProviderSchemaResponse
	identities tfprotov6.GetResourceIdentitySchemasResponse
	err        error
}

func (d described) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &d.schemas, d.err
}

func (d described) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &d.identities, nil
}

func TestPrintsEveryKindOfSchema(t *testing.T) {
	t.Parallel()
	server := described{
		schemas: tfprotov6.GetProviderSchemaResponse{
			Provider: &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{
				Description: "Does *things*.", DescriptionKind: tfprotov6.StringKindMarkdown,
				Attributes: []*tfprotov6.SchemaAttribute{{Name: "token", Type: tftypes.String, Optional: true, Sensitive: true}},
			}},
			ResourceSchemas: map[string]*tfprotov6.Schema{"x_thing": {Version: 2, Block: &tfprotov6.SchemaBlock{
				Deprecated: true,
				Attributes: []*tfprotov6.SchemaAttribute{
					{Name: "tags", Type: tftypes.Set{ElementType: tftypes.String}, Required: true, Deprecated: true},
					{Name: "size", Optional: true, Computed: true, NestedType: &tfprotov6.SchemaObject{
						Nesting:    tfprotov6.SchemaObjectNestingModeSingle,
						Attributes: []*tfprotov6.SchemaAttribute{{Name: "width", Type: tftypes.Number, Optional: true, WriteOnly: true}},
					}},
				},
				BlockTypes: []*tfprotov6.SchemaNestedBlock{{
					TypeName: "rule", Nesting: tfprotov6.SchemaNestedBlockNestingModeList, MinItems: 1, MaxItems: 3,
					Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{{Name: "on", Type: tftypes.Bool, Required: true}}},
				}},
			}}},
			DataSourceSchemas:        map[string]*tfprotov6.Schema{"x_look": {}},
			EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"x_brief": {}},
			ListResourceSchemas:      map[string]*tfprotov6.Schema{"x_thing": {}},
		},
		identities: tfprotov6.GetResourceIdentitySchemasResponse{IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{
			"x_thing": {Version: 1, IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
				{Name: "id", Type: tftypes.String, RequiredForImport: true, Description: "Id."},
				{Name: "zone", Type: tftypes.String, OptionalForImport: true},
			}},
		}},
	}
	const want = `{"format_version": "1.0", "provider_schemas": {"example": {
		"provider": {"version": 0, "block": {
			"attributes": {"token": {"type": "string", "description_kind": "plain", "optional": true, "sensitive": true}},
			"description": "Does *things*.", "description_kind": "markdown"}},
		"resource_schemas": {"x_thing": {"version": 2, "block": {
			"attributes": {
				"tags": {"type": ["set", "string"], "description_kind": "plain", "deprecated": true, "required": true},
				"size": {"nested_type": {"nesting_mode": "single",
					"attributes": {"width": {"type": "number", "description_kind": "plain", "optional": true, "write_only": true}}},
					"description_kind": "plain", "optional": true, "computed": true}},
			"block_types": {"rule": {"nesting_mode": "list", "min_items": 1, "max_items": 3,
				"block": {"attributes": {"on": {"type": "bool", "description_kind": "plain", "required": true}}, "description_kind": "plain"}}},
			"description_kind": "plain", "deprecated": true}}},
		"data_source_schemas": {"x_look": {"version": 0}},
		"ephemeral_resource_schemas": {"x_brief": {"version": 0}},
		"list_resource_schemas": {"x_thing": {"version": 0}},
		"resource_identity_schemas": {"x_thing": {"version": 1, "attributes": {
			"id": {"type": "string", "description": "Id.", "required_for_import": true},
			"zone": {"type": "string", "optional_for_import": true}}}}
	}}}`

	var got bytes.Buffer
	if err := write(t.Context(), &got, "example", server); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(decode(t, got.String()), decode(t, want)) {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
}

func TestPrintsNothingOfAProviderThatFails(t *testing.T) {
	t.Parallel()
	broken := []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Old", Detail: "Never mind."},
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Broken", Detail: "No schema."},
	}
	for name, test := range map[string]struct {
		server described
		want   string
	}{
		"call":       {described{err: errors.New("gone")}, "getting the schemas: gone"},
		"schemas":    {described{schemas: tfprotov6.GetProviderSchemaResponse{Diagnostics: broken}}, "getting the schemas: Broken: No schema."},
		"identities": {described{identities: tfprotov6.GetResourceIdentitySchemasResponse{Diagnostics: broken}}, "getting the identities: Broken: No schema."},
		"unprinted kind": {described{schemas: tfprotov6.GetProviderSchemaResponse{Functions: map[string]*tfprotov6.Function{"parse": {}}}},
			"the provider has functions, actions or state stores, which are not printed yet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			if err := write(t.Context(), &got, "example", test.server); err == nil || err.Error() != test.want {
				t.Errorf("got the error %v, want %q", err, test.want)
			}
			if got.Len() > 0 {
				t.Errorf("printed %s", got.String())
			}
		})
	}
}

func TestPrintsTheProvider(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{address: nil, "entraid": {"-name", "entraid"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var output bytes.Buffer
			if err := run(t.Context(), args, &output, io.Discard); err != nil {
				t.Fatal(err)
			}
			var printed struct {
				Providers map[string]struct {
					Resources     map[string]any `json:"resource_schemas"`
					ListResources map[string]any `json:"list_resource_schemas"`
					Identities    map[string]any `json:"resource_identity_schemas"`
				} `json:"provider_schemas"`
			}
			if err := json.Unmarshal(output.Bytes(), &printed); err != nil {
				t.Fatal(err)
			}
			provider, ok := printed.Providers[name]
			if !ok {
				t.Fatalf("no provider %s in %s", name, output.String())
			}
			if _, ok := provider.Resources["entraid_sspr_policy"]; !ok {
				t.Errorf("the self-service password reset policy is missing: %s", output.String())
			}
			if _, ok := provider.ListResources["entraid_password_expiration_policy"]; !ok {
				t.Errorf("the list of domains is missing: %s", output.String())
			}
			if _, ok := provider.Identities["entraid_sspr_policy"]; !ok {
				t.Errorf("the identity of the self-service password reset policy is missing: %s", output.String())
			}
		})
	}
}

func TestRefusesAnUnknownFlag(t *testing.T) {
	t.Parallel()
	if err := run(t.Context(), []string{"-colour"}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "-colour") {
		t.Errorf("got the error %v, want one that names the flag", err)
	}
}

func decode(t *testing.T, document string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		t.Fatal(err)
	}
	return value
}
