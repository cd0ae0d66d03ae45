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

	"github.com/hashicorp/go-retryablehttp"
)

// federationAudience is whom tokens of other issuers are made for, unless the
// request's address names another audience.
const federationAudience = "api://AzureADTokenExchange"

// missingAssertion is what a token of another issuer lacks.
func (c Config) missingAssertion() []string {
	if c.OIDCToken.Set() {
		return nil
	}
	var missing []string
	if !c.OIDCRequestURL.Set() {
		missing = append(missing, "oidc_request_url (ARM_OIDC_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_URL, SYSTEM_OIDCREQUESTURI)")
	}
	if !c.OIDCRequestToken.Set() {
		missing = append(missing, "oidc_request_token (ARM_OIDC_REQUEST_TOKEN, ACTIONS_ID_TOKEN_REQUEST_TOKEN, SYSTEM_ACCESSTOKEN)")
	}
	if len(missing) == 2 {
		return []string{"oidc_token or oidc_token_file_path (ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH, AZURE_FEDERATED_TOKEN_FILE), or else " + list(missing)}
	}
	return missing
}

// assertion returns a token of the issuer that the application trusts. It is
// called at each sign-in, because such tokens live for minutes.
func (c Config) assertion(ctx context.Context) (string, error) {
	if c.OIDCToken.Set() {
		return c.OIDCToken.text()
	}
	request, err := c.assertionRequest(ctx)
	if err != nil {
		return "", err
	}
	w := newWatch(c.Transport, c.OIDCRequestURL.Value)
	a := attempt{config: c, with: "OIDC", service: c.OIDCRequestURL.Name + " (" + request.URL.Host + ")", watch: w}
	response, err := w.retrying().Do(request)
	if err != nil {
		return "", a.explain(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return "", a.explain(err)
	}
	if response.StatusCode != http.StatusOK {
		return "", c.assertionRefused((&answer{status: response.StatusCode, content: content}).words())
	}
	return c.readAssertion(content)
}

// assertionRequest is that of GitHub, or of Azure DevOps where a service
// connection is named.
// See https://docs.github.com/actions/reference/security/oidc and
// https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create.
func (c Config) assertionRequest(ctx context.Context) (*retryablehttp.Request, error) {
	address, err := url.Parse(c.OIDCRequestURL.Value)
	if err != nil || !mayCarrySecrets(c.OIDCRequestURL.Value) {
		return nil, &Error{
			Message: c.OIDCRequestURL.Name + " is not an https address",
			advice:  "Correct " + c.OIDCRequestURL.Name + ": a secret is sent to it, so it must use https (http on a loopback address only).",
		}
	}
	method, query := http.MethodGet, address.Query()
	add := func(name, value string) {
		if !query.Has(name) {
			query.Set(name, value)
		}
	}
	if c.ServiceConnectionID.Set() {
		method = http.MethodPost
		add("api-version", "7.1")
		add("serviceConnectionId", c.ServiceConnectionID.Value)
	} else {
		add("audience", federationAudience)
	}
	address.RawQuery = query.Encode()
	request, err := retryablehttp.NewRequestWithContext(ctx, method, address.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("building the request for an OIDC token: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.OIDCRequestToken.Value)
	request.Header.Set("Accept", "application/json")
	// Without it Azure DevOps answers a bad token with its sign-in page.
	request.Header.Set("X-TFS-FedAuthRedirect", "Suppress")
	return request, nil
}

func (c Config) readAssertion(content []byte) (string, error) {
	var answer struct {
		GitHub string `json:"value"`
		DevOps string `json:"oidcToken"`
	}
	// The decoder's own words could quote the token.
	if err := json.Unmarshal(content, &answer); err != nil {
		return "", c.assertionRefused("the answer is not JSON")
	}
	for _, token := range []string{answer.DevOps, answer.GitHub} {
		if token != "" {
			return token, nil
		}
	}
	return "", c.assertionRefused("the answer holds no token")
}

func (c Config) assertionRefused(said string) error {
	step := `In GitHub Actions, the job takes "permissions: id-token: write".`
	if c.ServiceConnectionID.Set() {
		step = "Check ado_pipeline_service_connection_id, that the pipeline may use the service connection, and that SYSTEM_ACCESSTOKEN is passed to the step."
	}
	return &Error{
		Message: fmt.Sprintf("the pipeline gave no OIDC token (%s): %s", c.OIDCRequestURL.Name, c.hide(said)),
		advice:  step,
	}
}

// retrying is an HTTP client over the watch that repeats what may pass.
func (w *watch) retrying() *retryablehttp.Client {
	client := retryablehttp.NewClient()
	client.Logger = nil
	client.HTTPClient = w.client()
	client.RetryMax, client.RetryWaitMin, client.RetryWaitMax = signInRetries, signInDelay, signInMaxDelay
	client.CheckRetry = func(ctx context.Context, response *http.Response, err error) (bool, error) {
		var settled interface{ NonRetriable() }
		if errors.As(err, &settled) {
			return false, err
		}
		if err == nil && response.StatusCode == http.StatusRequestTimeout {
			return true, ctx.Err()
		}
		return retryablehttp.DefaultRetryPolicy(ctx, response, err)
	}
	// The last answer says more than the number of attempts.
	client.ErrorHandler = func(response *http.Response, err error, _ int) (*http.Response, error) {
		if err != nil && response != nil {
			_ = response.Body.Close()
			response = nil
		}
		return response, err
	}
	return client
}

// withoutSpace removes the line breaks of wrapped base64.
func withoutSpace(text string) string { return strings.Join(strings.Fields(text), "") }
