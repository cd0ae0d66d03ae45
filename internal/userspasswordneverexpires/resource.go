// Package userspasswordneverexpires is the resource for "password never
// expires" of a whole set of users. Creating it adopts the setting of each
// user: what it was is remembered, and destroying the resource, or taking a
// user out of the set, puts it back. An exclusive set also takes the setting
// away from every other cloud user of the tenant. The accounts themselves are
// never created or deleted.
package userspasswordneverexpires

import (
	"context"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

var (
	_ resource.Resource                = &usersPasswordNeverExpires{}
	_ resource.ResourceWithConfigure   = &usersPasswordNeverExpires{}
	_ resource.ResourceWithIdentity    = &usersPasswordNeverExpires{}
	_ resource.ResourceWithImportState = &usersPasswordNeverExpires{}
	_ resource.ResourceWithModifyPlan  = &usersPasswordNeverExpires{}
)

const setting = "user password expiration"

type usersPasswordNeverExpires struct {
	client *directory.Client
}

// New returns the resource.
func New() resource.Resource { return &usersPasswordNeverExpires{} }

// Metadata implements resource.Resource.
func (r *usersPasswordNeverExpires) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_users_password_never_expires"
}

// Configure implements resource.ResourceWithConfigure.
func (r *usersPasswordNeverExpires) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	client, diagnostics := resourcekit.Client(req.ProviderData)
	resp.Diagnostics.Append(diagnostics...)
	r.client = client
}

// Schema implements resource.Resource.
func (r *usersPasswordNeverExpires) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sets that the passwords of a whole set of cloud users never expire, in bulk: a thousand users take some fifty requests, not thousands.\n\n" +
			"Every user has this setting, so creating the resource adopts it and destroying it restores what was there before. " +
			"The users themselves are never created or deleted, and other flags in their `passwordPolicies` are kept.",
		Attributes: map[string]schema.Attribute{
			"user_ids": schema.ListAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Object ids, in lower case, of the users whose password never expires. The order means nothing. " +
					"A user that is taken out of the set gets back what was there before. Exactly one of `user_ids` and `users` is needed.",
				Validators: []validator.List{resourcekit.AreObjectIDs(), listvalidator.ExactlyOneOf(path.MatchRoot("users"))},
			},
			"users": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "The same as a map from object ids to a text of your own, such as the name or the reason, which plans show beside the id. " +
					"Use it for more than some 2,000 users, and up to 100,000: Terraform compares the elements of lists with each other, and those of maps by their keys.",
				Validators: []validator.Map{resourcekit.KeysAreObjectIDs()},
			},
			"exclusive": schema.BoolAttribute{
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
				MarkdownDescription: "Whether no other cloud user of the tenant may have a password that never expires. Default `false`. " +
					"With `true`, any other user with the setting is a difference: the plan shows the object id, and apply takes the setting away. " +
					"Guests, synchronised users and users of federated domains are never touched. At most one exclusive set makes sense in a tenant, " +
					"and it must name all users that other resources manage.",
			},
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the tenant.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"former_settings": resourcekit.FormerSettings(),
			"exempt_user_count": schema.Int64Attribute{
				Computed: true,
				MarkdownDescription: "With `exclusive`, how many guests, synchronised users and users of federated domains outside of the set " +
					"have the setting and are left alone. Otherwise null.",
			},
		},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *usersPasswordNeverExpires) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = resourcekit.TenantIdentitySchema()
}

// Create implements resource.Resource.
func (r *usersPasswordNeverExpires) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}

	tenant, err := r.client.GraphTenantID(ctx)
	change := change{resource: r, wanted: plan, memory: recall(nil)}
	if err == nil {
		err = change.make(ctx, ids{})
	}
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("set", setting, counted(len(plan.users())), err))
		return
	}
	resp.Diagnostics.Append(change.report("set", true)...)
	if change.nothingDone() {
		return
	}

	plan.ID = types.StringValue(tenant)
	resp.Diagnostics.Append(resp.State.Set(ctx, change.outcome(plan))...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, change.memory.stored())...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identityOf(plan))...)
}

// Read implements resource.Resource. The set in the state becomes what Terraform
// compares with the configuration: its members that have the flag and, if it is
// exclusive, all other users that have it.
func (r *usersPasswordNeverExpires) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}

	set, found := state.users(), others{}
	var err error
	if state.Exclusive.ValueBool() {
		found, err = r.look(ctx, set)
	}
	var flagged ids
	if err == nil {
		flagged, err = r.members(ctx, set, found.listed)
	}
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("read", setting, counted(len(set)), err))
		return
	}
	maps.Copy(flagged, found.flagged)

	resp.Diagnostics.Append(resp.State.Set(ctx, state.withUsers(flagged, found.names).withExempt(found.exempt))...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identityOf(state))...)
}

// Update implements resource.Resource.
func (r *usersPasswordNeverExpires) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	former, diagnostics := resourcekit.Recall[before](ctx, req.Private, req.State)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	change := change{resource: r, wanted: plan, memory: recall(former), adopted: state.Exclusive.ValueBool()}
	if err := change.make(ctx, state.users()); err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("update", setting, counted(len(plan.users())), err))
		return
	}
	resp.Diagnostics.Append(change.report("update", false)...)

	resp.Diagnostics.Append(resp.State.Set(ctx, change.outcome(plan))...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, change.memory.stored())...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identityOf(plan))...)
}

// Delete implements resource.Resource. It puts back what was remembered.
func (r *usersPasswordNeverExpires) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	former, diagnostics := resourcekit.Recall[before](ctx, req.Private, req.State)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	remembered, members := recall(former), state.users()
	jobs := map[string]job{}
	for id, policies := range remembered.all() {
		jobs[id] = job{intent: restore, former: policies, known: members.has(id)}
	}
	done, err := r.run(ctx, jobs)
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("restore", setting, counted(len(jobs)), err, resourcekit.LeaveInstead))
		return
	}
	resp.Diagnostics.Append(done.report("restore", len(jobs), resourcekit.LeaveInstead)...)
	if lost := members.without(keys(remembered.members)); len(lost) > 0 {
		resp.Diagnostics.Append(notRestored(lost.sorted()))
	}
}

// ImportState implements resource.ResourceWithImportState. It remembers the
// present, as Create does.
func (r *usersPasswordNeverExpires) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, users, diagnostics := importID(ctx, req)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	tenant, err := r.client.GraphTenantID(ctx)
	if err == nil && users == nil {
		err = resourcekit.CheckTenant(id, tenant)
	}
	var present directory.Users
	if err == nil {
		users, present, err = r.flaggedUsers(ctx, users)
	}
	if err != nil {
		resp.Diagnostics.Append(resourcekit.Unable("import", setting, "the users of "+id, err))
		return
	}

	remembered := recall(nil)
	for id := range users {
		user, _ := present.Find(id)
		remembered.members[id] = user.PasswordPolicies
	}
	imported := newModel(tenant).withUsers(users, nil).withExempt(0)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resourcekit.Remember(ctx, resp.Private, &resp.State, remembered.stored())...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identityOf(imported))...)
}

// flaggedUsers reads the users to import: those that are named, or all cloud
// users of the tenant that have the flag.
func (r *usersPasswordNeverExpires) flaggedUsers(ctx context.Context, named ids) (ids, directory.Users, error) {
	chosen := named
	if named == nil {
		found, err := r.look(ctx, ids{})
		if err != nil {
			return nil, directory.Users{}, err
		}
		chosen = found.flagged
	}
	present, err := r.client.UsersByID(ctx, chosen.sorted())
	if err != nil {
		return nil, present, err
	}
	for id := range chosen {
		user, found := present.Find(id)
		if !found {
			return nil, present, &missingUser{id}
		}
		if err := resourcekit.CheckManageable(ctx, r.client, user); err != nil {
			return nil, present, err
		}
		if !user.PasswordPolicies.NeverExpires() {
			delete(chosen, id)
		}
	}
	return chosen, present, nil
}

type missingUser struct{ id string }

func (m *missingUser) Error() string { return m.id + ": " + errNoUser.Error() }

// importID takes what to import from the import id, the tenant or some users
// with commas between them, or from the identity.
func importID(ctx context.Context, req resource.ImportStateRequest) (string, ids, diag.Diagnostics) {
	id, diagnostics := resourcekit.ImportTenant(ctx, req)
	if !strings.Contains(id, ",") {
		return id, nil, diagnostics
	}
	users := ids{}
	for user := range strings.SplitSeq(id, ",") {
		user = strings.ToLower(strings.TrimSpace(user))
		if user == "" {
			continue
		}
		if !resourcekit.LooksLikeObjectID(user) {
			diagnostics.AddError("Invalid import id", "The import takes the id of the tenant, or object ids of users with commas between them: "+user+" is neither.")
			break
		}
		users.add(user)
	}
	return id, users, diagnostics
}

func identityOf(m model) resourcekit.TenantIdentity {
	return resourcekit.TenantIdentity{TenantID: m.ID}
}

func keys[T any](m map[string]T) ids {
	set := ids{}
	for id := range m {
		set.add(id)
	}
	return set
}
