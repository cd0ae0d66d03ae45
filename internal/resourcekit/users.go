package resourcekit

import (
	"context"
	"fmt"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
)

// Unmanageable is why a user's password does not expire by this directory.
type Unmanageable struct{ Reason string }

func (u *Unmanageable) Error() string { return u.Reason }

// CheckManageable refuses a user whose password another directory owns, as an
// [*Unmanageable]: a write would have no effect there, or fail without saying
// why. Who may not read domains is not kept from managing users.
func CheckManageable(ctx context.Context, client *directory.Client, user directory.User) error {
	if user.Guest() {
		return &Unmanageable{fmt.Sprintf("%s is a guest: the password, and when it expires, belong to the home tenant of the guest.", user.UserPrincipalName)}
	}
	federated, err := client.FederatedDomain(ctx, user.Domain())
	if err == nil && federated {
		return &Unmanageable{fmt.Sprintf("%s is in the federated domain %s: the identity provider of that domain decides when passwords expire.",
			user.UserPrincipalName, user.Domain())}
	}
	return ctx.Err()
}
