package userpasswordneverexpires

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var _ list.ListResourceWithConfigure = &userPasswordNeverExpires{}

// NewList returns the list resource, which finds the users that the resource
// can manage.
func NewList() list.ListResource { return &userPasswordNeverExpires{} }

// listModel is a list block in Terraform's terms.
type listModel struct {
	DomainName              types.String `tfsdk:"domain_name"`
	UserPrincipalNamePrefix types.String `tfsdk:"user_principal_name_prefix"`
	IncludeSynchronized     types.Bool   `tfsdk:"include_synchronized"`
}

// ListResourceConfigSchema implements list.ListResource.
func (r *userPasswordNeverExpires) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the users whose password never expires, in the order of their names. Guests and users of federated domains are left out, " +
			"because their passwords are not this tenant's.\n\n" +
			"The directory answers from an index that may lag by minutes: a user whose setting has just changed may be missing, or listed still. " +
			"The plan reads every user again and shows what is true.",
		Attributes: map[string]schema.Attribute{
			"domain_name": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Lists only users whose user principal name is in this domain, in lower case. Its subdomains do not count.",
				Validators:          []validator.String{resourcekit.IsDomainName()},
			},
			"user_principal_name_prefix": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Lists only users whose user principal name begins with this text, such as `svc-`. Upper and lower case are the same.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"include_synchronized": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to list users who are synchronised from an on-premises directory, too. Default `false`, " +
					"because by default the synchronisation itself sets the flag, for all of them.",
			},
		},
	}
}

// List implements list.ListResource.
func (r *userPasswordNeverExpires) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	stream.Results = resourcekit.Results(ctx, req, func(ctx context.Context) ([]resourcekit.Found, diag.Diagnostics) {
		var config listModel
		if diagnostics := req.Config.Get(ctx, &config); diagnostics.HasError() {
			return nil, diagnostics
		}

		users, err := r.client.NeverExpiringUsers(ctx)
		if err != nil {
			return nil, diag.Diagnostics{resourcekit.Unable("read", "list of users whose password never expires", "the tenant", err)}
		}
		users = slices.DeleteFunc(users, func(user directory.User) bool { return !config.passes(user) })
		users, diagnostics := r.withoutFederated(ctx, users)

		return found(users), diagnostics
	})
}

func (m listModel) passes(user directory.User) bool {
	name, prefix := strings.ToLower(user.UserPrincipalName), strings.ToLower(m.UserPrincipalNamePrefix.ValueString())
	return !user.Guest() && strings.HasPrefix(name, prefix) &&
		(m.DomainName.IsNull() || user.Domain() == m.DomainName.ValueString()) &&
		(m.IncludeSynchronized.ValueBool() || !user.OnPremisesSyncEnabled)
}

// withoutFederated leaves out the users of federated domains. Who may not read
// domains is not kept from listing users, as with the resource.
func (r *userPasswordNeverExpires) withoutFederated(ctx context.Context, users []directory.User) ([]directory.User, diag.Diagnostics) {
	if len(users) == 0 {
		return nil, nil
	}
	domains, err := r.client.Domains(ctx)
	if err != nil {
		unable := resourcekit.Unable("read", "list of domains", "the tenant", err)
		return users, diag.Diagnostics{diag.NewWarningDiagnostic("Users of federated domains may be listed",
			"Nobody was left out for being in a federated domain, where this setting has no effect, because it is not known which domains are federated.\n\n"+unable.Detail())}
	}
	federated := map[string]bool{}
	for _, domain := range domains {
		federated[strings.ToLower(domain.ID)] = domain.Federated()
	}
	return slices.DeleteFunc(users, func(user directory.User) bool { return federated[user.Domain()] }), nil
}

// found returns users as results, in the order of their names. The object id is
// what identifies a user for ever, so it is also what configuration holds.
func found(users []directory.User) []resourcekit.Found {
	slices.SortFunc(users, func(a, b directory.User) int {
		return strings.Compare(strings.ToLower(a.UserPrincipalName), strings.ToLower(b.UserPrincipalName))
	})
	results := make([]resourcekit.Found, len(users))
	for i, user := range users {
		results[i] = resourcekit.Found{Name: user.UserPrincipalName, Identity: identityOf(user), Resource: imported(user.ID, user)}
	}
	return results
}
