package provider

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// attributes are the provider's settings, under the names of the azuread
// provider where it has them.
func attributes() map[string]schema.Attribute {
	all := map[string]schema.Attribute{
		"environment": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Cloud of the tenant: `public` (default, also `global`), `usgovernment` (also `usgovernmentl4`), `usgovernmentl5` (also `dod`) or `china`. Also `ARM_ENVIRONMENT`. " +
				"The self-service password reset of users and its on-premises integration can be managed in `public` only.",
			Validators: []validator.String{stringvalidator.OneOf(environmentNames()...)},
		},
		"ca_certificate_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Path of a PEM file with certificate authorities to trust for the three endpoints, besides those of the system. " +
				"Also `ENTRAID_CA_CERTIFICATE_FILE`.",
		},
		"bulk_reads": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether a refresh of many `entraid_user_password_never_expires` may be answered by one listing of the users " +
				"whose password never expires instead of a request for each. The listing may lag by minutes, so it is believed only where it agrees with the state; " +
				"a change from outside within that time shows in a later plan. Default `true`; `false` reads each user on its own.",
		},
		"endpoints": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Addresses to use in place of those of `environment`, for other clouds, proxies and the mock directory.",
			Attributes:          endpointAttributes(),
		},
		"portal": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "How to sign in to the back end of the admin center, which holds the self-service password reset policy and its on-premises integration, and " +
				"accepts users only. Without it, the user of the Azure CLI is used.",
			Attributes: portalAttributes(),
		},
	}
	for _, more := range []map[string]schema.Attribute{applicationAttributes(), oidcAttributes(), otherAttributes()} {
		maps.Copy(all, more)
	}
	return all
}

// text is an optional attribute, secret one that Terraform does not show.
func text(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description}
}

func secret(description string) schema.StringAttribute {
	attribute := text(description)
	attribute.Sensitive = true
	return attribute
}

// applicationAttributes are those of an application with a secret or a
// certificate.
func applicationAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"tenant_id": text("Directory (tenant) id, or a verified domain of the tenant. Also `ARM_TENANT_ID` or `AZURE_TENANT_ID`."),
		"client_id": text("Application (client) id to sign in to Microsoft Graph with. Also `ARM_CLIENT_ID` or `AZURE_CLIENT_ID`."),
		"client_id_file_path": text("Path of a file that holds the application (client) id, in place of `client_id`. " +
			"Also `ARM_CLIENT_ID_FILE_PATH`."),
		"client_secret": secret("Client secret of the application. Also `ARM_CLIENT_SECRET` or `AZURE_CLIENT_SECRET`."),
		"client_secret_file_path": text("Path of a file that holds the client secret, in place of `client_secret`. " +
			"Also `ARM_CLIENT_SECRET_FILE_PATH`."),
		"client_certificate": secret("Certificate of the application with its RSA private key, as PKCS#12 or PEM in base64. " +
			"Also `ARM_CLIENT_CERTIFICATE` or `AZURE_CLIENT_CERTIFICATE`."),
		"client_certificate_path": text("Path of a PKCS#12 (`.pfx`) or PEM file with the certificate of the application and its RSA private key, " +
			"in place of `client_certificate`. Also `ARM_CLIENT_CERTIFICATE_PATH` or `AZURE_CLIENT_CERTIFICATE_PATH`."),
		"client_certificate_password": secret("Password of the PKCS#12 file, or of the encrypted private key in the PEM file. " +
			"Also `ARM_CLIENT_CERTIFICATE_PASSWORD` or `AZURE_CLIENT_CERTIFICATE_PASSWORD`."),
	}
}

// oidcAttributes are those of an application that trusts another issuer.
func oidcAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"use_oidc": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to sign in with an OIDC token of another issuer that the application trusts (workload identity federation), " +
				"as in GitHub Actions, Azure DevOps and Kubernetes. Default `false`. Also `ARM_USE_OIDC` or `ARM_USE_AKS_WORKLOAD_IDENTITY`.",
		},
		"oidc_token": secret("The OIDC token. Such tokens live for minutes; a file or a request gives a fresh one. Also `ARM_OIDC_TOKEN`."),
		"oidc_token_file_path": text("Path of a file that holds the OIDC token. It is read again at each sign-in. " +
			"Also `ARM_OIDC_TOKEN_FILE_PATH` or `AZURE_FEDERATED_TOKEN_FILE`."),
		"oidc_request_url": text("Address at which the pipeline gives OIDC tokens. " +
			"Also `ARM_OIDC_REQUEST_URL`, `ACTIONS_ID_TOKEN_REQUEST_URL` (GitHub) or `SYSTEM_OIDCREQUESTURI` (Azure DevOps)."),
		"oidc_request_token": secret("Bearer token for that address. " +
			"Also `ARM_OIDC_REQUEST_TOKEN`, `ACTIONS_ID_TOKEN_REQUEST_TOKEN` (GitHub) or `SYSTEM_ACCESSTOKEN` (Azure DevOps)."),
		"ado_pipeline_service_connection_id": text("Id of the Azure DevOps service connection whose application signs in. " +
			"Also `ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID` or `ARM_OIDC_AZURE_SERVICE_CONNECTION_ID`."),
	}
}

// otherAttributes are those of identities that need no application.
func otherAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"use_msi": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Whether to sign in with the managed identity of the machine. Default `false`. Also `ARM_USE_MSI`.",
		},
		"msi_client_id": text("Client id of a user-assigned managed identity. Without it that is `client_id`, and without both " +
			"the machine's own identity is used."),
		"use_cli": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to sign in as whoever is signed in to the Azure CLI (`az login`) where nothing else is configured completely. " +
				"Default `true`. Also `ARM_USE_CLI`.",
		},
	}
}

func endpointAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"graph": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Base address of Microsoft Graph, without the version. Also `ENTRAID_GRAPH_ENDPOINT`.",
		},
		"portal": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Base address of the admin center's back end, without `/api`. Also `ENTRAID_PORTAL_ENDPOINT`.",
		},
		"authority": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Base address of the sign-in service. Also `ENTRAID_AUTHORITY_HOST`.",
		},
	}
}

func portalAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"refresh_token": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "Refresh token of a user, for unattended runs; it takes `tenant_id` too. A token that the service issues in its place is used for the " +
				"rest of the run and stored nowhere. Also `ENTRAID_PORTAL_REFRESH_TOKEN`.",
		},
		"client_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Public application that the refresh token was issued to; that of the Azure CLI by default. " +
				"Also `ENTRAID_PORTAL_CLIENT_ID`.",
		},
	}
}
