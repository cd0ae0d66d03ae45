package passwordexpirationpolicy

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// manageable reads a domain and refuses one whose expiration cannot be set.
func (r *passwordExpirationPolicy) manageable(ctx context.Context, name string) (directory.Domain, diag.Diagnostics) {
	domain, err := r.client.Domain(ctx, name)
	return domain, r.judge(ctx, name, domain, err)
}

// judge says why the expiration of a domain that was read cannot be set: the
// directory would answer all of these with the same short sentence.
func (r *passwordExpirationPolicy) judge(ctx context.Context, name string, domain directory.Domain, err error) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	at := path.Root("domain_name")
	switch {
	case directory.IsNotFound(err):
		diagnostics.AddAttributeError(at, "Unable to find the domain",
			fmt.Sprintf("The tenant has no domain %q.\n\nCheck the spelling and the tenant, or add the domain first.\n\n%s", name, err))
	case err != nil:
		diagnostics.Append(resourcekit.Unable("read", setting, name, err))
	case !domain.IsVerified:
		diagnostics.AddAttributeError(at, "Domain is not verified",
			fmt.Sprintf("The password expiration of %s cannot be set before the domain is verified. Verify it in the admin center, then apply again.", name))
	case domain.Federated():
		diagnostics.AddAttributeError(at, "Domain is federated",
			fmt.Sprintf("The identity provider of the federated domain %s decides when its passwords expire. "+
				"Remove this resource, or convert the domain to managed authentication first.", name))
	case !domain.IsRoot:
		diagnostics.AddAttributeError(at, "Domain is a subdomain", r.inheriting(ctx, name))
	}
	return diagnostics
}

// inheriting names the domain that a subdomain inherits from.
func (r *passwordExpirationPolicy) inheriting(ctx context.Context, name string) string {
	root, err := r.client.RootDomain(ctx, name)
	if err != nil || root.ID == "" {
		return fmt.Sprintf("%s inherits its password expiration from the domain above it. Set it there.", name)
	}
	return fmt.Sprintf("%s inherits its password expiration from %s. Set it there: domain_name = %q.", name, root.ID, root.ID)
}

// restoration is what destroy does to a domain.
type restoration struct {
	// wanted is the setting afterwards.
	wanted directory.PasswordExpiration
	// left is why something stays as it is, empty where all is restored.
	left string
	// full is whether wanted is the whole former setting, on a domain that takes
	// it.
	full bool
}

// restoring decides what destroy does: it puts back what was remembered, as far
// as the directory takes it.
func restoring(domain directory.Domain, former *directory.PasswordExpiration) restoration {
	const unset = "it was unset, or set in part only, before Terraform managed it, and the directory cannot return to that"
	present, takes := domain.PasswordExpiration, domain.TakesPasswordExpiration()
	switch {
	case former == nil:
		return restoration{wanted: present, left: "nothing was remembered of what it was before Terraform managed it"}
	case takes && former.Complete():
		return restoration{wanted: *former, full: true}
	case present.Equal(*former):
		return restoration{wanted: present}
	case !takes:
		return restoration{wanted: present, left: "the domain is no longer a verified, managed root domain"}
	}
	if partly := former.Over(present); partly.Complete() {
		return restoration{wanted: partly, left: unset}
	}
	return restoration{wanted: present, left: unset}
}

// staysAsItIs says why destroy does not restore everything.
func (r restoration) staysAsItIs(name string) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if r.left != "" {
		diagnostics.AddWarning("The "+setting+" stays as it is",
			fmt.Sprintf("The password expiration of %s is not restored: %s. It stays at %s.", name, r.left, describe(r.wanted)))
	}
	return diagnostics
}

// shortens reports whether passwords that have not expired may be too old
// afterwards. What is unset tells nothing: its meaning depends on the age of
// the tenant.
func shortens(from, to directory.PasswordExpiration) bool {
	return from.ValidityPeriodInDays != nil && to.ValidityPeriodInDays != nil &&
		*to.ValidityPeriodInDays < *from.ValidityPeriodInDays
}

// describe puts a setting into words.
func describe(expiration directory.PasswordExpiration) string {
	period, window := expiration.ValidityPeriodInDays, expiration.NotificationWindowInDays
	switch {
	case period == nil:
		return "unset"
	case *period == directory.PasswordNeverExpiresInDays:
		return "never"
	case window == nil:
		return fmt.Sprintf("%d days", *period)
	}
	return fmt.Sprintf("%d days (announced %d days before)", *period, *window)
}

func advise(name string, change directory.PasswordExpirationChange) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if !change.Confirmed && !change.Uncertain {
		diagnostics.Append(resourcekit.NotVisible(setting, name))
	}
	return diagnostics
}
