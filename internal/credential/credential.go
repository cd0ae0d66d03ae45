package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// AzureCLIClientID is the public application id of the Azure CLI, one of the
// few for which the admin center's back end accepts tokens.
const AzureCLIClientID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// portalScope asks for a token of the application behind the admin center.
const portalScope = "74658136-14ec-4630-ad9b-26e160ff0fc6/.default"

// Config says how to sign in.
type Config struct {
	// AuthorityHost is the sign-in service, such as https://login.microsoftonline.com.
	AuthorityHost string
	// OwnAuthority is set when AuthorityHost is none of Microsoft's, so that
	// Microsoft cannot be asked about it.
	OwnAuthority bool
	// GraphEndpoint is the base address of Microsoft Graph, which is also what
	// its tokens are asked for.
	GraphEndpoint string

	TenantID     string
	ClientID     string
	ClientSecret string
	UseCLI       bool

	PortalRefreshToken string
	PortalClientID     string

	// Transport sends the sign-in requests.
	Transport http.RoundTripper
}

// Graph returns the token source of Microsoft Graph.
func Graph(config Config) *Source {
	scope := strings.TrimRight(config.GraphEndpoint, "/") + "/.default"
	return &Source{fetch: func(ctx context.Context) (token, error) {
		credential, err := config.graphCredential()
		if err != nil {
			return token{}, err
		}
		return get(ctx, credential, config.TenantID, scope)
	}}
}

// graphCredential makes a new credential at each use: the source keeps the
// token, and a new credential has no cache that could hand out a rejected one.
func (c Config) graphCredential() (azcore.TokenCredential, error) {
	switch {
	case c.ClientSecret != "":
		if c.TenantID == "" || c.ClientID == "" {
			return nil, errors.New("client_secret is set, but tenant_id or client_id is missing")
		}
		return azidentity.NewClientSecretCredential(c.TenantID, c.ClientID, c.ClientSecret, &azidentity.ClientSecretCredentialOptions{
			ClientOptions: c.clientOptions(), DisableInstanceDiscovery: c.OwnAuthority,
		})
	case c.UseCLI:
		return c.cliCredential()
	}
	return nil, errNoGraph
}

var (
	errNoGraph = errors.New("no way to sign in to Microsoft Graph is configured: set tenant_id, client_id and client_secret " +
		"(or ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET), or set use_cli to true and run \"az login\"")
	errNoPortal = errors.New("no way to sign in to the admin center's back end is configured: it accepts users only. Set portal.refresh_token " +
		"(or ENTRAID_PORTAL_REFRESH_TOKEN), or set use_cli to true and run \"az login\"")
)

func (c Config) cliCredential() (azcore.TokenCredential, error) {
	return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: c.TenantID})
}

func (c Config) clientOptions() azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: c.AuthorityHost},
		Transport: &http.Client{Transport: c.Transport},
		Retry:     policy.RetryOptions{MaxRetries: signInRetries},
	}
}

const signInRetries = 4

// get asks a credential for a token and makes a refusal readable.
func get(ctx context.Context, credential azcore.TokenCredential, tenant, scope string) (token, error) {
	answer, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}, TenantID: tenant})
	if err != nil {
		return token{}, explain(err)
	}
	return newToken(answer.Token, answer.ExpiresOn), nil
}

// Portal returns the token source of the admin center's back end.
func Portal(config Config) *Source {
	if config.PortalRefreshToken == "" {
		return &Source{fetch: func(ctx context.Context) (token, error) {
			if !config.UseCLI {
				return token{}, errNoPortal
			}
			credential, err := config.cliCredential()
			if err != nil {
				return token{}, err
			}
			return get(ctx, credential, config.TenantID, portalScope)
		}}
	}
	refresher := &refresher{config: config, refreshToken: config.PortalRefreshToken}
	return &Source{fetch: refresher.fetch}
}

// refresher exchanges a user's refresh token. The service may answer with a
// new one, which replaces the old one for the rest of this process.
type refresher struct {
	config Config

	mu           sync.Mutex
	refreshToken string
}

func (r *refresher) fetch(ctx context.Context) (token, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.config.TenantID == "" {
		return token{}, errors.New("portal.refresh_token is set, but tenant_id is missing")
	}
	client := retryablehttp.NewClient()
	client.Logger = nil
	client.RetryMax = signInRetries
	client.HTTPClient.Transport = r.config.Transport
	// The grant type is overridden because a plain oauth2 refresh cannot name a
	// scope, and the stored token may have been issued for another service.
	exchange := clientcredentials.Config{
		ClientID:  r.clientID(),
		TokenURL:  strings.TrimRight(r.config.AuthorityHost, "/") + "/" + url.PathEscape(r.config.TenantID) + "/oauth2/v2.0/token",
		Scopes:    []string{portalScope, "offline_access"},
		AuthStyle: oauth2.AuthStyleInParams,
		EndpointParams: url.Values{
			"grant_type":    {"refresh_token"},
			"refresh_token": {r.refreshToken},
		},
	}
	answer, err := exchange.Token(context.WithValue(ctx, oauth2.HTTPClient, client.StandardClient()))
	if err != nil {
		return token{}, explain(err)
	}
	if answer.RefreshToken != "" {
		r.refreshToken = answer.RefreshToken
	}
	return newToken(answer.AccessToken, answer.Expiry), nil
}

func (r *refresher) clientID() string {
	if r.config.PortalClientID != "" {
		return r.config.PortalClientID
	}
	return AzureCLIClientID
}

// explain reduces a failed sign-in to what the sign-in service said, with its
// AADSTS code.
func explain(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.ErrorDescription != "" {
		return errors.New(firstSentence(refused.ErrorDescription))
	}
	var failed *azidentity.AuthenticationFailedError
	if errors.As(err, &failed) && failed.RawResponse != nil {
		var body struct {
			Description string `json:"error_description"`
		}
		content, readErr := io.ReadAll(io.LimitReader(failed.RawResponse.Body, 64<<10))
		if readErr == nil && json.Unmarshal(content, &body) == nil && body.Description != "" {
			return errors.New(firstSentence(body.Description))
		}
	}
	return fmt.Errorf("the sign-in service gave no token: %w", err)
}

// firstSentence leaves out the trace lines that follow the message.
func firstSentence(description string) string {
	message, _, _ := strings.Cut(description, "Trace ID:")
	return strings.TrimSpace(strings.ReplaceAll(message, "\r\n", " "))
}
