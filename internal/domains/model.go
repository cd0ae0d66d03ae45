package domains

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
)

// model is the data source in Terraform's terms.
type model struct {
	ManagedOnly  types.Bool    `tfsdk:"managed_only"`
	VerifiedOnly types.Bool    `tfsdk:"verified_only"`
	RootOnly     types.Bool    `tfsdk:"root_only"`
	Domains      []domainModel `tfsdk:"domains"`
}

// domainModel is one domain in Terraform's terms.
type domainModel struct {
	ID                       types.String `tfsdk:"id"`
	AuthenticationType       types.String `tfsdk:"authentication_type"`
	IsVerified               types.Bool   `tfsdk:"is_verified"`
	IsRoot                   types.Bool   `tfsdk:"is_root"`
	IsDefault                types.Bool   `tfsdk:"is_default"`
	IsInitial                types.Bool   `tfsdk:"is_initial"`
	NeverExpires             types.Bool   `tfsdk:"never_expires"`
	ValidityPeriodInDays     types.Int64  `tfsdk:"validity_period_in_days"`
	NotificationWindowInDays types.Int64  `tfsdk:"notification_window_in_days"`
	InheritedFrom            types.String `tfsdk:"inherited_from"`
}

// listing fills in the domains that pass the filters.
func (m model) listing(all []directory.Domain) model {
	all = inLowerCase(all)
	set := directory.NewDomainSet(all)
	m.Domains = []domainModel{}
	for _, domain := range all {
		if m.passes(domain) {
			m.Domains = append(m.Domains, describe(domain, set))
		}
	}
	return m
}

// inLowerCase returns the domains sorted by their names, which have no case:
// another spelling would be another instance to Terraform.
func inLowerCase(domains []directory.Domain) []directory.Domain {
	lower := slices.Clone(domains)
	for i := range lower {
		lower[i].ID = strings.ToLower(lower[i].ID)
	}
	slices.SortFunc(lower, func(a, b directory.Domain) int { return strings.Compare(a.ID, b.ID) })
	return lower
}

func (m model) passes(domain directory.Domain) bool {
	return (!m.ManagedOnly.ValueBool() || !domain.Federated()) &&
		(!m.VerifiedOnly.ValueBool() || domain.IsVerified) &&
		(!m.RootOnly.ValueBool() || domain.IsRoot)
}

// describe tells of a domain, with the expiration that is in effect in it.
func describe(domain directory.Domain, set directory.DomainSet) domainModel {
	told := domainModel{
		ID:                 types.StringValue(domain.ID),
		AuthenticationType: types.StringValue(domain.AuthenticationType),
		IsVerified:         types.BoolValue(domain.IsVerified),
		IsRoot:             types.BoolValue(domain.IsRoot),
		IsDefault:          types.BoolValue(domain.IsDefault),
		IsInitial:          types.BoolValue(domain.IsInitial),
	}
	if root, ok := set.Root(domain); ok {
		told.InheritedFrom = types.StringValue(root.ID)
	}
	effective, _ := set.Expiration(domain)
	if effective.ValidityPeriodInDays == nil {
		return told
	}
	period := *effective.ValidityPeriodInDays
	told.NeverExpires = types.BoolValue(period == directory.PasswordNeverExpiresInDays)
	if !told.NeverExpires.ValueBool() {
		told.ValidityPeriodInDays = types.Int64Value(period)
	}
	told.NotificationWindowInDays = types.Int64PointerValue(effective.NotificationWindowInDays)
	return told
}
