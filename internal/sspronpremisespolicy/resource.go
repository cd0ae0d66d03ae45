// Package sspronpremisespolicy is the resource for the on-premises integration
// of self-service password reset (SSPR): whether a password that is reset in
// the cloud is written back to the on-premises directory, and whether users may
// unlock their account there. A tenant always has both settings, so creating
// the resource adopts them, and destroying it restores those that were managed.
package sspronpremisespolicy

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var (
	_ resource.Resource                     = &ssprOnPremisesPolicy{}
	_ resource.ResourceWithConfigure        = &ssprOnPremisesPolicy{}
	_ resource.ResourceWithConfigValidators = &ssprOnPremisesPolicy{}
	_ resource.ResourceWithIdentity         = &ssprOnPremisesPolicy{}
	_ resource.ResourceWithImportState      = &ssprOnPremisesPolicy{}
	_ resource.ResourceWithModifyPlan       = &ssprOnPremisesPolicy{}
)

const setting = "on-premises integration of password reset"

type ssprOnPremisesPolicy struct {
	client *directory.Client
}

// New returns the resource.
func New() resource.Resource { return &ssprOnPremisesPolicy{} }

// Metadata implements resource.Resource.
func (r *ssprOnPremisesPolicy) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sspr_on_premises_policy"
}

// Configure implements resource.ResourceWithConfigure.
func (r *ssprOnPremisesPolicy) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	client, diagnostics := resourcekit.Client(req.ProviderData)
	resp.Diagnostics.Append(diagnostics...)
	r.client = client
}

// Schema implements resource.Resource.
func (r *ssprOnPremisesPolicy) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages the on-premises integration of self-service password reset (SSPR): whether new passwords are written back to the on-premises directory, " +
			"and whether users may unlock their account there.\n\n" +
			"Every tenant has these settings, so creating the resource adopts them and destroying it restores what was there before. " +
			"What is not written in the configuration is left alone: it keeps the value that it has in the tenant, also after a line was removed. At least one of the two has to be written.\n\n" +
			"The settings have no public API. This resource uses the back end of the Entra admin center, which has no contract and accepts signed-in users only.",
		Attributes: map[string]schema.Attribute{
			"password_writeback": toggle("Whether a password that is reset or changed in the cloud is written back to the on-premises directory. " +
				"While it is off, users whose password is kept on premises (federated, with pass-through authentication or with password hash synchronisation) cannot reset it themselves."),
			"account_unlock": toggle("Whether users may unlock their on-premises account without resetting the password."),
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the tenant.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"former_settings": resourcekit.FormerSettings(),
		},
	}
}

// toggle is an attribute that is left alone unless it is written.
func toggle(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: description + resourcekit.LeftAlone,
		PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *ssprOnPremisesPolicy) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = resourcekit.TenantIdentitySchema()
}

// ConfigValidators implements resource.ResourceWithConfigValidators.
func (r *ssprOnPremisesPolicy) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{
		resourcevalidator.AtLeastOneOf(path.MatchRoot("password_writeback"), path.MatchRoot("account_unlock")),
	}
}

// Create implements resource.Resource.
func (r *ssprOnPremisesPolicy) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	wanted := config.settings()
	change, tenant, err := r.change(ctx, plan.ID.ValueString(), wanted)
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("set", setting, "the tenant", err, sofar(change), resourcekit.Tainted(change.Touched())))
		if !change.Touched() {
			return
		}
	}

	resulting := plan.after(tenant, change, err)
	resp.Diagnostics.Append(advise(change)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, resulting)...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, resourcekit.FormerOf(change.Before.Settings, wanted))...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, resulting.identity())...)
}

// Read implements resource.Resource. The settings cannot be gone, so no answer
// removes them from the state.
func (r *ssprOnPremisesPolicy) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
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

	actual := modelOf(tenant, policy.Settings)
	actual.FormerSettings = state.FormerSettings
	resp.Diagnostics.Append(resp.State.Set(ctx, actual)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, actual.identity())...)
}

// Update implements resource.Resource.
func (r *ssprOnPremisesPolicy) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, config model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	former, unreadable := resourcekit.Recall[before](ctx, req.Private, req.State)
	resp.Diagnostics.Append(unreadable...)
	if resp.Diagnostics.HasError() {
		return
	}

	wanted := config.settings()
	change, tenant, err := r.change(ctx, plan.ID.ValueString(), wanted)
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("update", setting, "tenant "+plan.ID.ValueString(), err, sofar(change), again(change)))
		if !change.Touched() {
			return
		}
	}

	resulting := plan.after(tenant, change, err)
	resp.Diagnostics.Append(advise(change)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, resulting)...)
	if len(unreadable) == 0 {
		resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, former.Updated(change.Before.Settings, wanted))...)
	} else {
		resp.Diagnostics.Append(resourcekit.Keep(ctx, req.Private, req.State, &resp.State)...)
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, resulting.identity())...)
}

// Delete implements resource.Resource. It puts back the settings that were
// managed, as they were before.
func (r *ssprOnPremisesPolicy) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
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

	tenant := state.ID.ValueString()
	_, present, err := r.read(ctx, tenant)
	var change directory.OnPremisesPasswordResetChange
	if err == nil {
		change, _, err = r.change(ctx, tenant, former.Restorable(present.Settings))
	}
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("restore", setting, "tenant "+tenant, err, sofar(change), again(change), resourcekit.LeaveInstead))
		return
	}

	resp.Diagnostics.Append(advise(change)...)
}

// ImportState implements resource.ResourceWithImportState. It remembers the
// present, as Create does.
func (r *ssprOnPremisesPolicy) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
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

	actual := modelOf(tenant, policy.Settings)
	resp.Diagnostics.Append(resp.State.Set(ctx, actual)...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, before{Settings: policy.Settings, Imported: true})...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, actual.identity())...)
}
