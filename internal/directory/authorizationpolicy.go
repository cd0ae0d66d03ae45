package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

const (
	authorizationPolicyPath = "/policies/authorizationPolicy"
	grantIt                 = ": grant it in the Entra admin center, with admin consent, then run the same command again"
)

// AuthorizationPolicy is what this project needs of the tenant's authorization
// policy. See https://learn.microsoft.com/graph/api/resources/authorizationpolicy.
type AuthorizationPolicy struct {
	// AllowedToUseSSPR is whether administrators may reset their own password.
	// In spite of its name it says nothing about other users.
	AllowedToUseSSPR bool
}

// UnmarshalJSON reads the policy and checks that it is one: a member that is
// missing must not be taken for a switch that is off.
func (p *AuthorizationPolicy) UnmarshalJSON(content []byte) error {
	var members struct {
		AllowedToUseSSPR *bool `json:"allowedToUseSSPR"`
	}
	if err := json.Unmarshal(content, &members); err != nil {
		return fmt.Errorf("the authorization policy: %w", err)
	}
	if members.AllowedToUseSSPR == nil {
		return errors.New("the answer is not an authorization policy: it has no allowedToUseSSPR")
	}
	*p = AuthorizationPolicy{AllowedToUseSSPR: *members.AllowedToUseSSPR}
	return nil
}

// AuthorizationPolicy reads the policy.
// See https://learn.microsoft.com/graph/api/authorizationpolicy-get.
func (c *Client) AuthorizationPolicy(ctx context.Context) (AuthorizationPolicy, error) {
	var policy AuthorizationPolicy
	err := c.graph.send(ctx, call{method: http.MethodGet, path: authorizationPolicyPath,
		needs: "the Graph permission Policy.Read.All" + grantIt}, &policy)
	return policy, err
}

// AllowedToUseSSPRChange is the outcome of [Client.SetAllowedToUseSSPR].
type AllowedToUseSSPRChange struct {
	// Before is the policy that the change started from.
	Before AuthorizationPolicy
	// Confirmed is whether the directory showed the wanted value afterwards.
	Confirmed bool
	// Uncertain is set together with an error when the write may have taken
	// effect all the same.
	Uncertain bool
}

// SetAllowedToUseSSPR lets administrators reset their own password, or not.
// Only this member is sent, and the API keeps the others. Nothing is written
// where it is already as wanted. What can be read back at once takes up to 60
// minutes to reach the administrators.
// See https://learn.microsoft.com/graph/api/authorizationpolicy-update.
func (c *Client) SetAllowedToUseSSPR(ctx context.Context, allowed bool) (AllowedToUseSSPRChange, error) {
	before, err := c.AuthorizationPolicy(ctx)
	if err != nil {
		return AllowedToUseSSPRChange{}, err
	}
	change := AllowedToUseSSPRChange{Before: before, Confirmed: true}
	if before.AllowedToUseSSPR == allowed {
		return change, nil
	}
	err = c.graph.send(ctx, call{method: http.MethodPatch, path: authorizationPolicyPath,
		body:  map[string]bool{"allowedToUseSSPR": allowed},
		needs: "the Graph permission Policy.ReadWrite.Authorization (a signed-in user also needs the role Privileged Role Administrator)" + grantIt}, nil)
	if err != nil && !uncertain(err) {
		change.Confirmed = false
		return change, err
	}
	change.Confirmed = until(ctx, func(ctx context.Context) bool {
		current, err := c.AuthorizationPolicy(ctx)
		return err == nil && current.AllowedToUseSSPR == allowed
	})
	if err != nil && !change.Confirmed {
		change.Uncertain = true
		return change, err
	}
	return change, nil
}
