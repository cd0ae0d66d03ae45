package mockdirectory

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func wantSignInError(t *testing.T, g got, status int, code string, number int64) {
	t.Helper()
	codes, _ := g.json["error_codes"].([]any)
	if g.status != status || g.json["error"] != code || len(codes) != 1 || codes[0] != json.Number(big.NewInt(number).String()) {
		t.Errorf("got %d %s, want %d %s %d", g.status, g.raw, status, code, number)
	}
	description, _ := g.json["error_description"].(string)
	for _, part := range []string{"AADSTS" + big.NewInt(number).String() + ": ", "Trace ID: ", "Correlation ID: ", "Timestamp: "} {
		if !strings.Contains(description, part) {
			t.Errorf("description %q lacks %q", description, part)
		}
	}
	for _, name := range []string{"timestamp", "trace_id", "correlation_id", "error_uri"} {
		if g.json[name] == nil {
			t.Errorf("error lacks %s", name)
		}
	}
}

func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	parsed, err := parseJWT(token)
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(parsed.claims, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestDiscoveryNamesTheEndpointsOnTheHostThatWasAsked(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for _, tenant := range []string{SeededTenantID, "contoso.com", "common", "organizations"} {
		g := b.want(b.send("GET", "/"+tenant+"/v2.0/.well-known/openid-configuration", nil, ""), http.StatusOK)
		name := tenant
		if tenant == "contoso.com" {
			name = SeededTenantID
		}
		for member, want := range map[string]string{
			"token_endpoint":         b.base + "/" + name + "/oauth2/v2.0/token",
			"authorization_endpoint": b.base + "/" + name + "/oauth2/v2.0/authorize",
			"issuer":                 b.base + "/" + name + "/v2.0",
			"jwks_uri":               b.base + "/" + name + "/discovery/v2.0/keys",
		} {
			if g.json[member] != want {
				t.Errorf("%s: %s is %v, want %s", tenant, member, g.json[member], want)
			}
		}
	}
	g := b.want(b.send("GET", "/"+SeededTenantID+"/.well-known/openid-configuration", nil, ""), http.StatusOK)
	if g.json["token_endpoint"] != b.base+"/"+SeededTenantID+"/oauth2/token" {
		t.Errorf("v1 token endpoint %v", g.json["token_endpoint"])
	}
	g = b.want(b.send("GET", "/common/discovery/instance?authorization_endpoint="+
		url.QueryEscape(b.base+"/contoso.com/oauth2/v2.0/authorize"), nil, ""), http.StatusOK)
	if g.json["tenant_discovery_endpoint"] != b.base+"/contoso.com/v2.0/.well-known/openid-configuration" {
		t.Errorf("instance discovery %s", g.raw)
	}
	b.want(b.send("GET", "/pending.example/v2.0/.well-known/openid-configuration", nil, ""), http.StatusBadRequest)
}

func TestTokensVerifyWithThePublishedKeys(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	g := b.want(b.send("GET", "/"+SeededTenantID+"/discovery/v2.0/keys", nil, ""), http.StatusOK)
	parsed, err := parseJWT(b.app)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keyFromSet(json.RawMessage(g.raw), parsed.header.KeyID)
	if err != nil {
		t.Fatal(err)
	}
	if err := parsed.verify(key); err != nil {
		t.Error(err)
	}
}

func TestAppTokenTellsTheApplication(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	claims := claimsOf(t, b.app)
	for name, want := range map[string]string{
		"aud": b.base, "tid": SeededTenantID, "appid": SeededClientID, "idtyp": "app", "ver": "1.0",
		"iss": "https://sts.windows.net/" + SeededTenantID + "/",
	} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %s", name, claims[name], want)
		}
	}
	if roles, _ := claims["roles"].([]any); len(roles) != 9 {
		t.Errorf("roles are %v", claims["roles"])
	}
	if claims["scp"] != nil || claims["wids"] != nil {
		t.Errorf("an app's token has scp %v and wids %v", claims["scp"], claims["wids"])
	}
}

func TestClientCredentialsAreRefusedLikeEntra(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	secret := b.Connection().ClientSecret
	b.Update(func(s *State) {
		s.SignIn.Applications["0ld00000-0000-4000-8000-000000000000"] = Application{ClientSecret: "stale", SecretExpired: true}
	})
	good := func() url.Values { return url.Values{"client_id": {SeededClientID}, "client_secret": {secret}} }
	for _, test := range []struct {
		name, tenant, key, value string
		status                   int
		code                     string
		number                   int64
	}{
		{"unknown tenant", "nowhere.example", "", "", 400, "invalid_request", 90002},
		{"no tenant", "common", "", "", 400, "invalid_request", 50059},
		{"unknown application", SeededTenantID, "client_id", newID(), 400, "unauthorized_client", 700016},
		{"wrong secret", SeededTenantID, "client_secret", "wrong", 401, "invalid_client", 7000215},
		{"no secret", SeededTenantID, "client_secret", "", 401, "invalid_client", 7000218},
		{"unknown resource", SeededTenantID, "scope", "https://other.example/.default", 400, "invalid_resource", 500011},
		{"no scope", SeededTenantID, "scope", "", 400, "invalid_request", 900144},
		{"single permission", SeededTenantID, "scope", "https://graph.microsoft.com/User.Read.All", 400, "invalid_scope", 1002012},
		{"two resources", SeededTenantID, "scope", "https://graph.microsoft.com/.default " + portalResource + "/.default", 400, "invalid_request", 28000},
		{"unknown grant", SeededTenantID, "grant_type", "password", 400, "unsupported_grant_type", 70003},
		{"no grant", SeededTenantID, "grant_type", "", 400, "invalid_request", 900144},
		{"no client", SeededTenantID, "client_id", "", 400, "invalid_request", 900144},
		{"assertion of no kind", SeededTenantID, "client_assertion", "x.y.z", 400, "invalid_request", 900144},
	} {
		form := good()
		if test.key != "" {
			form.Set(test.key, test.value)
		}
		g := b.token(test.tenant, form)
		t.Log(test.name)
		wantSignInError(t, g, test.status, test.code, test.number)
	}
	wantSignInError(t, b.token(SeededTenantID, url.Values{
		"client_id": {"0ld00000-0000-4000-8000-000000000000"}, "client_secret": {"stale"},
	}), 401, "invalid_client", 7000222)
	wantSignInError(t, b.send("POST", "/"+SeededTenantID+"/oauth2/v2.0/token", nil, good().Encode()), 400, "invalid_request", 900144)
	b.want(b.send("GET", "/"+SeededTenantID+"/oauth2/v2.0/token", nil, ""), http.StatusMethodNotAllowed)
	b.want(b.send("GET", "/nowhere", nil, ""), http.StatusNotFound)
}

func TestSecretMayComeByBasicAuthorization(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	pair := url.QueryEscape(SeededClientID) + ":" + url.QueryEscape(b.Connection().ClientSecret)
	g := b.send("POST", "/contoso.com/oauth2/v2.0/token", map[string]string{
		"Content-Type":  "application/x-www-form-urlencoded",
		"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)),
	}, "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default")
	b.want(g, http.StatusOK)
	if g.json["expires_in"] != json.Number("3599") || g.json["token_type"] != "Bearer" {
		t.Errorf("answer %s", g.raw)
	}
	token, _ := g.json["access_token"].(string)
	b.want(b.graphAs(token, "GET", "/v1.0/organization", ""), http.StatusOK)
}

func TestOlderEndpointTakesAResource(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {SeededClientID},
		"client_secret": {b.Connection().ClientSecret}, "resource": {b.base + "/"},
	}
	g := b.want(b.send("POST", "/"+SeededTenantID+"/oauth2/token",
		map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, form.Encode()), http.StatusOK)
	if g.json["expires_in"] != "3599" || g.json["resource"] != b.base {
		t.Errorf("answer %s", g.raw)
	}
}

func TestRefreshTokenGivesAUserTokenAndStaysValid(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	given := b.Connection().PortalRefreshToken
	form := func() url.Values {
		return url.Values{
			"grant_type": {"refresh_token"}, "client_id": {azureCLI}, "refresh_token": {given}, "client_info": {"1"},
			"scope": {portalResource + "/user_impersonation openid offline_access"},
		}
	}
	first := b.want(b.token("organizations", form()), http.StatusOK)
	second := b.want(b.token(SeededTenantID, form()), http.StatusOK)
	rotated, _ := second.json["refresh_token"].(string)
	if rotated == "" || rotated == given || rotated == first.json["refresh_token"] {
		t.Errorf("refresh token %q is not rotated", rotated)
	}
	token, _ := second.json["access_token"].(string)
	claims := claimsOf(t, token)
	for name, want := range map[string]string{
		"aud": portalResource, "scp": "user_impersonation", "upn": "admin@contoso.com", "oid": SeededAdmin, "appid": azureCLI,
	} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %s", name, claims[name], want)
		}
	}
	if wids, _ := claims["wids"].([]any); len(wids) != 2 || wids[1] != "62e90394-69f5-4237-9190-012177145e10" {
		t.Errorf("wids are %v", claims["wids"])
	}
	for _, name := range []string{"id_token", "client_info", "scope"} {
		if second.json[name] == nil {
			t.Errorf("answer lacks %s", name)
		}
	}
	b.want(b.token(SeededTenantID, url.Values{
		"grant_type": {"refresh_token"}, "client_id": {azurePowerShell}, "refresh_token": {rotated}, "scope": {b.base + "/.default"},
	}), http.StatusOK)
}

func TestRefreshTokenWithoutScopeIsForItsFirstResource(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	g := b.want(b.send("POST", "/"+SeededTenantID+"/oauth2/v2.0/token",
		map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, url.Values{
			"grant_type": {"refresh_token"}, "client_id": {azureCLI}, "refresh_token": {b.RefreshToken("reader@contoso.com")},
		}.Encode()), http.StatusOK)
	token, _ := g.json["access_token"].(string)
	if aud := claimsOf(t, token)["aud"]; aud != portalResource {
		t.Errorf("audience %v", aud)
	}
}

func TestRefreshTokensAreRefusedLikeEntra(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.Update(func(s *State) {
		alice := s.Users[SeededAlice]
		alice.AccountEnabled = false
		s.Users[SeededAlice] = alice
		s.SignIn.RefreshTokens = map[string]RefreshToken{
			"expired": {User: SeededAdmin, Expired: true}, "mfa": {User: SeededAdmin, BlockedBy: "mfa"},
			"ca": {User: SeededAdmin, BlockedBy: "conditionalAccess"}, "consent": {User: SeededAdmin, BlockedBy: "consent"},
			"other": {User: SeededAdmin, ClientID: newID()}, "gone": {User: newID()}, "disabled": {User: "alice@contoso.com"},
			"good": {User: SeededAdmin},
		}
	})
	for token, number := range map[string]int64{
		"expired": 700082, "mfa": 50076, "ca": 53003, "consent": 65001, "other": 70000, "gone": 50034, "disabled": 50057, "unknown": 70000,
	} {
		g := b.token(SeededTenantID, url.Values{"grant_type": {"refresh_token"}, "client_id": {azureCLI}, "refresh_token": {token}})
		t.Log(token)
		wantSignInError(t, g, 400, "invalid_grant", number)
		if (token == "mfa") != (g.json["suberror"] == "basic_action") {
			t.Errorf("suberror %v", g.json["suberror"])
		}
	}
	wantSignInError(t, b.token(SeededTenantID, url.Values{
		"grant_type": {"refresh_token"}, "client_id": {azureCLI}, "refresh_token": {"good"}, "scope": {portalResource + "/other"},
	}), 400, "invalid_grant", 65001)
	wantSignInError(t, b.token(SeededTenantID, url.Values{
		"grant_type": {"refresh_token"}, "client_id": {newID()}, "refresh_token": {"good"},
	}), 400, "unauthorized_client", 700016)
	wantSignInError(t, b.token(SeededTenantID, url.Values{
		"grant_type": {"refresh_token"}, "client_id": {azureCLI},
	}), 400, "invalid_request", 900144)
}

// signed makes a client assertion.
func signed(t *testing.T, key *rsa.PrivateKey, header, claims map[string]any) string {
	t.Helper()
	text := base64.RawURLEncoding.EncodeToString(marshal(header)) + "." + base64.RawURLEncoding.EncodeToString(marshal(claims))
	sum := sha256.Sum256([]byte(text))
	var signature []byte
	var err error
	if header["alg"] == "PS256" {
		signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
	} else {
		signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	}
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func assertionForm(assertion string) url.Values {
	return url.Values{"client_id": {SeededClientID}, "client_assertion_type": {assertionType}, "client_assertion": {assertion}}
}

func TestCertificateSignsIn(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	key := newKey(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ci"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	b.Update(func(s *State) {
		app := s.SignIn.Applications[SeededClientID]
		app.Certificates = []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
		s.SignIn.Applications[SeededClientID] = app
	})
	short, long := sha1.Sum(der), sha256.Sum256(der)
	claims := func(audience string) map[string]any {
		return map[string]any{
			"iss": SeededClientID, "sub": SeededClientID, "aud": audience, "exp": time.Now().Add(time.Minute).Unix(),
		}
	}
	endpoint := b.base + "/" + SeededTenantID + "/oauth2/v2.0/token"
	rs := map[string]any{"alg": "RS256", "x5t": base64.RawURLEncoding.EncodeToString(short[:])}
	ps := map[string]any{"alg": "PS256", "x5t#S256": base64.StdEncoding.EncodeToString(long[:])}
	b.want(b.token(SeededTenantID, assertionForm(signed(t, key, rs, claims(endpoint)))), http.StatusOK)
	b.want(b.token(SeededTenantID, assertionForm(signed(t, key, ps, claims(endpoint)))), http.StatusOK)

	wantSignInError(t, b.token(SeededTenantID, assertionForm(signed(t, newKey(t), rs, claims(endpoint)))), 401, "invalid_client", 700027)
	wantSignInError(t, b.token(SeededTenantID, assertionForm(signed(t, key, map[string]any{"alg": "RS256", "x5t": "x"}, claims(endpoint)))), 401, "invalid_client", 700027)
	wantSignInError(t, b.token(SeededTenantID, assertionForm(signed(t, key, rs, claims("https://login.example/x")))), 401, "invalid_client", 700023)
	late := claims(endpoint)
	late["exp"] = time.Now().Add(-time.Minute).Unix()
	wantSignInError(t, b.token(SeededTenantID, assertionForm(signed(t, key, rs, late))), 401, "invalid_client", 700024)
	wantSignInError(t, b.token(SeededTenantID, assertionForm("no.token")), 400, "invalid_request", 50027)
}

func TestFederatedAssertionSignsIn(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	key := newKey(t)
	claims := func(subject string) map[string]any {
		return map[string]any{
			"iss": "https://ci.example", "sub": subject, "aud": []string{"api://AzureADTokenExchange"},
			"exp": time.Now().Add(time.Minute).Unix(),
		}
	}
	header := map[string]any{"alg": "RS256", "kid": "one"}
	wantSignInError(t, b.token(SeededTenantID, assertionForm(signed(t, key, header, claims("repo:main")))), 401, "invalid_client", 70021)
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	trust := FederatedCredential{Issuer: "https://ci.example", Subject: "repo:main", Audience: "api://AzureADTokenExchange"}
	withPEM, withSet := trust, trust
	withPEM.PublicKey = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
	withSet.JWKS = (&signer{key: key, id: "one"}).keys()
	for _, credential := range []FederatedCredential{withPEM, withSet} {
		b.Update(func(s *State) {
			app := s.SignIn.Applications[SeededClientID]
			app.FederatedCredentials = []FederatedCredential{credential}
			s.SignIn.Applications[SeededClientID] = app
		})
		b.want(b.token(SeededTenantID, assertionForm(signed(t, key, header, claims("repo:main")))), http.StatusOK)
		wantSignInError(t, b.token(SeededTenantID, assertionForm(signed(t, newKey(t), header, claims("repo:main")))), 401, "invalid_client", 5000122)
		wantSignInError(t, b.token(SeededTenantID, assertionForm(signed(t, key, header, claims("repo:other")))), 401, "invalid_client", 700213)
	}
}

func TestTokensOfAnotherDirectoryAreRefused(t *testing.T) {
	t.Parallel()
	one, other := start(t, Options{}), start(t, Options{})
	one.want(one.graphAs(other.app, "GET", "/v1.0/organization", ""), http.StatusUnauthorized)
}

func TestExpiredCertificateIsRefused(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	key := newKey(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "old"}, NotAfter: time.Now().Add(-time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	b.Update(func(s *State) {
		app := s.SignIn.Applications[SeededClientID]
		app.Certificates = []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
		s.SignIn.Applications[SeededClientID] = app
	})
	sum := sha1.Sum(der)
	g := b.token(SeededTenantID, assertionForm(signed(t, key,
		map[string]any{"alg": "RS256", "x5t": base64.RawURLEncoding.EncodeToString(sum[:])},
		map[string]any{
			"iss": SeededClientID, "sub": SeededClientID, "exp": time.Now().Add(time.Minute).Unix(),
			"aud": b.base + "/" + SeededTenantID + "/oauth2/v2.0/token",
		})))
	wantSignInError(t, g, 401, "invalid_client", 700027)
	if !strings.Contains(g.raw, "expired") {
		t.Errorf("the refusal does not tell an expired key: %s", g.raw)
	}
}

func TestSecretsTellWhatCrossedTheWire(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	given := b.Connection().PortalRefreshToken
	g := b.want(b.token(SeededTenantID, url.Values{"grant_type": {"refresh_token"}, "client_id": {azureCLI}, "refresh_token": {given}}), http.StatusOK)
	b.want(b.graphAs(b.app, "GET", "/v1.0/organization", ""), http.StatusOK)
	for _, name := range []string{"access_token", "refresh_token"} {
		if text, _ := g.json[name].(string); !slices.Contains(b.Secrets(), text) {
			t.Errorf("the %s that was handed out is missing", name)
		}
	}
	for _, secret := range []string{b.Connection().ClientSecret, given, b.app} {
		if !slices.Contains(b.Secrets(), secret) {
			t.Errorf("%s is missing", secret)
		}
	}
}

func TestCertificateHoldsForFurtherNames(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Names: []string{"directory.example"}})
	transport, ok := b.client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("the client has another transport")
	}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(b.base, "https://"))
	}
	response, err := b.client.Get("https://directory.example/" + SeededTenantID + "/v2.0/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("status %d, %v", response.StatusCode, err)
	}
}
