package mockdirectory

import (
	"slices"
	"strings"
)

// Connection is what a client needs to work with the directory.
type Connection struct {
	GraphEndpoint      string `json:"graph_endpoint"`
	PortalEndpoint     string `json:"portal_endpoint"`
	AuthorityHost      string `json:"authority_host"`
	CACertificateFile  string `json:"ca_certificate_file"`
	TenantID           string `json:"tenant_id"`
	ClientID           string `json:"client_id"`
	ClientSecret       string `json:"client_secret"`
	PortalRefreshToken string `json:"portal_refresh_token"`
}

// Connection returns the addresses and the credentials of the tenant: of the application that may
// write users and domains, and of a user who may change the password reset policy.
func (d *Directory) Connection() Connection {
	d.mu.Lock()
	defer d.mu.Unlock()
	id, secret := d.state.SignIn.mainApplication()
	return Connection{
		GraphEndpoint: d.base, PortalEndpoint: d.base, AuthorityHost: d.base,
		CACertificateFile: d.caFile,
		TenantID:          d.state.Tenant.ID,
		ClientID:          id, ClientSecret: secret,
		PortalRefreshToken: d.portalRefreshToken(),
	}
}

// mainApplication prefers the seeded application, then the first with a secret that works.
func (s SignIn) mainApplication() (id, secret string) {
	if app, ok := s.Applications[SeededClientID]; ok && app.ClientSecret != "" {
		return SeededClientID, app.ClientSecret
	}
	for _, id := range sortedKeys(s.Applications) {
		if app := s.Applications[id]; app.ClientSecret != "" && !app.SecretExpired {
			return id, app.ClientSecret
		}
	}
	return "", ""
}

// portalRefreshToken finds a usable token of a user who may write the password reset policy.
func (d *Directory) portalRefreshToken() string {
	tokens := sortedKeys(d.state.SignIn.RefreshTokens)
	if _, ok := d.state.SignIn.RefreshTokens[d.portalToken]; ok {
		// Tokens that were issued meanwhile would do as well, but an answer that changes confuses.
		tokens = []string{d.portalToken}
	}
	for _, token := range tokens {
		issued := d.state.SignIn.RefreshTokens[token]
		user, ok := d.findUser(issued.User)
		if ok && !issued.Expired && issued.BlockedBy == "" && slices.ContainsFunc(user.Roles, mayWritePolicy) {
			return token
		}
	}
	return ""
}

// Exports returns the connection as lines for a POSIX shell.
func (c Connection) Exports() string {
	var b strings.Builder
	for _, line := range [][2]string{
		{"ARM_TENANT_ID", c.TenantID},
		{"ARM_CLIENT_ID", c.ClientID},
		{"ARM_CLIENT_SECRET", c.ClientSecret},
		{"ENTRAID_GRAPH_ENDPOINT", c.GraphEndpoint},
		{"ENTRAID_PORTAL_ENDPOINT", c.PortalEndpoint},
		{"ENTRAID_AUTHORITY_HOST", c.AuthorityHost},
		{"ENTRAID_CA_CERTIFICATE_FILE", c.CACertificateFile},
		{"ENTRAID_PORTAL_REFRESH_TOKEN", c.PortalRefreshToken},
	} {
		b.WriteString("export " + line[0] + "='" + strings.ReplaceAll(line[1], "'", `'\''`) + "'\n")
	}
	return b.String()
}
