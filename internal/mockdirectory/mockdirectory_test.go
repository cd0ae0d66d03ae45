package mockdirectory

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

// bench is a directory and a client that trusts it.
type bench struct {
	*Directory
	t      *testing.T
	client *http.Client
	base   string
	app    string // access token of the main application
}

func start(t *testing.T, o Options) *bench {
	t.Helper()
	d, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	c := d.Connection()
	pem, err := os.ReadFile(c.CACertificateFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the authority's certificate cannot be read")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	b := &bench{Directory: d, t: t, client: &http.Client{Transport: transport}, base: c.GraphEndpoint}
	b.app = b.signIn(url.Values{"client_id": {c.ClientID}, "client_secret": {c.ClientSecret}})
	return b
}

// reply is an answer, read.
type got struct {
	status int
	header http.Header
	proto  int
	raw    string
	json   map[string]any
}

func (b *bench) send(method, path string, header map[string]string, body string) got {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := b.client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	g := got{status: response.StatusCode, header: response.Header, proto: response.ProtoMajor, raw: string(raw)}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	_ = decoder.Decode(&g.json)
	return g
}

// signIn gets a token of an application, for Graph unless the form says otherwise.
func (b *bench) signIn(form url.Values) string {
	b.t.Helper()
	g := b.token(SeededTenantID, form)
	token, ok := g.json["access_token"].(string)
	if !ok {
		b.t.Fatalf("no token: %d %s", g.status, g.raw)
	}
	return token
}

// token asks the v2.0 endpoint, for Graph with a client's own credentials unless the form says otherwise.
func (b *bench) token(tenant string, form url.Values) got {
	b.t.Helper()
	if !form.Has("grant_type") {
		form.Set("grant_type", "client_credentials")
	}
	if !form.Has("scope") {
		form.Set("scope", b.base+"/.default")
	}
	return b.send("POST", "/"+tenant+"/oauth2/v2.0/token",
		map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, form.Encode())
}

// graph sends as the main application.
func (b *bench) graph(method, path, body string, extra ...string) got {
	b.t.Helper()
	return b.graphAs(b.app, method, path, body, extra...)
}

func (b *bench) graphAs(token, method, path, body string, extra ...string) got {
	b.t.Helper()
	header := map[string]string{"Authorization": "Bearer " + token}
	if body != "" {
		header["Content-Type"] = "application/json"
	}
	for i := 0; i+1 < len(extra); i += 2 {
		header[extra[i]] = extra[i+1]
	}
	return b.send(method, path, header, body)
}

func (b *bench) want(g got, status int) got {
	b.t.Helper()
	if g.status != status {
		b.t.Fatalf("status %d, want %d: %s", g.status, status, g.raw)
	}
	return g
}

func (b *bench) userToken(upn, resource string) string {
	b.t.Helper()
	token, err := b.UserToken(upn, resource)
	if err != nil {
		b.t.Fatal(err)
	}
	return token
}

// portal sends as the user.
func (b *bench) portal(upn, method, path, body string) got {
	b.t.Helper()
	return b.graphAs(b.userToken(upn, portalResource), method, "/api/PasswordReset/"+path, body, "X-Ms-Client-Request-Id", newID())
}

func TestUserPoliciesCanBeWrittenAndReadBack(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.want(b.graph("PATCH", "/v1.0/users/alice@contoso.com", `{"passwordPolicies":"DisablePasswordExpiration"}`), http.StatusNoContent)
	g := b.want(b.graph("GET", "/v1.0/users/"+SeededAlice+"?$select=id,passwordPolicies", ""), http.StatusOK)
	if g.json["passwordPolicies"] != "DisablePasswordExpiration" || len(g.json) != 3 {
		t.Errorf("read back %s", g.raw)
	}
	if g.proto != 2 {
		t.Errorf("HTTP/%d, want 2", g.proto)
	}
}

func TestPortalPolicyCanBeWrittenAndReadBack(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	g := b.want(b.portal("admin@contoso.com", "GET", "PasswordResetPolicies", ""), http.StatusOK)
	changed := strings.Replace(g.raw, `"enablementType":0`, `"enablementType":2`, 1)
	if g := b.want(b.portal("admin@contoso.com", "PUT", "PasswordResetPolicies", changed), http.StatusOK); g.raw != "true" {
		t.Errorf("answer %s", g.raw)
	}
	if g := b.want(b.portal("admin@contoso.com", "GET", "PasswordResetPolicies", ""), http.StatusOK); g.raw != changed {
		t.Errorf("read back %s\nwant %s", g.raw, changed)
	}
}

func TestDomainCanBeWrittenAndReadBack(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	body := `{"passwordValidityPeriodInDays":2147483647,"passwordNotificationWindowInDays":14}`
	b.want(b.graph("PATCH", "/v1.0/domains/contoso.com", body), http.StatusNoContent)
	g := b.want(b.graph("GET", "/v1.0/domains/contoso.com", ""), http.StatusOK)
	if g.json["passwordValidityPeriodInDays"] != json.Number("2147483647") {
		t.Errorf("read back %s", g.raw)
	}
}
