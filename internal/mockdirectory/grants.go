package mockdirectory

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// tokenRequest is a request to a token endpoint, taken apart.
type tokenRequest struct {
	form     url.Values
	clientID string
	secret   string
	tenant   string // the tenant's id, common or organizations
	endpoint string
	host     string
	resource resource
	openID   bool
}

// issueToken is both token endpoints.
func (d *Directory) issueToken(c *call) answer {
	tenant, f := d.resolveTenant(c.params["tenant"])
	if f != nil {
		return fail(f)
	}
	r, f := readTokenRequest(c)
	if f != nil {
		return fail(f)
	}
	r.tenant = tenant
	d.mu.Lock()
	defer d.mu.Unlock()
	switch grant := r.form.Get("grant_type"); grant {
	case "client_credentials":
		return d.clientCredentials(r)
	case "refresh_token":
		return d.redeem(r)
	case "":
		return fail(refuseSignIn(http.StatusBadRequest, "invalid_request", 900144,
			"The request body must contain the following parameter: 'grant_type'."))
	default:
		return fail(refuseSignIn(http.StatusBadRequest, "unsupported_grant_type", 70003,
			fmt.Sprintf("The app requested an unsupported grant type '%s'.", grant)))
	}
}

func readTokenRequest(c *call) (tokenRequest, *failure) {
	kind, _, _ := mime.ParseMediaType(c.header.Get("Content-Type"))
	form, err := url.ParseQuery(string(c.body))
	if kind != "application/x-www-form-urlencoded" || err != nil {
		return tokenRequest{}, refuseSignIn(http.StatusBadRequest, "invalid_request", 900144,
			"The request body must contain the following parameter: 'grant_type'.")
	}
	r := tokenRequest{
		form: form, clientID: form.Get("client_id"), secret: form.Get("client_secret"),
		host: c.host, endpoint: "https://" + c.host + c.path,
	}
	if id, secret, ok := (&http.Request{Header: c.header}).BasicAuth(); ok {
		// OAuth 2.0 wants both parts form-encoded.
		r.clientID, r.secret = formDecoded(id), formDecoded(secret)
	}
	if r.clientID == "" {
		return r, refuseSignIn(http.StatusBadRequest, "invalid_request", 900144,
			"The request body must contain the following parameter: 'client_id'.")
	}
	return r, nil
}

func formDecoded(text string) string {
	if decoded, err := url.QueryUnescape(text); err == nil {
		return decoded
	}
	return text
}

// findResource reads scope (v2.0) or resource (v1). The caller holds mu.
func (d *Directory) findResource(r *tokenRequest, app bool) *failure {
	if name := r.form.Get("resource"); name != "" {
		return d.useResource(r, name)
	}
	var wanted []string
	for _, scope := range strings.Fields(r.form.Get("scope")) {
		switch scope {
		case "openid", "profile", "email", "offline_access":
			r.openID = r.openID || scope == "openid"
		default:
			wanted = append(wanted, scope)
		}
	}
	if len(wanted) == 0 {
		return refuseSignIn(http.StatusBadRequest, "invalid_request", 900144,
			"The request body must contain the following parameter: 'scope'.")
	}
	for _, scope := range wanted {
		at := strings.LastIndex(scope, "/")
		if at < 0 || app && scope[at:] != "/.default" {
			return refuseSignIn(http.StatusBadRequest, "invalid_scope", 1002012, fmt.Sprintf(
				"The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", scope))
		}
		if f := d.useResource(r, scope[:at]); f != nil {
			return f
		}
		if f := d.checkScope(r.resource, scope[at+1:]); f != nil {
			return f
		}
	}
	return nil
}

func (d *Directory) useResource(r *tokenRequest, name string) *failure {
	found, ok := d.resourceOf(name, r.host)
	if !ok {
		return refuseSignIn(http.StatusBadRequest, "invalid_resource", 500011, fmt.Sprintf(
			"The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
			name, d.state.Tenant.DisplayName))
	}
	if r.resource.audience != "" && r.resource.audience != found.audience {
		return refuseSignIn(http.StatusBadRequest, "invalid_request", 28000,
			"Provided value for the input parameter scope is not valid because it contains more than one resource.")
	}
	r.resource = found
	return nil
}

// checkScope refuses permissions that nobody consented to. The caller holds mu.
func (d *Directory) checkScope(r resource, name string) *failure {
	known := d.state.SignIn.DelegatedPermissions
	if r.portal {
		known = []string{"user_impersonation"}
	}
	if name == ".default" || slices.Contains(known, name) {
		return nil
	}
	return refuseSignIn(http.StatusBadRequest, "invalid_grant", 65001, fmt.Sprintf(
		"The user or administrator has not consented to use the permission '%s'. Send an interactive authorization request for this user and resource.", name))
}

func (d *Directory) clientCredentials(r tokenRequest) answer {
	if r.tenant != d.state.Tenant.ID {
		return fail(refuseSignIn(http.StatusBadRequest, "invalid_request", 50059,
			"No tenant-identifying information found in either the request or implied by any provided credentials."))
	}
	app, ok := d.state.SignIn.Applications[r.clientID]
	if !ok {
		return fail(d.unknownApplication(r.clientID))
	}
	if f := d.proveClient(r, app); f != nil {
		return fail(f)
	}
	if f := d.findResource(&r, true); f != nil {
		return fail(f)
	}
	token, seconds := d.appToken(r.clientID, app, r.resource)
	return jsonAnswer(http.StatusOK, tokenAnswer(r, token, seconds))
}

func (d *Directory) unknownApplication(id string) *failure {
	return refuseSignIn(http.StatusBadRequest, "unauthorized_client", 700016, fmt.Sprintf(
		"Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
		id, d.state.Tenant.DisplayName))
}

// proveClient checks the secret or the assertion of a confidential client.
func (d *Directory) proveClient(r tokenRequest, app Application) *failure {
	assertion := r.form.Get("client_assertion")
	switch {
	case assertion != "":
		return d.checkAssertion(r, app, assertion)
	case r.secret == "":
		return refuseSignIn(http.StatusUnauthorized, "invalid_client", 7000218,
			"The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
	case app.ClientSecret == "" || r.secret != app.ClientSecret:
		return refuseSignIn(http.StatusUnauthorized, "invalid_client", 7000215, fmt.Sprintf(
			"Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.", r.clientID))
	case app.SecretExpired:
		return refuseSignIn(http.StatusUnauthorized, "invalid_client", 7000222, fmt.Sprintf(
			"The provided client secret keys for app '%s' are expired. Create new keys for your app, or consider using certificate credentials for added security.", r.clientID))
	}
	return nil
}

// tokenAnswer is in numbers for v2.0 and in strings, with the resource, for v1.
func tokenAnswer(r tokenRequest, token string, seconds int) map[string]any {
	body := map[string]any{"token_type": "Bearer", "access_token": token}
	if strings.HasSuffix(r.endpoint, "/v2.0/token") {
		body["expires_in"], body["ext_expires_in"] = seconds, seconds
		return body
	}
	body["expires_in"], body["ext_expires_in"] = fmt.Sprint(seconds), fmt.Sprint(seconds)
	body["resource"] = r.resource.audience
	return body
}

// redeem exchanges a refresh token of a user.
func (d *Directory) redeem(r tokenRequest) answer {
	signIn := &d.state.SignIn
	app, confidential := signIn.Applications[r.clientID]
	if !confidential && !slices.Contains(signIn.PublicClients, r.clientID) {
		return fail(d.unknownApplication(r.clientID))
	}
	if confidential {
		if f := d.proveClient(r, app); f != nil {
			return fail(f)
		}
	}
	given := r.form.Get("refresh_token")
	stored, user, f := d.checkRefreshToken(r, given)
	if f != nil {
		return fail(f)
	}
	if r.form.Get("scope") == "" && r.form.Get("resource") == "" {
		r.form.Set("resource", cmp.Or(stored.Resource, portalResource))
	}
	if f := d.findResource(&r, false); f != nil {
		return fail(f)
	}
	stored.Resource = r.resource.audience
	token, seconds := d.userToken(r.clientID, user, r.resource)
	body := tokenAnswer(r, token, seconds)
	rotated := newSecret()
	signIn.RefreshTokens[rotated] = stored
	body["refresh_token"], body["foci"] = rotated, "1"
	body["scope"] = d.grantedScope(r)
	d.identify(r, user, body)
	return jsonAnswer(http.StatusOK, body)
}

// checkRefreshToken finds the user of a refresh token, or says why it is worth nothing.
func (d *Directory) checkRefreshToken(r tokenRequest, given string) (RefreshToken, User, *failure) {
	stored, ok := d.state.SignIn.RefreshTokens[given]
	user, known := d.findUser(stored.User)
	refuse := func(number int, suberror, message string) (RefreshToken, User, *failure) {
		f := refuseSignIn(http.StatusBadRequest, "invalid_grant", number, message)
		f.suberror = suberror
		return stored, user, f
	}
	switch {
	case given == "":
		return stored, user, refuseSignIn(http.StatusBadRequest, "invalid_request", 900144,
			"The request body must contain the following parameter: 'refresh_token'.")
	case !ok:
		return refuse(70000, "", "Provided grant is invalid or malformed.")
	case !known:
		return refuse(50034, "", "The user account does not exist in the directory.")
	case !user.AccountEnabled:
		return refuse(50057, "", "The user account is disabled.")
	case stored.ClientID != "" && stored.ClientID != r.clientID && !d.sameFamily(stored.ClientID, r.clientID):
		return refuse(70000, "", "Provided grant is invalid or malformed. The refresh token was issued to another client.")
	case stored.Expired:
		return refuse(700082, "token_expired", "The refresh token has expired due to inactivity. The token was inactive for 90.00:00:00.")
	}
	switch stored.BlockedBy {
	case "mfa":
		return refuse(50076, "basic_action", "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.")
	case "conditionalAccess":
		return refuse(53003, "message_only", "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.")
	case "consent":
		return refuse(65001, "consent_required", "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.")
	}
	return stored, user, nil
}

// sameFamily says that Microsoft's own public clients redeem each other's refresh tokens.
func (d *Directory) sameFamily(a, b string) bool {
	clients := d.state.SignIn.PublicClients
	return slices.Contains(clients, a) && slices.Contains(clients, b)
}

func (d *Directory) grantedScope(r tokenRequest) string {
	prefix := r.resource.audience + "/"
	if r.resource.portal {
		return prefix + "user_impersonation " + prefix + ".default"
	}
	granted := []string{}
	for _, name := range d.state.SignIn.DelegatedPermissions {
		granted = append(granted, prefix+name)
	}
	return strings.Join(append(granted, prefix+".default"), " ")
}

// identify adds who signed in, for clients that asked.
func (d *Directory) identify(r tokenRequest, user User, body map[string]any) {
	if r.form.Get("client_info") == "1" {
		body["client_info"] = base64.RawURLEncoding.EncodeToString(
			marshal(map[string]string{"uid": user.ID, "utid": d.state.Tenant.ID}))
	}
	if !r.openID {
		return
	}
	now := d.now().Unix()
	body["id_token"] = d.signer.sign(map[string]any{
		"aud": r.clientID, "iss": "https://" + r.host + "/" + d.state.Tenant.ID + "/v2.0",
		"iat": now, "nbf": now, "exp": now + defaultTokenSeconds, "name": user.DisplayName, "oid": user.ID,
		"preferred_username": user.UserPrincipalName, "sub": user.ID, "tid": d.state.Tenant.ID, "ver": "2.0",
	})
}
