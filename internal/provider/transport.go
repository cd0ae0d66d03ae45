package provider

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

const (
	// connections is how many requests may be under way on HTTP/1.1; with
	// HTTP/2 one connection carries them all.
	connections = 16
	// answerBound is how long the directory may take to begin its answer.
	answerBound = 2 * time.Minute
)

// transport carries all requests of the provider: HTTP/2, one pool of
// connections, the proxy of the environment, and the trusted authorities.
func (s settings) transport() (http.RoundTripper, diag.Diagnostics) {
	var diagnostics diag.Diagnostics
	transport := cleanhttp.DefaultPooledTransport()
	transport.MaxIdleConnsPerHost = connections
	transport.MaxConnsPerHost = connections
	transport.ResponseHeaderTimeout = answerBound
	transport.MaxResponseHeaderBytes = 256 << 10
	if s.caCertificateFile == "" {
		return transport, nil
	}
	fail := func(reason string) {
		diagnostics.AddAttributeError(path.Root("ca_certificate_file"), "Unusable certificate authorities",
			fmt.Sprintf("%s: %s.", s.caCertificateFile, reason))
	}
	pem, err := os.ReadFile(s.caCertificateFile)
	if err != nil {
		fail(err.Error())
		return nil, diagnostics
	}
	roots, ok := trust(pem)
	if !ok {
		fail("the file holds no certificate in PEM form")
		return nil, diagnostics
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return transport, nil
}

// trust adds certificate authorities to those of the system.
func trust(pem []byte) (*x509.CertPool, bool) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	return roots, roots.AppendCertsFromPEM(pem)
}
