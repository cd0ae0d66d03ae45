package mockdirectory

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

func (d *Directory) signInArea() area {
	return area{
		routes: []route{
			{method: "GET", template: "/common/discovery/instance", handle: d.instanceDiscovery},
			{method: "GET", template: "/{tenant}/v2.0/.well-known/openid-configuration", handle: d.discovery},
			{method: "GET", template: "/{tenant}/.well-known/openid-configuration", handle: d.discovery},
			{method: "GET", template: "/{tenant}/discovery/v2.0/keys", handle: d.publishKeys},
			{method: "GET", template: "/{tenant}/discovery/keys", handle: d.publishKeys},
			{method: "POST", template: "/{tenant}/oauth2/v2.0/token", handle: d.issueToken},
			{method: "POST", template: "/{tenant}/oauth2/token", handle: d.issueToken},
		},
		serve:  serveSignIn,
		finish: d.finishSignIn,
	}
}

func serveSignIn(c *call, found match) answer {
	switch {
	case found.route != nil:
		return found.route.handle(c)
	case found.template != "":
		return fail(&failure{status: http.StatusMethodNotAllowed, html: "Method Not Allowed"})
	default:
		return fail(&failure{status: http.StatusNotFound, html: "Not Found"})
	}
}

func jsonAnswer(status int, value any) answer {
	a := answer{status: status, body: marshal(value)}
	a.set("Content-Type", "application/json; charset=utf-8")
	return a
}

// finishSignIn adds the headers of the sign-in service, and its error document.
func (d *Directory) finishSignIn(c *call, a *answer) {
	a.set("Cache-Control", "no-store, no-cache")
	a.set("Pragma", "no-cache")
	a.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	a.set("X-Content-Type-Options", "nosniff")
	a.set("x-ms-request-id", c.requestID)
	if id := c.header.Get("client-request-id"); id != "" {
		a.set("client-request-id", id)
	}
	f := a.failed
	switch {
	case f == nil:
		return
	case f.html != "":
		a.set("Content-Type", "text/html; charset=utf-8")
		a.body = page(f.status, f.html)
	default:
		a.set("Content-Type", "application/json; charset=utf-8")
		a.body = d.signInError(c, f)
	}
}

// signInError writes an error as the token endpoint does, its description closed by the ids to report.
func (d *Directory) signInError(c *call, f *failure) json.RawMessage {
	code, message := f.code, f.message
	if code == "" {
		code = "temporarily_unavailable"
	}
	if message == "" {
		message = defaultMessage(f.status)
	}
	number := f.number
	if number == 0 {
		number = 90033 // "a transient error has occurred"
	}
	correlation := c.header.Get("client-request-id")
	if correlation == "" {
		correlation = newID()
	}
	stamp := d.now().UTC().Format("2006-01-02 15:04:05Z")
	description := fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", number, message, c.requestID, correlation, stamp)
	body := map[string]any{
		"error": code, "error_description": description, "error_codes": []int{number}, "timestamp": stamp,
		"trace_id": c.requestID, "correlation_id": correlation,
		"error_uri": fmt.Sprintf("https://%s/error?code=%d", c.host, number),
	}
	if f.suberror != "" {
		body["suberror"] = f.suberror
	}
	return marshal(body)
}

// refuseSignIn is an error of the token endpoint.
func refuseSignIn(status int, code string, number int, message string) *failure {
	return &failure{status: status, code: code, number: number, message: message}
}

func (d *Directory) instanceDiscovery(c *call) answer {
	hosts := []string{c.host}
	tenant := "common"
	if u, err := url.Parse(c.query.Get("authorization_endpoint")); err == nil && u.Path != "" {
		tenant, _, _ = strings.Cut(strings.Trim(u.Path, "/"), "/")
	}
	return jsonAnswer(http.StatusOK, map[string]any{
		"tenant_discovery_endpoint": "https://" + c.host + "/" + tenant + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata": []map[string]any{{
			"preferred_network": c.host, "preferred_cache": c.host, "aliases": hosts,
		}},
	})
}

// discovery is the OpenID configuration. Addresses are on the host that was asked, so that it also works behind a proxy.
func (d *Directory) discovery(c *call) answer {
	tenant, f := d.resolveTenant(c.params["tenant"])
	if f != nil {
		return fail(f)
	}
	base := "https://" + c.host + "/" + tenant
	oauth, keys, issuer := base+"/oauth2", base+"/discovery/keys", "https://sts.windows.net/"+tenant+"/"
	if strings.Contains(c.template, "/v2.0/") {
		oauth, keys, issuer = base+"/oauth2/v2.0", base+"/discovery/v2.0/keys", base+"/v2.0"
	}
	return jsonAnswer(http.StatusOK, map[string]any{
		"issuer":                                issuer,
		"authorization_endpoint":                oauth + "/authorize",
		"token_endpoint":                        oauth + "/token",
		"device_authorization_endpoint":         oauth + "/devicecode",
		"jwks_uri":                              keys,
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"claims_supported":                      []string{"sub", "iss", "aud", "exp", "iat", "name", "oid", "tid", "upn"},
		"tenant_region_scope":                   "EU",
		"cloud_instance_name":                   "microsoftonline.com",
		"cloud_graph_host_name":                 "graph.windows.net",
		"msgraph_host":                          c.host,
	})
}

func (d *Directory) publishKeys(c *call) answer {
	if _, f := d.resolveTenant(c.params["tenant"]); f != nil {
		return fail(f)
	}
	return jsonAnswer(http.StatusOK, d.signer.keys())
}

// resolveTenant takes the tenant's id, one of its verified domains, or a name that stands for any tenant.
func (d *Directory) resolveTenant(name string) (string, *failure) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name = strings.ToLower(name)
	if name == "common" || name == "organizations" {
		return name, nil
	}
	if domain, ok := d.state.Domains[name]; name == d.state.Tenant.ID || ok && domain.IsVerified {
		return d.state.Tenant.ID, nil
	}
	return "", refuseSignIn(http.StatusBadRequest, "invalid_request", 90002, fmt.Sprintf(
		"Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. "+
			"Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", name))
}
