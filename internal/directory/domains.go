package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// PasswordNeverExpiresInDays is the validity period that the directory reads
// as "never": the largest Int32.
const PasswordNeverExpiresInDays = 2147483647

// Domain is a domain of the tenant.
// See https://learn.microsoft.com/graph/api/resources/domain.
type Domain struct {
	// ID is the fully qualified domain name.
	ID string `json:"id"`
	// AuthenticationType is Managed or Federated.
	AuthenticationType string `json:"authenticationType"`
	IsDefault          bool   `json:"isDefault"`
	IsInitial          bool   `json:"isInitial"`
	// IsRoot is false for a subdomain that inherits its settings.
	IsRoot     bool `json:"isRoot"`
	IsVerified bool `json:"isVerified"`
	PasswordExpiration
}

// UnmarshalJSON reads a domain and checks that it is one: without its name
// nothing could be written back to the right place.
func (d *Domain) UnmarshalJSON(content []byte) error {
	type plain Domain
	if err := json.Unmarshal(content, (*plain)(d)); err != nil {
		return fmt.Errorf("a domain: %w", err)
	}
	if d.ID == "" {
		return errors.New("the answer is not a domain: it has no id")
	}
	d.ID = legible(d.ID, mostOfName)
	return nil
}

// Federated reports whether another identity provider owns the passwords.
func (d Domain) Federated() bool { return d.AuthenticationType == "Federated" }

// TakesPasswordExpiration reports whether the expiration of passwords can be
// set: it is refused for the others.
func (d Domain) TakesPasswordExpiration() bool {
	return d.IsVerified && d.IsRoot && !d.Federated()
}

// PasswordExpiration is when the passwords of a domain expire. Both members
// are nil where nothing was ever set, whose meaning depends on the age of the
// tenant.
type PasswordExpiration struct {
	// ValidityPeriodInDays is 14 to 730, or PasswordNeverExpiresInDays.
	ValidityPeriodInDays *int64 `json:"passwordValidityPeriodInDays"`
	// NotificationWindowInDays is 1 to 30.
	NotificationWindowInDays *int64 `json:"passwordNotificationWindowInDays"`
}

// Over returns the setting that results where this one is put over another: a
// member that is unset cannot be written and stays as the other one has it.
func (e PasswordExpiration) Over(other PasswordExpiration) PasswordExpiration {
	if e.ValidityPeriodInDays != nil {
		other.ValidityPeriodInDays = e.ValidityPeriodInDays
	}
	if e.NotificationWindowInDays != nil {
		other.NotificationWindowInDays = e.NotificationWindowInDays
	}
	return other
}

// Complete reports whether both members are set, as a write needs it.
func (e PasswordExpiration) Complete() bool {
	return e.ValidityPeriodInDays != nil && e.NotificationWindowInDays != nil
}

// Equal reports whether two settings are the same.
func (e PasswordExpiration) Equal(other PasswordExpiration) bool {
	return same(e.ValidityPeriodInDays, other.ValidityPeriodInDays) &&
		same(e.NotificationWindowInDays, other.NotificationWindowInDays)
}

func same[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

const readDomains = "the Graph permission Domain.Read.All"

// Domain reads one domain. A domain that is not found is asked for again, as a
// user is. See https://learn.microsoft.com/graph/api/domain-get.
func (c *Client) Domain(ctx context.Context, name string) (Domain, error) {
	if err := checkSegment("domain name", name); err != nil {
		return Domain{}, err
	}
	domain, err := c.readDomain(ctx, name)
	for pause := firstMissing; IsNotFound(err) && pause <= lastMissing; pause *= 2 {
		if err := sleep(ctx, pause); err != nil {
			return Domain{}, fmt.Errorf("reading the domain was cancelled: %w", err)
		}
		domain, err = c.readDomain(ctx, name)
	}
	return domain, err
}

func (c *Client) readDomain(ctx context.Context, name string) (Domain, error) {
	var domain Domain
	err := c.graph.send(ctx, call{method: http.MethodGet, path: escape("domains", name), needs: readDomains}, &domain)
	if err == nil && !strings.EqualFold(domain.ID, name) {
		return Domain{}, otherObject("domain", name, domain.ID)
	}
	return domain, err
}

// Domains reads all domains of the tenant, in the order of the directory.
// See https://learn.microsoft.com/graph/api/domain-list.
func (c *Client) Domains(ctx context.Context) ([]Domain, error) {
	return list[Domain](ctx, c.graph, call{method: http.MethodGet, path: "/domains", needs: readDomains})
}

// FederatedDomain reports whether a domain is federated. The answer is kept for
// the life of the Client, because every user of a domain asks for it; so is
// that the caller may not read domains.
func (c *Client) FederatedDomain(ctx context.Context, name string) (bool, error) {
	c.federations.Lock()
	known, ok := c.federations.byDomain[name]
	if !ok {
		known = &federation{done: make(chan struct{})}
		c.federations.byDomain[name] = known
		// Others wait for the same answer, so it must not end with this caller.
		go c.askFederation(context.WithoutCancel(ctx), name, known)
	}
	c.federations.Unlock()
	select {
	case <-known.done:
		return known.federated, known.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// federation is whether a domain is federated, once done is closed.
type federation struct {
	done      chan struct{}
	federated bool
	err       error
}

func (c *Client) askFederation(ctx context.Context, name string, answer *federation) {
	defer close(answer.done)
	domain, err := c.Domain(ctx, name)
	answer.federated, answer.err = domain.Federated(), err
	var refusal *Error
	if err != nil && !(errors.As(err, &refusal) && refusal.Status == http.StatusForbidden) {
		c.federations.Lock()
		defer c.federations.Unlock()
		delete(c.federations.byDomain, name)
	}
}

// RootDomain reads the domain from which a subdomain inherits.
// See https://learn.microsoft.com/graph/api/domain-get-rootdomain.
func (c *Client) RootDomain(ctx context.Context, name string) (Domain, error) {
	if err := checkSegment("domain name", name); err != nil {
		return Domain{}, err
	}
	var domain Domain
	err := c.graph.send(ctx, call{method: http.MethodGet, path: escape("domains", name, "rootDomain"), needs: readDomains}, &domain)
	return domain, err
}

// PasswordExpirationChange is the outcome of [Client.SetPasswordExpiration].
type PasswordExpirationChange struct {
	// Confirmed is whether the directory showed the wanted values afterwards.
	Confirmed bool
	// Uncertain is set together with an error when the write may have taken
	// effect all the same.
	Uncertain bool
}

// SetPasswordExpiration sets the password expiration of a domain that was read
// just before. Both members are sent together, because the directory has been
// seen to need both. Nothing is written where they are already as wanted,
// unless stale is set: it says that the caller knows of other values, so that
// those that were read may be out of date.
// See https://learn.microsoft.com/graph/api/domain-update.
func (c *Client) SetPasswordExpiration(ctx context.Context, domain Domain, wanted PasswordExpiration, stale bool) (PasswordExpirationChange, error) {
	if domain.PasswordExpiration.Equal(wanted) && !stale {
		return PasswordExpirationChange{Confirmed: true}, nil
	}
	err := c.graph.send(ctx, call{method: http.MethodPatch, path: escape("domains", domain.ID), body: wanted,
		needs: "the Graph permission Domain.ReadWrite.All (a signed-in user also needs the role User Administrator)"}, nil)
	if err != nil && !uncertain(err) {
		return PasswordExpirationChange{}, err
	}
	confirmed := until(ctx, func(ctx context.Context) bool {
		current, err := c.Domain(ctx, domain.ID)
		return err == nil && current.PasswordExpiration.Equal(wanted)
	})
	if err != nil && !confirmed {
		return PasswordExpirationChange{Uncertain: true}, err
	}
	return PasswordExpirationChange{Confirmed: confirmed}, nil
}
