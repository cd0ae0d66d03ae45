package directory

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// TokenSource supplies the access tokens of one service. It is safe for
// concurrent use and caches: Token is called before every attempt.
type TokenSource interface {
	// Token returns an access token that is valid now.
	Token(ctx context.Context) (string, error)
	// Renew returns an access token other than rejected, which the service
	// has just answered with 401.
	Renew(ctx context.Context, rejected string) (string, error)
}

// Config is what a Client needs.
type Config struct {
	// GraphEndpoint is the base address of Microsoft Graph, without the version,
	// such as https://graph.microsoft.com.
	GraphEndpoint string
	// PortalEndpoint is the base address of the admin center's back end without
	// /api, such as https://main.iam.ad.ext.azure.com. It is empty in clouds
	// where no such address is known.
	PortalEndpoint string

	GraphTokens  TokenSource
	PortalTokens TokenSource

	// Transport sends the requests; it carries the trusted certificate
	// authorities and the proxy.
	Transport http.RoundTripper
	UserAgent string
	// Log receives one entry for each attempt. It never sees a token or a body.
	Log logFunc
	// NoBulkReads turns off that many reads of users are answered by a listing.
	NoBulkReads bool
}

type logFunc = func(ctx context.Context, message string, fields map[string]any)

// Client calls the directory. It is safe for concurrent use, and all users of
// one Client share its connections, its retry rules and its throttling gate.
type Client struct {
	graph  *service
	portal *service

	// passwordResetWrites lets one writer at a time replace the password reset
	// policy: the API takes whole documents and has no version check. Holding
	// its one place is holding the lock; unlike a mutex it can be given up.
	passwordResetWrites chan struct{}
	// onPremisesWrites does the same for the on-premises integration, of which
	// one change is several writes.
	onPremisesWrites chan struct{}

	sweep sweep
	// noGetByIDs is set once reading many users at once turned out not to work.
	noGetByIDs atomic.Bool

	federations struct {
		sync.Mutex
		byDomain map[string]*federation
	}
}

// ErrNoPortal is returned by the calls to the admin center's back end where
// the configured cloud has none.
var ErrNoPortal = errors.New("the self-service password reset settings have no API in this cloud: the back end of the admin center is known for the public cloud only")

// New checks the configuration and returns a Client. It makes no request.
func New(config Config) (*Client, error) {
	if config.Log == nil {
		config.Log = func(context.Context, string, map[string]any) {}
	}
	graphBase, err := endpoint("Microsoft Graph", config.GraphEndpoint, "/v1.0")
	if err != nil {
		return nil, err
	}
	client := &Client{
		graph:               newService(config, "Microsoft Graph", graphBase, config.GraphTokens),
		passwordResetWrites: make(chan struct{}, 1),
		onPremisesWrites:    make(chan struct{}, 1),
	}
	client.sweep.off = config.NoBulkReads
	client.federations.byDomain = map[string]*federation{}
	client.graph.correlationHeader = "client-request-id"
	if config.PortalEndpoint == "" {
		return client, nil
	}
	portalBase, err := endpoint("the admin center's back end", config.PortalEndpoint, "/api")
	if err != nil {
		return nil, err
	}
	client.portal = newService(config, "the admin center's back end", portalBase, config.PortalTokens)
	client.portal.correlationHeader = "X-Ms-Client-Request-Id"
	client.portal.precondition = refuseAppToken
	return client, nil
}

// endpoint parses a service's base address and refuses one over which a token
// could be read by others.
func endpoint(name, base, suffix string) (*url.URL, error) {
	address, err := url.Parse(strings.TrimRight(base, "/") + suffix)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the endpoint of %s is not a URL: %w", name, err)
	case address.Host == "" || address.User != nil || address.RawQuery != "" || address.Fragment != "":
		return nil, fmt.Errorf("the endpoint of %s, %q, must be a scheme and a host, such as https://graph.microsoft.com", name, base)
	case !confidential(address):
		return nil, fmt.Errorf("the endpoint of %s, %q, must use https: a token would be readable on the way (http is accepted on a loopback address only)", name, base)
	}
	return address, nil
}

// confidential reports whether a token may be sent to an address: over TLS,
// or without leaving this machine.
func confidential(address *url.URL) bool {
	if address.Scheme == "https" {
		return true
	}
	host := address.Hostname()
	ip := net.ParseIP(host)
	return address.Scheme == "http" && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// TenantID returns the tenant that the portal's token belongs to.
func (c *Client) TenantID(ctx context.Context) (string, error) {
	if c.portal == nil {
		return "", ErrNoPortal
	}
	return c.portal.tenantID(ctx)
}

// GraphTenantID returns the tenant that Microsoft Graph's token belongs to.
func (c *Client) GraphTenantID(ctx context.Context) (string, error) { return c.graph.tenantID(ctx) }

// tenantID reads the tenant out of a service's token.
func (s *service) tenantID(ctx context.Context) (string, error) {
	token, err := s.tokens.Token(ctx)
	if err != nil {
		return "", &SignInError{Service: s.name, Err: err}
	}
	claims, err := readClaims(token)
	if err != nil {
		return "", err
	}
	return claims.TenantID, nil
}

// HasPortal reports whether the configured cloud has a back end of the admin
// center.
func (c *Client) HasPortal() bool { return c.portal != nil }

// The bounds of one call, attempts and waiting included. The time leaves room
// for the longest Retry-After that Graph is known to send.
const (
	callBound   = 10 * time.Minute
	maxAttempts = 12
)
