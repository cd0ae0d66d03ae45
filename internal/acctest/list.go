package acctest

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Query is what a list block asks for. Without a limit all results are wanted.
type Query struct {
	Config          Values
	IncludeResource bool
	Limit           int64
}

// Listed is one result of a list resource. Its State is null unless the query
// includes the resource.
type Listed struct {
	Instance

	DisplayName string
	Identity    Values
}

// List lists as Terraform does: it stops at the first error, and counts a
// warning that comes alone as no result.
func (s *Server) List(resource string, query Query) ([]Listed, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	stream, err := s.lister().ListResource(s.t.Context(), &tfprotov6.ListResourceRequest{
		TypeName: resource, Config: s.dynamic(s.object(s.listTypeOf(resource), query.Config)),
		IncludeResource: query.IncludeResource, Limit: query.Limit,
	})
	s.must(err)
	var listed []Listed
	var diagnostics []*tfprotov6.Diagnostic
	for result := range stream.Results {
		diagnostics = append(diagnostics, result.Diagnostics...)
		if Errors(diagnostics) != "" {
			break
		}
		if result.Identity != nil || len(result.Diagnostics) == 0 {
			listed = append(listed, s.listed(resource, result))
		}
	}
	return listed, diagnostics
}

// listed reads a result and fails the test where it identifies nothing.
func (s *Server) listed(resource string, result tfprotov6.ListResourceResult) Listed {
	s.t.Helper()
	if result.Identity == nil || !s.identifies(resource, result.Identity) {
		s.t.Fatalf("%q, a result of %s, has no identity", result.DisplayName, resource)
	}
	kind := s.typeOf(resource)
	one := Listed{
		Instance:    Instance{Type: resource, State: s.value(kind, result.Resource, tftypes.NewValue(kind, nil)), Identity: result.Identity},
		DisplayName: result.DisplayName,
		Identity:    Values{},
	}
	identity := Instance{State: s.value(s.identity.IdentitySchemas[resource].ValueType(), result.Identity.IdentityData, tftypes.Value{})}
	for name := range s.members(identity.State) {
		one.Identity[name] = s.Attribute(identity, name)
	}
	return one
}

// ValidateList validates the configuration of a list block.
func (s *Server) ValidateList(resource string, config Values) []*tfprotov6.Diagnostic {
	s.t.Helper()
	resp, err := s.lister().ValidateListResourceConfig(s.t.Context(), &tfprotov6.ValidateListResourceConfigRequest{
		TypeName: resource, Config: s.dynamic(s.object(s.listTypeOf(resource), config)),
	})
	s.must(err)
	return resp.Diagnostics
}

// ListResourceTypes returns the types of all list resources.
func (s *Server) ListResourceTypes() []string {
	return slices.Sorted(maps.Keys(s.schema.ListResourceSchemas))
}

func (s *Server) lister() tfprotov6.ListResourceServer {
	s.t.Helper()
	lister, ok := s.provider.(tfprotov6.ListResourceServer)
	if !ok {
		s.t.Fatal("the provider does not list")
	}
	return lister
}

func (s *Server) listTypeOf(resource string) tftypes.Type {
	s.t.Helper()
	schema, ok := s.schema.ListResourceSchemas[resource]
	if !ok {
		s.t.Fatalf("the provider does not list %s", resource)
	}
	return schema.ValueType()
}

// Generated is the configuration that Terraform would generate from a result:
// every attribute that can be written.
func (s *Server) Generated(listed Listed) Values {
	s.t.Helper()
	config := Values{}
	for _, attribute := range s.schema.ResourceSchemas[listed.Type].Block.Attributes {
		if attribute.Required || attribute.Optional {
			config[attribute.Name] = s.Attribute(listed.Instance, attribute.Name)
		}
	}
	return config
}

// NeedsQuery skips a test where the installed program has no "terraform query":
// it came with Terraform 1.14, and OpenTofu has none.
func NeedsQuery(t testing.TB) {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), Terraform(t), "version").Output()
	if err != nil {
		t.Fatalf("%s does not tell its version: %v", Terraform(t), err)
	}
	line, _, _ := strings.Cut(string(output), "\n")
	name, number, _ := strings.Cut(line, " v")
	found, err := version.NewVersion(number)
	if err != nil {
		t.Fatalf("%s tells its version as %q: %v", Terraform(t), line, err)
	}
	if name != "Terraform" || found.Core().LessThan(version.Must(version.NewVersion("1.14.0"))) {
		t.Skipf("\"terraform query\" takes Terraform 1.14 or newer, and this is %s %s", name, found)
	}
}
