package resourcekit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
)

// Unable makes the diagnostic of every failed operation: what was attempted on
// which object, what the directory said, and what to do.
//
// The setting completes the summary "Unable to <verb> <setting>"; the object
// names the one instance that was concerned. More is what else there is to say,
// such as what was done before the failure.
func Unable(verb, setting, object string, err error, more ...string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		fmt.Sprintf("Unable to %s %s", verb, setting),
		strings.Join(compact(append([]string{
			fmt.Sprintf("The provider tried to %s the %s of %s.", verb, setting, object),
			Said(err),
			Advice(err),
		}, more...)), "\n\n"),
	)
}

func compact(parts []string) []string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return kept
}

// Said repeats the directory's words unchanged, with the ids under which its
// operators find the request.
func Said(err error) string {
	var refusal *directory.Error
	if !errors.As(err, &refusal) {
		return sentence(err.Error())
	}
	text := sentence(refusal.Error())
	if refusal.RequestID != "" {
		text += "\nRequest id: " + refusal.RequestID
	}
	if refusal.ClientRequestID != "" {
		text += "\nClient request id: " + refusal.ClientRequestID
	}
	return text
}

func sentence(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return upper(text)
	}
	return upper(text) + "."
}

func upper(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if first == utf8.RuneError {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// userSignIn is how to become a user for the admin center's back end.
const userSignIn = `Sign in as a user: run "az login" where Terraform runs, or set portal.refresh_token ` +
	`(ENTRAID_PORTAL_REFRESH_TOKEN) for unattended runs.`

// Advice is the next step for a failure, empty where only its reader can know.
func Advice(err error) string {
	var refusal *directory.Error
	var signIn *directory.SignInError
	// Whoever signs in knows the next step best.
	var advised interface{ Advice() string }
	switch {
	case errors.Is(err, directory.ErrAppToken):
		return userSignIn
	case errors.Is(err, directory.ErrNoPortal):
		return `Manage this setting in the admin center, or set endpoints.portal if you know the address of the back end in your cloud.`
	case errors.Is(err, context.Canceled):
		return "Run the same command again: what was done so far is in the state."
	case errors.As(err, &advised):
		return advised.Advice()
	case errors.As(err, &signIn):
		return "Check the provider's sign-in settings, then run the same command again."
	case errors.As(err, &refusal):
		return refusalAdvice(refusal)
	}
	return ""
}

func refusalAdvice(refusal *directory.Error) string {
	switch {
	case refusal.Status == http.StatusBadRequest && strings.Contains(refusal.Message, "AADSTS50058"):
		return "No user is signed in. " + userSignIn
	case refusal.Code == "msalautherror_invalid_grant":
		return "The session of the signed-in user has expired. " + userSignIn
	case refusal.Status == http.StatusUnauthorized:
		return "The access token was refused twice. Check that tenant_id, environment and endpoints belong together, then sign in again."
	case refusal.Code == directory.CodeNoPremiumLicence:
		return "The call takes a Microsoft Entra ID P1 or P2 licence in the tenant; Azure AD B2C tenants do not have it. " +
			"Where the tenant has one, give the application the Graph permission Directory.Read.All in addition to AuditLog.Read.All: " +
			"without it the directory may not see the licence."
	case refusal.Status == http.StatusForbidden && refusal.Needs != "":
		return "The call needs " + refusal.Needs + "."
	case !refusal.RetryAt.IsZero():
		return "The directory is throttling. Run the same command again after " + refusal.RetryAt.UTC().Format(time.RFC3339) + "."
	case refusal.Status >= http.StatusInternalServerError:
		return "The directory failed repeatedly. Run the same command again later."
	case refusal.Err != nil && refusal.Status != 0:
		return "Something other than the directory may have answered: check the proxy settings, and endpoints in the provider block if it is set."
	case refusal.Status == 0:
		return "Check the connection, the proxy settings and ca_certificate_file, then run the same command again."
	}
	return "If the same change works in the admin center, the API has changed or is not at the configured address: " +
		"check endpoints in the provider block if it is set, and look for a newer version of the provider."
}

// LeaveInstead is the way out of a destroy that cannot restore.
const LeaveInstead = "To leave the setting as it is instead, take the resource out of the state with \"terraform state rm\"."

// Tainted says how to go on after a create whose outcome is uncertain, and
// nothing otherwise: left to itself, Terraform would begin by undoing it.
func Tainted(uncertain bool) string {
	if !uncertain {
		return ""
	}
	return "Terraform has marked the resource as tainted: the next apply would first restore the former settings and then set all of them again. " +
		"To go on from here instead, once the cause is removed, run \"terraform untaint ADDRESS\" with the address of this resource, and then \"terraform apply\"."
}

// NotVisible warns that a write was accepted but cannot be read back yet.
func NotVisible(setting, object string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(
		fmt.Sprintf("The new %s cannot be read back yet", setting),
		fmt.Sprintf("The directory accepted the %s of %s but still answers with the former value. "+
			"The state holds what was written. Run \"terraform plan\" in some minutes: it shows no difference once the directory has caught up.", setting, object),
	)
}
