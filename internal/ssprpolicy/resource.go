// Package ssprpolicy is the resource for the tenant's self-service password
// reset (SSPR) policy: which users may reset their own password, with how many
// methods, when they register them and who is told. A tenant always has the
// policy, so creating the resource adopts it, and destroying it restores the
// settings that were managed. Whatever is not configured is left alone.
package ssprpolicy

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var (
	_ resource.Resource                   = &ssprPolicy{}
	_ resource.ResourceWithConfigure      = &ssprPolicy{}
	_ resource.ResourceWithIdentity       = &ssprPolicy{}
	_ resource.ResourceWithImportState    = &ssprPolicy{}
	_ resource.ResourceWithModifyPlan     = &ssprPolicy{}
	_ resource.ResourceWithValidateConfig = &ssprPolicy{}
)

const setting = "self-service password reset policy"

type ssprPolicy struct {
	client *directory.Client
}

// New returns the resource.
func New() resource.Resource { return &ssprPolicy{} }

// Metadata implements resource.Resource.
func (r *ssprPolicy) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sspr_policy"
}

// Configure implements resource.ResourceWithConfigure.
func (r *ssprPolicy) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	client, diagnostics := resourcekit.Client(req.ProviderData)
	resp.Diagnostics.Append(diagnostics...)
	r.client = client
}

// Create implements resource.Resource.
func (r *ssprPolicy) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	wanted, diagnostics := config.settings(ctx)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	change, tenant, err := r.change(ctx, "", wanted, directory.PasswordResetSettings{})
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("set", setting, "the tenant", err, resourcekit.Tainted(change.Uncertain)))
		if !change.Uncertain {
			return
		}
	}

	resp.Diagnostics.Append(advise(change)...)
	resp.Diagnostics.Append(ignoredOf(change).save(ctx, resp.Private)...)
	resulting, diagnostics := plan.completedBy(ctx, tenant, change.After)
	resp.Diagnostics.Append(diagnostics...)
	resp.Diagnostics.Append(resp.State.Set(ctx, resulting)...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, resourcekit.FormerOf(change.Before.Settings, wanted))...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, resulting.identity())...)
}

// Read implements resource.Resource. The policy cannot be gone, so no answer
// removes it from the state.
func (r *ssprPolicy) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	ignored, diagnostics := loadIgnored(ctx, req.Private)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	tenant, policy, err := r.read(ctx, state.ID.ValueString())
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("read", setting, "tenant "+state.ID.ValueString(), err))
		return
	}

	actual, diagnostics := modelOf(ctx, tenant, policy)
	resp.Diagnostics.Append(diagnostics...)
	actual.FormerSettings = state.FormerSettings
	if len(ignored) > 0 {
		actual, ignored, diagnostics = actual.keepIgnored(ctx, state, ignored)
		resp.Diagnostics.Append(diagnostics...)
		resp.Diagnostics.Append(ignored.save(ctx, resp.Private)...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, actual)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, actual.identity())...)
}

// Update implements resource.Resource.
func (r *ssprPolicy) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, config, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	former, unreadable := resourcekit.Recall[before](ctx, req.Private, req.State)
	resp.Diagnostics.Append(unreadable...)
	wanted, diagnostics := config.settings(ctx)
	resp.Diagnostics.Append(diagnostics...)
	last, diagnostics := state.settings(ctx)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	change, tenant, err := r.change(ctx, plan.ID.ValueString(), wanted, last)
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("update", setting, "tenant "+plan.ID.ValueString(), err))
		if !change.Uncertain {
			return
		}
	}

	if err == nil {
		resp.Diagnostics.Append(advise(change)...)
		resp.Diagnostics.Append(ignoredOf(change).save(ctx, resp.Private)...)
		resulting, diagnostics := plan.completedBy(ctx, tenant, change.After)
		resp.Diagnostics.Append(diagnostics...)
		resp.Diagnostics.Append(resp.State.Set(ctx, resulting)...)
		resp.Diagnostics.Append(resp.Identity.Set(ctx, resulting.identity())...)
	}
	if len(unreadable) == 0 {
		// What is newly managed may have been overwritten already.
		resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, former.Updated(change.Before.Settings, wanted))...)
	} else {
		resp.Diagnostics.Append(resourcekit.Keep(ctx, req.Private, req.State, &resp.State)...)
	}
}

// Delete implements resource.Resource. It puts back the settings that were
// managed, as they were before.
func (r *ssprPolicy) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
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
	last, diagnostics := state.settings(ctx)
	resp.Diagnostics.Append(diagnostics...)
	_, present, err := r.read(ctx, tenant)
	var change directory.PasswordResetChange
	if err == nil {
		change, _, err = r.change(ctx, tenant, former.Restorable(present.Settings), last)
	}
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("restore", setting, "tenant "+tenant, err, resourcekit.LeaveInstead))
		return
	}

	resp.Diagnostics.Append(advise(change)...)
}

// ImportState implements resource.ResourceWithImportState. It remembers the
// present, as Create does.
func (r *ssprPolicy) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
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

	actual, diagnostics := modelOf(ctx, tenant, policy)
	resp.Diagnostics.Append(diagnostics...)
	resp.Diagnostics.Append(resp.State.Set(ctx, actual)...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, before{Settings: policy.Settings, Imported: true})...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, actual.identity())...)
}

// signedIn returns the tenant that the user is signed in to, and refuses
// another one than wanted.
func (r *ssprPolicy) signedIn(ctx context.Context, wanted string) (string, error) {
	tenant, err := r.client.TenantID(ctx)
	if err != nil {
		return "", err
	}
	return tenant, resourcekit.CheckTenant(wanted, tenant)
}

// read returns the policy and the tenant that it belongs to.
func (r *ssprPolicy) read(ctx context.Context, wanted string) (string, directory.PasswordResetPolicy, error) {
	tenant, err := r.signedIn(ctx, wanted)
	if err != nil {
		return "", directory.PasswordResetPolicy{}, err
	}
	policy, err := r.client.PasswordResetPolicy(ctx)
	return tenant, policy, err
}

// change writes the policy and returns the tenant that it belongs to. Last is
// what the state holds, from which a stale answer can be told.
func (r *ssprPolicy) change(ctx context.Context, wanted string, settings, last directory.PasswordResetSettings) (directory.PasswordResetChange, string, error) {
	tenant, err := r.signedIn(ctx, wanted)
	if err != nil {
		return directory.PasswordResetChange{}, "", err
	}
	change, err := r.client.ChangePasswordResetPolicy(ctx, settings, last)
	return change, tenant, err
}
