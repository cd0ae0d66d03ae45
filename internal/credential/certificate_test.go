package credential

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

const password = "correct horse"

// encryptedPEM protects the key as OpenSSL 3 does by default.
func (i identity) encryptedPEM(t testing.TB) string {
	t.Helper()
	salt, vector := bytes.Repeat([]byte{7}, 16), bytes.Repeat([]byte{9}, aes.BlockSize)
	key, err := pbkdf2.Key(sha256.New, password, salt, 2048, 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	clear := i.keyDER(t)
	padding := aes.BlockSize - len(clear)%aes.BlockSize
	clear = append(clear, bytes.Repeat([]byte{byte(padding)}, padding)...)
	var sealed encryptedKey
	sealed.Algorithm.ID = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	scheme := &sealed.Algorithm.Parameters
	scheme.Derivation.ID = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	scheme.Derivation.Parameters = pbkdf2Parameters{Salt: salt, Iterations: 2048, Function: pkix.AlgorithmIdentifier{
		Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, Parameters: asn1.NullRawValue,
	}}
	scheme.Cipher.ID, scheme.Cipher.Vector = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, vector
	sealed.Encrypted = make([]byte, len(clear))
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(sealed.Encrypted, clear)
	der, err := asn1.Marshal(sealed)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der})) + i.certificatePEM()
}

func (i identity) pkcs12(t testing.TB, encoder *pkcs12.Encoder, password string) string {
	t.Helper()
	content, err := encoder.Encode(i.key, i.certificate, nil, password)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestCertificateSignsIn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := newIdentity(t, time.Now().Add(time.Hour))
	b.register(i)
	other := stranger(t).certificatePEM()
	for name, test := range map[string]struct{ content, password string }{
		"PEM":                              {i.pem(t), ""},
		"PEM, certificate first":           {i.certificatePEM() + i.pem(t), ""},
		"encrypted PEM":                    {i.encryptedPEM(t), password},
		"PKCS#12 of today":                 {i.pkcs12(t, pkcs12.Modern, password), password},
		"PKCS#12 of today, empty password": {i.pkcs12(t, pkcs12.Modern, ""), ""},
		"PKCS#12 of OpenSSL 1":             {i.pkcs12(t, pkcs12.LegacyDES, password), password},
		"PKCS#12 of OpenSSL 0":             {i.pkcs12(t, pkcs12.LegacyRC2, password), password},
		"PKCS#12 without encryption":       {i.pkcs12(t, pkcs12.Passwordless, ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := b.config
			config.CertificatePassword = set("client_certificate_password", test.password)
			config.Certificate = inFile(t, "client_certificate_path", test.content)
			b.works(t, config)
			config.Certificate = set("client_certificate", base64.StdEncoding.EncodeToString([]byte(test.content)))
			b.works(t, config)
		})
	}
	t.Run("PEM as it stands", func(t *testing.T) {
		t.Parallel()
		config := b.config
		config.Certificate = set("client_certificate", i.pem(t)+other)
		b.works(t, config)
	})
}

// TestCertificateOfOpenSSLSignsIn is what a person makes at the keyboard. It
// needs the program, which not every machine has.
func TestCertificateOfOpenSSLSignsIn(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not on the PATH")
	}
	b := newBench(t)
	i := newIdentity(t, time.Now().Add(time.Hour))
	b.register(i)
	folder := t.TempDir()
	source := filepath.Join(folder, "source.pem")
	if err := os.WriteFile(source, []byte(i.pem(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(arguments ...string) {
		t.Helper()
		if output, err := exec.CommandContext(t.Context(), program, arguments...).CombinedOutput(); err != nil {
			t.Fatalf("openssl: %v\n%s", err, output)
		}
	}
	pfx, key := filepath.Join(folder, "export.pfx"), filepath.Join(folder, "key.pem")
	run("pkcs12", "-export", "-in", source, "-out", pfx, "-passout", "pass:"+password)
	run("pkcs8", "-topk8", "-in", source, "-out", key, "-passout", "pass:"+password)
	both := inFile(t, "client_certificate_path", content(t, key)+"\n"+i.certificatePEM())
	for _, certificate := range []Setting{{Value: pfx, Name: "client_certificate_path", File: true}, both} {
		config := b.config
		config.Certificate, config.CertificatePassword = certificate, set("client_certificate_password", password)
		b.works(t, config)
	}
}

func TestUnusableCertificatesSayWhy(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := newIdentity(t, time.Now().Add(time.Hour))
	old := pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Bytes: []byte("sealed"), Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00"},
	})
	strange := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{0x30, 0}})
	other := stranger(t)
	for name, test := range map[string]struct {
		certificate Setting
		password    string
		parts       []string
	}{
		"no such file":              {Setting{Value: "/does/not/exist.pfx", Name: "ARM_CLIENT_CERTIFICATE_PATH", File: true}, "", []string{"ARM_CLIENT_CERTIFICATE_PATH", "/does/not/exist.pfx"}},
		"not base64":                {set("client_certificate", "?"), "", []string{"client_certificate", "not base64"}},
		"neither form":              {set("client_certificate", "AAAA"), "", []string{"neither PEM nor readable PKCS#12"}},
		"wrong password":            {inFile(t, "client_certificate_path", i.pkcs12(t, pkcs12.Modern, password)), "wrong", []string{"password is missing or wrong", "ARM_CLIENT_CERTIFICATE_PASSWORD"}},
		"missing password":          {inFile(t, "client_certificate_path", i.pkcs12(t, pkcs12.Modern, password)), "", []string{"password is missing or wrong"}},
		"wrong password of PEM":     {inFile(t, "client_certificate_path", i.encryptedPEM(t)), "wrong", []string{"password is missing or wrong"}},
		"missing password of PEM":   {inFile(t, "client_certificate_path", i.encryptedPEM(t)), "", []string{"password is missing or wrong"}},
		"no key":                    {inFile(t, "client_certificate_path", i.certificatePEM()), "", []string{"no private key"}},
		"no certificate":            {inFile(t, "client_certificate_path", i.pem(t)[:len(i.pem(t))-len(i.certificatePEM())]), "", []string{"no certificate"}},
		"key of another":            {inFile(t, "client_certificate_path", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: other.keyDER(t)}))+i.certificatePEM()), "", []string{"belongs to none"}},
		"two keys":                  {inFile(t, "client_certificate_path", i.pem(t)+i.pem(t)), "", []string{"more than one private key"}},
		"old encryption of PEM":     {inFile(t, "client_certificate_path", string(old)), password, []string{"openssl pkcs8 -topk8"}},
		"unknown encryption of PEM": {inFile(t, "client_certificate_path", string(strange)), password, []string{"not supported", "openssl pkcs8"}},
		"empty file":                {inFile(t, "client_certificate_path", ""), "", []string{"neither PEM"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := b.config
			config.Certificate, config.CertificatePassword = test.certificate, set("client_certificate_password", test.password)
			fails(t, Graph(config), test.parts...)
		})
	}
}

// stranger is an identity with a key of its own.
func stranger(t *testing.T) identity {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return certified(t, key, time.Now().Add(time.Hour))
}
