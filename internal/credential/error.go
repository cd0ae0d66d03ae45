package credential

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
)

// Error is a sign-in that failed. Its text holds no secret.
type Error struct {
	// Code is the sign-in service's, such as AADSTS7000215, or empty.
	Code string
	// Message is what happened, in the service's own words where it spoke.
	Message string

	advice string
	err    error
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.err }

// Advice is the next step.
func (e *Error) Advice() string { return e.advice }

// attempt is a sign-in, for the explanation of its failure.
type attempt struct {
	config Config
	// with names the way in a sentence, such as "a client secret".
	with string
	// service is the sign-in service or the endpoint in its place.
	service string
	// portal says that the token is for the admin center's back end.
	portal bool
	// cli says that the Azure CLI speaks to the service.
	cli bool
	// identity says that the machine's own endpoint is asked.
	identity bool
	watch    *watch
}

// explain tells the failures of a sign-in apart.
func (a attempt) explain(err error) error {
	said, lost := a.watch.last()
	var known *Error
	switch {
	case errors.As(err, &known), errors.As(lost, &known):
		return known
	case errors.Is(err, context.Canceled):
		return err
	case said != nil:
		return a.refused(said.words())
	case lost != nil:
		return a.unreachable(lost)
	case errors.Is(err, context.DeadlineExceeded):
		return a.unreachable(err)
	}
	return &Error{
		Message: fmt.Sprintf("signing in with %s failed: %s", a.with, a.config.hide(plain(err))),
		advice:  a.otherStep(),
	}
}

// refused explains what the sign-in service said.
func (a attempt) refused(description string) error {
	message := a.config.hide(firstSentence(description))
	code := aadsts.FindString(message)
	return &Error{
		Code:    code,
		Message: fmt.Sprintf("%s refused to sign in with %s: %s", a.service, a.with, message),
		advice:  a.nextStep(code, message),
	}
}

var aadsts = regexp.MustCompile(`AADSTS\d+`)

// firstSentence leaves out the trace lines that follow the message.
func firstSentence(description string) string {
	message, _, _ := strings.Cut(description, "Trace ID:")
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(message, "\r\n", " "), "\n", " "))
}

// words are what an answer says, or a description of one that is no error
// document, such as the page of a proxy.
func (a *answer) words() string {
	if a.status < http.StatusMultipleChoices {
		return fmt.Sprintf("HTTP %d, but the answer holds no token that can be used", a.status)
	}
	var body struct {
		Description string `json:"error_description"`
	}
	if json.Unmarshal(a.content, &body) == nil && body.Description != "" {
		return body.Description
	}
	text := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(string(a.content), "")), " "))
	if len(text) > 200 {
		text = append(text[:200], '…')
	}
	return strings.TrimSpace(fmt.Sprintf("HTTP %d %s", a.status, string(text)))
}

// plain is the text of an error in one line, without the library's pointer to
// its own troubleshooting page.
func plain(err error) string {
	text, _, _ := strings.Cut(err.Error(), "To troubleshoot, visit")
	text = strings.TrimPrefix(text, "AzureCLICredential: ")
	text = strings.TrimPrefix(text, "ERROR: ")
	return strings.TrimRight(strings.Join(strings.Fields(text), " "), ". ")
}

// unreachable explains a service that gave no answer.
func (a attempt) unreachable(err error) error {
	return &Error{Message: fmt.Sprintf("%s gave no answer to sign in with %s: %v", a.service, a.with, err), advice: a.connectionStep(err), err: err}
}

func (a attempt) connectionStep(err error) string {
	if a.identity {
		return a.otherStep()
	}
	var stray *strayError
	var name *net.DNSError
	var operation *net.OpError
	switch {
	case errors.As(err, &stray):
		return "Check environment and endpoints.authority (ARM_ENVIRONMENT, ENTRAID_AUTHORITY_HOST), and whether a proxy answers in place of the service."
	case certificateProblem(err):
		return "The certificate that was presented is not trusted, as behind a proxy that opens TLS connections. Put the certificate authority of " +
			"the proxy into a PEM file and name it in ca_certificate_file (ENTRAID_CA_CERTIFICATE_FILE)."
	case errors.As(err, &operation) && operation.Op == "proxyconnect":
		return "The proxy cannot be reached. Check HTTPS_PROXY and NO_PROXY."
	case errors.As(err, &name):
		return "The host name cannot be resolved. Check the connection, environment and endpoints.authority; behind a proxy, set HTTPS_PROXY."
	}
	return "Check the connection, the firewall and, behind a proxy, HTTPS_PROXY; then run the same command again."
}

// certificateProblem reports whether a server's certificate was not accepted.
func certificateProblem(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &hostname) || errors.As(err, &invalid)
}
