package provider_test

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"net/http"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// anything is an answer that every decoder accepts, about nothing in
// particular.
const anything = `{"id":"x","userPrincipalName":"x@contoso.com","value":[],"objectId":"default","allowedToUseSSPR":true,"isRoot":true,"isVerified":true,` +
	`"passwordWritebackSupported":true,"accountUnlockEnabled":true,"policyMigrationState":"later","enablementType":9,"responses":[]}`

// answering is a provider whose directory gives every request the same answer,
// except that it refuses writes: those would be read back for a long time.
func answering(t testing.TB, status int, body string) *acctest.Server {
	t.Helper()
	started, err := mockdirectory.Start(mockdirectory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := started.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, path := range []string{"/v1.0/**", "/api/**"} {
		for _, method := range []string{http.MethodPatch, http.MethodPut} {
			started.AddFault(mockdirectory.Fault{Method: method, Path: path, Status: http.StatusForbidden, Times: 1 << 30})
		}
		started.AddFault(mockdirectory.Fault{Path: path, Status: status, Body: body, Times: 1 << 30})
	}
	d := &acctest.Directory{Directory: started}
	return d.Server(t)
}

// malformed is what takes the place of a value of some type.
type malformed struct {
	name  string
	value *tfprotov6.DynamicValue
	// broken says that it is no value of the type at all.
	broken bool
}

// malformations are values that Terraform would not send, of a type and of
// others.
func malformations(t *testing.T, kind tftypes.Type) []malformed {
	t.Helper()
	object, ok := kind.(tftypes.Object)
	if !ok {
		t.Fatalf("%s is not an object", kind)
	}
	others := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"stray": tftypes.String}}
	list := []malformed{
		{"nothing", nil, true},
		{"an empty message", &tfprotov6.DynamicValue{}, true},
		{"garbage", &tfprotov6.DynamicValue{MsgPack: []byte("\xc1\xff garbage")}, true},
		{"truncated", &tfprotov6.DynamicValue{MsgPack: []byte{0x8f}}, true},
		{"nested", &tfprotov6.DynamicValue{MsgPack: bytes.Repeat([]byte{0x91}, 100_000)}, true},
		{"broken JSON", &tfprotov6.DynamicValue{JSON: []byte(`{"`)}, true},
		{"JSON null", &tfprotov6.DynamicValue{JSON: []byte(`null`)}, false},
		{"a text", dynamic(t, tftypes.NewValue(tftypes.String, "x")), true},
		{"a list", dynamic(t, tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{})), true},
		{"another object", dynamic(t, tftypes.NewValue(others, map[string]tftypes.Value{"stray": tftypes.NewValue(tftypes.String, "x")})), true},
		{"an empty object", dynamic(t, tftypes.NewValue(tftypes.Object{}, map[string]tftypes.Value{})), true},
		{"null", dynamic(t, tftypes.NewValue(kind, nil)), false},
		{"unknown", dynamic(t, tftypes.NewValue(kind, tftypes.UnknownValue)), false},
	}
	for name, fill := range map[string]func(tftypes.Type) tftypes.Value{
		"all attributes null":    func(kind tftypes.Type) tftypes.Value { return tftypes.NewValue(kind, nil) },
		"all attributes unknown": func(kind tftypes.Type) tftypes.Value { return tftypes.NewValue(kind, tftypes.UnknownValue) },
		"odd attributes":         odd,
	} {
		members := map[string]tftypes.Value{}
		for attribute, kind := range object.AttributeTypes {
			members[attribute] = fill(kind)
		}
		list = append(list, malformed{name, dynamic(t, tftypes.NewValue(kind, members)), false})
	}
	return list
}

// odd is a value of a type that nothing sensible has.
func odd(kind tftypes.Type) tftypes.Value {
	switch of := kind.(type) {
	case tftypes.Object:
		members := map[string]tftypes.Value{}
		for name, kind := range of.AttributeTypes {
			members[name] = odd(kind)
		}
		return tftypes.NewValue(kind, members)
	case tftypes.Map:
		return tftypes.NewValue(kind, map[string]tftypes.Value{"": odd(of.ElementType)})
	case tftypes.List:
		return tftypes.NewValue(kind, []tftypes.Value{odd(of.ElementType), tftypes.NewValue(of.ElementType, nil)})
	case tftypes.Set:
		return tftypes.NewValue(kind, []tftypes.Value{odd(of.ElementType), tftypes.NewValue(of.ElementType, nil)})
	}
	switch {
	case kind.Is(tftypes.Number):
		return tftypes.NewValue(kind, new(big.Float).SetMantExp(big.NewFloat(-1.5), 5000))
	case kind.Is(tftypes.Bool):
		return tftypes.NewValue(kind, true)
	}
	return tftypes.NewValue(kind, "../\x00\x1b[2J\u202e%2f?#'"+strings.Repeat("x", 10_000))
}

func dynamic(t *testing.T, value tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		t.Fatal(err)
	}
	return &encoded
}

// privates are contents of private state.
var privates = map[string][]byte{
	"none": nil, "empty": {}, "garbage": []byte("\xff\x00"), "null": []byte("null"), "a list": []byte("[]"), "no base64": []byte(`{"before":"?"}`),
	"a null value":       []byte(`{"before":"eyJ2ZXJzaW9uIjoxLCJ2YWx1ZSI6bnVsbH0="}`),
	"an odd value":       []byte(`{"before":"eyJ2ZXJzaW9uIjoxLCJ2YWx1ZSI6WzFdfQ==","ignored_methods":"eyI="}`),
	"a broken framework": []byte(`{".frameworkKey":"bnVsbA=="}`),
}

// survives makes a call and fails the test if it panics, or if it ends in
// something else than diagnostics.
func survives(t *testing.T, what string, call func() ([]*tfprotov6.Diagnostic, error)) []*tfprotov6.Diagnostic {
	t.Helper()
	defer func() {
		t.Helper()
		if r := recover(); r != nil {
			t.Errorf("%s: panic: %v\n%s", what, r, debug.Stack())
		}
	}()
	diagnostics, err := call()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	return diagnostics
}

// providers are two whose directory refuses everything or answers nonsense.
func providers(t *testing.T) map[string]*acctest.Server {
	t.Helper()
	return map[string]*acctest.Server{"refused": answering(t, http.StatusForbidden, ""), "nonsense": answering(t, http.StatusOK, anything)}
}

// TestMalformedResourcesAreDiagnostics sends every resource requests whose
// values Terraform would not send.
func TestMalformedResourcesAreDiagnostics(t *testing.T) {
	t.Parallel()
	for name, server := range providers(t) {
		for _, kind := range server.ResourceTypes() {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				_, schema, _ := server.Protocol()
				values := malformations(t, schema.ResourceSchemas[kind].ValueType())
				for _, value := range values {
					single(t, server, kind, value)
					for _, other := range values {
						several(t, server, kind, value, other)
					}
				}
			})
		}
	}
}

// single sends the requests that carry one value.
func single(t *testing.T, s *acctest.Server, kind string, value malformed) {
	t.Helper()
	server, _, _ := s.Protocol()
	what := kind + ", " + value.name
	diagnostics := survives(t, "validate "+what, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: kind, Config: value.value})
		return resp.Diagnostics, err
	})
	if value.broken && value.value != nil && acctest.Errors(diagnostics) == "" {
		t.Errorf("validate %s: no error", what)
	}
	for name, private := range privates {
		diagnostics := survives(t, "read "+what+", private "+name, func() ([]*tfprotov6.Diagnostic, error) {
			resp, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: kind, CurrentState: value.value, Private: private})
			return resp.Diagnostics, err
		})
		if value.broken && value.value != nil && acctest.Errors(diagnostics) == "" {
			t.Errorf("read %s: no error", what)
		}
	}
}

// several sends the requests that carry two values and more.
func several(t *testing.T, s *acctest.Server, kind string, one, two malformed) {
	t.Helper()
	server, _, _ := s.Protocol()
	what := fmt.Sprintf("%s, %s and %s", kind, one.name, two.name)
	for _, private := range [][]byte{nil, privates["a null value"], privates["an odd value"], privates["garbage"]} {
		survives(t, "plan "+what, func() ([]*tfprotov6.Diagnostic, error) {
			resp, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
				TypeName: kind, PriorState: one.value, ProposedNewState: two.value, Config: two.value, PriorPrivate: private})
			return resp.Diagnostics, err
		})
		survives(t, "apply "+what, func() ([]*tfprotov6.Diagnostic, error) {
			resp, err := server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
				TypeName: kind, PriorState: one.value, PlannedState: two.value, Config: two.value, PlannedPrivate: private})
			return resp.Diagnostics, err
		})
	}
	survives(t, "plan "+what+", configuration as before", func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
			TypeName: kind, PriorState: one.value, ProposedNewState: two.value, Config: one.value})
		return resp.Diagnostics, err
	})
}

// TestMalformedStateFilesAreDiagnostics reads state files, identities and
// import ids that Terraform did not write.
func TestMalformedStateFilesAreDiagnostics(t *testing.T) {
	t.Parallel()
	raws := []*tfprotov6.RawState{nil, {}, {Flatmap: map[string]string{"id": "x"}}}
	for _, text := range []string{"", "null", "7", `"x"`, "[]", "{}", "{", `{"id":7}`, `{"id":null}`, `{"id":["x"]}`, `{"stray":{"x":[1]}}`, "\xff", `{"id":1e400,"enabled":"x"}`, strings.Repeat(`{"id":`, 20_000)} {
		raws = append(raws, &tfprotov6.RawState{JSON: []byte(text)})
	}
	for name, server := range providers(t) {
		for _, kind := range server.ResourceTypes() {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				for i, raw := range raws {
					for _, version := range []int64{-1, 0, 1, 99} {
						upgrades(t, server, kind, fmt.Sprintf("%s, state %d of version %d", kind, i, version), raw, version)
					}
				}
				imports(t, server, kind)
			})
		}
	}
}

func upgrades(t *testing.T, s *acctest.Server, kind, what string, raw *tfprotov6.RawState, version int64) {
	t.Helper()
	server, _, _ := s.Protocol()
	survives(t, "upgrade "+what, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{TypeName: kind, RawState: raw, Version: version})
		return resp.Diagnostics, err
	})
	survives(t, "upgrade identity "+what, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := server.UpgradeResourceIdentity(t.Context(), &tfprotov6.UpgradeResourceIdentityRequest{TypeName: kind, RawIdentity: raw, Version: version})
		return resp.Diagnostics, err
	})
	survives(t, "move "+what, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := server.MoveResourceState(t.Context(), &tfprotov6.MoveResourceStateRequest{TargetTypeName: kind, SourceTypeName: "other", SourceState: raw, SourceSchemaVersion: version})
		return resp.Diagnostics, err
	})
}

// strangeIDs are import ids that name nothing.
var strangeIDs = []string{"", ".", "..", "../x", "a%2fb", "a?b", "a#b", "o'neil", "a\nb", "a\x00", "\x1b[2J", "\xff", "$x", "a,b", "00000000-0000-0000-0000-000000000000", strings.Repeat("x", 100_000)}

func imports(t *testing.T, s *acctest.Server, kind string) {
	t.Helper()
	server, _, identity := s.Protocol()
	for _, id := range strangeIDs {
		imported(t, server, kind, id)
	}
	for _, value := range malformations(t, identity.IdentitySchemas[kind].ValueType()) {
		survives(t, "import "+kind+" by identity, "+value.name, func() ([]*tfprotov6.Diagnostic, error) {
			resp, err := server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: kind, Identity: &tfprotov6.ResourceIdentityData{IdentityData: value.value}})
			return resp.Diagnostics, err
		})
		survives(t, "read "+kind+" with identity, "+value.name, func() ([]*tfprotov6.Diagnostic, error) {
			_, schema, _ := s.Protocol()
			resp, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: kind,
				CurrentState:    dynamic(t, odd(schema.ResourceSchemas[kind].ValueType())),
				CurrentIdentity: &tfprotov6.ResourceIdentityData{IdentityData: value.value}})
			return resp.Diagnostics, err
		})
	}
}

func imported(t *testing.T, server tfprotov6.ProviderServer, kind, id string) []*tfprotov6.Diagnostic {
	t.Helper()
	return survives(t, fmt.Sprintf("import %s %.50q", kind, id), func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: kind, ID: id})
		return resp.Diagnostics, err
	})
}

// TestMalformedQuestionsAreDiagnostics sends malformed configurations to
// everything that only reads, and to the provider itself.
func TestMalformedQuestionsAreDiagnostics(t *testing.T) {
	t.Parallel()
	for name, s := range providers(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, schema, _ := s.Protocol()
			for kind, source := range schema.DataSourceSchemas {
				for _, value := range malformations(t, source.ValueType()) {
					survives(t, "validate "+kind+", "+value.name, func() ([]*tfprotov6.Diagnostic, error) {
						resp, err := server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: kind, Config: value.value})
						return resp.Diagnostics, err
					})
					survives(t, "read "+kind+", "+value.name, func() ([]*tfprotov6.Diagnostic, error) {
						resp, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: kind, Config: value.value})
						return resp.Diagnostics, err
					})
				}
			}
			for kind, list := range schema.ListResourceSchemas {
				for _, value := range malformations(t, list.ValueType()) {
					lists(t, server, kind, value)
				}
			}
		})
	}
	for _, value := range malformations(t, schemaOf(t).ValueType()) {
		if value.value == nil {
			// The plugin framework itself cannot do without.
			continue
		}
		survives(t, "configure, "+value.name, func() ([]*tfprotov6.Diagnostic, error) { return configured(t, value.value) })
	}
}

func lists(t *testing.T, server tfprotov6.ProviderServer, kind string, value malformed) {
	t.Helper()
	lister, ok := server.(tfprotov6.ListResourceServer)
	if !ok {
		t.Fatalf("%s is announced and cannot be listed", kind)
	}
	survives(t, "validate list "+kind+", "+value.name, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := lister.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: kind, Config: value.value})
		return resp.Diagnostics, err
	})
	survives(t, "list "+kind+", "+value.name, func() ([]*tfprotov6.Diagnostic, error) {
		stream, err := lister.ListResource(t.Context(), &tfprotov6.ListResourceRequest{TypeName: kind, Config: value.value, IncludeResource: true, Limit: 5})
		var all []*tfprotov6.Diagnostic
		if err == nil {
			for result := range stream.Results {
				all = append(all, result.Diagnostics...)
			}
		}
		return all, err
	})
}

func schemaOf(t *testing.T) *tfprotov6.Schema {
	t.Helper()
	_, schema, _ := acctest.Unconfigured(t).Protocol()
	return schema.Provider
}

// configured validates and configures a provider of its own.
func configured(t *testing.T, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
	t.Helper()
	server, _, _ := acctest.Unconfigured(t).Protocol()
	validated, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: config})
	if err != nil {
		return nil, err
	}
	resp, err := server.ConfigureProvider(context.WithoutCancel(t.Context()), &tfprotov6.ConfigureProviderRequest{Config: config})
	if err != nil {
		return nil, err
	}
	return append(validated.Diagnostics, resp.Diagnostics...), nil
}
