package sspradministratorpolicy

import (
	"context"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// signedIn returns the tenant that the provider is signed in to, and refuses
// another one than wanted.
func (r *ssprAdministratorPolicy) signedIn(ctx context.Context, wanted string) (string, error) {
	tenant, err := r.client.GraphTenantID(ctx)
	if err != nil {
		return "", err
	}
	return tenant, resourcekit.CheckTenant(wanted, tenant)
}

// read returns the policy and the tenant that it belongs to.
func (r *ssprAdministratorPolicy) read(ctx context.Context, wanted string) (string, directory.AuthorizationPolicy, error) {
	tenant, err := r.signedIn(ctx, wanted)
	if err != nil {
		return "", directory.AuthorizationPolicy{}, err
	}
	policy, err := r.client.AuthorizationPolicy(ctx)
	return tenant, policy, err
}

// set writes the switch and returns the tenant that it belongs to.
func (r *ssprAdministratorPolicy) set(ctx context.Context, wanted string, enabled bool) (directory.AllowedToUseSSPRChange, string, error) {
	tenant, err := r.signedIn(ctx, wanted)
	if err != nil {
		return directory.AllowedToUseSSPRChange{}, "", err
	}
	change, err := r.client.SetAllowedToUseSSPR(ctx, enabled)
	return change, tenant, err
}
