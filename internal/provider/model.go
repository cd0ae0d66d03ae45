package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// model is the provider block as it is written.
type model struct {
	TenantID                  types.String `tfsdk:"tenant_id"`
	ClientID                  types.String `tfsdk:"client_id"`
	ClientIDFilePath          types.String `tfsdk:"client_id_file_path"`
	ClientSecret              types.String `tfsdk:"client_secret"`
	ClientSecretFilePath      types.String `tfsdk:"client_secret_file_path"`
	ClientCertificate         types.String `tfsdk:"client_certificate"`
	ClientCertificatePath     types.String `tfsdk:"client_certificate_path"`
	ClientCertificatePassword types.String `tfsdk:"client_certificate_password"`
	UseOIDC                   types.Bool   `tfsdk:"use_oidc"`
	OIDCToken                 types.String `tfsdk:"oidc_token"`
	OIDCTokenFilePath         types.String `tfsdk:"oidc_token_file_path"`
	OIDCRequestURL            types.String `tfsdk:"oidc_request_url"`
	OIDCRequestToken          types.String `tfsdk:"oidc_request_token"`
	ServiceConnectionID       types.String `tfsdk:"ado_pipeline_service_connection_id"`
	UseMSI                    types.Bool   `tfsdk:"use_msi"`
	MSIClientID               types.String `tfsdk:"msi_client_id"`
	UseCLI                    types.Bool   `tfsdk:"use_cli"`
	Environment               types.String `tfsdk:"environment"`
	CACertificateFile         types.String `tfsdk:"ca_certificate_file"`
	BulkReads                 types.Bool   `tfsdk:"bulk_reads"`
	Endpoints                 types.Object `tfsdk:"endpoints"`
	Portal                    types.Object `tfsdk:"portal"`
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

// values are all attributes by name.
func (m model) values() map[string]attr.Value {
	values := map[string]attr.Value{
		"tenant_id": m.TenantID, "client_id": m.ClientID, "client_id_file_path": m.ClientIDFilePath,
		"client_secret": m.ClientSecret, "client_secret_file_path": m.ClientSecretFilePath,
		"client_certificate": m.ClientCertificate, "client_certificate_path": m.ClientCertificatePath,
		"client_certificate_password": m.ClientCertificatePassword,
		"use_oidc":                    m.UseOIDC, "use_msi": m.UseMSI, "msi_client_id": m.MSIClientID, "use_cli": m.UseCLI,
		"environment": m.Environment, "ca_certificate_file": m.CACertificateFile, "bulk_reads": m.BulkReads, "endpoints": m.Endpoints, "portal": m.Portal,
	}
	for name, value := range m.oidc() {
		values[name] = value
	}
	return values
}

// oidc are the attributes that use_oidc switches on.
func (m model) oidc() map[string]types.String {
	return map[string]types.String{
		"oidc_token": m.OIDCToken, "oidc_token_file_path": m.OIDCTokenFilePath,
		"oidc_request_url": m.OIDCRequestURL, "oidc_request_token": m.OIDCRequestToken,
		"ado_pipeline_service_connection_id": m.ServiceConnectionID,
	}
}

// refuseUnknown reports each setting whose value comes from something that is
// not there yet: signing in with half a configuration would fail later and say
// less.
func (m model) refuseUnknown() diag.Diagnostics {
	var diagnostics diag.Diagnostics
	check := func(at path.Path, value attr.Value) {
		if value.IsUnknown() {
			diagnostics.AddAttributeError(at, "Provider setting is not known yet",
				fmt.Sprintf("The value of %s depends on something that is created only during the apply. Use a value that is known before, "+
					"or apply what it depends on first with -target.", at))
		}
	}
	for name, value := range m.values() {
		check(path.Root(name), value)
		if object, ok := value.(types.Object); ok {
			for member, inner := range object.Attributes() {
				check(path.Root(name).AtName(member), inner)
			}
		}
	}
	return diagnostics
}

// given reports whether one of the attributes holds a text.
func given(attributes ...types.String) bool {
	for _, attribute := range attributes {
		if attribute.ValueString() != "" {
			return true
		}
	}
	return false
}
