package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// document is the whole output.
// See https://developer.hashicorp.com/terraform/cli/commands/providers/schema.
type document struct {
	FormatVersion string                    `json:"format_version"`
	Providers     map[string]providerSchema `json:"provider_schemas"`
}

type providerSchema struct {
	Provider           *schema                    `json:"provider,omitempty"`
	Resources          map[string]*schema         `json:"resource_schemas,omitempty"`
	DataSources        map[string]*schema         `json:"data_source_schemas,omitempty"`
	EphemeralResources map[string]*schema         `json:"ephemeral_resource_schemas,omitempty"`
	ListResources      map[string]*schema         `json:"list_resource_schemas,omitempty"`
	Identities         map[string]*identitySchema `json:"resource_identity_schemas,omitempty"`
}

type schema struct {
	Version int64  `json:"version"`
	Block   *block `json:"block,omitempty"`
}

type block struct {
	Attributes      map[string]*attribute   `json:"attributes,omitempty"`
	Blocks          map[string]*nestedBlock `json:"block_types,omitempty"`
	Description     string                  `json:"description,omitempty"`
	DescriptionKind string                  `json:"description_kind,omitempty"`
	Deprecated      bool                    `json:"deprecated,omitempty"`
}

type nestedBlock struct {
	NestingMode string `json:"nesting_mode"`
	Block       *block `json:"block,omitempty"`
	MinItems    int64  `json:"min_items,omitempty"`
	MaxItems    int64  `json:"max_items,omitempty"`
}

type attribute struct {
	// Type and NestedType exclude each other.
	Type            tftypes.Type `json:"type,omitempty"`
	NestedType      *nestedType  `json:"nested_type,omitempty"`
	Description     string       `json:"description,omitempty"`
	DescriptionKind string       `json:"description_kind,omitempty"`
	Deprecated      bool         `json:"deprecated,omitempty"`
	Required        bool         `json:"required,omitempty"`
	Optional        bool         `json:"optional,omitempty"`
	Computed        bool         `json:"computed,omitempty"`
	Sensitive       bool         `json:"sensitive,omitempty"`
	WriteOnly       bool         `json:"write_only,omitempty"`
}

type nestedType struct {
	Attributes  map[string]*attribute `json:"attributes,omitempty"`
	NestingMode string                `json:"nesting_mode"`
}

type identitySchema struct {
	Version    int64                         `json:"version"`
	Attributes map[string]*identityAttribute `json:"attributes,omitempty"`
}

type identityAttribute struct {
	Type              tftypes.Type `json:"type"`
	Description       string       `json:"description,omitempty"`
	RequiredForImport bool         `json:"required_for_import,omitempty"`
	OptionalForImport bool         `json:"optional_for_import,omitempty"`
}

// write asks a provider for its schemas and prints them under a name.
func write(ctx context.Context, w io.Writer, name string, server tfprotov6.ProviderServer) error {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return fmt.Errorf("getting the schemas: %w", err)
	}
	if err := failure(schemas.Diagnostics); err != nil {
		return fmt.Errorf("getting the schemas: %w", err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return fmt.Errorf("getting the identities: %w", err)
	}
	if err := failure(identities.Diagnostics); err != nil {
		return fmt.Errorf("getting the identities: %w", err)
	}
	if err := documented(schemas); err != nil {
		return err
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document{
		FormatVersion: "1.0",
		Providers: map[string]providerSchema{name: {
			Provider:           schemaOf(schemas.Provider),
			Resources:          each(schemas.ResourceSchemas, schemaOf),
			DataSources:        each(schemas.DataSourceSchemas, schemaOf),
			EphemeralResources: each(schemas.EphemeralResourceSchemas, schemaOf),
			ListResources:      each(schemas.ListResourceSchemas, schemaOf),
			Identities:         each(identities.IdentitySchemas, identityOf),
		}},
	})
}

// documented refuses the kinds of things that this command does not print:
// their pages would be missing without a word.
func documented(schemas *tfprotov6.GetProviderSchemaResponse) error {
	if len(schemas.Functions)+len(schemas.ActionSchemas)+len(schemas.StateStoreSchemas) > 0 {
		return errors.New("the provider has functions, actions or state stores, which are not printed yet")
	}
	return nil
}

// failure joins the errors among diagnostics.
func failure(diagnostics []*tfprotov6.Diagnostic) error {
	var failures []error
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			failures = append(failures, fmt.Errorf("%s: %s", d.Summary, d.Detail))
		}
	}
	return errors.Join(failures...)
}

// each converts the values of a map.
func each[From, To any](from map[string]From, convert func(From) To) map[string]To {
	to := make(map[string]To, len(from))
	for name, value := range from {
		to[name] = convert(value)
	}
	return to
}

func schemaOf(s *tfprotov6.Schema) *schema {
	if s == nil {
		return nil
	}
	return &schema{Version: s.Version, Block: blockOf(s.Block)}
}

func blockOf(b *tfprotov6.SchemaBlock) *block {
	if b == nil {
		return nil
	}
	converted := &block{
		Attributes:      attributesOf(b.Attributes),
		Blocks:          map[string]*nestedBlock{},
		Description:     b.Description,
		DescriptionKind: lower(b.DescriptionKind),
		Deprecated:      b.Deprecated,
	}
	for _, nested := range b.BlockTypes {
		converted.Blocks[nested.TypeName] = &nestedBlock{
			NestingMode: lower(nested.Nesting), Block: blockOf(nested.Block), MinItems: nested.MinItems, MaxItems: nested.MaxItems,
		}
	}
	return converted
}

func attributesOf(attributes []*tfprotov6.SchemaAttribute) map[string]*attribute {
	converted := make(map[string]*attribute, len(attributes))
	for _, a := range attributes {
		converted[a.Name] = attributeOf(a)
	}
	return converted
}

func attributeOf(a *tfprotov6.SchemaAttribute) *attribute {
	converted := &attribute{
		Type:            a.Type,
		Description:     a.Description,
		DescriptionKind: lower(a.DescriptionKind),
		Deprecated:      a.Deprecated,
		Required:        a.Required,
		Optional:        a.Optional,
		Computed:        a.Computed,
		Sensitive:       a.Sensitive,
		WriteOnly:       a.WriteOnly,
	}
	if a.NestedType != nil {
		converted.NestedType = &nestedType{Attributes: attributesOf(a.NestedType.Attributes), NestingMode: lower(a.NestedType.Nesting)}
	}
	return converted
}

func identityOf(s *tfprotov6.ResourceIdentitySchema) *identitySchema {
	if s == nil {
		return nil
	}
	converted := &identitySchema{Version: s.Version, Attributes: map[string]*identityAttribute{}}
	for _, a := range s.IdentityAttributes {
		converted.Attributes[a.Name] = &identityAttribute{
			Type: a.Type, Description: a.Description, RequiredForImport: a.RequiredForImport, OptionalForImport: a.OptionalForImport,
		}
	}
	return converted
}

// lower is the word of the JSON for one of the protocol's.
func lower(word fmt.Stringer) string { return strings.ToLower(word.String()) }
