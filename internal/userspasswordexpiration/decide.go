package userspasswordexpiration

import (
	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// What decides when a password expires. The period is known for the first
// three only.
const (
	byUser         = "user"
	byDomain       = "domain"
	byDefault      = "default"
	isUnset        = "unset"
	isFederated    = "federated"
	isGuest        = "guest"
	isSynchronized = "synchronized"
	isUnknown      = "unknown"
)

var reasons = []string{byUser, byDomain, byDefault, isUnset, isFederated, isGuest, isSynchronized, isUnknown}

// decide returns what decides when a user's password expires, and the period
// in days, nil where it is not known. Where another directory holds the
// password, the flag of this one has no effect.
func (m model) decide(user directory.UserPassword, domains directory.DomainSet) (why string, period *int64) {
	if user.Guest() {
		return isGuest, nil
	}
	domain, known := domains[user.Domain()]
	expiration, federated := domains.Expiration(domain)
	switch {
	case federated:
		return isFederated, nil
	case user.PasswordPolicies.NeverExpires():
		return byUser, new(int64(directory.PasswordNeverExpiresInDays))
	case user.OnPremisesSyncEnabled && !m.CloudPolicyForSynchronizedUsers.ValueBool():
		return isSynchronized, nil
	case !known:
		return isUnknown, nil
	case expiration.ValidityPeriodInDays != nil:
		return byDomain, expiration.ValidityPeriodInDays
	}
	return m.unset()
}

// unset is what a domain means where nothing was ever set.
func (m model) unset() (why string, period *int64) {
	if m.DefaultNeverExpires.ValueBool() {
		return byDefault, new(int64(directory.PasswordNeverExpiresInDays))
	}
	if period := resourcekit.Int64(m.DefaultValidityPeriodInDays); period != nil {
		return byDefault, period
	}
	return isUnset, nil
}
