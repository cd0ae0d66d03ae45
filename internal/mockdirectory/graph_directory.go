package mockdirectory

import (
	"encoding/json"
	"strings"
	"time"
)

// organization is the tenant as Graph shows it.
type organization struct {
	ID                         string           `json:"id"`
	DeletedDateTime            *time.Time       `json:"deletedDateTime"`
	CountryLetterCode          string           `json:"countryLetterCode"`
	CreatedDateTime            *time.Time       `json:"createdDateTime"`
	DisplayName                string           `json:"displayName"`
	OnPremisesLastSyncDateTime *time.Time       `json:"onPremisesLastSyncDateTime"`
	OnPremisesSyncEnabled      *bool            `json:"onPremisesSyncEnabled"`
	PreferredLanguage          string           `json:"preferredLanguage"`
	TenantType                 string           `json:"tenantType"`
	VerifiedDomains            []verifiedDomain `json:"verifiedDomains"`
}

type verifiedDomain struct {
	Capabilities string `json:"capabilities"`
	IsDefault    bool   `json:"isDefault"`
	IsInitial    bool   `json:"isInitial"`
	Name         string `json:"name"`
	Type         string `json:"type"`
}

func (d *Directory) listOrganization(c *call) answer {
	if f := c.onlyOptions("$select"); f != nil {
		return fail(f)
	}
	selected, f := c.selected(organizationEntity)
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.state.Tenant
	tenant := organization{
		ID: t.ID, CountryLetterCode: t.CountryLetterCode, CreatedDateTime: t.CreatedDateTime, DisplayName: t.DisplayName,
		OnPremisesSyncEnabled: t.OnPremisesSyncEnabled, PreferredLanguage: t.PreferredLanguage, TenantType: "AAD",
	}
	for _, name := range sortedKeys(d.state.Domains) {
		if domain := d.state.Domains[name]; domain.IsVerified {
			tenant.VerifiedDomains = append(tenant.VerifiedDomains, verifiedDomain{
				Capabilities: strings.Join(domain.SupportedServices, ", "), Name: name, Type: domain.AuthenticationType,
				IsDefault: domain.IsDefault, IsInitial: domain.IsInitial,
			})
		}
	}
	var o object
	organizationEntity.write(&o, tenant, selected, c.version())
	return collection{context: c.contextURL("organization", selected), items: []json.RawMessage{o.bytes()}}.answer()
}

func (d *Directory) getGroup(c *call) answer {
	if f := c.onlyOptions("$select"); f != nil {
		return fail(f)
	}
	selected, f := c.selected(groupEntity)
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	group, ok := d.state.Groups[strings.ToLower(c.params["id"])]
	if !ok {
		return fail(notFound(c.params["id"]))
	}
	return c.entityAnswer(groupEntity, "groups/$entity", group, selected)
}

func (d *Directory) listMembers(c *call) answer {
	return d.members(c, func(group Group) []string { return group.Members })
}

func (d *Directory) listTransitiveMembers(c *call) answer {
	return d.members(c, func(group Group) []string {
		var all []string
		d.collectMembers(group, map[string]bool{}, func(id string) { all = append(all, id) })
		return all
	})
}

// collectMembers visits each direct and indirect member once.
func (d *Directory) collectMembers(group Group, seen map[string]bool, visit func(id string)) {
	for _, id := range group.Members {
		if seen[id] {
			continue
		}
		seen[id] = true
		visit(id)
		if inner, ok := d.state.Groups[id]; ok {
			d.collectMembers(inner, seen, visit)
		}
	}
}

// members lists the members of a group on one page.
func (d *Directory) members(c *call, of func(Group) []string) answer {
	if f := c.onlyOptions("$select", "$top", "$count"); f != nil {
		return fail(f)
	}
	selected, f := c.selectedOfAny()
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	group, ok := d.state.Groups[strings.ToLower(c.params["id"])]
	if !ok {
		return fail(notFound(c.params["id"]))
	}
	return d.objects(c, of(group), func(string) bool { return true }, selected)
}
