package acctest

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ReadData reads a data source.
func (s *Server) ReadData(source string, config Values) (Instance, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	schema, ok := s.schema.DataSourceSchemas[source]
	if !ok {
		s.t.Fatalf("the provider has no data source %s", source)
	}
	kind := schema.ValueType()
	resp, err := s.provider.ReadDataSource(s.t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: source, Config: s.dynamic(s.object(kind, config)),
	})
	s.must(err)
	return Instance{Type: source, State: s.value(kind, resp.State, tftypes.NewValue(kind, nil))}, resp.Diagnostics
}

// Elements returns the objects of a list, for [Server.Attribute].
func (s *Server) Elements(instance Instance, name string) []Instance {
	s.t.Helper()
	var values []tftypes.Value
	list := s.members(instance.State)[name]
	s.must(list.As(&values))
	var elements []Instance
	for _, value := range values {
		elements = append(elements, Instance{State: value})
	}
	return elements
}

// Stored is an instance as a state file holds it.
type Stored struct {
	SchemaVersion         int64  `json:"schema_version"`
	Attributes            []byte `json:"-"`
	IdentitySchemaVersion int64  `json:"identity_schema_version"`
	Identity              []byte `json:"-"`
	Private               []byte `json:"private"`
}

// Load turns a stored instance, which an earlier version of the provider may
// have written, into one of today.
func (s *Server) Load(resource string, stored Stored) (Instance, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	kind := s.typeOf(resource)
	resp, err := s.provider.UpgradeResourceState(s.t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: resource, Version: stored.SchemaVersion, RawState: &tfprotov6.RawState{JSON: stored.Attributes},
	})
	s.must(err)
	loaded := Instance{Type: resource, State: s.value(kind, resp.UpgradedState, tftypes.NewValue(kind, nil)), Private: stored.Private}
	if stored.Identity == nil {
		return loaded, resp.Diagnostics
	}
	identity, err := s.provider.UpgradeResourceIdentity(s.t.Context(), &tfprotov6.UpgradeResourceIdentityRequest{
		TypeName: resource, Version: stored.IdentitySchemaVersion, RawIdentity: &tfprotov6.RawState{JSON: stored.Identity},
	})
	s.must(err)
	loaded.Identity = identity.UpgradedIdentity
	return loaded, append(resp.Diagnostics, identity.Diagnostics...)
}

// ResourceTypes returns the types of all resources.
func (s *Server) ResourceTypes() []string { return slices.Sorted(maps.Keys(s.schema.ResourceSchemas)) }

// DataSourceTypes returns the types of all data sources.
func (s *Server) DataSourceTypes() []string {
	return slices.Sorted(maps.Keys(s.schema.DataSourceSchemas))
}

// Protocol returns the provider itself and what it says of itself, for requests
// that Terraform would not send.
func (s *Server) Protocol() (tfprotov6.ProviderServer, *tfprotov6.GetProviderSchemaResponse, *tfprotov6.GetResourceIdentitySchemasResponse) {
	return s.provider, s.schema, s.identity
}
