package userspasswordexpiration

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// The limits of the admin center, in days.
const shortestPeriod, longestPeriod = 14, 730

// nameBeginning is what a user principal name can begin with. The directory
// takes no longer one, and no name has white space or slashes.
var nameBeginning = regexp.MustCompile(`^[^\s/\\?]{1,113}$`)

// Schema implements datasource.DataSource.
func (d *usersPasswordExpiration) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reports when the password of each user expires: who never has to change it and why, and until when everybody else has time.\n\n" +
			"All filters are optional, and a user is listed who passes each that is set.",
		Attributes: filters(),
	}
	resp.Schema.Attributes["users"] = schema.ListNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The users who pass all filters, in the order of their user principal names.",
		NestedObject:        schema.NestedAttributeObject{Attributes: userAttributes()},
	}
}

func filters() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"domain_name": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Lists only users whose user principal name is in this domain, in lower case. Users of its subdomains are not in it.",
			Validators:          []validator.String{resourcekit.IsDomainName()},
		},
		"user_principal_name_prefix": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Lists only users whose user principal name begins with this, such as `svc-`, in any case of letters. The directory itself applies it.",
			Validators: []validator.String{stringvalidator.RegexMatches(nameBeginning,
				"must be the beginning of a user principal name, such as svc-: 1 to 113 characters without white space and slashes")},
		},
		"account_enabled": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Lists only users who can sign in (`true`) or only those who are blocked (`false`). The directory itself applies it.",
		},
		"include_guests": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Whether to list guests too, whose passwords belong to other directories. Default `false`.",
		},
		"never_expires": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Lists only users whose password never expires (`true`) or only those whose password does expire (`false`). " +
				"Users of whom this is not known are in neither list.",
		},
		"reason": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Lists only users with this `reason`. With `user`, these are the accounts that carry the flag \"password never expires\" themselves.",
			Validators:          []validator.String{stringvalidator.OneOf(reasons...)},
		},
		"default_validity_period_in_days": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: "Days after which passwords expire in the domains of this tenant where nothing was ever set, 14 to 730. " +
				"The directory does not tell it: tenants from before 2021 have 90 days, newer ones no expiration. Without it, these users have the reason `unset`.",
			Validators: []validator.Int64{int64validator.Between(shortestPeriod, longestPeriod)},
		},
		"default_never_expires": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether passwords never expire in the domains of this tenant where nothing was ever set. Default `false`. " +
				"It cannot be `true` together with `default_validity_period_in_days`.",
		},
		"cloud_policy_for_synchronized_users": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether the tenant has the feature `cloudPasswordPolicyForPasswordSyncedUsersEnabled`, with which the policy of the domain also applies to " +
				"synchronised users who do not carry the flag. An application cannot read it. Default `false`: these users then have the reason `synchronized`.",
		},
	}
}

func userAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "Object id of the user.",
		},
		"user_principal_name": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "User principal name, as the directory spells it.",
		},
		"display_name": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "Name that people see. It is null where there is none.",
		},
		"user_type": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "`Member` or `Guest`. It is null for some old accounts, which are members.",
		},
		"account_enabled": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the user can sign in.",
		},
		"synchronized": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the account is synchronised from an on-premises directory.",
		},
		"never_expires": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the password never expires in this directory. It is null where `reason` tells why it is not known.",
		},
		"reason": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "What decides. `user`: the user carries the flag \"password never expires\". `domain`: the policy of the user's domain, or of the root domain from which it inherits. " +
				"`default`: nothing was ever set there, and `default_validity_period_in_days` or `default_never_expires` says what that means. " +
				"For the others `never_expires` is null. `unset`: nothing was ever set, and its meaning is not configured. `federated`: the identity provider of the domain decides. " +
				"`guest`: the directory that the guest comes from decides. `synchronized`: the user is synchronised without the flag, so the on-premises directory may decide. " +
				"`unknown`: the domain of the user is not among those of the tenant.",
		},
		"validity_period_in_days": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "Days after which the password must be changed. It is null where `never_expires` is not `false`.",
		},
		"password_last_changed": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "When the password was set, in UTC (RFC 3339). It is null where the directory does not know.",
		},
		"expires_at": schema.StringAttribute{
			Computed: true,
			MarkdownDescription: "When the password expires or has expired, in UTC (RFC 3339): compare it with `plantimestamp()` by `timecmp`. " +
				"It is null where the password never expires, where that is not known, and where `password_last_changed` is null.",
		},
	}
}
