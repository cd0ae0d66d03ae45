package mockdirectory

import (
	"bytes"
	"cmp"
	"encoding/json"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

func (d *Directory) portalArea() area {
	return area{
		routes: []route{
			{method: "GET", template: "/api/PasswordReset/PasswordResetPolicies", handle: d.getPolicy},
			{method: "PUT", template: "/api/PasswordReset/PasswordResetPolicies", handle: d.putPolicy},
			{method: "GET", template: "/api/PasswordReset/OnPremisesPasswordResetPolicies", handle: d.getOnPremises},
			{method: "PUT", template: "/api/PasswordReset/OnPremisesPasswordResetPolicies", handle: d.putOnPremises},
			{method: "GET", template: "/api/PasswordReset/IsOnPremisesPasswordResetAvailable", handle: d.onPremisesAvailable},
		},
		serve:  d.servePortal,
		finish: d.finishPortal,
	}
}

// servePortal refuses at the edge what has no token for it, and then works on behalf of the user.
func (d *Directory) servePortal(c *call, found match) answer {
	who, problem := d.authenticate(c.header, true, c.host)
	c.caller = who
	switch {
	case problem != tokenFine && problem != tokenExpired:
		return fail(portalUnauthorized())
	case found.template == "":
		a := jsonAnswer(http.StatusNotFound, map[string]string{
			"message": "No HTTP resource was found that matches the request URI 'https://" + c.host + c.path + "'."})
		return a
	case found.route == nil:
		a := jsonAnswer(http.StatusMethodNotAllowed, map[string]string{
			"message": "The requested resource does not support http method '" + c.method + "'."})
		a.set("Allow", strings.Join(found.allowed, ","))
		return a
	case !portalRequestID.MatchString(c.header.Get("X-Ms-Client-Request-Id")):
		return fail(&failure{
			status: http.StatusBadRequest, code: "ArgumentNull", exception: "ArgumentNullException",
			message: "Value cannot be null.\r\nParameter name: correlationId",
		})
	case who.app:
		return fail(&failure{
			status: http.StatusBadRequest, code: "msalautherror_invalid_grant", exception: "MsalServiceException", message: "Bad Request",
			detail: "AADSTS50058: A silent sign-in request was sent but no user is signed in.",
		})
	case problem == tokenExpired:
		return fail(portalExpired())
	}
	return found.route.handle(c)
}

// portalRequestID is any GUID, with dashes or without.
var portalRequestID = regexp.MustCompile(`(?i)^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$`)

// portalUnauthorized is what the edge says to a token.
func portalUnauthorized() *failure {
	return &failure{status: http.StatusUnauthorized, html: "Unauthorized: Access is denied due to invalid credentials."}
}

// portalExpired is what comes of a token that passes the edge and is of no use behind it.
func portalExpired() *failure {
	return &failure{
		status: http.StatusBadRequest, code: "msalautherror_invalid_grant", exception: "MsalUiRequiredException",
		message: "The token could not be exchanged on behalf of the user.",
		detail:  "AADSTS500133: Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token.",
	}
}

func portalDenied() *failure {
	return &failure{
		status: http.StatusForbidden, code: "Authorization_RequestDenied", exception: "AADGraphException",
		message: "Graph call failed with httpCode=Forbidden, errorCode=Authorization_RequestDenied, errorMessage=Insufficient privileges to complete the operation.",
		detail:  "Insufficient privileges to complete the operation.",
	}
}

// finishPortal adds the headers of the portal's back end, and its exception document.
func (d *Directory) finishPortal(c *call, a *answer) {
	a.set("Cache-Control", "no-cache, no-store")
	a.set("x-ms-version", "2018-03-28")
	a.set("x-ms-correlation-id", c.requestID)
	a.set("x-ms-operation-maturity", "Production")
	a.set("x-ms-expected-duration", "Unknown")
	a.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	a.set("Access-Control-Expose-Headers", "x-ms-version,x-ms-correlation-id")
	a.set("X-Content-Type-Options", "nosniff")
	a.set("X-XSS-Protection", "1; mode=block")
	a.set("X-UA-Compatible", "IE=Edge")
	f := a.failed
	switch {
	case f == nil:
		return
	case f.html != "":
		a.set("Content-Type", "text/html")
		a.body = page(f.status, f.html)
	default:
		a.set("Content-Type", "application/json; charset=utf-8")
		a.body = d.clientException(c, f)
	}
}

func (d *Directory) clientException(c *call, f *failure) json.RawMessage {
	code, message := textOf(f)
	nullable := func(text string) any {
		if text == "" {
			return nil
		}
		return text
	}
	var detail any
	if f.detail != "" {
		detail = map[string]string{"errorDetail": f.detail}
	}
	var data, o object
	data.add("errorCode", quoted(code))
	data.add("localizedErrorDetails", marshal(detail))
	data.add("operationResults", json.RawMessage("null"))
	data.add("timeStampUtc", quoted(d.now().UTC().Format("2006-01-02T15:04:05.0000000Z")))
	data.add("clientRequestId", marshal(nullable(c.header.Get("X-Ms-Client-Request-Id"))))
	data.add("internalTransactionId", quoted(c.requestID))
	data.add("tenantId", marshal(nullable(c.caller.tenantID)))
	data.add("userObjectId", marshal(nullable(c.caller.objectID)))
	data.add("exceptionType", quoted(cmp.Or(f.exception, "ClientException")))
	o.add("ClassName", quoted("Microsoft.Portal.Framework.Exceptions.ClientException"))
	o.add("Message", quoted(message))
	o.add("Data", json.RawMessage("{}"))
	o.add("HResult", json.RawMessage("-2146233088"))
	o.add("XMsServerRequestId", json.RawMessage("null"))
	o.add("Source", json.RawMessage("null"))
	o.add("HttpStatusCode", marshal(f.status))
	o.add("ClientData", data.bytes())
	return o.bytes()
}

// document writes a document in the given order of keys, keys of its own behind, and every value as it stands.
func document(order []string, values map[string]json.RawMessage) answer {
	var o object
	for _, key := range order {
		if value, ok := values[key]; ok {
			o.add(key, value)
		}
	}
	for _, key := range sortedKeys(values) {
		if !slices.Contains(order, key) {
			o.add(key, values[key])
		}
	}
	a := answer{status: http.StatusOK, body: o.bytes()}
	a.set("Content-Type", "application/json; charset=utf-8")
	return a
}

// The portal's documents, as stale reads know them.
const (
	policyKey     = "passwordResetPolicy"
	onPremisesKey = "onPremisesPasswordResetPolicy"
)

func (d *Directory) getPolicy(c *call) answer {
	if !slices.ContainsFunc(c.caller.roles, mayReadPolicy) {
		return fail(portalDenied())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	policy := clone(read(d.stale.policies, policyKey, d.state.PasswordResetPolicy))
	policy["passwordResetEnabledGroupName"] = quoted("")
	if strings.EqualFold(c.query.Get("getPasswordResetEnabledGroup"), "true") {
		policy["passwordResetEnabledGroupName"] = quoted(d.groupName(policy))
	}
	return document(policyKeys, policy)
}

// groupName looks up the group that a policy is enabled for.
func (d *Directory) groupName(policy map[string]json.RawMessage) string {
	var ids []string
	if err := json.Unmarshal(policy["passwordResetEnabledGroupIds"], &ids); err != nil || len(ids) == 0 {
		return ""
	}
	return d.state.Groups[strings.ToLower(ids[0])].DisplayName
}

func (d *Directory) putPolicy(c *call) answer {
	sent, f := c.portalBody()
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	former := d.state.PasswordResetPolicy
	if !slices.ContainsFunc(c.caller.roles, mayWritePolicy) && !(c.caller.hasRole(userAdministrator) && onlyScopeDiffers(former, sent)) {
		return fail(portalDenied())
	}
	if f := checkPolicy(sent); f != nil {
		return fail(f)
	}
	if f := d.checkUnknownKeys(former, sent); f != nil {
		return fail(f)
	}
	next := clone(former)
	for key, value := range sent {
		if !d.ignoredKey(key) {
			next[key] = bytes.Clone(value)
		}
	}
	if f := d.checkPolicyRules(c, next); f != nil {
		return fail(f)
	}
	keep(d.stale.policies, policyKey, former, d.lag(c))
	d.state.PasswordResetPolicy = next
	return jsonAnswer(http.StatusOK, true)
}

// portalBody reads the object that a PUT carries.
func (c *call) portalBody() (map[string]json.RawMessage, *failure) {
	kind, _, _ := mime.ParseMediaType(c.header.Get("Content-Type"))
	if kind != "application/json" {
		return nil, &failure{
			status: http.StatusUnsupportedMediaType, code: "UnsupportedMediaType", exception: "HttpResponseException",
			message: "The request entity's media type '" + kind + "' is not supported for this resource.",
		}
	}
	var sent map[string]json.RawMessage
	if err := decodeStrictly(c.body, &sent); err != nil || sent == nil {
		return nil, portalInvalid("The request body is not a JSON object.")
	}
	return sent, nil
}

func portalInvalid(message string) *failure {
	return &failure{status: http.StatusBadRequest, code: "InvalidArgument", exception: "ArgumentException", message: message, detail: message}
}

func (d *Directory) getOnPremises(c *call) answer {
	if !slices.ContainsFunc(c.caller.roles, mayWritePolicy) {
		return fail(portalDenied())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return document(onPremisesKeys, read(d.stale.policies, onPremisesKey, d.state.OnPremisesPasswordResetPolicy))
}

func (d *Directory) onPremisesAvailable(c *call) answer {
	if !slices.ContainsFunc(c.caller.roles, mayReadPolicy) {
		return fail(portalDenied())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return jsonAnswer(http.StatusOK, string(d.state.OnPremisesPasswordResetPolicy["enablementForTenant"]) == "true")
}

// putOnPremises takes a part of the document: the two settings that can be written, in any case of letters.
func (d *Directory) putOnPremises(c *call) answer {
	if !slices.ContainsFunc(c.caller.roles, mayWritePolicy) {
		return fail(portalDenied())
	}
	sent, f := c.portalBody()
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	next := clone(d.state.OnPremisesPasswordResetPolicy)
	for _, key := range keysInOrder(c.body) {
		name := strings.ToLower(key)
		at := slices.IndexFunc(onPremisesKeys, func(known string) bool { return strings.EqualFold(known, name) })
		if at < 0 {
			return fail(portalInvalid("Unknown key '" + key + "'."))
		}
		if name != "passwordwritebacksupported" && name != "accountunlockenabled" {
			continue
		}
		if value := string(sent[key]); value != "true" && value != "false" {
			return fail(portalInvalid("The value of '" + key + "' is not a boolean."))
		}
		next[onPremisesKeys[at]] = sent[key]
		if d.state.Tenant.OnPremisesAppliesFirstKeyOnly {
			break
		}
	}
	keep(d.stale.policies, onPremisesKey, d.state.OnPremisesPasswordResetPolicy, d.lag(c))
	d.state.OnPremisesPasswordResetPolicy = next
	return jsonAnswer(http.StatusOK, true)
}

// keysInOrder lists the members of an object as sent; the object is known to be valid.
func keysInOrder(body []byte) []string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	_, _ = decoder.Token()
	var keys []string
	for decoder.More() {
		token, _ := decoder.Token()
		if key, ok := token.(string); ok {
			keys = append(keys, key)
		}
		var value json.RawMessage
		_ = decoder.Decode(&value)
	}
	return keys
}

// PasswordResetPolicy returns a copy of the portal's document with numbers as json.Number.
func (d *Directory) PasswordResetPolicy() map[string]any {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(document(policyKeys, d.state.PasswordResetPolicy).body))
	decoder.UseNumber()
	if err := decoder.Decode(&out); err != nil {
		panic("mock directory: the password reset policy holds a value that is not JSON: " + err.Error())
	}
	return out
}
