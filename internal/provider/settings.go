package provider

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/credential"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// settings is what is used: the block, completed from the environment and from
// the defaults of the cloud.
type settings struct {
	signIn                        credential.Config
	graphEndpoint, portalEndpoint string
	authority                     string
	caCertificateFile             string
	noBulkReads                   bool
}

// resolve completes the block. The variables are those of the azuread
// provider, then those of Microsoft's own libraries.
func (m model) resolve(ctx context.Context, getenv func(string) string) (settings, diag.Diagnostics) {
	endpoints, diagnostics := resourcekit.Object[endpointsModel](ctx, m.Endpoints)
	portal, more := resourcekit.Object[portalModel](ctx, m.Portal)
	diagnostics.Append(more...)

	from := &lookup{getenv: getenv}
	name := from.text(m.Environment, "ARM_ENVIRONMENT")
	cloud, known := findCloud(name)
	if !known {
		diagnostics.AddAttributeError(path.Root("environment"), "Unknown environment",
			fmt.Sprintf("%q is none of %s.", name, strings.Join(environmentNames(), ", ")))
	}
	resolved := settings{
		caCertificateFile: from.text(m.CACertificateFile, "ENTRAID_CA_CERTIFICATE_FILE"),
		graphEndpoint:     cmp.Or(from.text(endpoints.Graph, "ENTRAID_GRAPH_ENDPOINT"), cloud.graph),
		portalEndpoint:    cmp.Or(from.text(endpoints.Portal, "ENTRAID_PORTAL_ENDPOINT"), cloud.portal),
		authority:         cmp.Or(from.text(endpoints.Authority, "ENTRAID_AUTHORITY_HOST"), cloud.authority),
		signIn:            m.signIn(from),
		noBulkReads:       m.BulkReads.Equal(types.BoolValue(false)),
	}
	resolved.signIn.AuthorityHost, resolved.signIn.GraphEndpoint = resolved.authority, resolved.graphEndpoint
	resolved.signIn.PortalRefreshToken = from.setting("portal.refresh_token", portal.RefreshToken, "ENTRAID_PORTAL_REFRESH_TOKEN")
	resolved.signIn.PortalClientID = from.text(portal.ClientID, "ENTRAID_PORTAL_CLIENT_ID")

	diagnostics.Append(from.diagnostics...)
	diagnostics.Append(m.contradictions(from)...)
	diagnostics.Append(resolved.check()...)
	return resolved, diagnostics
}

// signIn finds the settings of the ways to sign in.
func (m model) signIn(from *lookup) credential.Config {
	useOIDC, _ := from.flag("use_oidc", m.UseOIDC, false, oidcVariables...)
	useMSI, _ := from.flag("use_msi", m.UseMSI, false, "ARM_USE_MSI")
	useCLI, _ := from.flag("use_cli", m.UseCLI, true, "ARM_USE_CLI")
	return credential.Config{
		TenantID: from.setting("tenant_id", m.TenantID, "ARM_TENANT_ID", "AZURE_TENANT_ID"),
		ClientID: from.either(
			from.setting("client_id", m.ClientID, "ARM_CLIENT_ID", "AZURE_CLIENT_ID"),
			from.file("client_id_file_path", m.ClientIDFilePath, "ARM_CLIENT_ID_FILE_PATH")),
		ClientSecret: from.either(
			from.setting("client_secret", m.ClientSecret, "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"),
			from.file("client_secret_file_path", m.ClientSecretFilePath, "ARM_CLIENT_SECRET_FILE_PATH")),
		Certificate: from.either(
			from.setting("client_certificate", m.ClientCertificate, "ARM_CLIENT_CERTIFICATE", "AZURE_CLIENT_CERTIFICATE"),
			from.file("client_certificate_path", m.ClientCertificatePath, "ARM_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PATH")),
		CertificatePassword: from.setting("client_certificate_password", m.ClientCertificatePassword,
			"ARM_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD"),
		UseOIDC: useOIDC,
		OIDCToken: from.either(
			from.setting("oidc_token", m.OIDCToken, "ARM_OIDC_TOKEN"),
			from.file("oidc_token_file_path", m.OIDCTokenFilePath, "ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE")),
		OIDCRequestURL: from.setting("oidc_request_url", m.OIDCRequestURL,
			"ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"),
		OIDCRequestToken: from.setting("oidc_request_token", m.OIDCRequestToken,
			"ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"),
		ServiceConnectionID: from.setting("ado_pipeline_service_connection_id", m.ServiceConnectionID,
			"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"),
		UseManagedIdentity: useMSI,
		ManagedIdentityID:  from.setting("msi_client_id", m.MSIClientID),
		UseCLI:             useCLI.On,
	}
}

// oidcVariables switch OIDC on; the second is azuread's for Kubernetes.
var oidcVariables = []string{"ARM_USE_OIDC", "ARM_USE_AKS_WORKLOAD_IDENTITY"}

// contradictions are settings of the block that exclude each other, or that
// have no effect. Silence about them would sign in as somebody else.
func (m model) contradictions(from *lookup) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if given(m.ClientSecret, m.ClientSecretFilePath) && given(m.ClientCertificate, m.ClientCertificatePath) {
		diagnostics.AddAttributeError(path.Root("client_secret"), "Contradicting provider settings",
			"The provider block has both a client secret and a client certificate. Remove one of them.")
	}
	if given(m.ClientCertificatePassword) && !from.either(from.setting("", m.ClientCertificate, "ARM_CLIENT_CERTIFICATE", "AZURE_CLIENT_CERTIFICATE"),
		from.setting("", m.ClientCertificatePath, "ARM_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PATH")).Set() {
		diagnostics.AddAttributeError(path.Root("client_certificate_password"), "Incomplete provider settings",
			"There is a password, but no certificate: set client_certificate or client_certificate_path too.")
	}
	for name, attribute := range m.oidc() {
		if _, said := from.flag("use_oidc", m.UseOIDC, false, oidcVariables...); given(attribute) && !said {
			diagnostics.AddAttributeError(path.Root(name), "Incomplete provider settings",
				name+" has no effect without use_oidc. Set use_oidc = true, or remove it.")
		}
	}
	if _, said := from.flag("use_msi", m.UseMSI, false, "ARM_USE_MSI"); given(m.MSIClientID) && !said {
		diagnostics.AddAttributeError(path.Root("msi_client_id"), "Incomplete provider settings",
			"msi_client_id has no effect without use_msi. Set use_msi = true, or remove it.")
	}
	return diagnostics
}

// check judges what was found.
func (s settings) check() diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for name, address := range map[string]string{"graph": s.graphEndpoint, "portal": s.portalEndpoint, "authority": s.authority} {
		parsed, err := url.Parse(address)
		switch {
		case address == "":
		case err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http":
			diagnostics.AddAttributeError(path.Root("endpoints").AtName(name), "Unusable endpoint",
				fmt.Sprintf("%q must be a scheme and a host, such as https://graph.microsoft.com.", address))
		case name == "authority" && parsed.Scheme != "https":
			diagnostics.AddAttributeError(path.Root("endpoints").AtName(name), "Unusable endpoint",
				"The sign-in service must use https: secrets are sent to it.")
		}
	}
	for _, complaint := range s.signIn.Check() {
		diagnostics.AddAttributeError(path.Root(complaint.Attribute), "Unusable sign-in setting", complaint.Detail)
	}
	return diagnostics
}

// credential is what the token sources need.
func (s settings) credential(transport http.RoundTripper) credential.Config {
	config := s.signIn
	config.Transport = transport
	return config
}
