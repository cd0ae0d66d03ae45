package directory

import (
	"context"
	"net/http"
)

// AuthenticationMethodsPolicy is the tenant's policy on authentication methods.
// See https://learn.microsoft.com/graph/api/resources/authenticationmethodspolicy.
type AuthenticationMethodsPolicy struct {
	// PolicyMigrationState is preMigration, migrationInProgress or
	// migrationComplete.
	PolicyMigrationState string `json:"policyMigrationState"`
}

// MigrationComplete is the state in which the directory ignores the method
// toggles of the password reset policy.
const MigrationComplete = "migrationComplete"

// AuthenticationMethodsPolicy reads the policy.
// See https://learn.microsoft.com/graph/api/authenticationmethodspolicy-get.
func (c *Client) AuthenticationMethodsPolicy(ctx context.Context) (AuthenticationMethodsPolicy, error) {
	var policy AuthenticationMethodsPolicy
	err := c.graph.send(ctx, call{method: http.MethodGet, path: "/policies/authenticationMethodsPolicy",
		needs: "the Graph permission Policy.Read.AuthenticationMethod"}, &policy)
	return policy, err
}
