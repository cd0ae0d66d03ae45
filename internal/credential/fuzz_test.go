package credential

import (
	"crypto"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"software.sslmate.com/src/go-pkcs12"
)

// FuzzCertificate proves that a file is a certificate with its own key, or an
// error that quotes nothing of it.
func FuzzCertificate(f *testing.F) {
	i := newIdentity(f, time.Now().Add(time.Hour))
	sealed := i.encryptedPEM(f)
	for _, content := range []string{
		"", "-----BEGIN ", i.pem(f), i.certificatePEM(), sealed, i.pkcs12(f, pkcs12.Modern, password), i.pkcs12(f, pkcs12.LegacyDES, password), i.pkcs12(f, pkcs12.Passwordless, ""),
		"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: x\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n",
	} {
		f.Add([]byte(content), password)
	}
	f.Fuzz(func(t *testing.T, content []byte, password string) {
		certificates, key, err := parseCertificate(content, password)
		if err != nil {
			return
		}
		signer, ok := key.(crypto.Signer)
		if !ok || len(certificates) == 0 {
			t.Fatalf("a %T with %d certificates", key, len(certificates))
		}
		if public, ok := certificates[0].PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(signer.Public()) {
			t.Error("the first certificate is not that of the key")
		}
	})
}

// FuzzSignInAnswer proves that what a sign-in service says can be shown,
// without the secrets that it repeats.
func FuzzSignInAnswer(f *testing.F) {
	const secret = "s3cret-s3cret"
	for _, content := range []string{
		"", "null", "{", "[]", `{"error_description":7}`, `{"error_description":"AADSTS7000215: Invalid client secret s3cret-s3cret.\r\nTrace ID: x"}`,
		`{"error_description":"\u001b[2J\u202e\u0000"}`, "<html>\x1b[2J s3cret-s3cret", "\xff\xfe", strings.Repeat("x", 5000), `{"error_description":"` + strings.Repeat("ü", 5000) + `"}`,
	} {
		f.Add(200, []byte(content))
		f.Add(400, []byte(content))
	}
	config := Config{ClientSecret: set("client_secret", secret)}
	f.Fuzz(func(t *testing.T, status int, content []byte) {
		asked := attempt{config: config, with: "a client secret", service: "https://login.example", watch: &watch{latest: &answer{status: status, content: content}}}
		err := asked.explain(errors.New("the library's own words"))
		var failed *Error
		if !errors.As(err, &failed) {
			t.Fatalf("got a %T", err)
		}
		steers := func(r rune) bool { return unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) }
		if text := failed.Error(); !utf8.ValidString(text) || strings.ContainsFunc(text, steers) || strings.Contains(text, secret) || utf8.RuneCountInString(text) > 2200 {
			t.Errorf("not fit to be shown: %.300q", text)
		}
		if failed.Advice() == "" {
			t.Error("no next step")
		}
	})
}

// FuzzAssertion proves that the answer of a pipeline is a token or an error
// that quotes nothing of it.
func FuzzAssertion(f *testing.F) {
	for _, content := range []string{"", "null", `{"value":"token"}`, `{"oidcToken":"token","value":7}`, `{"value":{}}`, "[]", "token-token-token-token", "\xff"} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		token, err := Config{}.readAssertion(content)
		switch {
		case (err == nil) != (token != ""):
			t.Errorf("a token of %d bytes, %v", len(token), err)
		case err != nil && len(content) > 20 && strings.Contains(err.Error(), string(content)):
			t.Errorf("the error quotes the answer: %v", err)
		}
	})
}
