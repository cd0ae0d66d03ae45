package provider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority writes a certificate authority into a file.
func authority(t *testing.T, file, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCertificateFileAddsToTheRootsOfTheSystem runs again as a process of its
// own: the roots of the system are read once in the life of a process.
func TestCertificateFileAddsToTheRootsOfTheSystem(t *testing.T) {
	t.Parallel()
	const variable = "TRANSPORT_TEST_FOLDER"
	if folder := os.Getenv(variable); folder != "" {
		trustsBoth(t, folder)
		return
	}
	folder := t.TempDir()
	authority(t, filepath.Join(folder, "system.pem"), "system")
	authority(t, filepath.Join(folder, "extra.pem"), "extra")
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	command.Env = append(os.Environ(), variable+"="+folder, "SSL_CERT_FILE="+filepath.Join(folder, "system.pem"), "SSL_CERT_DIR="+folder+"/none")
	output, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "--- PASS") {
		t.Fatalf("%v\n%s", err, output)
	}
}

func trustsBoth(t *testing.T, folder string) {
	t.Helper()
	made, diagnostics := settings{caCertificateFile: filepath.Join(folder, "extra.pem")}.transport()
	transport, ok := made.(*http.Transport)
	if diagnostics.HasError() || !ok {
		t.Fatalf("no transport: %v", diagnostics)
	}
	for _, name := range []string{"system.pem", "extra.pem"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(content)
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		options := x509.VerifyOptions{Roots: transport.TLSClientConfig.RootCAs, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
		if _, err := certificate.Verify(options); err != nil {
			t.Errorf("%s is not trusted: %v", name, err)
		}
	}
}

func TestUnusableCertificateFileIsRefused(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for file, reason := range map[string]string{empty: "no certificate in PEM form", "/does/not/exist": "no such file"} {
		_, diagnostics := settings{caCertificateFile: file}.transport()
		if len(diagnostics) != 1 || !strings.Contains(diagnostics[0].Detail(), reason) {
			t.Errorf("%s gives %v", file, diagnostics)
		}
	}
}
