package mockdirectory

import (
	"cmp"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const graphJSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// Permissions that read or write an area of Graph, the least first.
var (
	readUsers      = []string{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	readBasicUsers = append([]string{"User.ReadBasic.All"}, readUsers...)
	writeUsers     = []string{"User.ReadWrite.All", "Directory.ReadWrite.All"}
	readDomains    = []string{"Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	writeDomains   = []string{"Domain.ReadWrite.All"}
	readGroups     = []string{"GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	readTenant     = []string{"Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	readPolicies   = []string{"Policy.Read.All", "Policy.ReadWrite.Authorization"}
	writePolicies  = []string{"Policy.ReadWrite.Authorization"}
	readMethods    = []string{"Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod", "Policy.Read.All"}
	writeMethods   = []string{"Policy.ReadWrite.AuthenticationMethod"}
	readReports    = []string{"AuditLog.Read.All"}
	readObjects    = []string{"Directory.Read.All", "Directory.ReadWrite.All", "User.Read.All", "User.ReadWrite.All", "Group.Read.All"}
)

func (d *Directory) graphArea() area {
	routes := []route{
		{method: "POST", template: "/v1.0/$batch", handle: d.batch},
		{method: "POST", template: "/beta/$batch", handle: d.batch},
		{method: "GET", template: "/v1.0/users/$count", handle: d.countUsers, needs: readUsers, cost: 1},
		{method: "GET", template: "/v1.0/users", handle: d.listUsers, needs: readBasicUsers, cost: 2},
		{method: "GET", template: "/v1.0/users/{id}", handle: d.getUser, needs: readBasicUsers, cost: 1},
		{method: "PATCH", template: "/v1.0/users/{id}", handle: d.patchUser, needs: writeUsers, roles: []string{userAdministrator}, cost: 1},
		{method: "GET", template: "/v1.0/users/{id}/manager", handle: d.getManager, needs: readUsers, cost: 1},
		{method: "GET", template: "/v1.0/domains", handle: d.listDomains, needs: readDomains, cost: 1},
		{method: "GET", template: "/v1.0/domains/{id}", handle: d.getDomain, needs: readDomains, cost: 1},
		{method: "PATCH", template: "/v1.0/domains/{id}", handle: d.patchDomain, needs: writeDomains,
			roles: []string{userAdministrator, domainNameAdministrator}, cost: 1},
		{method: "GET", template: "/v1.0/domains/{id}/rootDomain", handle: d.getRootDomain, needs: readDomains, cost: 1},
		{method: "GET", template: "/v1.0/groups/{id}", handle: d.getGroup, needs: readGroups, cost: 1},
		{method: "GET", template: "/v1.0/groups/{id}/members", handle: d.listMembers, needs: readGroups, cost: 3},
		{method: "GET", template: "/v1.0/groups/{id}/transitiveMembers", handle: d.listTransitiveMembers, needs: readGroups, cost: 5},
		{method: "GET", template: "/v1.0/organization", handle: d.listOrganization, needs: readTenant, cost: 1},
		{method: "POST", template: "/v1.0/directoryObjects/getByIds", handle: d.getByIDs, needs: readObjects, cost: 3},
		{method: "GET", template: "/v1.0/reports/authenticationMethods/userRegistrationDetails", handle: d.listRegistrations, needs: readReports,
			roles: []string{reportsReader, securityReader, securityAdministrator, globalReader}, report: true},
	}
	routes = append(routes, d.policyRoutes()...)
	return area{routes: routes, serve: d.serveGraph, finish: d.finishGraph}
}

// serveGraph checks in the order of the real service: who calls, what for, whether that exists, whether it is allowed.
func (d *Directory) serveGraph(c *call, found match) answer {
	if !c.batch {
		who, problem := d.authenticate(c.header, false, c.host)
		if problem != tokenFine {
			return fail(unauthorized(problem))
		}
		c.caller = who
	}
	switch {
	case found.template == "":
		return fail(&failure{
			status: http.StatusBadRequest, code: "BadRequest",
			message: fmt.Sprintf("Resource not found for the segment '%s'.", c.strangeSegment()),
		})
	case found.route == nil:
		a := fail(&failure{
			status: http.StatusMethodNotAllowed, code: "Request_BadRequest",
			message: "Specified HTTP method is not allowed for the request target.",
		})
		a.set("Allow", strings.Join(found.allowed, ", "))
		return a
	}
	if !found.route.allows(c.caller) {
		return fail(forbidden())
	}
	if f := c.checkQueryNames(); f != nil {
		return fail(f)
	}
	a := d.paidFor(c, found.route)
	if found.route.cost > 0 {
		a.set("x-ms-resource-unit", strconv.Itoa(c.price(found.route.cost)))
	}
	return a
}

// paidFor runs the handler if the quotas allow. A batch itself costs nothing, its items are charged singly.
func (d *Directory) paidFor(c *call, r *route) answer {
	if r.cost == 0 && !r.report {
		return r.handle(c)
	}
	due := d.charge(c, r)
	if due.wait > 0 {
		return due.refusal()
	}
	a := r.handle(c)
	due.warn(&a)
	return a
}

// allows wants one of the permissions and, of users, one of the roles.
func (r *route) allows(who caller) bool {
	if len(r.needs) > 0 && !slices.ContainsFunc(r.needs, func(p string) bool { return slices.Contains(who.permissions, p) }) {
		return false
	}
	return who.app || len(r.roles) == 0 || who.hasRole(append(r.roles, globalAdministrator)...)
}

func (c *call) version() string { return c.segments[0].text }

func (c *call) strangeSegment() string {
	if len(c.segments) < 2 {
		return ""
	}
	return c.segments[len(c.segments)-1].text
}

// price is the cost in resource units after query options.
func (c *call) price(cost int) int {
	if c.query.Has("$select") {
		cost--
	}
	if c.query.Has("$expand") {
		cost++
	}
	if top, err := strconv.Atoi(c.query.Get("$top")); err == nil && top < 20 {
		cost--
	}
	return max(cost, 1)
}

var queryOptions = []string{"$select", "$filter", "$top", "$count", "$orderby", "$skiptoken", "$expand", "$search", "$skip", "$format"}

// checkQueryNames takes system options with and without their $, and refuses unknown ones.
func (c *call) checkQueryNames() *failure {
	query := url.Values{}
	for name, values := range c.query {
		if slices.Contains(queryOptions, "$"+name) {
			name = "$" + name
		}
		if strings.HasPrefix(name, "$") && !slices.Contains(queryOptions, name) {
			return &failure{status: http.StatusBadRequest, code: "BadRequest",
				message: fmt.Sprintf("The query parameter '%s' is not supported.", name)}
		}
		query[name] = append(query[name], values...)
		if strings.HasPrefix(name, "$") && len(query[name]) > 1 {
			return &failure{status: http.StatusBadRequest, code: "BadRequest",
				message: fmt.Sprintf("Query option '%s' was specified more than once, but it must be specified at most once.", name)}
		}
	}
	c.query = query
	return nil
}

// onlyOptions refuses system options that a route does not do.
func (c *call) onlyOptions(names ...string) *failure {
	for name := range c.query {
		if strings.HasPrefix(name, "$") && !slices.Contains(names, name) {
			return unsupportedQuery(fmt.Sprintf("The query option '%s' is not supported for this request.", name))
		}
	}
	return nil
}

// advanced says whether both marks of an advanced query are there.
func (c *call) advanced() bool {
	return c.eventual() && strings.EqualFold(c.query.Get("$count"), "true")
}

func (c *call) eventual() bool {
	return strings.EqualFold(c.header.Get("ConsistencyLevel"), "eventual")
}

// selected reads $select. Nil means the default members.
func (c *call) selected(e *entity) ([]string, *failure) {
	text := c.query.Get("$select")
	if text == "" {
		return nil, nil
	}
	var names []string
	for part := range strings.SplitSeq(text, ",") {
		name := strings.TrimSpace(part)
		if name == "*" {
			return nil, nil
		}
		if _, ok := e.member(name, c.version()); !ok {
			return nil, &failure{status: http.StatusBadRequest, code: "BadRequest", message: fmt.Sprintf(
				"Parsing OData Select and Expand failed: Could not find a property named '%s' on type '%s'.", name, e.odata)}
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// jsonBody checks that a body of JSON is there.
func (c *call) jsonBody() *failure {
	kind, _, _ := mime.ParseMediaType(c.header.Get("Content-Type"))
	switch {
	case len(c.body) == 0:
		return badRequest("Empty Payload. JSON content expected.")
	case kind != "application/json":
		return badRequest("Write requests (excluding DELETE) must contain the Content-Type header declaration.")
	case !json.Valid(c.body):
		return badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	return nil
}

// contextURL is the address of the metadata that describes an answer.
func (c *call) contextURL(of string, selected []string) json.RawMessage {
	if selected != nil {
		set, rest, _ := strings.Cut(of, "/")
		of = set + "(" + strings.Join(selected, ",") + ")"
		if rest != "" {
			of += "/" + rest
		}
	}
	return quoted("https://" + c.host + "/" + c.version() + "/$metadata#" + of)
}

func graphAnswer(status int, body []byte) answer {
	a := answer{status: status, body: body}
	if body != nil {
		a.set("Content-Type", graphJSON)
		a.set("OData-Version", "4.0")
	}
	return a
}

// entityAnswer answers with one object.
func (c *call) entityAnswer(e *entity, of string, value any, selected []string) answer {
	var o object
	o.add("@odata.context", c.contextURL(of, selected))
	e.write(&o, value, selected, c.version())
	return graphAnswer(http.StatusOK, o.bytes())
}

// collection is a page of objects on its way out.
type collection struct {
	context json.RawMessage
	count   *int
	next    string
	items   []json.RawMessage
}

func (l collection) answer() answer {
	var o object
	o.add("@odata.context", l.context)
	if l.count != nil {
		o.add("@odata.count", marshal(*l.count))
	}
	if l.next != "" {
		o.add("@odata.nextLink", quoted(l.next))
	}
	o.add("value", joinArray(l.items))
	return graphAnswer(http.StatusOK, o.bytes())
}

func joinArray(items []json.RawMessage) json.RawMessage {
	size := 2
	for _, item := range items {
		size += len(item) + 1
	}
	out := append(make([]byte, 0, size), '[')
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, item...)
	}
	return append(out, ']')
}

func unauthorized(problem tokenProblem) *failure {
	f := &failure{status: http.StatusUnauthorized, code: "InvalidAuthenticationToken"}
	switch problem {
	case tokenMissing:
		f.message = "Access token is empty."
	case tokenExpired:
		f.message = "Lifetime validation failed, the token is expired."
	case tokenWrongAudience:
		f.message = "Access token validation failure. Invalid audience."
	default:
		f.message = "CompactToken validation failed with reason code: 80049228."
	}
	return f
}

// finishGraph adds the headers of all of Graph's answers, and its error envelope.
func (d *Directory) finishGraph(c *call, a *answer) {
	clientID := c.header.Get("client-request-id")
	a.set("request-id", c.requestID)
	a.set("client-request-id", cmp.Or(clientID, c.requestID))
	a.set("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"Mock","Slice":"E","Ring":"1","ScaleUnit":"001","RoleInstance":"MOCK000001"}}`)
	a.set("Strict-Transport-Security", "max-age=31536000")
	a.set("Cache-Control", "no-cache")
	if a.failed == nil {
		return
	}
	if a.failed.status == http.StatusUnauthorized {
		a.set("WWW-Authenticate", fmt.Sprintf(
			`Bearer realm="", authorization_uri="https://%s/common/oauth2/authorize", client_id="%s"`, c.host, graphAppID))
	}
	a.set("Content-Type", graphJSON)
	a.set("OData-Version", "4.0")
	a.body = d.graphError(c, a.failed)
}

func (d *Directory) graphError(c *call, f *failure) json.RawMessage {
	code, message := textOf(f)
	var inner, outer, envelope object
	inner.add("date", quoted(d.now().UTC().Format("2006-01-02T15:04:05")))
	inner.add("request-id", quoted(c.requestID))
	inner.add("client-request-id", quoted(cmp.Or(c.header.Get("client-request-id"), c.requestID)))
	outer.add("code", quoted(code))
	outer.add("message", quoted(message))
	if f.details != nil {
		outer.add("details", marshal(f.details))
	}
	outer.add("innerError", inner.bytes())
	envelope.add("error", outer.bytes())
	return envelope.bytes()
}

// throttleHeaders tell why a request was throttled.
func (d *Directory) throttleHeaders(c *call, a *answer) {
	if !strings.HasPrefix(c.template, "/v1.0/") && !strings.HasPrefix(c.template, "/beta/") {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	kind := "Write"
	if c.method == http.MethodGet {
		kind = "Read"
	}
	a.set("x-ms-throttle-scope", "Tenant_Application/"+kind+"/"+c.caller.clientID+"/"+d.state.Tenant.ID)
	a.set("x-ms-throttle-information", "ResourceUnitLimitExceeded")
}
