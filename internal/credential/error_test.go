package credential

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

func TestRefusalsAreToldApart(t *testing.T) {
	t.Parallel()
	secret := func(c *Config, b *bench) { c.ClientSecret = set("client_secret", b.Connection().ClientSecret) }
	refresh := func(blocked mockdirectory.RefreshToken) func(*Config, *bench) {
		return func(c *Config, b *bench) {
			blocked.User = mockdirectory.SeededAdmin
			b.Update(func(s *mockdirectory.State) { s.SignIn.RefreshTokens["0.AX0-refresh"] = blocked })
			c.PortalRefreshToken = set("portal.refresh_token", "0.AX0-refresh")
		}
	}
	for name, test := range map[string]struct {
		prepare func(*Config, *bench)
		code    string
		parts   []string
	}{
		"unknown tenant": {func(c *Config, b *bench) {
			secret(c, b)
			c.TenantID = set("tenant_id", "11111111-2222-3333-4444-555555555555")
		}, "AADSTS90002", []string{"not found", "tenant_id (ARM_TENANT_ID)"}},
		"unknown application": {func(c *Config, b *bench) {
			secret(c, b)
			c.ClientID = set("client_id", "11111111-2222-3333-4444-555555555555")
		}, "AADSTS700016", []string{"client_id (ARM_CLIENT_ID)"}},
		"wrong secret": {func(c *Config, _ *bench) { c.ClientSecret = set("client_secret", "wr0ng-secret") },
			"AADSTS7000215", []string{"a client secret", "not its id"}},
		"expired secret": {func(c *Config, b *bench) {
			secret(c, b)
			b.application(func(app *mockdirectory.Application) { app.SecretExpired = true })
		}, "AADSTS7000222", []string{"has expired", "Certificates & secrets"}},
		"unknown certificate": {func(c *Config, b *bench) {
			c.Certificate = inFile(b.t, "client_certificate_path", newIdentity(b.t, time.Now().Add(time.Hour)).pem(b.t))
		}, "AADSTS700027", []string{"Upload the certificate"}},
		"expired certificate": {func(c *Config, b *bench) {
			i := newIdentity(b.t, time.Now().Add(-time.Hour))
			b.register(i)
			c.Certificate = inFile(b.t, "client_certificate_path", i.pem(b.t))
		}, "AADSTS700027", []string{"The certificate has expired"}},
		"foreign subject": {func(c *Config, b *bench) {
			c.UseOIDC, c.OIDCToken = on(), set("oidc_token", b.trustIssuer().token(b.t, "repo:other"))
		}, "AADSTS700213", []string{"repo:other", "federated credential"}},
		"unknown service": {func(c *Config, b *bench) {
			secret(c, b)
			c.GraphEndpoint = "https://other.example"
		}, "AADSTS500011", []string{"endpoints.graph"}},
		"consent":            {refresh(mockdirectory.RefreshToken{BlockedBy: "consent"}), "AADSTS65001", []string{"Consent is missing"}},
		"more proof":         {refresh(mockdirectory.RefreshToken{BlockedBy: "mfa"}), "AADSTS50076", []string{"multifactor"}},
		"conditional access": {refresh(mockdirectory.RefreshToken{BlockedBy: "conditionalAccess"}), "AADSTS53003", []string{"Conditional Access policy"}},
		"ended session":      {refresh(mockdirectory.RefreshToken{Expired: true}), "AADSTS700082", []string{"store a new refresh token"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			config := b.config
			test.prepare(&config, b)
			source := Graph(config)
			if config.PortalRefreshToken.Set() {
				source = Portal(config)
			}
			failed := fails(t, source, append(test.parts, test.code)...)
			if failed.code != test.code {
				t.Errorf("the code is %q, want %q", failed.code, test.code)
			}
			for _, secret := range append(b.Secrets(), config.secrets()...) {
				if strings.Contains(failed.text, secret) {
					t.Errorf("the message holds a secret: %s", failed.text)
				}
			}
		})
	}
}

func TestSecretsInForeignWordsAreHidden(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.config
	config.ClientSecret = set("client_secret", "s3cret-value")
	b.AddFault(mockdirectory.Fault{
		Path: "/*/oauth2/v2.0/token", Status: http.StatusUnauthorized, ContentType: "application/json",
		Body: `{"error":"invalid_client","error_description":"AADSTS7000215: the secret s3cret-value is wrong. Trace ID: 1"}`,
	})
	failed := fails(t, Graph(config), "AADSTS7000215", "(hidden)")
	if strings.Contains(failed.text, "s3cret-value") || strings.Contains(failed.text, "Trace ID") {
		t.Errorf("the message is %s", failed.text)
	}
}

func TestConnectionProblemsAreToldApart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	closed := httptest.NewTLSServer(http.NotFoundHandler())
	closed.Close()
	page := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<title>Access denied by proxy</title>", http.StatusForbidden)
	}))
	t.Cleanup(page.Close)
	for name, test := range map[string]struct {
		change func(*Config)
		parts  []string
	}{
		"nobody listens":              {func(c *Config) { c.AuthorityHost = closed.URL }, []string{"gave no answer", "connection refused", "HTTPS_PROXY"}},
		"no such host":                {func(c *Config) { c.AuthorityHost = "https://signin.invalid" }, []string{"cannot be resolved", "endpoints.authority"}},
		"certificate that is unknown": {func(c *Config) { c.Transport = &http.Transport{} }, []string{"x509", "ca_certificate_file (ENTRAID_CA_CERTIFICATE_FILE)"}},
		"page of a proxy":             {func(c *Config) { c.AuthorityHost, c.Transport = page.URL, page.Client().Transport }, []string{"HTTP 403", "Access denied by proxy", "proxy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := b.config
			test.change(&config)
			config.ClientSecret = set("client_secret", "s3cret-value")
			fails(t, Graph(config), test.parts...)
			config.PortalRefreshToken = set("portal.refresh_token", "stored-token")
			fails(t, Portal(config), test.parts...)
		})
	}
}

func TestSecretsStayWithTheConfiguredService(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var received []string
	thief := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		received = append(received, r.Method+" "+r.URL.Path)
	}))
	t.Cleanup(func() {
		thief.Close()
		if len(received) > 0 {
			t.Errorf("another host received %v", received)
		}
	})
	redirecting := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(redirecting.Close)
	var pointing *httptest.Server
	pointing = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"issuer":"` + pointing.URL + `/v2.0","authorization_endpoint":"` + thief.URL + `/a","token_endpoint":"` + thief.URL + `/t"}`))
	}))
	t.Cleanup(pointing.Close)
	for name, service := range map[string]*httptest.Server{"redirect": redirecting, "token endpoint elsewhere": pointing} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := b.config
			config.AuthorityHost, config.Transport = service.URL, service.Client().Transport
			config.ClientSecret = set("client_secret", "s3cret-value")
			fails(t, Graph(config), "no secret is sent there", strings.TrimPrefix(thief.URL, "https://"))
		})
	}
	t.Run("redirect of a refresh token", func(t *testing.T) {
		t.Parallel()
		config := b.config
		config.AuthorityHost, config.Transport = redirecting.URL, redirecting.Client().Transport
		config.PortalRefreshToken = set("portal.refresh_token", "stored-token")
		fails(t, Portal(config), "no secret is sent there")
	})
}

func TestPassingProblemsAreRetried(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.AddFault(mockdirectory.Fault{Method: http.MethodPost, Path: "/*/oauth2/v2.0/token", Status: http.StatusServiceUnavailable})
	config := b.config
	config.ClientSecret = set("client_secret", b.Connection().ClientSecret)
	b.works(t, config)
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusRequestTimeout} {
		b.AddFault(mockdirectory.Fault{Method: http.MethodPost, Path: "/*/oauth2/v2.0/token", Status: status})
	}
	config.PortalRefreshToken = set("portal.refresh_token", b.Connection().PortalRefreshToken)
	if _, err := Portal(config).Token(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAnAnswerThatEndsTooEarlyIsAskedForAgain(t *testing.T) {
	t.Parallel()
	for name, portal := range map[string]bool{"client secret": false, "refresh token": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			config := b.config
			config.ClientSecret = set("client_secret", b.Connection().ClientSecret)
			config.PortalRefreshToken = set("portal.refresh_token", b.Connection().PortalRefreshToken)
			for _, body := range []string{`{"token_type":"Bearer","access_`, " "} {
				b.AddFault(mockdirectory.Fault{Method: http.MethodPost, Path: "/*/oauth2/v2.0/token", Status: http.StatusOK, Applied: true, Body: body})
			}
			if !portal {
				b.works(t, config)
			} else if _, err := Portal(config).Token(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
