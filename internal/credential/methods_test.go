package credential

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

func TestClientSecretSignsIn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.config
	config.ClientSecret = set("client_secret", b.Connection().ClientSecret)
	b.works(t, config)
	config.ClientID = inFile(t, "client_id_file_path", b.Connection().ClientID+"\n")
	config.ClientSecret = inFile(t, "client_secret_file_path", b.Connection().ClientSecret+"\n")
	b.works(t, config)
	config.TenantID = set("tenant_id", "contoso.com")
	b.works(t, config)
}

func TestNothingIsAskedBeforeTheFirstToken(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.config
	config.ClientSecret = set("client_secret", b.Connection().ClientSecret)
	config.PortalRefreshToken = set("portal.refresh_token", b.Connection().PortalRefreshToken)
	source := Graph(config)
	Portal(config)
	if requests := b.Journal().Requests; len(requests) > 0 {
		t.Errorf("requests without a need: %v", requests)
	}
	for range 3 {
		if _, err := source.Token(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if asked := b.Journal().Counts["POST /{tenant}/oauth2/v2.0/token"]; asked != 1 {
		t.Errorf("%d sign-ins", asked)
	}
}

func TestOIDCTokenSignsIn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	token := b.trustIssuer().token(t, subject)
	config := b.config
	config.UseOIDC = on()
	config.OIDCToken = set("oidc_token", token)
	b.works(t, config)
	config.OIDCToken = inFile(t, "oidc_token_file_path", token+"\n")
	b.works(t, config)
}

func TestOIDCTokenFileIsReadAtEachSignIn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := b.trustIssuer()
	config := b.config
	config.UseOIDC, config.OIDCToken = on(), inFile(t, "oidc_token_file_path", i.token(t, subject))
	source := Graph(config)
	first, err := source.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config.OIDCToken.Value, []byte(i.token(t, "somebody else")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Renew(t.Context(), first); err == nil {
		t.Error("the former content of the file was used")
	}
}

func TestGitHubGivesTheOIDCToken(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := b.trustIssuer()
	github := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"count":1,"value":%q}`, i.token(t, subject))
	})
	config := b.config
	config.UseOIDC = on()
	config.OIDCRequestURL = Setting{Value: github.URL + "/token?api-version=2.0", Name: "ACTIONS_ID_TOKEN_REQUEST_URL"}
	config.OIDCRequestToken = Setting{Value: "request token", Name: "ACTIONS_ID_TOKEN_REQUEST_TOKEN"}
	b.works(t, config)
	seen := github.seen()
	if len(seen) != 1 {
		t.Fatalf("%d requests", len(seen))
	}
	if seen[0].Method != http.MethodGet || seen[0].URL.Query().Get("audience") != federationAudience ||
		seen[0].URL.Query().Get("api-version") != "2.0" || seen[0].Header.Get("Authorization") != "Bearer request token" {
		t.Errorf("asked with %s %s %v", seen[0].Method, seen[0].URL, seen[0].Header)
	}

	config.OIDCRequestURL.Value = github.URL + "/token?audience=api%3A%2F%2FOther"
	b.works(t, config)
	if audience := github.seen()[1].URL.Query()["audience"]; len(audience) != 1 || audience[0] != "api://Other" {
		t.Errorf("the audience of the address became %q", audience)
	}
}

func TestAzureDevOpsGivesTheOIDCToken(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := b.trustIssuer()
	devops := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"oidcToken":%q}`, i.token(t, subject))
	})
	config := b.config
	config.UseOIDC = on()
	config.OIDCRequestURL = Setting{Value: devops.URL + "/org/oidctoken", Name: "SYSTEM_OIDCREQUESTURI"}
	config.OIDCRequestToken = Setting{Value: "job token", Name: "SYSTEM_ACCESSTOKEN"}
	config.ServiceConnectionID = set("ado_pipeline_service_connection_id", "connection")
	b.works(t, config)
	seen := devops.seen()
	if len(seen) != 1 || seen[0].Method != http.MethodPost || seen[0].URL.Query().Get("serviceConnectionId") != "connection" ||
		seen[0].URL.Query().Get("api-version") != "7.1" || seen[0].Header.Get("Authorization") != "Bearer job token" {
		t.Errorf("asked with %v", seen)
	}
}

func TestRefusedOIDCRequestsSayWhy(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	elsewhere := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"value":"stolen"}`) })
	for path, parts := range map[string][]string{
		"/forbidden": {"HTTP 403", "not allowed", "id-token: write"},
		"/empty":     {"holds no token"},
		"/page":      {"not JSON"},
		"/redirect":  {"no secret is sent there", strings.TrimPrefix(elsewhere.URL, "http://")},
	} {
		github := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/forbidden":
				http.Error(w, "not allowed for request token", http.StatusForbidden)
			case "/empty":
				fmt.Fprint(w, `{}`)
			case "/page":
				fmt.Fprint(w, `<html>secret</html>`)
			case "/redirect":
				http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
			}
		})
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			config := b.config
			config.UseOIDC = on()
			config.OIDCRequestURL, config.OIDCRequestToken = set("oidc_request_url", github.URL+path), set("oidc_request_token", "request token")
			failed := fails(t, Graph(config), parts...)
			if strings.Contains(failed.text, "request token") {
				t.Errorf("the message holds a secret: %s", failed.text)
			}
		})
	}
	t.Cleanup(func() {
		if len(elsewhere.seen()) > 0 {
			t.Error("the redirect was followed")
		}
	})
	config := b.config
	config.UseOIDC = on()
	config.OIDCRequestURL, config.OIDCRequestToken = set("oidc_request_url", "http://ci.example/token"), set("oidc_request_token", "request token")
	fails(t, Graph(config), "oidc_request_url", "https")
}

// identityEndpoint answers as the endpoint of App Service does: azidentity
// takes its address from the environment, which tests change one at a time.
func identityEndpoint(t *testing.T, b *bench) *endpoint {
	t.Helper()
	e := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("client_id") == "unknown" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"invalid_request","error_description":"Identity not found"}`)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"access_token": appToken(t, b, r.URL.Query().Get("resource")), "token_type": "Bearer", "resource": r.URL.Query().Get("resource"),
			"expires_on": fmt.Sprint(time.Now().Add(time.Hour).Unix()),
		})
	})
	return e
}

// appToken signs the application in without azidentity.
func appToken(t *testing.T, b *bench, resource string) string {
	t.Helper()
	c := b.Connection()
	response, err := (&http.Client{Transport: b.config.Transport}).PostForm(c.AuthorityHost+"/"+c.TenantID+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret}, "scope": {resource + "/.default"},
	})
	if err != nil {
		t.Error(err)
		return ""
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Token string `json:"access_token"`
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || json.Unmarshal(body, &answer) != nil || answer.Token == "" {
		t.Errorf("no app token: %v %s", err, body)
	}
	return answer.Token
}

func TestManagedIdentitySignsIn(t *testing.T) {
	b := newBench(t)
	e := identityEndpoint(t, b)
	t.Setenv("IDENTITY_ENDPOINT", e.URL+"/msi/token")
	t.Setenv("IDENTITY_HEADER", "header secret")
	config := b.config
	config.ClientID, config.TenantID = Setting{}, Setting{}
	config.UseManagedIdentity = on()
	source := Graph(config)
	first, err := source.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.accepted(t, config, first)
	renewed, err := source.Renew(t.Context(), first)
	if err != nil || renewed == first {
		t.Errorf("a rejected token came out of a cache: %v", err)
	}

	config.ClientID = set("client_id", "application")
	b.works(t, config)
	config.ManagedIdentityID = set("msi_client_id", "assigned")
	b.works(t, config)
	var ids []string
	for _, request := range e.seen() {
		ids = append(ids, request.URL.Query().Get("client_id"))
		if request.URL.Query().Get("resource") != config.GraphEndpoint || request.Header.Get("X-IDENTITY-HEADER") != "header secret" {
			t.Errorf("asked with %s %v", request.URL, request.Header)
		}
	}
	if fmt.Sprint(ids) != "[  application assigned]" {
		t.Errorf("asked for the identities %q", ids)
	}
}

func TestManagedIdentityThatIsMissingSaysSo(t *testing.T) {
	b := newBench(t)
	t.Setenv("IDENTITY_ENDPOINT", identityEndpoint(t, b).URL+"/msi/token")
	t.Setenv("IDENTITY_HEADER", "header secret")
	config := b.config
	config.UseManagedIdentity, config.ManagedIdentityID = on(), set("msi_client_id", "unknown")
	fails(t, Graph(config), "Identity not found", "msi_client_id")

	closed := serve(t, func(http.ResponseWriter, *http.Request) {})
	closed.Close()
	t.Setenv("IDENTITY_ENDPOINT", closed.URL)
	fails(t, Graph(config), "managed identity endpoint of this machine", "use_msi")
}

func TestAzureCLISignsIn(t *testing.T) {
	b := newBench(t)
	token, err := b.UserToken("admin@contoso.com", b.config.GraphEndpoint)
	if err != nil {
		t.Fatal(err)
	}
	path, asked := az(t, azToken(token), 0)
	t.Setenv("PATH", path)
	config := b.config
	config.ClientID = Setting{}
	config.UseCLI = true
	b.works(t, config)
	contains(t, content(t, asked), "account get-access-token", "--resource "+config.GraphEndpoint, "--tenant "+config.TenantID.Value)
}

func TestAzureCLISignsInToThePortal(t *testing.T) {
	b := newBench(t)
	token, err := b.UserToken("admin@contoso.com", "74658136-14ec-4630-ad9b-26e160ff0fc6")
	if err != nil {
		t.Fatal(err)
	}
	path, asked := az(t, azToken(token), 0)
	t.Setenv("PATH", path)
	config := b.config
	config.UseCLI = true
	if got, err := Portal(config).Token(t.Context()); err != nil || got != token {
		t.Errorf("no token: %v", err)
	}
	contains(t, content(t, asked), "--resource 74658136-14ec-4630-ad9b-26e160ff0fc6")
}

func TestAzureCLIFailuresAreToldApart(t *testing.T) {
	b := newBench(t)
	config := b.config
	config.UseCLI, config.ClientID = true, Setting{}
	for said, parts := range map[string][]string{
		"ERROR: Please run 'az login' to setup account.":                                         {"no way to sign in", "az said: Please run 'az login'"},
		"ERROR: AADSTS50076: Due to a configuration change, use MFA. Trace ID: 1":                {"AADSTS50076", "multifactor", "az login --tenant " + config.TenantID.Value},
		"ERROR: AADSTS700082: The refresh token has expired due to inactivity.":                  {"AADSTS700082", "az login"},
		"ERROR: AADSTS53003: Access has been blocked by Conditional Access policies.":            {"AADSTS53003", "Conditional Access policy"},
		"ERROR: AADSTS65001: The user or administrator has not consented to use the application": {"AADSTS65001", "Consent is missing"},
		"ERROR: The command failed with an unexpected error. Here is the traceback:":             {"unexpected error", "az account get-access-token"},
	} {
		path, _ := az(t, said, 1)
		t.Setenv("PATH", path)
		fails(t, Graph(config), parts...)
	}
	path, _ := az(t, "ERROR: AADSTS50076: use MFA", 1)
	t.Setenv("PATH", path)
	fails(t, Portal(config), "AADSTS50076", "--scope 74658136-14ec-4630-ad9b-26e160ff0fc6/.default")
	path, _ = az(t, "ERROR: Please run 'az login' to setup account.", 1)
	t.Setenv("PATH", path)
	fails(t, Portal(config), "accepts users only", "portal.refresh_token", "az said")
}

func TestRefreshTokenIsRotatedForTheRestOfTheRun(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	given := b.Connection().PortalRefreshToken
	config := b.config
	config.PortalRefreshToken = set("portal.refresh_token", given)
	source := Portal(config)
	first, err := source.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.Update(func(s *mockdirectory.State) { delete(s.SignIn.RefreshTokens, given) })
	if renewed, err := source.Renew(t.Context(), first); err != nil || renewed == first {
		t.Errorf("the token that replaced the stored one was not used: %v", err)
	}
	config.PortalRefreshToken = set("portal.refresh_token", given)
	fails(t, Portal(config), "AADSTS70000", "store a new refresh token", "ENTRAID_PORTAL_REFRESH_TOKEN")
	config.TenantID = Setting{}
	fails(t, Portal(config), "portal.refresh_token", "tenant_id")
}
