package mockdirectory

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

func (d *Directory) policyRoutes() []route {
	roles := []string{privilegedRoleAdministrator}
	return []route{
		{method: "GET", template: "/v1.0/policies/authorizationPolicy", handle: d.getAuthorization, needs: readPolicies, cost: 1},
		{method: "PATCH", template: "/v1.0/policies/authorizationPolicy", handle: d.patchAuthorization, needs: writePolicies, roles: roles, cost: 1},
		{method: "GET", template: "/beta/policies/authorizationPolicy", handle: d.listAuthorization, needs: readPolicies, cost: 1},
		{method: "PATCH", template: "/beta/policies/authorizationPolicy", handle: d.patchAuthorization, needs: writePolicies, roles: roles, cost: 1},
		{method: "GET", template: "/beta/policies/authorizationPolicy/{id}", handle: d.getAuthorization, needs: readPolicies, cost: 1},
		{method: "PATCH", template: "/beta/policies/authorizationPolicy/{id}", handle: d.patchAuthorization, needs: writePolicies, roles: roles, cost: 1},
		{method: "GET", template: "/v1.0/policies/authenticationMethodsPolicy", handle: d.getMethods, needs: readMethods, cost: 1},
		{method: "PATCH", template: "/v1.0/policies/authenticationMethodsPolicy", handle: d.patchMethods, needs: writeMethods,
			roles: []string{authenticationPolicyAdministrator}, cost: 1},
	}
}

// isThePolicy checks the id in the path, where there is one.
func isThePolicy(c *call) *failure {
	if id, ok := c.params["id"]; ok && id != "authorizationPolicy" {
		return notFound(id)
	}
	return nil
}

func (d *Directory) getAuthorization(c *call) answer {
	if f := isThePolicy(c); f != nil {
		return fail(f)
	}
	if f := c.onlyOptions("$select"); f != nil {
		return fail(f)
	}
	selected, f := c.selected(authorizationEntity)
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return c.entityAnswer(authorizationEntity, "policies/authorizationPolicy/$entity", d.state.AuthorizationPolicy, selected)
}

// listAuthorization is the beta version's collection of one.
func (d *Directory) listAuthorization(c *call) answer {
	if f := c.onlyOptions("$select"); f != nil {
		return fail(f)
	}
	selected, f := c.selected(authorizationEntity)
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var o object
	authorizationEntity.write(&o, d.state.AuthorizationPolicy, selected, c.version())
	return collection{context: c.contextURL("policies/authorizationPolicy", nil), items: []json.RawMessage{o.bytes()}}.answer()
}

func (d *Directory) patchAuthorization(c *call) answer {
	if f := isThePolicy(c); f != nil {
		return fail(f)
	}
	if f := c.jsonBody(); f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	after := clone(d.state.AuthorizationPolicy)
	if _, f := authorizationEntity.patch(&after, c.body, c.version()); f != nil {
		return fail(f)
	}
	invites := []string{"none", "adminsAndGuestInviters", "adminsGuestInvitersAndAllMembers", "everyone"}
	if !slices.Contains(invites, after.AllowInvitesFrom) {
		return fail(invalidValue("allowInvitesFrom", authorizationEntity.name))
	}
	d.state.AuthorizationPolicy = after
	return graphAnswer(http.StatusNoContent, nil)
}

func (d *Directory) getMethods(c *call) answer {
	if f := c.onlyOptions("$select"); f != nil {
		return fail(f)
	}
	selected, f := c.selected(methodsEntity)
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return c.entityAnswer(methodsEntity, "policies/authenticationMethodsPolicy/$entity", d.state.AuthenticationMethodsPolicy, selected)
}

// patchMethods answers with the object, unlike the other updates.
func (d *Directory) patchMethods(c *call) answer {
	if f := c.jsonBody(); f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	after := clone(d.state.AuthenticationMethodsPolicy)
	if _, f := methodsEntity.patch(&after, c.body, c.version()); f != nil {
		return fail(f)
	}
	states := []string{"preMigration", "migrationInProgress", "migrationComplete"}
	if after.PolicyMigrationState != nil && !slices.Contains(states, *after.PolicyMigrationState) {
		return fail(invalidValue("policyMigrationState", methodsEntity.name))
	}
	now := d.now().UTC().Truncate(time.Second)
	after.LastModifiedDateTime = &now
	d.state.AuthenticationMethodsPolicy = after
	return c.entityAnswer(methodsEntity, "policies/authenticationMethodsPolicy/$entity", after, nil)
}
