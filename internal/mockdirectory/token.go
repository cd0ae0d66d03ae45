package mockdirectory

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// portalResource is the app that the portal's back end accepts tokens for.
const portalResource = "74658136-14ec-4630-ad9b-26e160ff0fc6"

const graphAppID = "00000003-0000-0000-c000-000000000000"

const defaultTokenSeconds = 3599

// graphHosts are the hosts of Graph in Microsoft's clouds; tokens for each are taken for this directory's Graph.
var graphHosts = []string{
	"graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn",
}

// accessClaims is what an access token says.
type accessClaims struct {
	Audience string   `json:"aud"`
	Issuer   string   `json:"iss"`
	Issued   int64    `json:"iat"`
	Begins   int64    `json:"nbf"`
	Expires  int64    `json:"exp"`
	AppID    string   `json:"appid,omitempty"`
	AZP      string   `json:"azp,omitempty"`
	Kind     string   `json:"idtyp,omitempty"`
	Name     string   `json:"name,omitempty"`
	ObjectID string   `json:"oid"`
	Roles    []string `json:"roles,omitempty"`
	Scopes   string   `json:"scp,omitempty"`
	Subject  string   `json:"sub"`
	TenantID string   `json:"tid"`
	UPN      string   `json:"upn,omitempty"`
	Unique   string   `json:"uti"`
	Version  string   `json:"ver"`
	WIDs     []string `json:"wids,omitempty"`
}

// caller is who sent a request, according to the token alone.
type caller struct {
	clientID, tenantID, objectID, upn string
	app                               bool
	permissions                       []string
	roles                             []string
}

// resource is a thing that tokens are for.
type resource struct {
	audience string
	portal   bool
}

// resourceOf finds the resource of a scope such as https://graph.microsoft.com/.default.
func (d *Directory) resourceOf(name, host string) (resource, bool) {
	name = strings.TrimSuffix(name, "/")
	if name == portalResource {
		return resource{audience: name, portal: true}, true
	}
	if name == graphAppID {
		return resource{audience: name}, true
	}
	u, err := url.Parse(name)
	if err != nil || u.Scheme != "https" || u.Path != "" || !d.isGraphHost(u.Host, host) {
		return resource{}, false
	}
	return resource{audience: name}, true
}

func (d *Directory) isGraphHost(host, requested string) bool {
	return slices.Contains(graphHosts, host) || slices.Contains(d.options.Names, host) || d.isOwnHost(host) || host == requested
}

// isOwnHost admits each loopback name of the directory.
func (d *Directory) isOwnHost(host string) bool {
	if d.listener == nil {
		return "https://"+host == d.base
	}
	_, port, err := net.SplitHostPort(d.listener.Addr().String())
	return err == nil && slices.Contains([]string{"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port}, host)
}

// claims returns what all tokens have in common. The caller holds mu.
func (d *Directory) claims(clientID string, target resource, version string, seconds int) accessClaims {
	now := d.now()
	c := accessClaims{
		Audience: target.audience,
		Issuer:   "https://sts.windows.net/" + d.state.Tenant.ID + "/",
		Issued:   now.Unix(), Begins: now.Unix(),
		Expires:  now.Add(time.Duration(cmp.Or(seconds, defaultTokenSeconds)) * time.Second).Unix(),
		TenantID: d.state.Tenant.ID,
		AppID:    clientID,
		Unique:   newSecret()[:22],
		Version:  version,
	}
	if version == "2.0" {
		c.Issuer = "https://login.microsoftonline.com/" + d.state.Tenant.ID + "/v2.0"
		c.AZP, c.AppID = clientID, ""
	}
	return c
}

// appToken issues a token without a user. The caller holds mu.
func (d *Directory) appToken(clientID string, app Application, r resource) (string, int) {
	c := d.claims(clientID, r, "1.0", app.TokenLifetimeSeconds)
	c.Kind = "app"
	c.ObjectID, c.Subject = app.ObjectID, app.ObjectID
	if !r.portal {
		c.Roles = app.Permissions
	}
	return d.signer.sign(c), int(c.Expires - c.Issued)
}

// userToken issues a token for a signed-in user. The caller holds mu.
func (d *Directory) userToken(clientID string, user User, r resource) (string, int) {
	c := d.claims(clientID, r, "1.0", d.state.SignIn.UserTokenLifetimeSeconds)
	c.Kind = "user"
	c.ObjectID, c.Subject, c.UPN, c.Name = user.ID, user.ID, user.UserPrincipalName, user.DisplayName
	c.WIDs = roleIDs(user.Roles)
	c.Scopes = "user_impersonation"
	if !r.portal {
		c.Scopes = strings.Join(d.state.SignIn.DelegatedPermissions, " ")
	}
	return d.signer.sign(c), int(c.Expires - c.Issued)
}

// AppToken issues an access token for Graph to the application that Connection tells, without a request. It is valid
// from now on, on the directory's clock. It panics for a tenant without a usable application.
func (d *Directory) AppToken() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	id, _ := d.state.SignIn.mainApplication()
	app, ok := d.state.SignIn.Applications[id]
	if !ok {
		panic("mock directory: no application with a secret that works")
	}
	token, _ := d.appToken(id, app, resource{audience: d.base})
	return token
}

// UserToken issues an access token for a user, as a signed-in Azure CLI would hold it.
// The resource is an endpoint of Graph or the portal's app id.
func (d *Directory) UserToken(upn, forResource string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	user, ok := d.findUser(upn)
	if !ok {
		return "", fmt.Errorf("mock directory: no user %q", upn)
	}
	r, ok := d.resourceOf(forResource, "")
	if !ok {
		return "", fmt.Errorf("mock directory: no resource %q", forResource)
	}
	token, _ := d.userToken(azureCLI, user, r)
	return token, nil
}

// RefreshToken issues a refresh token that any public client may redeem for that user's tokens, the portal's
// included. It panics for a user that the tenant does not have.
func (d *Directory) RefreshToken(upn string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	user, ok := d.findUser(upn)
	if !ok {
		panic("mock directory: no user " + upn)
	}
	token := newSecret()
	d.state.SignIn.RefreshTokens[token] = RefreshToken{User: user.ID}
	return token
}

// verifiedTokens remembers the claims of tokens whose signature was found right, as checking one takes long.
type verifiedTokens struct {
	mu     sync.Mutex
	claims map[string]accessClaims
}

// mostVerified bounds what is remembered.
const mostVerified = 1000

// accessClaims checks the signature of an access token and reads it.
func (d *Directory) accessClaims(token string) (accessClaims, error) {
	d.verified.mu.Lock()
	defer d.verified.mu.Unlock()
	if known, ok := d.verified.claims[token]; ok {
		return known, nil
	}
	var claims accessClaims
	if err := d.signer.verify(token, &claims); err != nil {
		return claims, err
	}
	if d.verified.claims == nil || len(d.verified.claims) >= mostVerified {
		d.verified.claims = map[string]accessClaims{}
	}
	d.verified.claims[token] = claims
	return claims, nil
}

// tokenProblem says why a bearer token is not accepted.
type tokenProblem int

const (
	tokenFine tokenProblem = iota
	tokenMissing
	tokenInvalid
	tokenWrongAudience
	tokenExpired
)

// authenticate reads the bearer token of a request.
func (d *Directory) authenticate(header http.Header, portal bool, host string) (caller, tokenProblem) {
	scheme, token, _ := strings.Cut(header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return caller{}, tokenMissing
	}
	c, err := d.accessClaims(token)
	if err != nil {
		return caller{}, tokenInvalid
	}
	d.mu.Lock()
	tenant := d.state.Tenant.ID
	d.mu.Unlock()
	r, ok := d.resourceOf(c.Audience, host)
	if !ok || r.portal != portal || c.TenantID != tenant {
		return caller{}, tokenWrongAudience
	}
	now := d.now().Unix()
	if now >= c.Expires || now < c.Begins {
		return c.caller(), tokenExpired
	}
	return c.caller(), tokenFine
}

func (c accessClaims) caller() caller {
	who := caller{
		clientID: cmp.Or(c.AppID, c.AZP), tenantID: c.TenantID, objectID: c.ObjectID, upn: c.UPN,
		app: c.Scopes == "", permissions: c.Roles,
	}
	if !who.app {
		who.permissions = strings.Fields(c.Scopes)
	}
	for name, id := range roleTemplates {
		if slices.Contains(c.WIDs, id) {
			who.roles = append(who.roles, name)
		}
	}
	return who
}

func (c caller) hasRole(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(c.roles, name) })
}
