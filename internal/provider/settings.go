package provider

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/credential"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// model is the provider block as it is written.
type model struct {
	TenantID          types.String `tfsdk:"tenant_id"`
	ClientID          types.String `tfsdk:"client_id"`
	ClientSecret      types.String `tfsdk:"client_secret"`
	UseCLI            types.Bool   `tfsdk:"use_cli"`
	Environment       types.String `tfsdk:"environment"`
	CACertificateFile types.String `tfsdk:"ca_certificate_file"`
	Endpoints         types.Object `tfsdk:"endpoints"`
	Portal            types.Object `tfsdk:"portal"`
}

type endpointsModel struct {
	Graph     types.String `tfsdk:"graph"`
	Portal    types.String `tfsdk:"portal"`
	Authority types.String `tfsdk:"authority"`
}

type portalModel struct {
	RefreshToken types.String `tfsdk:"refresh_token"`
	ClientID     types.String `tfsdk:"client_id"`
}

// refuseUnknown reports each setting whose value comes from something that is
// not there yet: signing in with half a configuration would fail later and say
// less.
func (m model) refuseUnknown(ctx context.Context) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	check := func(at path.Path, value attr.Value) {
		if value.IsUnknown() {
			diagnostics.AddAttributeError(at, "Provider setting is not known yet",
				fmt.Sprintf("The value of %s depends on something that is created only during the apply. Use a value that is known before, "+
					"or apply what it depends on first with -target.", at))
		}
	}
	check(path.Root("tenant_id"), m.TenantID)
	check(path.Root("client_id"), m.ClientID)
	check(path.Root("client_secret"), m.ClientSecret)
	check(path.Root("use_cli"), m.UseCLI)
	check(path.Root("environment"), m.Environment)
	check(path.Root("ca_certificate_file"), m.CACertificateFile)
	for name, object := range map[string]types.Object{"endpoints": m.Endpoints, "portal": m.Portal} {
		check(path.Root(name), object)
		for member, value := range object.Attributes() {
			check(path.Root(name).AtName(member), value)
		}
	}
	return diagnostics
}

// settings is what is used: the block, completed from the environment and from
// the defaults of the cloud.
type settings struct {
	tenantID, clientID, clientSecret string
	useCLI                           bool
	caCertificateFile                string
	graphEndpoint, portalEndpoint    string
	authority                        string
	ownAuthority                     bool
	refreshToken, portalClientID     string
}

// resolve completes the block. An attribute wins over a variable, the first
// variable that is set over the next.
func (m model) resolve(ctx context.Context, getenv func(string) string) (settings, diag.Diagnostics) {
	endpoints, diagnostics := resourcekit.Object[endpointsModel](ctx, m.Endpoints)
	portal, more := resourcekit.Object[portalModel](ctx, m.Portal)
	diagnostics.Append(more...)

	from := lookup(getenv)
	name := from.text(m.Environment, "ARM_ENVIRONMENT")
	if name == "" {
		name = "public"
	}
	cloud, known := clouds[name]
	if !known {
		diagnostics.AddAttributeError(path.Root("environment"), "Unknown environment",
			fmt.Sprintf("%q is none of %s.", name, strings.Join(environmentNames(), ", ")))
	}
	resolved := settings{
		tenantID:          from.text(m.TenantID, "ARM_TENANT_ID", "AZURE_TENANT_ID"),
		clientID:          from.text(m.ClientID, "ARM_CLIENT_ID", "AZURE_CLIENT_ID"),
		clientSecret:      from.text(m.ClientSecret, "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"),
		caCertificateFile: from.text(m.CACertificateFile, "ENTRAID_CA_CERTIFICATE_FILE"),
		graphEndpoint:     from.text(endpoints.Graph, "ENTRAID_GRAPH_ENDPOINT"),
		portalEndpoint:    from.text(endpoints.Portal, "ENTRAID_PORTAL_ENDPOINT"),
		authority:         from.text(endpoints.Authority, "ENTRAID_AUTHORITY_HOST"),
		refreshToken:      from.text(portal.RefreshToken, "ENTRAID_PORTAL_REFRESH_TOKEN"),
		portalClientID:    from.text(portal.ClientID, "ENTRAID_PORTAL_CLIENT_ID"),
	}
	useCLI, err := from.flag(m.UseCLI, true, "ARM_USE_CLI")
	if err != nil {
		diagnostics.AddAttributeError(path.Root("use_cli"), "Unusable environment variable", err.Error())
	}
	resolved.useCLI = useCLI
	diagnostics.Append(resolved.complete(cloud)...)
	return resolved, diagnostics
}

// complete fills in the addresses of the cloud.
func (s *settings) complete(defaults cloud) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	s.ownAuthority = s.authority != ""
	s.graphEndpoint = or(s.graphEndpoint, defaults.graph)
	s.portalEndpoint = or(s.portalEndpoint, defaults.portal)
	s.authority = or(s.authority, defaults.authority)
	for name, address := range map[string]string{"graph": s.graphEndpoint, "portal": s.portalEndpoint, "authority": s.authority} {
		if parsed, err := url.Parse(address); address != "" && (err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http") {
			diagnostics.AddAttributeError(path.Root("endpoints").AtName(name), "Unusable endpoint",
				fmt.Sprintf("%q must be a scheme and a host, such as https://graph.microsoft.com.", address))
		}
	}
	if strings.HasPrefix(s.authority, "http://") {
		diagnostics.AddAttributeError(path.Root("endpoints").AtName("authority"), "Unusable endpoint",
			"The sign-in service must use https: secrets are sent to it.")
	}
	return diagnostics
}

func or(value, fallback string) string {
	if value != "" {
		return value
	}
	return fallback
}

// lookup reads environment variables.
type lookup func(string) string

func (l lookup) text(attribute types.String, variables ...string) string {
	if resourcekit.Known(attribute) {
		return attribute.ValueString()
	}
	for _, name := range variables {
		if value := l(name); value != "" {
			return value
		}
	}
	return ""
}

func (l lookup) flag(attribute types.Bool, fallback bool, variable string) (bool, error) {
	if resourcekit.Known(attribute) {
		return attribute.ValueBool(), nil
	}
	value := l(variable)
	if value == "" {
		return fallback, nil
	}
	parsed, err := strconv.ParseBool(value)
	if err != nil {
		return fallback, fmt.Errorf("the value of %s must be true or false", variable)
	}
	return parsed, nil
}

func (s settings) credential(transport http.RoundTripper) credential.Config {
	return credential.Config{
		AuthorityHost:      s.authority,
		OwnAuthority:       s.ownAuthority,
		GraphEndpoint:      s.graphEndpoint,
		TenantID:           s.tenantID,
		ClientID:           s.clientID,
		ClientSecret:       s.clientSecret,
		UseCLI:             s.useCLI,
		PortalRefreshToken: s.refreshToken,
		PortalClientID:     s.portalClientID,
		Transport:          transport,
	}
}
