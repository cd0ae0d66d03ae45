package provider

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tenantsettings/terraform-provider-entraid/internal/credential"
)

// environment is what the variables are; the tests do not touch those of the
// process.
type environment map[string]string

func (e environment) get(name string) string { return e[name] }

func resolved(t *testing.T, m model, e environment) (settings, diag.Diagnostics) {
	t.Helper()
	return m.resolve(t.Context(), e.get)
}

func mustResolve(t *testing.T, m model, e environment) settings {
	t.Helper()
	s, diagnostics := resolved(t, m, e)
	if diagnostics.HasError() {
		t.Fatalf("the settings are refused: %v", diagnostics)
	}
	return s
}

func TestNationalCloudsHaveTheirHosts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][3]string{
		"":               {"https://graph.microsoft.com", "https://login.microsoftonline.com", "https://main.iam.ad.ext.azure.com"},
		"public":         {"https://graph.microsoft.com", "https://login.microsoftonline.com", "https://main.iam.ad.ext.azure.com"},
		"global":         {"https://graph.microsoft.com", "https://login.microsoftonline.com", "https://main.iam.ad.ext.azure.com"},
		"usgovernment":   {"https://graph.microsoft.us", "https://login.microsoftonline.us", ""},
		"usgovernmentl4": {"https://graph.microsoft.us", "https://login.microsoftonline.us", ""},
		"usgovernmentl5": {"https://dod-graph.microsoft.us", "https://login.microsoftonline.us", ""},
		"dod":            {"https://dod-graph.microsoft.us", "https://login.microsoftonline.us", ""},
		"china":          {"https://microsoftgraph.chinacloudapi.cn", "https://login.chinacloudapi.cn", ""},
	} {
		s := mustResolve(t, model{}, environment{"ARM_ENVIRONMENT": name})
		if got := [3]string{s.graphEndpoint, s.authority, s.portalEndpoint}; got != want {
			t.Errorf("%q has %v, want %v", name, got, want)
		}
		if s.signIn.GraphEndpoint != want[0] || s.signIn.AuthorityHost != want[1] {
			t.Errorf("%q signs in at %s for %s", name, s.signIn.AuthorityHost, s.signIn.GraphEndpoint)
		}
	}
	if _, diagnostics := resolved(t, model{}, environment{"ARM_ENVIRONMENT": "germany"}); !strings.Contains(fmt.Sprint(diagnostics), "usgovernmentl5") {
		t.Errorf("an unknown cloud gives %v", diagnostics)
	}
}

func TestOwnEndpointsReplaceThoseOfTheCloud(t *testing.T) {
	t.Parallel()
	s := mustResolve(t, model{Environment: types.StringValue("china")}, environment{
		"ENTRAID_GRAPH_ENDPOINT": "https://graph.example", "ENTRAID_PORTAL_ENDPOINT": "https://portal.example", "ENTRAID_AUTHORITY_HOST": "https://login.example",
	})
	if s.graphEndpoint != "https://graph.example" || s.portalEndpoint != "https://portal.example" || s.authority != "https://login.example" {
		t.Errorf("the endpoints are %s, %s, %s", s.graphEndpoint, s.portalEndpoint, s.authority)
	}
	if _, diagnostics := resolved(t, model{}, environment{"ENTRAID_AUTHORITY_HOST": "http://login.example"}); !diagnostics.HasError() {
		t.Error("secrets may go over plain http")
	}
}

// found names every setting, its attribute and its variables in order.
var found = []struct {
	attribute string
	variables []string
	get       func(credential.Config) credential.Setting
}{
	{"tenant_id", []string{"ARM_TENANT_ID", "AZURE_TENANT_ID"}, func(c credential.Config) credential.Setting { return c.TenantID }},
	{"client_id", []string{"ARM_CLIENT_ID", "AZURE_CLIENT_ID"}, func(c credential.Config) credential.Setting { return c.ClientID }},
	{"client_id_file_path", []string{"ARM_CLIENT_ID_FILE_PATH"}, func(c credential.Config) credential.Setting { return c.ClientID }},
	{"client_secret", []string{"ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"}, func(c credential.Config) credential.Setting { return c.ClientSecret }},
	{"client_secret_file_path", []string{"ARM_CLIENT_SECRET_FILE_PATH"}, func(c credential.Config) credential.Setting { return c.ClientSecret }},
	{"client_certificate", []string{"ARM_CLIENT_CERTIFICATE", "AZURE_CLIENT_CERTIFICATE"}, func(c credential.Config) credential.Setting { return c.Certificate }},
	{"client_certificate_path", []string{"ARM_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PATH"}, func(c credential.Config) credential.Setting { return c.Certificate }},
	{"client_certificate_password", []string{"ARM_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD"}, func(c credential.Config) credential.Setting { return c.CertificatePassword }},
	{"oidc_token", []string{"ARM_OIDC_TOKEN"}, func(c credential.Config) credential.Setting { return c.OIDCToken }},
	{"oidc_token_file_path", []string{"ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE"}, func(c credential.Config) credential.Setting { return c.OIDCToken }},
	{"oidc_request_url", []string{"ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"}, func(c credential.Config) credential.Setting { return c.OIDCRequestURL }},
	{"oidc_request_token", []string{"ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"}, func(c credential.Config) credential.Setting { return c.OIDCRequestToken }},
	{"ado_pipeline_service_connection_id", []string{"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"}, func(c credential.Config) credential.Setting { return c.ServiceConnectionID }},
	{"msi_client_id", nil, func(c credential.Config) credential.Setting { return c.ManagedIdentityID }},
}

// with sets an attribute of the block by its name.
func with[T any](t *testing.T, m model, name string, value T) model {
	t.Helper()
	block := reflect.ValueOf(&m).Elem()
	for i := range block.NumField() {
		if block.Type().Field(i).Tag.Get("tfsdk") == name {
			block.Field(i).Set(reflect.ValueOf(value))
			return m
		}
	}
	t.Fatalf("the block has no %s", name)
	return m
}

func TestAttributeWinsOverVariablesAndTheFirstOfThemOverTheNext(t *testing.T) {
	t.Parallel()
	for _, test := range found {
		variables := environment{"ARM_USE_OIDC": "false", "ARM_USE_MSI": "false"}
		for i := len(test.variables) - 1; i >= 0; i-- {
			name := test.variables[i]
			variables[name] = "value of " + name
			if got := test.get(mustResolve(t, model{}, variables).signIn); got.Value != "value of "+name || got.Name != name || got.Explicit {
				t.Errorf("%s: with %s the setting is %+v", test.attribute, name, got)
			}
		}
		isFile := strings.HasSuffix(test.attribute, "_path")
		value := "value of " + test.attribute
		if isFile {
			value = filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(value, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		variables["ARM_TENANT_ID"], variables["ARM_CLIENT_ID"] = "tenant", "client"
		variables["ARM_CLIENT_CERTIFICATE_PATH"] = "certificate"
		got := test.get(mustResolve(t, with(t, model{}, test.attribute, types.StringValue(value)), variables).signIn)
		if got.Value != value || got.Name != test.attribute || !got.Explicit || got.File != isFile {
			t.Errorf("the attribute %s gives %+v", test.attribute, got)
		}
		delete(variables, "ARM_CLIENT_CERTIFICATE_PATH")
		if test.attribute != "client_certificate_password" && !isFile {
			if got := test.get(mustResolve(t, with(t, model{}, test.attribute, types.StringValue("")), variables).signIn); got.Set() && !got.File {
				t.Errorf("an empty %s leaves %+v", test.attribute, got)
			}
		}
	}
}

func TestValueWinsOverFileOfTheSameKind(t *testing.T) {
	t.Parallel()
	e := environment{"ARM_CLIENT_SECRET": "value", "ARM_CLIENT_SECRET_FILE_PATH": "file"}
	if got := mustResolve(t, model{}, e).signIn.ClientSecret; got.Value != "value" || got.File {
		t.Errorf("the secret is %+v", got)
	}
}

func TestSwitches(t *testing.T) {
	t.Parallel()
	c := mustResolve(t, model{}, environment{}).signIn
	if c.UseOIDC.On || c.UseManagedIdentity.On || !c.UseCLI {
		t.Errorf("the defaults are %+v %+v %v", c.UseOIDC, c.UseManagedIdentity, c.UseCLI)
	}
	c = mustResolve(t, model{}, environment{"ARM_USE_AKS_WORKLOAD_IDENTITY": "true", "ARM_USE_MSI": "1", "ARM_USE_CLI": "false"}).signIn
	if !c.UseOIDC.On || !c.UseManagedIdentity.On || c.UseCLI || c.UseOIDC.Explicit {
		t.Errorf("the variables give %+v %+v %v", c.UseOIDC, c.UseManagedIdentity, c.UseCLI)
	}
	c = mustResolve(t, model{UseMSI: types.BoolValue(false), UseCLI: types.BoolValue(true)}, environment{"ARM_USE_MSI": "true", "ARM_USE_CLI": "false"}).signIn
	if c.UseManagedIdentity.On || !c.UseCLI {
		t.Error("a variable wins over the attribute")
	}
	for _, name := range []string{"ARM_USE_OIDC", "ARM_USE_MSI", "ARM_USE_CLI"} {
		if _, diagnostics := resolved(t, model{}, environment{name: "maybe"}); !strings.Contains(fmt.Sprint(diagnostics), name+" must be true or false") {
			t.Errorf("%s = maybe gives %v", name, diagnostics)
		}
	}
}

func TestIncompleteBlocksAreRefusedAtTheAttribute(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	application := environment{"ARM_TENANT_ID": "tenant", "ARM_CLIENT_ID": "client"}
	for name, test := range map[string]struct {
		block  model
		from   environment
		at     string
		detail string
	}{
		"secret without application":      {model{ClientSecret: text("s")}, environment{}, "client_secret", "tenant_id (ARM_TENANT_ID) and client_id (ARM_CLIENT_ID)"},
		"certificate without client":      {model{ClientCertificate: text("c"), TenantID: text("t")}, environment{}, "client_certificate", "client_id (ARM_CLIENT_ID)"},
		"OIDC without token":              {model{UseOIDC: types.BoolValue(true)}, application, "use_oidc", "oidc_token_file_path"},
		"OIDC without request token":      {model{UseOIDC: types.BoolValue(true), OIDCRequestURL: text("https://ci.example")}, application, "use_oidc", "oidc_request_token"},
		"token without OIDC":              {model{OIDCToken: text("t")}, application, "oidc_token", "use_oidc = true"},
		"connection without OIDC":         {model{ServiceConnectionID: text("c")}, application, "ado_pipeline_service_connection_id", "use_oidc = true"},
		"identity without MSI":            {model{MSIClientID: text("c")}, application, "msi_client_id", "use_msi = true"},
		"password without certificate":    {model{ClientCertificatePassword: text("p")}, application, "client_certificate_password", "no certificate"},
		"secret twice":                    {model{ClientSecret: text("s"), ClientSecretFilePath: text("/f")}, application, "client_secret_file_path", "both set"},
		"secret and certificate":          {model{ClientSecret: text("s"), ClientCertificate: text("c")}, application, "client_secret", "both a client secret and a client certificate"},
		"secret file that is missing":     {model{ClientSecretFilePath: text("/does/not/exist")}, application, "client_secret_file_path", "/does/not/exist"},
		"certificate that is missing":     {model{ClientCertificatePath: text("/does/not/exist")}, application, "client_certificate_path", "/does/not/exist"},
		"request over plain http":         {model{UseOIDC: types.BoolValue(true), OIDCRequestURL: text("http://ci.example"), OIDCRequestToken: text("t")}, application, "oidc_request_url", "https"},
		"endpoint that is no address":     {model{}, environment{"ENTRAID_GRAPH_ENDPOINT": "graph"}, "endpoints.graph", "a scheme and a host"},
		"authority over plain http":       {model{}, environment{"ENTRAID_AUTHORITY_HOST": "http://login.example"}, "endpoints.authority", "https"},
		"environment that does not exist": {model{Environment: text("moon")}, environment{}, "environment", "usgovernment"},
	} {
		_, diagnostics := resolved(t, test.block, test.from)
		matched := false
		for _, d := range diagnostics {
			located, ok := d.(diag.DiagnosticWithPath)
			matched = matched || ok && located.Path().String() == test.at && strings.Contains(d.Detail(), test.detail)
		}
		if !matched {
			t.Errorf("%s: no error at %s with %q in %v", name, test.at, test.detail, diagnostics)
		}
	}
}

func TestWhatTheEnvironmentLeavesIncompleteIsPassedOver(t *testing.T) {
	t.Parallel()
	for _, e := range []environment{
		{}, {"ARM_CLIENT_SECRET": "s"}, {"ARM_USE_OIDC": "true"}, {"ARM_CLIENT_CERTIFICATE_PATH": "/does/not/exist"}, {"AZURE_FEDERATED_TOKEN_FILE": "/x"},
	} {
		mustResolve(t, model{}, e)
	}
	// A module may name the token of a pipeline and switch OIDC off at the desk.
	mustResolve(t, model{UseOIDC: types.BoolValue(false), OIDCTokenFilePath: types.StringValue("/does/not/exist")}, environment{})
}

func TestUnknownSettingsAreRefusedAtTheirPath(t *testing.T) {
	t.Parallel()
	s := schemaOf(t)
	kind, ok := s.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	var check func(prefix string, kind tftypes.Object, build func(tftypes.Value) tftypes.Value)
	check = func(prefix string, kind tftypes.Object, build func(tftypes.Value) tftypes.Value) {
		for name, member := range kind.AttributeTypes {
			values := map[string]tftypes.Value{}
			for other, memberType := range kind.AttributeTypes {
				values[other] = tftypes.NewValue(memberType, nil)
			}
			place := func(value tftypes.Value) tftypes.Value {
				values[name] = value
				return build(tftypes.NewValue(kind, values))
			}
			wantUnknown(t, s, prefix+name, place(tftypes.NewValue(member, tftypes.UnknownValue)))
			if nested, ok := member.(tftypes.Object); ok {
				check(prefix+name+".", nested, place)
			}
		}
	}
	check("", kind, func(value tftypes.Value) tftypes.Value { return value })
}

func wantUnknown(t *testing.T, s schema.Schema, at string, config tftypes.Value) {
	t.Helper()
	p := &entraid{version: "test", getenv: environment{}.get}
	var resp provider.ConfigureResponse
	p.Configure(t.Context(), provider.ConfigureRequest{Config: tfsdk.Config{Raw: config, Schema: s}}, &resp)
	for _, d := range resp.Diagnostics {
		located, ok := d.(diag.DiagnosticWithPath)
		if ok && located.Path().String() == at && strings.Contains(d.Detail(), "-target") {
			return
		}
	}
	t.Errorf("%s is unknown: %v", at, resp.Diagnostics)
}

func schemaOf(t *testing.T) schema.Schema {
	t.Helper()
	var resp provider.SchemaResponse
	(&entraid{}).Schema(context.WithoutCancel(t.Context()), provider.SchemaRequest{}, &resp)
	return resp.Schema
}

func TestSecretsAreSensitiveAndEveryAttributeIsDescribed(t *testing.T) {
	t.Parallel()
	secrets := map[string]bool{
		"client_secret": true, "client_certificate": true, "client_certificate_password": true, "oidc_token": true, "oidc_request_token": true,
	}
	values := model{}.values()
	for name, attribute := range schemaOf(t).Attributes {
		if attribute.IsSensitive() != secrets[name] {
			t.Errorf("%s: sensitive is %v", name, attribute.IsSensitive())
		}
		if !strings.HasSuffix(attribute.GetMarkdownDescription(), ".") {
			t.Errorf("%s has no description", name)
		}
		if _, ok := values[name]; !ok {
			t.Errorf("%s is not checked for unknown values", name)
		}
	}
	if !portalAttributes()["refresh_token"].IsSensitive() {
		t.Error("portal.refresh_token is shown")
	}
}
