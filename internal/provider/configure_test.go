package provider_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const (
	userKind   = "entraid_user_password_never_expires"
	policyKind = "entraid_sspr_policy"
	backup     = "svc-backup@contoso.com"
)

// createUser tries to manage a user and returns the errors.
func createUser(s *acctest.Server) string {
	plan := s.Plan(s.New(userKind), acctest.Values{"user_id": backup})
	if errors := acctest.Errors(plan.Diagnostics); errors != "" {
		return errors
	}
	_, diagnostics := s.Apply(plan)
	return acctest.Errors(diagnostics)
}

func TestConfigureAsksNothing(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	d.Server(t)
	d.Server(t, acctest.Values{"client_id": nil, "client_secret": nil, "tenant_id": nil, "portal": nil})
	if requests := d.Journal().Requests; len(requests) > 0 {
		t.Errorf("requests: %v", requests)
	}
}

func TestValidationTakesNoCredential(t *testing.T) {
	t.Parallel()
	s := acctest.Unconfigured(t)
	s.Quiet(s.Validate(userKind, acctest.Values{"user_id": backup}))
	s.Quiet(s.Validate(policyKind, acctest.Values{"enabled_for": "none"}))
}

func TestFailedSignInNamesTheNextStepInTheDiagnostic(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	for name, test := range map[string]struct {
		override acctest.Values
		parts    []string
	}{
		"wrong secret": {acctest.Values{"client_secret": "wr0ng-secret"}, []string{"AADSTS7000215", "not its id", "Signing in to Microsoft Graph"}},
		"no way":       {acctest.Values{"client_secret": nil}, []string{"there is no way", "client_secret", "ARM_USE_OIDC", "use_cli (ARM_USE_CLI) is false", `"az login" is enough`}},
		"wrong tenant": {acctest.Values{"tenant_id": "nowhere.example"}, []string{"AADSTS90002", "tenant_id (ARM_TENANT_ID)"}},
		"wrong file":   {acctest.Values{"ca_certificate_file": nil}, []string{"x509", "ca_certificate_file (ENTRAID_CA_CERTIFICATE_FILE)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Unconfigured(t)
			s.Quiet(s.Configure(d.Settings(test.override)))
			acctest.Contains(t, createUser(s), test.parts...)
		})
	}
}

func TestApplicationOfTheAzureCLIIsRefusedForThePortal(t *testing.T) {
	// The PATH belongs to the process, so this test is not parallel.
	d := acctest.NewDirectory(t)
	folder := t.TempDir()
	token := appTokenForPortal(t, d)
	script := fmt.Sprintf("#!/bin/sh\necho '{\"accessToken\":\"%s\",\"expires_on\":%d}'\n", token, time.Now().Add(time.Hour).Unix())
	if err := os.WriteFile(filepath.Join(folder, "az"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	s := d.Server(t, acctest.Values{"portal": nil, "use_cli": true})
	_, diagnostics := s.Import(policyKind, mockdirectory.SeededTenantID)
	acctest.Contains(t, acctest.Errors(diagnostics), "an application", "signed-in users only", "az login")
}

func TestSignInIsSharedByAllResources(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	for _, user := range []string{backup, "svc-scanner@contoso.com"} {
		s.Must(s.New(userKind), acctest.Values{"user_id": user})
	}
	if asked := d.Calls("POST /{tenant}/oauth2/v2.0/token"); asked != 1 {
		t.Errorf("%d sign-ins", asked)
	}
}

func TestRejectedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(mockdirectory.Fault{Path: "/v1.0/users/*", Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken"})
	s.Must(s.New(userKind), acctest.Values{"user_id": backup})
	if asked := d.Calls("POST /{tenant}/oauth2/v2.0/token"); asked != 2 {
		t.Errorf("%d sign-ins", asked)
	}
}

// appTokenForPortal is what the Azure CLI gives after a sign-in as a service
// principal.
func appTokenForPortal(t *testing.T, d *acctest.Directory) string {
	t.Helper()
	c := d.Connection()
	authorities, err := os.ReadFile(c.CACertificateFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authorities)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	response, err := (&http.Client{Transport: transport}).PostForm(c.AuthorityHost+"/"+c.TenantID+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret},
		"scope": {"74658136-14ec-4630-ad9b-26e160ff0fc6/.default"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Token == "" {
		t.Fatalf("no token: %v", err)
	}
	return answer.Token
}
