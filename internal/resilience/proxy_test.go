package resilience_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
)

// proxy stands between the provider and a directory, with a socket and a
// certificate of its own. An error of its round tripper cuts the connection to
// the provider.
type proxy struct {
	url         string
	authorities string
	// close waits for the requests that are under way.
	close func()
}

// newProxy starts a proxy. Spoil is given the way to the directory and returns
// the one that requests take.
func newProxy(t testing.TB, d *acctest.Directory, http2 bool, spoil func(http.RoundTripper) http.RoundTripper) *proxy {
	t.Helper()
	connection := d.Connection()
	target, err := url.Parse(connection.GraphEndpoint)
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile(connection.CACertificateFile)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			// Addresses in answers lead through the proxy again.
			r.Out.Host = r.In.Host
		},
		// What breaks off has been sent up to there.
		FlushInterval: -1,
		Transport:     spoil(detached{trusting(t, own)}),
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:      log.New(io.Discard, "", 0),
	})
	server.EnableHTTP2 = http2
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	authorities := filepath.Join(t.TempDir(), "authorities.pem")
	both := append(own, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})...)
	if err := os.WriteFile(authorities, both, 0o600); err != nil {
		t.Fatal(err)
	}
	return &proxy{url: server.URL, authorities: authorities, close: server.Close}
}

// settings lead a provider through the proxy.
func (p *proxy) settings() acctest.Values {
	return acctest.Values{
		"ca_certificate_file": p.authorities,
		"endpoints":           acctest.Values{"graph": p.url, "portal": p.url, "authority": p.url},
	}
}

// trusting is a transport that trusts an authority.
func trusting(t testing.TB, authority []byte) http.RoundTripper {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// detached lets a request that was sent reach the directory even if whoever
// sent it is gone.
type detached struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (d detached) RoundTrip(request *http.Request) (*http.Response, error) {
	return d.next.RoundTrip(request.WithContext(context.WithoutCancel(request.Context())))
}
