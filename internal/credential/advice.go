package credential

import (
	"fmt"
	"strings"
)

// nextStep is what to do about a refusal of the sign-in service.
// See https://learn.microsoft.com/entra/identity-platform/reference-error-codes.
func (a attempt) nextStep(code, message string) string {
	number := strings.TrimPrefix(code, "AADSTS")
	switch number {
	case "90002", "900023", "50059", "900021":
		return "Check tenant_id (ARM_TENANT_ID): it must be the directory id or a verified domain of the tenant. " +
			"A tenant in a national cloud also takes environment (ARM_ENVIRONMENT)."
	case "700016":
		return "Check that client_id (ARM_CLIENT_ID) is the application (client) id, not an object id, and that the application is registered in this tenant."
	case "7000215":
		return "Check client_secret (ARM_CLIENT_SECRET): it must be the value of the secret, not its id. If the value is lost, create a new secret."
	case "7000222":
		return "The client secret has expired. Create a new one under \"Certificates & secrets\" of the application, or use a certificate or OIDC."
	case "500011":
		return "Check environment and endpoints.graph: the tenant does not know the service that the token is for."
	case "65001", "65004", "90094":
		return "Consent is missing. An administrator grants it under \"API permissions\" of the application; a user is asked for it by signing in again: " + a.signInAgain()
	}
	if step := a.certificateStep(number, message); step != "" {
		return step
	}
	return a.userStep(number)
}

// certificateStep is for applications that prove themselves with a signature.
func (a attempt) certificateStep(number, message string) string {
	switch number {
	case "700027":
		if strings.Contains(message, "expired") {
			return "The certificate has expired. Make a new one, upload it under \"Certificates & secrets\" of the application, and name it in " +
				"client_certificate or client_certificate_path."
		}
		return "Upload the certificate under \"Certificates & secrets\" of the application, and check that the one in client_certificate or " +
			"client_certificate_path is the same."
	case "700023":
		return "Check tenant_id and endpoints.authority: the signature was made for another sign-in service."
	case "700024":
		return "The signed statement has expired or is not valid yet. Check the clock of this machine, and take an OIDC token that is fresh."
	case "70021", "700211", "700212", "700213", "5000122", "50013", "50027":
		return "Compare issuer, subject and audience of the federated credential of the application with those that the message names; " +
			"they depend on the repository, the branch or environment, or the service connection."
	case "7000218":
		return "The application takes a secret, a certificate or OIDC. Check that client_id is the intended application."
	}
	return ""
}

// userStep is for signed-in users.
func (a attempt) userStep(number string) string {
	switch number {
	case "50076", "50079", "50072", "50074", "50158":
		return "More proof is wanted, such as multifactor authentication. " + upperFirst(a.signInAgain())
	case "53000", "53001", "53002", "53003", "53004", "530031", "530032", "530035":
		return "A Conditional Access policy forbids this sign-in. The sign-in logs of the tenant name the policy; sign in from a device or a place that " +
			"it allows, or have an administrator exclude this identity."
	case "700082", "70008", "70043", "700084", "50173", "70000", "9002313", "50078":
		return "The stored sign-in has ended or was revoked. " + upperFirst(a.signInAgain())
	case "50034", "50057", "50053", "50055", "50126":
		return "Check the account of the user in the admin center: it is missing, disabled, locked, or its password has ended."
	case "90033", "90024", "50196", "90013", "90014":
		return "The sign-in service has a passing problem. Run the same command again in some minutes."
	}
	if number == "" {
		return a.otherStep()
	}
	return "Look the code up at https://login.microsoftonline.com/error, and check the sign-in settings of the provider."
}

// otherStep is for failures without a code.
func (a attempt) otherStep() string {
	switch {
	case a.identity:
		return "Check that this machine has a managed identity, and msi_client_id if it has several. Outside Azure, unset use_msi (ARM_USE_MSI)."
	case a.cli:
		return fmt.Sprintf("Check that %q works in the shell where Terraform runs.", "az account get-access-token")
	}
	return "Check the sign-in settings of the provider, and whether a proxy answers in place of " + a.service + "."
}

// signInAgain is how the user of the attempt signs in again.
func (a attempt) signInAgain() string {
	login := "az login"
	if a.config.TenantID.Set() {
		login += " --tenant " + a.config.TenantID.Value
	}
	if a.portal {
		login += " --scope " + portalScope
	}
	if a.portal && !a.cli {
		return "sign in as that user and store a new refresh token in portal.refresh_token (ENTRAID_PORTAL_REFRESH_TOKEN), " +
			fmt.Sprintf("or leave it out and run %q.", login)
	}
	return fmt.Sprintf("run %q.", login)
}

func upperFirst(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
