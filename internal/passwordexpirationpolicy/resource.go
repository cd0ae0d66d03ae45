// Package passwordexpirationpolicy is the resource for the password expiration
// of one domain: the number of days after which a password must be changed, or
// never. Every domain has the setting, so creating the resource adopts it: what
// it was is remembered, and destroying the resource puts it back, except where
// it was never set, which the directory cannot return to.
package passwordexpirationpolicy

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var (
	_ resource.Resource                   = &passwordExpirationPolicy{}
	_ resource.ResourceWithConfigure      = &passwordExpirationPolicy{}
	_ resource.ResourceWithIdentity       = &passwordExpirationPolicy{}
	_ resource.ResourceWithImportState    = &passwordExpirationPolicy{}
	_ resource.ResourceWithModifyPlan     = &passwordExpirationPolicy{}
	_ resource.ResourceWithValidateConfig = &passwordExpirationPolicy{}
)

const setting = "password expiration policy"

// The limits of the admin center; Graph documents none of its own.
const (
	shortestPeriod, longestPeriod = 14, 730
	shortestWindow, longestWindow = 1, 30
	defaultWindow                 = 14
)

type passwordExpirationPolicy struct {
	client *directory.Client
}

// New returns the resource.
func New() resource.Resource { return &passwordExpirationPolicy{} }

// Metadata implements resource.Resource.
func (r *passwordExpirationPolicy) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_password_expiration_policy"
}

// Configure implements resource.ResourceWithConfigure.
func (r *passwordExpirationPolicy) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	client, diagnostics := resourcekit.Client(req.ProviderData)
	resp.Diagnostics.Append(diagnostics...)
	r.client = client
}

// Schema implements resource.Resource.
func (r *passwordExpirationPolicy) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sets when the passwords of one domain expire. It applies to the cloud users of the domain and of its subdomains.\n\n" +
			"Every domain has this setting, so creating the resource adopts it and destroying it restores what was there before. " +
			"A domain whose expiration was never set cannot be brought back to that: it then keeps its last setting, with a warning.",
		Attributes: map[string]schema.Attribute{
			"domain_name": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the domain, in lower case. It must be verified, managed (not federated) and no subdomain that inherits from another one.",
				Validators:          []validator.String{resourcekit.IsDomainName()},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"validity_period_in_days": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Days after which a password must be changed, 14 to 730. Exactly one of this and `never_expires = true` is set.",
				Validators:          []validator.Int64{int64validator.Between(shortestPeriod, longestPeriod)},
			},
			"never_expires": schema.BoolAttribute{
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(false),
				MarkdownDescription: "Whether the passwords of the domain never expire. Default `false`.",
			},
			"notification_window_in_days": schema.Int64Attribute{
				Optional: true,
				Computed: true,
				Default:  int64default.StaticInt64(defaultWindow),
				MarkdownDescription: "Days before the expiration during which users are told of it, 1 to 30 and not longer than the period. Default 14. " +
					"The directory stores it, but Microsoft 365 no longer shows such notices.",
				Validators: []validator.Int64{int64validator.Between(shortestWindow, longestWindow)},
			},
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Name of the domain.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"former_settings": resourcekit.FormerSettings(stringplanmodifier.UseNonNullStateForUnknown()),
		},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *passwordExpirationPolicy) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"domain_name": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "Name of the domain, in lower case.",
			},
		},
	}
}

// Create implements resource.Resource.
func (r *passwordExpirationPolicy) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}

	domain, diagnostics := r.manageable(ctx, plan.DomainName.ValueString())
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	change, err := r.client.SetPasswordExpiration(ctx, domain, plan.wanted(), false)
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("set", setting, domain.ID, err, resourcekit.Tainted(change.Uncertain)))
		if !change.Uncertain {
			return
		}
	}

	resp.Diagnostics.Append(advise(domain.ID, change)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan.identified())...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, domain.PasswordExpiration)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// Read implements resource.Resource.
func (r *passwordExpirationPolicy) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}

	domain, err := r.client.Domain(ctx, state.DomainName.ValueString())
	if directory.IsNotFound(err) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("read", setting, state.DomainName.ValueString(), err))
		return
	}

	state = state.readFrom(domain.PasswordExpiration)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
}

// Update implements resource.Resource.
func (r *passwordExpirationPolicy) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}

	domain, diagnostics := r.manageable(ctx, plan.DomainName.ValueString())
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	change, err := r.client.SetPasswordExpiration(ctx, domain, plan.wanted(), !state.wanted().Equal(plan.wanted()))
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("update", setting, domain.ID, err))
		return
	}

	resp.Diagnostics.Append(advise(domain.ID, change)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan.identified())...)
	resp.Diagnostics.Append(resourcekit.Keep(ctx, req.Private, req.State, &resp.State)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// Delete implements resource.Resource. It puts back what was remembered.
func (r *passwordExpirationPolicy) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	former, diagnostics := resourcekit.Recall[directory.PasswordExpiration](ctx, req.Private, req.State)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	domain, err := r.client.Domain(ctx, state.DomainName.ValueString())
	if directory.IsNotFound(err) {
		return
	}
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("restore", setting, state.DomainName.ValueString(), err))
		return
	}
	outcome := restoring(domain, former)
	change, err := r.client.SetPasswordExpiration(ctx, domain, outcome.wanted, outcome.full && !state.wanted().Equal(outcome.wanted))
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("restore", setting, domain.ID, err, resourcekit.LeaveInstead))
		return
	}

	resp.Diagnostics.Append(advise(domain.ID, change)...)
	resp.Diagnostics.Append(outcome.staysAsItIs(domain.ID)...)
}

// ImportState implements resource.ResourceWithImportState. It remembers the
// present, as Create does.
func (r *passwordExpirationPolicy) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	name, diagnostics := importName(ctx, req)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	domain, diagnostics := r.manageable(ctx, name)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	imported := imported(name, domain.PasswordExpiration)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, domain.PasswordExpiration)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}
