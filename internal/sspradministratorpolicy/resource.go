// Package sspradministratorpolicy is the resource for the switch that decides
// whether the tenant's administrators may reset their own password
// (self-service password reset, SSPR). It never concerns other users. A tenant
// always has the switch, so creating the resource adopts it, and destroying the
// resource puts it back as it was.
package sspradministratorpolicy

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var (
	_ resource.Resource                = &ssprAdministratorPolicy{}
	_ resource.ResourceWithConfigure   = &ssprAdministratorPolicy{}
	_ resource.ResourceWithIdentity    = &ssprAdministratorPolicy{}
	_ resource.ResourceWithImportState = &ssprAdministratorPolicy{}
	_ resource.ResourceWithModifyPlan  = &ssprAdministratorPolicy{}
)

const setting = "self-service password reset of administrators"

type ssprAdministratorPolicy struct {
	client *directory.Client
}

// New returns the resource.
func New() resource.Resource { return &ssprAdministratorPolicy{} }

// Metadata implements resource.Resource.
func (r *ssprAdministratorPolicy) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sspr_administrator_policy"
}

// Configure implements resource.ResourceWithConfigure.
func (r *ssprAdministratorPolicy) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	client, diagnostics := resourcekit.Client(req.ProviderData)
	resp.Diagnostics.Append(diagnostics...)
	r.client = client
}

// Schema implements resource.Resource.
func (r *ssprAdministratorPolicy) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sets whether the tenant's administrators may reset their own password (self-service password reset, SSPR). " +
			"It never concerns ordinary users: for them there is `entraid_sspr_policy`.\n\n" +
			"Every tenant has this switch, so creating the resource adopts it and destroying it restores what was there before. " +
			"A change takes up to 60 minutes to take effect.\n\n" +
			"This is `allowedToUseSSPR` of Microsoft Graph's authorization policy, so an application may manage it. The other members of that policy are kept.",
		Attributes: map[string]schema.Attribute{
			"enabled": schema.BoolAttribute{
				Required: true,
				MarkdownDescription: "Whether administrators may reset their own password. How many methods that takes is fixed by Microsoft, as a rule two. " +
					"It takes up to 60 minutes to take effect and never concerns ordinary users.",
			},
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the tenant.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"former_settings": resourcekit.FormerSettings(stringplanmodifier.UseNonNullStateForUnknown()),
		},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *ssprAdministratorPolicy) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = resourcekit.TenantIdentitySchema()
}

// Create implements resource.Resource.
func (r *ssprAdministratorPolicy) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}

	change, tenant, err := r.set(ctx, plan.ID.ValueString(), plan.Enabled.ValueBool())
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("set", setting, "the tenant", err, resourcekit.Tainted(change.Uncertain)))
		if !change.Uncertain {
			return
		}
	}

	resulting := plan.identifiedBy(tenant)
	resp.Diagnostics.Append(advise(change)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, resulting)...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, before{Enabled: change.Before.AllowedToUseSSPR})...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, resulting.identity())...)
}

// Read implements resource.Resource. The switch cannot be gone, so no answer
// removes it from the state.
func (r *ssprAdministratorPolicy) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}

	tenant, policy, err := r.read(ctx, state.ID.ValueString())
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("read", setting, "tenant "+state.ID.ValueString(), err))
		return
	}

	actual := modelOf(tenant, policy)
	actual.FormerSettings = state.FormerSettings
	resp.Diagnostics.Append(resp.State.Set(ctx, actual)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, actual.identity())...)
}

// Update implements resource.Resource.
func (r *ssprAdministratorPolicy) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}

	change, tenant, err := r.set(ctx, plan.ID.ValueString(), plan.Enabled.ValueBool())
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("update", setting, "tenant "+plan.ID.ValueString(), err))
		return
	}

	resulting := plan.identifiedBy(tenant)
	resp.Diagnostics.Append(advise(change)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, resulting)...)
	resp.Diagnostics.Append(resourcekit.Keep(ctx, req.Private, req.State, &resp.State)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, resulting.identity())...)
}

// Delete implements resource.Resource. It puts back what was remembered.
func (r *ssprAdministratorPolicy) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	former, diagnostics := resourcekit.Recall[before](ctx, req.Private, req.State)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	if former == nil {
		resp.Diagnostics.Append(nothingRemembered())
		return
	}

	change, _, err := r.set(ctx, state.ID.ValueString(), former.Enabled)
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("restore", setting, "tenant "+state.ID.ValueString(), err, resourcekit.LeaveInstead))
		return
	}

	resp.Diagnostics.Append(advise(change)...)
}

// ImportState implements resource.ResourceWithImportState. It remembers the
// present, as Create does.
func (r *ssprAdministratorPolicy) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, diagnostics := resourcekit.ImportTenant(ctx, req)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	tenant, policy, err := r.read(ctx, id)
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("import", setting, "tenant "+id, err))
		return
	}

	actual := modelOf(tenant, policy)
	resp.Diagnostics.Append(resp.State.Set(ctx, actual)...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, before{Enabled: policy.AllowedToUseSSPR})...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, actual.identity())...)
}
