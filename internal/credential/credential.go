package credential

import (
	"context"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// The retries of one sign-in: after about half a second, one, and two seconds.
const (
	signInRetries  = 3
	signInDelay    = 500 * time.Millisecond
	signInMaxDelay = 10 * time.Second
)

// Graph returns the token source of Microsoft Graph.
func Graph(config Config) *Source { return &Source{fetch: config.graph} }

// Portal returns the token source of the admin center's back end.
func Portal(config Config) *Source {
	if config.PortalRefreshToken.Set() {
		return &Source{fetch: (&refresher{config: config, refreshToken: config.PortalRefreshToken.Value}).fetch}
	}
	return &Source{fetch: config.portal}
}

// portal obtains a token for the user of the Azure CLI.
func (c Config) portal(ctx context.Context) (token, error) {
	if w := c.cliWay(); !w.asked || len(w.missing) > 0 {
		return token{}, c.noPortal("")
	}
	return attempt{config: c, with: azureCLI, service: azureCLI, portal: true, cli: true}.askCLI(ctx, portalScope, c.noPortal)
}

// get asks a credential for a token and makes a refusal readable.
func (a attempt) get(ctx context.Context, credential azcore.TokenCredential, scope string) (token, error) {
	answer, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return token{}, a.explain(err)
	}
	return newToken(answer.Token, answer.ExpiresOn), nil
}

// askCLI asks the Azure CLI, which runs as a program of its own: it signs in
// by its own settings. Where nobody is signed in, nowhere says so in a list of
// all ways.
func (a attempt) askCLI(ctx context.Context, scope string, nowhere func(string) error) (token, error) {
	credential, err := a.config.openCLI(nil)
	if err != nil {
		return token{}, a.explain(err)
	}
	answer, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err == nil {
		return newToken(answer.Token, answer.ExpiresOn), nil
	}
	said := plain(err)
	switch {
	case ctx.Err() != nil:
		return token{}, a.explain(ctx.Err())
	case aadsts.MatchString(said):
		return token{}, a.refused(said)
	case notSignedIn.MatchString(said):
		return token{}, nowhere(a.config.hide(said))
	}
	return token{}, a.explain(err)
}

// notSignedIn matches what the Azure CLI says without an account, or with one
// of another tenant only.
var notSignedIn = regexp.MustCompile(`(?i)az login|az account set|executable not found`)

func (c Config) openCLI(*watch) (azcore.TokenCredential, error) {
	return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: c.TenantID.Value})
}

func (c Config) openSecret(w *watch) (azcore.TokenCredential, error) {
	clientID, err := c.ClientID.text()
	if err != nil {
		return nil, err
	}
	secret, err := c.ClientSecret.text()
	if err != nil {
		return nil, err
	}
	return azidentity.NewClientSecretCredential(c.TenantID.Value, clientID, secret, &azidentity.ClientSecretCredentialOptions{
		ClientOptions: c.clientOptions(w), DisableInstanceDiscovery: true,
	})
}

func (c Config) openCertificate(w *watch) (azcore.TokenCredential, error) {
	clientID, err := c.ClientID.text()
	if err != nil {
		return nil, err
	}
	certificates, key, err := c.readCertificate()
	if err != nil {
		return nil, err
	}
	return azidentity.NewClientCertificateCredential(c.TenantID.Value, clientID, certificates, key, &azidentity.ClientCertificateCredentialOptions{
		ClientOptions: c.clientOptions(w), DisableInstanceDiscovery: true,
	})
}

func (c Config) openOIDC(w *watch) (azcore.TokenCredential, error) {
	clientID, err := c.ClientID.text()
	if err != nil {
		return nil, err
	}
	assertion := func(ctx context.Context) (string, error) {
		assertion, err := c.assertion(ctx)
		if err != nil {
			// azidentity keeps the text of an error only.
			return "", w.remember(err)
		}
		return assertion, nil
	}
	return azidentity.NewClientAssertionCredential(c.TenantID.Value, clientID, assertion, &azidentity.ClientAssertionCredentialOptions{
		ClientOptions: c.clientOptions(w), DisableInstanceDiscovery: true,
	})
}

// clientOptions points azidentity at the configured service. It never asks
// Microsoft about the service (instance discovery): the configuration, not an
// answer from elsewhere, says where secrets go.
func (c Config) clientOptions(w *watch) azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: c.AuthorityHost},
		Transport: w.client(),
		Retry:     policy.RetryOptions{MaxRetries: signInRetries, RetryDelay: signInDelay, MaxRetryDelay: signInMaxDelay},
	}
}

// openManagedIdentity asks the machine's own endpoint, which is not the
// sign-in service: azidentity finds it in the environment.
func (c Config) openManagedIdentity(w *watch) (azcore.TokenCredential, error) {
	id, err := c.managedIdentityID()
	if err != nil {
		return nil, err
	}
	options := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: azcore.ClientOptions{
		Retry: policy.RetryOptions{MaxRetries: signInRetries, RetryDelay: signInDelay, MaxRetryDelay: managedIdentityMaxDelay},
	}}
	if id != "" {
		options.ID = azidentity.ClientID(id)
	}
	direct := directTransport(c.Transport)
	if os.Getenv("IDENTITY_SERVER_THUMBPRINT") != "" {
		// Service Fabric's endpoint is recognised by its certificate, for which
		// azidentity must see the transport itself.
		options.Transport = &http.Client{Transport: direct}
	} else {
		w.hosts, w.next = nil, direct
		options.Transport = w.client()
	}
	credential, err := azidentity.NewManagedIdentityCredential(options)
	if err != nil {
		return nil, err
	}
	return freshIdentity{credential}, nil
}

// managedIdentityMaxDelay leaves room for the endpoint's restart.
const managedIdentityMaxDelay = 25 * time.Second

// managedIdentityID is the user-assigned identity, which azuread takes from
// client_id.
func (c Config) managedIdentityID() (string, error) {
	if c.ManagedIdentityID.Set() {
		return strings.TrimSpace(c.ManagedIdentityID.Value), nil
	}
	return c.ClientID.text()
}

// freshIdentity bypasses the cache that all managed identity credentials of a
// process share: it could hand out a token that was just rejected.
type freshIdentity struct {
	credential *azidentity.ManagedIdentityCredential
}

// GetToken implements azcore.TokenCredential.
func (f freshIdentity) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	// Claims are not sent to the endpoint; they only switch the cache off.
	options.Claims = "{}"
	return f.credential.GetToken(ctx, options)
}
