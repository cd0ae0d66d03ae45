package directory

import "strings"

// DomainSet is the domains of a tenant by their names in lower case: a name
// has no case.
type DomainSet map[string]Domain

// NewDomainSet makes a set of the domains of a tenant.
func NewDomainSet(domains []Domain) DomainSet {
	set := make(DomainSet, len(domains))
	for _, domain := range domains {
		domain.ID = strings.ToLower(domain.ID)
		set[domain.ID] = domain
	}
	return set
}

// Root finds the root domain that a subdomain inherits from: the longest one
// that its name ends in. All domains are at hand, so the directory need not be
// asked for each.
func (s DomainSet) Root(domain Domain) (Domain, bool) {
	if domain.IsRoot {
		return Domain{}, false
	}
	for _, parent, ok := strings.Cut(strings.ToLower(domain.ID), "."); ok; _, parent, ok = strings.Cut(parent, ".") {
		if root, found := s[parent]; found && root.IsRoot {
			return root, true
		}
	}
	return Domain{}, false
}

// Expiration is the password expiration that is in effect in a domain. Federated
// reports that another identity provider decides it instead.
func (s DomainSet) Expiration(domain Domain) (effective PasswordExpiration, federated bool) {
	source := domain
	if root, ok := s.Root(domain); ok {
		source = root
	}
	if domain.Federated() || source.Federated() {
		return PasswordExpiration{}, true
	}
	return source.PasswordExpiration, false
}
