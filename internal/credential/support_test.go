package credential

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// bench is a mock directory and a configuration that trusts it, without any
// way to sign in.
type bench struct {
	*mockdirectory.Directory
	t      *testing.T
	config Config
}

func newBench(t *testing.T) *bench {
	t.Helper()
	directory, err := mockdirectory.Start(mockdirectory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, fault := range directory.PendingFaults() {
			t.Errorf("a planned fault never fired: %s %s", fault.Method, fault.Path)
		}
		if err := directory.Close(); err != nil {
			t.Error(err)
		}
	})
	c := directory.Connection()
	return &bench{Directory: directory, t: t, config: Config{
		AuthorityHost: c.AuthorityHost, GraphEndpoint: c.GraphEndpoint,
		TenantID: set("tenant_id", c.TenantID), ClientID: set("client_id", c.ClientID),
		Transport: trusting(t, c.CACertificateFile),
	}}
}

func trusting(t *testing.T, file string) *http.Transport {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(content) {
		t.Fatal("no certificate in " + file)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func set(name, value string) Setting { return Setting{Value: value, Name: name, Explicit: true} }

func inFile(t *testing.T, name, content string) Setting {
	t.Helper()
	file := filepath.Join(t.TempDir(), "content")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return Setting{Value: file, Name: name, Explicit: true, File: true}
}

func on() Switch { return Switch{On: true, Explicit: true} }

// application changes the application that signs in.
func (b *bench) application(change func(*mockdirectory.Application)) {
	b.Update(func(s *mockdirectory.State) {
		app := s.SignIn.Applications[mockdirectory.SeededClientID]
		change(&app)
		s.SignIn.Applications[mockdirectory.SeededClientID] = app
	})
}

// works wants a token with which Microsoft Graph answers.
func (b *bench) works(t *testing.T, config Config) {
	t.Helper()
	token, err := Graph(config).Token(t.Context())
	if err != nil {
		t.Fatalf("signing in failed: %v", err)
	}
	b.accepted(t, config, token)
}

func (b *bench) accepted(t *testing.T, config Config, token string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, config.GraphEndpoint+"/v1.0/organization", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := config.Transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("Graph answers %d to the token", response.StatusCode)
	}
}

// failure is what a person reads of a failed sign-in.
type failure struct{ code, text string }

// fails wants an error that says each of the parts, and returns it.
func fails(t *testing.T, source *Source, parts ...string) failure {
	t.Helper()
	token, err := source.Token(t.Context())
	if err == nil {
		t.Fatalf("signing in succeeded with a token of %d characters", len(token))
	}
	var failed *Error
	if !errors.As(err, &failed) {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	text := failed.Error() + "\n" + failed.Advice()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("the message lacks %q:\n%s", part, text)
		}
	}
	if failed.Advice() == "" {
		t.Errorf("no next step is named after %s", text)
	}
	return failure{failed.Code, text}
}

// newKey is shared by the tests, as making one takes long.
var newKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// identity is a certificate and its key.
type identity struct {
	key         *rsa.PrivateKey
	certificate *x509.Certificate
}

func newIdentity(t testing.TB, ends time.Time) identity {
	t.Helper()
	key, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	return certified(t, key, ends)
}

func certified(t testing.TB, key *rsa.PrivateKey, ends time.Time) identity {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "pipeline"}, NotAfter: ends}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return identity{key: key, certificate: certificate}
}

func (i identity) certificatePEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.certificate.Raw}))
}

func (i identity) keyDER(t testing.TB) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func (i identity) pem(t testing.TB) string {
	t.Helper()
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: i.keyDER(t)})) + i.certificatePEM()
}

// register makes the application accept the identity.
func (b *bench) register(i identity) {
	b.application(func(app *mockdirectory.Application) { app.Certificates = []string{i.certificatePEM()} })
}

// issuer signs OIDC tokens that the application trusts.
type issuer struct {
	key *rsa.PrivateKey
}

const subject = "repo:contoso/settings:ref:refs/heads/main"

func (b *bench) trustIssuer() issuer {
	b.t.Helper()
	key, err := newKey()
	if err != nil {
		b.t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		b.t.Fatal(err)
	}
	b.application(func(app *mockdirectory.Application) {
		app.FederatedCredentials = []mockdirectory.FederatedCredential{{
			Issuer: "https://ci.example", Subject: subject, Audience: federationAudience,
			PublicKey: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})),
		}}
	})
	return issuer{key: key}
}

func (i issuer) token(t *testing.T, about string) string {
	t.Helper()
	claims, err := json.Marshal(map[string]any{
		"iss": "https://ci.example", "sub": about, "aud": federationAudience, "exp": time.Now().Add(5 * time.Minute).Unix(),
	})
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"one"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// endpoint is a service on the loopback interface that remembers its requests.
type endpoint struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
}

func serve(t *testing.T, handle http.HandlerFunc) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		e.requests = append(e.requests, r.Clone(context.WithoutCancel(r.Context())))
		e.mu.Unlock()
		handle(w, r)
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) seen() []*http.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.requests
}

// az returns a PATH that begins with a program named az, which prints output
// and leaves its arguments in the file that is also returned. The PATH belongs
// to the whole process, so tests that set it are not parallel.
func az(t *testing.T, output string, code int) (path, asked string) {
	t.Helper()
	folder := t.TempDir()
	said := filepath.Join(folder, "said")
	asked = filepath.Join(folder, "asked")
	script := fmt.Sprintf("#!/bin/sh\necho \"$*\" >> '%s'\n[ %d -eq 0 ] && exec cat '%s'\ncat '%s' >&2\nexit %d\n", asked, code, said, said, code)
	for file, content := range map[string]string{said: output, filepath.Join(folder, "az"): script} {
		if err := os.WriteFile(file, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return folder + string(os.PathListSeparator) + os.Getenv("PATH"), asked
}

func azToken(token string) string {
	return fmt.Sprintf(`{"accessToken":%q,"expiresOn":"2000-01-01 00:00:00.000000","expires_on":%d,"tokenType":"Bearer"}`,
		token, time.Now().Add(time.Hour).Unix())
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

func content(t *testing.T, file string) string {
	t.Helper()
	read, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(read))
}
