package credential

import (
	"context"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// refresher exchanges a user's refresh token. The service may answer with a
// new one, which replaces the old one for the rest of this process.
type refresher struct {
	config Config

	mu           sync.Mutex
	refreshToken string
}

func (r *refresher) fetch(ctx context.Context) (token, error) {
	if !r.config.TenantID.Set() {
		return token{}, &Error{
			Message: r.config.PortalRefreshToken.Name + " is set, but tenant_id (ARM_TENANT_ID) is missing",
			advice:  "Set tenant_id to the directory id of the tenant.",
		}
	}
	w := newWatch(r.config.Transport, r.config.AuthorityHost)
	a := attempt{config: r.config, with: "a refresh token", service: r.config.AuthorityHost, portal: true, watch: w}
	// The grant type is overridden because a plain oauth2 refresh cannot name a
	// scope, and the stored token may have been issued for another service.
	exchange := clientcredentials.Config{
		ClientID:  r.clientID(),
		TokenURL:  strings.TrimRight(r.config.AuthorityHost, "/") + "/" + url.PathEscape(r.config.TenantID.Value) + "/oauth2/v2.0/token",
		Scopes:    []string{portalScope, "offline_access"},
		AuthStyle: oauth2.AuthStyleInParams,
		EndpointParams: url.Values{
			"grant_type":    {"refresh_token"},
			"refresh_token": {r.current()},
		},
	}
	answer, err := exchange.Token(context.WithValue(ctx, oauth2.HTTPClient, w.retrying().StandardClient()))
	if err != nil {
		return token{}, a.explain(err)
	}
	r.rotate(answer.RefreshToken)
	return newToken(answer.AccessToken, answer.Expiry), nil
}

func (r *refresher) current() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refreshToken
}

func (r *refresher) rotate(next string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if next != "" {
		r.refreshToken = next
	}
}

func (r *refresher) clientID() string {
	if r.config.PortalClientID != "" {
		return r.config.PortalClientID
	}
	return AzureCLIClientID
}
