package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// attributes are the provider's settings, under the names of the azuread
// provider where it has them.
func attributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"tenant_id": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Directory (tenant) id, or a verified domain of the tenant. Also `ARM_TENANT_ID` or `AZURE_TENANT_ID`.",
		},
		"client_id": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Application (client) id to sign in to Microsoft Graph with. Also `ARM_CLIENT_ID` or `AZURE_CLIENT_ID`.",
		},
		"client_secret": schema.StringAttribute{
			Optional:            true,
			Sensitive:           true,
			MarkdownDescription: "Client secret of the application. Also `ARM_CLIENT_SECRET` or `AZURE_CLIENT_SECRET`.",
		},
		"use_cli": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to sign in with the user of the Azure CLI (`az login`) where nothing else is configured. " +
				"Default `true`. Also `ARM_USE_CLI`.",
		},
		"environment": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Cloud of the tenant: `public` (default), `usgovernment`, `usgovernmentl5` or `china`. Also `ARM_ENVIRONMENT`. " +
				"The self-service password reset policy can be managed in `public` only.",
			Validators: []validator.String{stringvalidator.OneOf(environmentNames()...)},
		},
		"ca_certificate_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Path of a PEM file with certificate authorities to trust for the three endpoints, besides those of the system. " +
				"Also `ENTRAID_CA_CERTIFICATE_FILE`.",
		},
		"endpoints": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Addresses to use in place of those of `environment`, for other clouds, proxies and the mock directory.",
			Attributes:          endpointAttributes(),
		},
		"portal": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "How to sign in to the back end of the admin center, which holds the self-service password reset policy and " +
				"accepts users only. Without it, the user of the Azure CLI is used.",
			Attributes: portalAttributes(),
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
			Optional:            true,
			Sensitive:           true,
			MarkdownDescription: "Refresh token of a user, for unattended runs. Also `ENTRAID_PORTAL_REFRESH_TOKEN`.",
		},
		"client_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Public application that the refresh token was issued to; that of the Azure CLI by default. " +
				"Also `ENTRAID_PORTAL_CLIENT_ID`.",
		},
	}
}
