// Package userpasswordneverexpires is the resource for one user's "password
// never expires". Every account has the setting, so creating the resource
// adopts it: what it was is remembered, and destroying the resource puts it
// back. The account itself is never created or deleted.
package userpasswordneverexpires

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var (
	_ resource.Resource                = &userPasswordNeverExpires{}
	_ resource.ResourceWithConfigure   = &userPasswordNeverExpires{}
	_ resource.ResourceWithIdentity    = &userPasswordNeverExpires{}
	_ resource.ResourceWithImportState = &userPasswordNeverExpires{}
	_ resource.ResourceWithModifyPlan  = &userPasswordNeverExpires{}
)

const setting = "user password expiration"

type userPasswordNeverExpires struct {
	client *directory.Client
}

// New returns the resource.
func New() resource.Resource { return &userPasswordNeverExpires{} }

// Metadata implements resource.Resource.
func (r *userPasswordNeverExpires) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_password_never_expires"
}

// Configure implements resource.ResourceWithConfigure.
func (r *userPasswordNeverExpires) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	client, diagnostics := resourcekit.Client(req.ProviderData)
	resp.Diagnostics.Append(diagnostics...)
	r.client = client
}

// Schema implements resource.Resource.
func (r *userPasswordNeverExpires) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sets whether the password of one cloud user never expires, as service accounts need it.\n\n" +
			"Every user has this setting, so creating the resource adopts it and destroying it restores what was there before. " +
			"The user itself is never created or deleted, and other flags in the user's `passwordPolicies` are kept.",
		Attributes: map[string]schema.Attribute{
			"user_id": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Object id or user principal name of the user. Naming another user replaces the resource; " +
					"another name of the same user does not.",
				Validators:    []validator.String{resourcekit.IsUserID()},
				PlanModifiers: []planmodifier.String{replaceForAnotherUser()},
			},
			"enabled": schema.BoolAttribute{
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(true),
				MarkdownDescription: "Whether the password never expires. Default `true`; `false` enforces that it expires as the user's domain says, " +
					"which is at the next sign-in for a password that is already older.",
			},
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Object id of the user.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"former_settings": resourcekit.FormerSettings(stringplanmodifier.UseNonNullStateForUnknown()),
			"user_principal_name": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "User principal name, which follows a rename.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
		},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *userPasswordNeverExpires) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"user_id": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "Object id of the user.",
			},
		},
	}
}

// Create implements resource.Resource.
func (r *userPasswordNeverExpires) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}

	user, err := r.manageable(ctx, plan.UserID.ValueString())
	if err != nil {
		resp.Diagnostics.Append(refused("set", plan.UserID.ValueString(), err))
		return
	}
	change, err := r.client.ChangePasswordPolicies(ctx, user, user.PasswordPolicies.WithNeverExpires(plan.Enabled.ValueBool()), false)
	if err != nil {
		resp.Diagnostics.Append(unable("set", user, err, resourcekit.Tainted(change.Uncertain)))
		if !change.Uncertain {
			return
		}
	}

	resp.Diagnostics.Append(advise(change)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan.identifiedBy(change.User))...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, rememberedOf(user))...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identityOf(change.User))...)
}

// Read implements resource.Resource.
func (r *userPasswordNeverExpires) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}

	user, err := r.current(ctx, state)
	if directory.IsNotFound(err) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("read", setting, state.UserPrincipalName.ValueString(), err))
		return
	}

	resp.Diagnostics.Append(resp.State.Set(ctx, state.readFrom(user))...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identityOf(user))...)
}

// Update implements resource.Resource.
func (r *userPasswordNeverExpires) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}

	user, err := r.client.User(ctx, plan.ID.ValueString())
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("read", setting, plan.UserPrincipalName.ValueString(), err))
		return
	}
	wanted := user.PasswordPolicies.WithNeverExpires(plan.Enabled.ValueBool())
	change, err := r.client.ChangePasswordPolicies(ctx, user, wanted, !plan.Enabled.Equal(state.Enabled))
	if err != nil {
		resp.Diagnostics.Append(unable("update", user, err))
		return
	}

	resp.Diagnostics.Append(advise(change)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan.identifiedBy(change.User))...)
	resp.Diagnostics.Append(resourcekit.Keep(ctx, req.Private, req.State, &resp.State)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identityOf(change.User))...)
}

// Delete implements resource.Resource. It puts back what was remembered.
func (r *userPasswordNeverExpires) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	former, diagnostics := resourcekit.Recall[before](ctx, req.Private, req.State)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	name := state.UserPrincipalName.ValueString()
	if former == nil {
		resp.Diagnostics.Append(staysAsItIs(name, nothingRemembered))
		return
	}

	user, err := r.manageable(ctx, state.ID.ValueString())
	var reason *resourcekit.Unmanageable
	switch {
	case directory.IsNotFound(err):
		return
	case errors.As(err, &reason):
		resp.Diagnostics.Append(staysAsItIs(name, reason.Error()))
		return
	case err != nil:
		resp.Diagnostics.Append(resourcekit.Unable("restore", setting, name, err, resourcekit.LeaveInstead))
		return
	}
	wanted := former.restored(user.PasswordPolicies)
	change, err := r.client.ChangePasswordPolicies(ctx, user, wanted, former.Enabled != state.Enabled.ValueBool())
	if err != nil {
		resp.Diagnostics.Append(unable("restore", user, err, resourcekit.LeaveInstead))
		return
	}

	resp.Diagnostics.Append(advise(change)...)
}

// ImportState implements resource.ResourceWithImportState. It remembers the
// present, as Create does.
func (r *userPasswordNeverExpires) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, diagnostics := importID(ctx, req)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	user, err := r.manageable(ctx, id)
	if err != nil {
		resp.Diagnostics.Append(refused("import", id, err))
		return
	}

	imported := imported(id, user)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, rememberedOf(user))...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identityOf(user))...)
}
