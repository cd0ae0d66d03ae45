package acctest

import (
	"fmt"
	"maps"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tenantsettings/terraform-provider-entraid/internal/provider"
)

// Server speaks the plugin protocol to a provider that is configured for a
// directory. It shows what the test framework hides: warnings, private state
// and identity, in milliseconds and without Terraform.
type Server struct {
	t        testing.TB
	provider tfprotov6.ProviderServer
	schema   *tfprotov6.GetProviderSchemaResponse
	identity *tfprotov6.GetResourceIdentitySchemasResponse
}

// Values are an object's attributes as Go values; those that are left out are
// null. [Unknown] stands for a value that is not known yet.
type Values map[string]any

type unknown struct{}

// Unknown is a value that is not known yet.
var Unknown = unknown{}

// Instance is a resource as Terraform keeps it between two operations.
type Instance struct {
	Type     string
	State    tftypes.Value
	Private  []byte
	Identity *tfprotov6.ResourceIdentityData
}

// Gone reports whether the instance is not in the state.
func (i Instance) Gone() bool { return i.State.IsNull() }

// Forgotten is an instance of which nothing is remembered.
func (s *Server) Forgotten(i Instance) Instance {
	s.t.Helper()
	i = i.WithoutPrivate()
	members := s.members(i.State)
	members["former_settings"] = tftypes.NewValue(tftypes.String, nil)
	i.State = tftypes.NewValue(i.State.Type(), members)
	return i
}

// WithoutPrivate is an instance as Terraform leaves it when the provider is
// killed during an update, and as it hands it out to be replaced when it is
// tainted.
func (i Instance) WithoutPrivate() Instance {
	i.Private = nil
	return i
}

// Unconfigured returns a provider of which Configure was not called.
func Unconfigured(t testing.TB) *Server {
	t.Helper()
	server := provider.NewServer("test")
	s := &Server{t: t, provider: server}
	var err error
	s.schema, err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	s.must(err)
	s.identity, err = server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	s.must(err)
	return s
}

// Server returns a provider that is configured for the directory. Overrides
// replace single settings of the provider block.
func (d *Directory) Server(t testing.TB, overrides ...Values) *Server {
	t.Helper()
	s := Unconfigured(t)
	s.Quiet(s.Configure(d.Settings(overrides...)))
	return s
}

// Settings is what [Directory.Provider] configures, as values.
func (d *Directory) Settings(overrides ...Values) Values {
	c := d.Connection()
	settings := Values{
		"tenant_id": c.TenantID, "client_id": c.ClientID, "client_secret": c.ClientSecret,
		"ca_certificate_file": c.CACertificateFile, "use_cli": false,
		"endpoints": Values{"graph": c.GraphEndpoint, "portal": c.PortalEndpoint, "authority": c.AuthorityHost},
		"portal":    Values{"refresh_token": c.PortalRefreshToken},
	}
	for _, override := range overrides {
		for name, value := range override {
			settings[name] = value
		}
	}
	return settings
}

// Configure configures the provider.
func (s *Server) Configure(settings Values) []*tfprotov6.Diagnostic {
	s.t.Helper()
	resp, err := s.provider.ConfigureProvider(s.t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.11.4",
		Config:           s.dynamic(s.object(s.schema.Provider.ValueType(), settings)),
	})
	s.must(err)
	return resp.Diagnostics
}

// Validate validates a resource's configuration.
func (s *Server) Validate(resource string, config Values) []*tfprotov6.Diagnostic {
	s.t.Helper()
	resp, err := s.provider.ValidateResourceConfig(s.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: resource, Config: s.dynamic(s.object(s.typeOf(resource), config)),
	})
	s.must(err)
	return resp.Diagnostics
}

// Plan is the outcome of planning.
type Plan struct {
	Instance
	config      tftypes.Value
	prior       Instance
	Replaces    []*tftypes.AttributePath
	Diagnostics []*tfprotov6.Diagnostic
}

// Empty reports whether nothing is planned.
func (p Plan) Empty() bool { return p.State.Equal(p.prior.State) && len(p.Replaces) == 0 }

// New is a resource that is not in the state.
func (s *Server) New(resource string) Instance {
	return Instance{Type: resource, State: tftypes.NewValue(s.typeOf(resource), nil)}
}

// Plan plans a configuration, or with nil the destruction.
func (s *Server) Plan(prior Instance, config Values) Plan {
	s.t.Helper()
	kind := s.typeOf(prior.Type)
	configured := tftypes.NewValue(kind, nil)
	if config != nil {
		configured = s.object(kind, config)
	}
	resp, err := s.provider.PlanResourceChange(s.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName:         prior.Type,
		PriorState:       s.dynamic(prior.State),
		ProposedNewState: s.dynamic(s.proposed(prior, configured)),
		Config:           s.dynamic(configured),
		PriorPrivate:     prior.Private,
		PriorIdentity:    prior.Identity,
	})
	s.must(err)
	return Plan{
		Instance: Instance{Type: prior.Type, State: s.value(kind, resp.PlannedState, prior.State), Private: resp.PlannedPrivate, Identity: resp.PlannedIdentity},
		config:   configured, prior: prior, Replaces: resp.RequiresReplace, Diagnostics: resp.Diagnostics,
	}
}

// proposed merges the configuration with the prior state as Terraform does: a
// computed attribute that is not configured keeps its value.
func (s *Server) proposed(prior Instance, configured tftypes.Value) tftypes.Value {
	if configured.IsNull() || prior.State.IsNull() {
		return configured
	}
	return s.merge(s.schema.ResourceSchemas[prior.Type].Block.Attributes, prior.State, configured)
}

func (s *Server) merge(attributes []*tfprotov6.SchemaAttribute, prior, configured tftypes.Value) tftypes.Value {
	before, now := s.members(prior), s.members(configured)
	for _, attribute := range attributes {
		name := attribute.Name
		switch {
		case now[name].IsNull() && attribute.Computed:
			now[name] = before[name]
		case attribute.NestedType != nil && now[name].IsKnown() && !now[name].IsNull() && !before[name].IsNull():
			now[name] = s.merge(attribute.NestedType.Attributes, before[name], now[name])
		}
	}
	return tftypes.NewValue(configured.Type(), now)
}

// Apply applies a plan.
func (s *Server) Apply(plan Plan) (Instance, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	kind := s.typeOf(plan.Type)
	resp, err := s.provider.ApplyResourceChange(s.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: plan.Type, PriorState: s.dynamic(plan.prior.State), PlannedState: s.dynamic(plan.State),
		Config: s.dynamic(plan.config), PlannedPrivate: plan.Private, PlannedIdentity: plan.Identity,
	})
	s.must(err)
	applied := Instance{Type: plan.Type, State: s.value(kind, resp.NewState, tftypes.NewValue(kind, nil)), Private: resp.Private, Identity: resp.NewIdentity}
	if Errors(resp.Diagnostics) == "" {
		s.consistent(plan.State, applied.State)
	}
	return applied, resp.Diagnostics
}

// consistent fails the test where Terraform would speak of an inconsistent
// result: what was known in the plan must be what comes out of the apply.
func (s *Server) consistent(planned, applied tftypes.Value) {
	s.t.Helper()
	differences, err := planned.Diff(applied)
	s.must(err)
	for _, difference := range differences {
		if difference.Value1 != nil && difference.Value1.IsFullyKnown() && len(difference.Path.Steps()) > 0 {
			s.t.Errorf("the provider produced an inconsistent result: %s", difference)
		}
	}
}

// Refresh reads an instance again.
func (s *Server) Refresh(instance Instance) (Instance, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	resp, err := s.provider.ReadResource(s.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: instance.Type, CurrentState: s.dynamic(instance.State), Private: instance.Private, CurrentIdentity: instance.Identity,
	})
	s.must(err)
	refreshed := Instance{Type: instance.Type, State: s.value(s.typeOf(instance.Type), resp.NewState, instance.State), Private: resp.Private, Identity: resp.NewIdentity}
	return refreshed, resp.Diagnostics
}

// Import imports by id and reads what was imported.
func (s *Server) Import(resource, id string) (Instance, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	return s.importing(&tfprotov6.ImportResourceStateRequest{TypeName: resource, ID: id})
}

// ImportIdentity imports by identity and reads what was imported.
func (s *Server) ImportIdentity(resource string, identity Values) (Instance, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	value := s.object(s.identity.IdentitySchemas[resource].ValueType(), identity)
	return s.importing(&tfprotov6.ImportResourceStateRequest{
		TypeName: resource, Identity: &tfprotov6.ResourceIdentityData{IdentityData: s.dynamic(value)},
	})
}

func (s *Server) importing(req *tfprotov6.ImportResourceStateRequest) (Instance, []*tfprotov6.Diagnostic) {
	resp, err := s.provider.ImportResourceState(s.t.Context(), req)
	s.must(err)
	if len(resp.ImportedResources) != 1 {
		return s.New(req.TypeName), resp.Diagnostics
	}
	imported := resp.ImportedResources[0]
	if imported.Identity == nil || !s.identifies(req.TypeName, imported.Identity) {
		s.t.Errorf("the import of %s sets no identity", req.TypeName)
	}
	instance := Instance{Type: req.TypeName, State: s.value(s.typeOf(req.TypeName), imported.State, tftypes.Value{}), Private: imported.Private, Identity: imported.Identity}
	instance, more := s.Refresh(instance)
	return instance, append(resp.Diagnostics, more...)
}

// identifies reports whether an identity has a value for every attribute.
func (s *Server) identifies(resource string, identity *tfprotov6.ResourceIdentityData) bool {
	value := s.value(s.identity.IdentitySchemas[resource].ValueType(), identity.IdentityData, tftypes.Value{})
	for _, member := range s.members(value) {
		if member.IsNull() {
			return false
		}
	}
	return true
}

// Must plans and applies a configuration, or with nil the destruction, and
// fails the test on an error.
func (s *Server) Must(prior Instance, config Values) Instance {
	s.t.Helper()
	plan := s.Plan(prior, config)
	if !prior.Gone() && plan.Empty() {
		// Terraform applies nothing where nothing is planned.
		return prior
	}
	s.NoError(plan.Diagnostics)
	instance, diagnostics := s.Apply(plan)
	s.NoError(diagnostics)
	return instance
}

// MustRefresh reads an instance again and fails the test on an error.
func (s *Server) MustRefresh(instance Instance) Instance {
	s.t.Helper()
	refreshed, diagnostics := s.Refresh(instance)
	s.NoError(diagnostics)
	return refreshed
}

// NoError fails the test on an error among diagnostics.
func (s *Server) NoError(diagnostics []*tfprotov6.Diagnostic) {
	s.t.Helper()
	if errors := Texts(diagnostics, tfprotov6.DiagnosticSeverityError); errors != "" {
		s.t.Fatalf("unexpected error:\n%s", errors)
	}
}

// Quiet fails the test on any diagnostic.
func (s *Server) Quiet(diagnostics []*tfprotov6.Diagnostic) {
	s.t.Helper()
	if len(diagnostics) > 0 {
		s.t.Fatalf("unexpected diagnostics:\n%s%s", Errors(diagnostics), Warnings(diagnostics))
	}
}

// Errors is the text of all errors, each with its attribute's path.
func Errors(diagnostics []*tfprotov6.Diagnostic) string {
	return Texts(diagnostics, tfprotov6.DiagnosticSeverityError)
}

// Warnings is the text of all warnings, each with its attribute's path.
func Warnings(diagnostics []*tfprotov6.Diagnostic) string {
	return Texts(diagnostics, tfprotov6.DiagnosticSeverityWarning)
}

// Texts is what a person would read of the diagnostics of one severity.
func Texts(diagnostics []*tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity) string {
	var text strings.Builder
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity != severity {
			continue
		}
		if diagnostic.Attribute != nil {
			fmt.Fprintf(&text, "[%s] ", pathText(diagnostic.Attribute))
		}
		fmt.Fprintf(&text, "%s\n%s\n", diagnostic.Summary, diagnostic.Detail)
	}
	return text.String()
}

func pathText(path *tftypes.AttributePath) string {
	var names []string
	for _, step := range path.Steps() {
		names = append(names, fmt.Sprint(step))
	}
	return strings.Join(names, ".")
}

// Attribute returns an attribute of an instance as a Go value: string, bool,
// int64, []string, map[string]string or nil. Nested attributes are separated by dots.
func (s *Server) Attribute(instance Instance, name string) any {
	s.t.Helper()
	value := instance.State
	for part := range strings.SplitSeq(name, ".") {
		value = s.members(value)[part]
	}
	switch {
	case !value.IsKnown():
		return Unknown
	case value.IsNull():
		return nil
	case value.Type().Is(tftypes.Bool):
		var out bool
		s.must(value.As(&out))
		return out
	case value.Type().Is(tftypes.Number):
		var out big.Float
		s.must(value.As(&out))
		number, _ := out.Int64()
		return number
	case value.Type().Is(tftypes.List{}):
		var elements []tftypes.Value
		s.must(value.As(&elements))
		texts := make([]string, len(elements))
		for i, element := range elements {
			s.must(element.As(&texts[i]))
		}
		return texts
	case value.Type().Is(tftypes.Map{}):
		texts := map[string]string{}
		for key, element := range s.members(value) {
			var text string
			s.must(element.As(&text))
			texts[key] = text
		}
		return texts
	}
	var out string
	s.must(value.As(&out))
	return out
}

func (s *Server) typeOf(resource string) tftypes.Type {
	s.t.Helper()
	schema, ok := s.schema.ResourceSchemas[resource]
	if !ok {
		s.t.Fatalf("the provider has no resource %s", resource)
	}
	return schema.ValueType()
}

// object builds a value of an object type; what is left out is null.
func (s *Server) object(kind tftypes.Type, values Values) tftypes.Value {
	s.t.Helper()
	object, ok := kind.(tftypes.Object)
	if !ok {
		s.t.Fatalf("%s is not an object", kind)
	}
	members := map[string]tftypes.Value{}
	for name, memberType := range object.AttributeTypes {
		members[name] = s.convert(memberType, values[name])
	}
	for name := range values {
		if _, ok := members[name]; !ok {
			s.t.Fatalf("there is no attribute %s", name)
		}
	}
	return tftypes.NewValue(kind, members)
}

func (s *Server) convert(kind tftypes.Type, value any) tftypes.Value {
	switch v := value.(type) {
	case unknown:
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	case Values:
		return s.object(kind, v)
	case []string:
		elements := make([]tftypes.Value, 0, len(v))
		for _, element := range v {
			elements = append(elements, tftypes.NewValue(tftypes.String, element))
		}
		return tftypes.NewValue(kind, elements)
	case map[string]string:
		elements := map[string]tftypes.Value{}
		for key, element := range v {
			elements[key] = tftypes.NewValue(tftypes.String, element)
		}
		return tftypes.NewValue(kind, elements)
	}
	return tftypes.NewValue(kind, value)
}

func (s *Server) members(value tftypes.Value) map[string]tftypes.Value {
	s.t.Helper()
	var members map[string]tftypes.Value
	s.must(value.As(&members))
	// The map belongs to the value.
	return maps.Clone(members)
}

func (s *Server) dynamic(value tftypes.Value) *tfprotov6.DynamicValue {
	s.t.Helper()
	dynamic, err := tfprotov6.NewDynamicValue(value.Type(), value)
	s.must(err)
	return &dynamic
}

func (s *Server) value(kind tftypes.Type, dynamic *tfprotov6.DynamicValue, fallback tftypes.Value) tftypes.Value {
	s.t.Helper()
	if dynamic == nil {
		return fallback
	}
	value, err := dynamic.Unmarshal(kind)
	s.must(err)
	return value
}

func (s *Server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
