package mockdirectory

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// passwordMembers cannot be set, and stay null, where another authority decides about passwords.
var passwordMembers = []string{"passwordValidityPeriodInDays", "passwordNotificationWindowInDays"}

// domainObject is a domain as Graph shows it, with its root if that was asked for. The caller holds mu.
func (d *Directory) domainObject(c *call, domain Domain, selected []string, expand bool, o *object) {
	if domain.AuthenticationType == "Federated" && d.state.Tenant.OmitFederatedPasswordMembers {
		if selected == nil {
			for _, m := range domainEntity.members {
				selected = append(selected, m.name)
			}
		}
		selected = slices.DeleteFunc(slices.Clone(selected), func(name string) bool { return slices.Contains(passwordMembers, name) })
	}
	domainEntity.write(o, domain, selected, c.version())
	if !expand {
		return
	}
	root, ok := d.state.rootOf(domain)
	if !ok {
		o.add("rootDomain", json.RawMessage("null"))
		return
	}
	var inner object
	d.domainObject(c, root, nil, false, &inner)
	o.add("rootDomain", inner.bytes())
}

// domainOptions reads the query options of domains.
func (c *call) domainOptions() (selected []string, expand bool, f *failure) {
	if f = c.onlyOptions("$select", "$expand"); f != nil {
		return nil, false, f
	}
	switch c.query.Get("$expand") {
	case "":
	case "rootDomain":
		expand = true
	default:
		return nil, false, &failure{status: http.StatusBadRequest, code: "BadRequest",
			message: "Parsing OData Select and Expand failed: Could not find a property named '" + c.query.Get("$expand") + "' on type 'microsoft.graph.domain'."}
	}
	selected, f = c.selected(domainEntity)
	return selected, expand, f
}

func (d *Directory) listDomains(c *call) answer {
	selected, expand, f := c.domainOptions()
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	out := collection{context: c.contextURL("domains", selected), items: []json.RawMessage{}}
	for _, name := range sortedKeys(d.state.Domains) {
		var o object
		d.domainObject(c, list(d.stale.domains, name, d.state.Domains[name]), selected, expand, &o)
		out.items = append(out.items, o.bytes())
	}
	return out.answer()
}

func (d *Directory) getDomain(c *call) answer {
	selected, expand, f := c.domainOptions()
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	name := strings.ToLower(c.params["id"])
	domain, ok := d.state.Domains[name]
	if !ok {
		return fail(notFound(c.params["id"]))
	}
	return d.domainAnswer(c, read(d.stale.domains, name, domain), selected, expand)
}

func (d *Directory) domainAnswer(c *call, domain Domain, selected []string, expand bool) answer {
	var o object
	o.add("@odata.context", c.contextURL("domains/$entity", selected))
	d.domainObject(c, domain, selected, expand, &o)
	return graphAnswer(http.StatusOK, o.bytes())
}

// getRootDomain answers 404 for a root: it has no other domain above it.
func (d *Directory) getRootDomain(c *call) answer {
	if f := c.onlyOptions("$select"); f != nil {
		return fail(f)
	}
	selected, f := c.selected(domainEntity)
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	domain, ok := d.state.Domains[strings.ToLower(c.params["id"])]
	if !ok {
		return fail(notFound(c.params["id"]))
	}
	root, ok := d.state.rootOf(domain)
	if !ok {
		return fail(notFound("rootDomain"))
	}
	return d.domainAnswer(c, root, selected, false)
}

func (d *Directory) patchDomain(c *call) answer {
	if f := c.jsonBody(); f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	before, ok := d.state.Domains[strings.ToLower(c.params["id"])]
	if !ok {
		return fail(notFound(c.params["id"]))
	}
	after := clone(before)
	changed, f := domainEntity.patch(&after, c.body, c.version())
	if f == nil {
		f = d.checkDomain(before, after, changed)
	}
	if f != nil {
		return fail(f)
	}
	keep(d.stale.domains, before.ID, before, d.lag(c))
	if after.IsDefault && !before.IsDefault {
		d.clearDefault()
	}
	d.state.Domains[after.ID] = after
	return graphAnswer(http.StatusNoContent, nil)
}

// clearDefault makes room for another default domain: there is never more than one.
func (d *Directory) clearDefault() {
	for name, domain := range d.state.Domains {
		if domain.IsDefault {
			domain.IsDefault = false
			d.state.Domains[name] = domain
		}
	}
}

// checkDomain holds the rules for what a client may change about a domain.
func (d *Directory) checkDomain(before, after Domain, changed []string) *failure {
	notAllowed := badRequest("Domain operation is not allowed.")
	switch {
	case !before.IsVerified:
		return notAllowed
	case before.IsDefault && !after.IsDefault:
		return notAllowed
	case slices.Contains(changed, "authenticationType"):
		if after.AuthenticationType != "Managed" && after.AuthenticationType != "Federated" {
			return invalidValue("authenticationType", domainEntity.name)
		}
	}
	if !slices.ContainsFunc(changed, func(name string) bool { return slices.Contains(passwordMembers, name) }) {
		return nil
	}
	if !before.IsRoot || before.AuthenticationType == "Federated" {
		return notAllowed
	}
	return d.checkDays(after)
}

// checkDays refuses negative days, and under a switch of the tenant what the admin center would not send.
func (d *Directory) checkDays(after Domain) *failure {
	period, window := after.PasswordValidityPeriodInDays, after.PasswordNotificationWindowInDays
	strict := d.state.Tenant.StrictPasswordDays
	if period != nil && (*period < 1 || strict && *period != neverExpires && (*period < 14 || *period > 730)) {
		return invalidValue(passwordMembers[0], domainEntity.name)
	}
	if window != nil && (*window < 1 || strict && *window > 30) {
		return invalidValue(passwordMembers[1], domainEntity.name)
	}
	return nil
}

// neverExpires is the validity period of passwords that never expire.
const neverExpires int32 = 1<<31 - 1
