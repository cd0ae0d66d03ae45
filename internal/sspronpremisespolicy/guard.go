package sspronpremisespolicy

import (
	"context"
	"fmt"
	"strings"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// signedIn returns the tenant that the user is signed in to, and refuses
// another one than wanted.
func (r *ssprOnPremisesPolicy) signedIn(ctx context.Context, wanted string) (string, error) {
	tenant, err := r.client.TenantID(ctx)
	if err != nil {
		return "", err
	}
	return tenant, resourcekit.CheckTenant(wanted, tenant)
}

// read returns the settings and the tenant that they belong to.
func (r *ssprOnPremisesPolicy) read(ctx context.Context, wanted string) (string, directory.OnPremisesPasswordResetPolicy, error) {
	tenant, err := r.signedIn(ctx, wanted)
	if err != nil {
		return "", directory.OnPremisesPasswordResetPolicy{}, err
	}
	policy, err := r.client.OnPremisesPasswordResetPolicy(ctx)
	return tenant, policy, err
}

// change writes the settings and returns the tenant that they belong to.
func (r *ssprOnPremisesPolicy) change(ctx context.Context, wanted string, settings directory.OnPremisesPasswordResetSettings) (directory.OnPremisesPasswordResetChange, string, error) {
	tenant, err := r.signedIn(ctx, wanted)
	if err != nil {
		return directory.OnPremisesPasswordResetChange{}, "", err
	}
	change, err := r.client.ChangeOnPremisesPasswordResetPolicy(ctx, settings)
	return change, tenant, err
}

// sofar says what a change that broke off has done. It is empty where nothing
// was done.
func sofar(change directory.OnPremisesPasswordResetChange) string {
	var sentences []string
	for _, difference := range change.Settings().Differing(change.Before.Settings) {
		sentences = append(sentences, fmt.Sprintf("%s was changed to %v before that.", attributes[difference.Member], difference.Value))
	}
	switch failed := attributes[change.Failed]; {
	case change.Uncertain:
		sentences = append(sentences, fmt.Sprintf("Whether %s was changed is not known: no answer came, and the former value is still shown. Run \"terraform plan\" in some minutes to see it.", failed))
	case len(sentences) > 0 && failed != "":
		sentences = append(sentences, fmt.Sprintf("%s was not changed.", failed))
	}
	return strings.Join(sentences, " ")
}

// again says how to go on after an update or a destroy that broke off half-way.
func again(change directory.OnPremisesPasswordResetChange) string {
	if !change.Touched() {
		return ""
	}
	return "Once the cause is removed, run the same command again: it does the rest."
}
