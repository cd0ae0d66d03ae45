package provider_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// proxy is one that tunnels whatever it is asked for to one address.
type proxy struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]bool
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	p := &proxy{asked: map[string]bool{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked[r.Method+" "+r.Host] = true
		p.mu.Unlock()
		upstream, err := new(net.Dialer).DialContext(r.Context(), "tcp", target)
		if err != nil {
			http.Error(w, "no target", http.StatusBadGateway)
			return
		}
		downstream, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			_ = upstream.Close()
			return
		}
		_, _ = io.WriteString(downstream, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() {
			_, _ = io.Copy(upstream, buffered)
			_ = upstream.Close()
		}()
		_, _ = io.Copy(downstream, upstream)
		_ = downstream.Close()
	}))
	t.Cleanup(p.Close)
	return p
}

// TestProxyOfTheEnvironmentIsUsed signs in and calls both services through a
// proxy. The variables are read once in the life of a process, and never for
// loopback addresses: hence the child and the names.
func TestProxyOfTheEnvironmentIsUsed(t *testing.T) {
	t.Parallel()
	if os.Getenv(childVariable) != "" {
		throughProxy(t)
		return
	}
	d := acctest.StartDirectory(t, mockdirectory.Options{Names: []string{"graph.example", "portal.example", "login.example"}})
	c := d.Connection()
	p := newProxy(t, c.GraphEndpoint[len("https://"):])
	inChild(t, "HTTPS_PROXY="+p.URL, "https_proxy="+p.URL, "NO_PROXY=", "no_proxy=",
		"ARM_TENANT_ID="+c.TenantID, "ARM_CLIENT_ID="+c.ClientID, "ARM_CLIENT_SECRET="+c.ClientSecret, "ARM_USE_CLI=false",
		"ENTRAID_GRAPH_ENDPOINT=https://graph.example", "ENTRAID_PORTAL_ENDPOINT=https://portal.example",
		"ENTRAID_AUTHORITY_HOST=https://login.example", "ENTRAID_CA_CERTIFICATE_FILE="+c.CACertificateFile,
		"ENTRAID_PORTAL_REFRESH_TOKEN="+c.PortalRefreshToken)
	for _, host := range []string{"graph", "portal", "login"} {
		if !p.asked["CONNECT "+host+".example:443"] {
			t.Errorf("%s was not reached through the proxy: %v", host, p.asked)
		}
	}
}

func throughProxy(t *testing.T) {
	t.Helper()
	s := acctest.Unconfigured(t)
	s.Quiet(s.Configure(acctest.Values{}))
	s.Must(s.New(userKind), acctest.Values{"user_id": backup})
	_, diagnostics := s.Import(policyKind, mockdirectory.SeededTenantID)
	s.NoError(diagnostics)
}

func TestUnreachableProxyIsNamed(t *testing.T) {
	t.Parallel()
	if os.Getenv(childVariable) == "" {
		closed := httptest.NewServer(http.NotFoundHandler())
		closed.Close()
		inChild(t, "HTTPS_PROXY="+closed.URL, "https_proxy="+closed.URL, "NO_PROXY=", "no_proxy=")
		return
	}
	s := acctest.Unconfigured(t)
	s.Quiet(s.Configure(acctest.Values{"tenant_id": "t", "client_id": "c", "client_secret": "s3cret-value"}))
	acctest.Contains(t, createUser(s), "proxyconnect", "HTTPS_PROXY")
}
