package userspasswordneverexpires

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// ModifyPlan implements resource.ResourceWithModifyPlan. It gives advice, and
// says of the computed count what is known. Only a set that becomes exclusive
// costs requests: whom it will concern is not in the state yet.
func (r *usersPasswordNeverExpires) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state model
	creates, destroys := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	if !destroys {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if !creates {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !creates && !destroys && plan.sameUsers(state) && plan.Exclusive.Equal(state.Exclusive) {
		// Only the order differs, if anything.
		resp.Plan.Raw = req.State.Raw
		return
	}
	former, diagnostics := recalled(ctx, req, creates)
	resp.Diagnostics.Append(diagnostics...)
	if destroys {
		resp.Diagnostics.Append(adviseDestroy(former, state.users())...)
		return
	}
	resp.Diagnostics.Append(adviseRemoved(former, plan, state)...)
	if plan.Exclusive.ValueBool() && !state.Exclusive.ValueBool() && plan.settled() {
		resp.Diagnostics.Append(r.adviseExclusive(ctx, plan.users(), state.users())...)
	}
	if count := plannedCount(plan, state); !count.Equal(plan.ExemptUserCount) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("exempt_user_count"), count)...)
	}
}

func recalled(ctx context.Context, req resource.ModifyPlanRequest, creates bool) (memory, diag.Diagnostics) {
	if creates {
		return recall(nil), nil
	}
	former, diagnostics := resourcekit.Recall[before](ctx, req.Private, req.State)
	return recall(former), diagnostics
}

// plannedCount is the number of exempt users as far as it is known: what the
// refresh found, nothing in a set that is not exclusive, and unknown in one that
// becomes so.
func plannedCount(plan, state model) types.Int64 {
	switch {
	case plan.Exclusive.IsUnknown():
		return types.Int64Unknown()
	case !plan.Exclusive.ValueBool():
		return types.Int64Null()
	case state.Exclusive.ValueBool():
		return state.ExemptUserCount
	}
	return types.Int64Unknown()
}

const takesEffect = "a password that is already older than the validity period of its domain expires at the next sign-in"

// adviseDestroy says what will be put back.
func adviseDestroy(former memory, members ids) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	expire, never := 0, 0
	for id, policies := range former.all() {
		switch {
		case policies.NeverExpires() && !members.has(id):
			never++
		case !policies.NeverExpires() && members.has(id):
			expire++
		}
	}
	if expire > 0 {
		diagnostics.AddAttributeWarning(path.Root("user_ids"), "Destroy restores that the passwords of "+counted(expire)+" expire",
			fmt.Sprintf("They expired as their domain says before Terraform managed them. It takes effect at once: %s. "+
				"To leave the setting as it is, use a \"removed\" block whose lifecycle has destroy = false, or \"terraform state rm\".", takesEffect))
	}
	if never > 0 {
		diagnostics.AddAttributeWarning(path.Root("exclusive"), "Destroy restores that the passwords of "+counted(never)+" never expire",
			"They never expired before this set became exclusive.")
	}
	return diagnostics
}

// adviseRemoved warns of the users whose passwords are about to expire again.
func adviseRemoved(former memory, plan, state model) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if !plan.settled() {
		return nil
	}
	var expiring []string
	for _, id := range state.users().without(plan.users()).sorted() {
		policies, known := former.members[id]
		if plan.Exclusive.ValueBool() || known && !policies.NeverExpires() {
			expiring = append(expiring, id)
		}
	}
	if len(expiring) > 0 {
		diagnostics.AddAttributeWarning(path.Root("user_ids"), "The passwords of "+counted(len(expiring))+" will expire as their domain says",
			fmt.Sprintf("They leave the set: %s. It takes effect at once: %s.", list(expiring), takesEffect))
	}
	return diagnostics
}

// adviseExclusive names the users from whom a set that becomes exclusive takes
// the setting. That it cannot be read now fails no plan.
func (r *usersPasswordNeverExpires) adviseExclusive(ctx context.Context, members, present ids) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if r.client == nil {
		return nil
	}
	found, err := r.look(ctx, members)
	if err != nil {
		diagnostics.AddAttributeWarning(path.Root("exclusive"), "Other users will lose the setting",
			"Whom it concerns could not be found out: "+resourcekit.Said(err)+"\n\nApply takes it away from every other cloud user of the tenant whose password never expires.")
		return diagnostics
	}
	var names []string
	for _, id := range found.flagged.without(present).sorted() {
		names = append(names, id+" ("+found.names[id]+")")
	}
	if len(names) > 0 {
		diagnostics.AddAttributeWarning(path.Root("exclusive"), "The passwords of "+counted(len(names))+" outside of the set will expire as their domain says",
			fmt.Sprintf("With exclusive = true, apply takes \"password never expires\" away from: %s. It takes effect at once: %s. Destroy restores it.", list(names), takesEffect))
	}
	return diagnostics
}
