package directory

import "testing"

func TestSubdomainsInheritFromTheNearestRoot(t *testing.T) {
	t.Parallel()
	period := func(days int64) PasswordExpiration { return PasswordExpiration{ValidityPeriodInDays: &days} }
	managed := func(name string, root bool, days int64) Domain {
		return Domain{ID: name, AuthenticationType: "Managed", IsRoot: root, PasswordExpiration: period(days)}
	}
	federated := managed("adfs.example", true, 0)
	federated.AuthenticationType = "Federated"
	sso := managed("sso.contoso.com", false, 0)
	sso.AuthenticationType = "Federated"
	set := NewDomainSet([]Domain{
		managed("Contoso.com", true, 1), managed("eu.contoso.com", true, 2), managed("mail.eu.contoso.com", false, 0), managed("Corp.Contoso.com", false, 0),
		managed("a.b.c.contoso.com", false, 0), managed("notcontoso.com", false, 7), federated, managed("lab.adfs.example", false, 0), sso,
	})
	for name, want := range map[string]struct {
		root      string
		days      int64
		federated bool
	}{
		"contoso.com": {"", 1, false}, "eu.contoso.com": {"", 2, false}, "mail.eu.contoso.com": {"eu.contoso.com", 2, false},
		"corp.contoso.com": {"contoso.com", 1, false}, "a.b.c.contoso.com": {"contoso.com", 1, false}, "notcontoso.com": {"", 7, false},
		"adfs.example": {"", 0, true}, "lab.adfs.example": {"adfs.example", 0, true}, "sso.contoso.com": {"contoso.com", 0, true},
	} {
		domain, ok := set[name]
		if !ok {
			t.Fatalf("%s is not in the set", name)
		}
		root, _ := set.Root(domain)
		expiration, federated := set.Expiration(domain)
		if root.ID != want.root || federated != want.federated || !federated && *expiration.ValidityPeriodInDays != want.days || federated && !expiration.Equal(PasswordExpiration{}) {
			t.Errorf("%s inherits from %q %+v, federated: %v", name, root.ID, expiration, federated)
		}
	}
}
