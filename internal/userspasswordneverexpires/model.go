package userspasswordneverexpires

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// model is the resource in Terraform's terms.
type model struct {
	// UserIDs and Users are two ways to write the same set: one of them is null.
	UserIDs         types.List   `tfsdk:"user_ids"`
	Users           types.Map    `tfsdk:"users"`
	Exclusive       types.Bool   `tfsdk:"exclusive"`
	ID              types.String `tfsdk:"id"`
	ExemptUserCount types.Int64  `tfsdk:"exempt_user_count"`
	FormerSettings  types.String `tfsdk:"former_settings"`
}

// ids is a set of object ids, in lower case.
type ids map[string]struct{}

func (s ids) has(id string) bool { _, ok := s[id]; return ok }

func (s ids) add(id string) { s[id] = struct{}{} }

// without returns the ids that are not in other.
func (s ids) without(other ids) ids {
	rest := ids{}
	for id := range s {
		if !other.has(id) {
			rest.add(id)
		}
	}
	return rest
}

func (s ids) sorted() []string { return slices.Sorted(maps.Keys(s)) }

// users are the ids that are known.
func (m model) users() ids {
	known := ids{}
	for _, element := range m.UserIDs.Elements() {
		if text, ok := element.(types.String); ok && resourcekit.Known(text) {
			known.add(text.ValueString())
		}
	}
	for id := range m.Users.Elements() {
		known.add(id)
	}
	return known
}

// settled reports whether all ids are known.
func (m model) settled() bool {
	unknown := slices.ContainsFunc(m.UserIDs.Elements(), attr.Value.IsUnknown)
	return !m.UserIDs.IsUnknown() && !m.Users.IsUnknown() && !unknown
}

// withUsers replaces the ids, in the way in which they are written. Those that
// stay keep their place or their text; those that come are given the name that
// is known, or none.
func (m model) withUsers(users ids, names map[string]string) model {
	if !m.Users.IsNull() {
		texts := m.Users.Elements()
		maps.DeleteFunc(texts, func(id string, _ attr.Value) bool { return !users.has(id) })
		for id := range users {
			if _, stays := texts[id]; !stays {
				texts[id] = types.StringValue(names[id])
			}
		}
		m.Users = types.MapValueMust(types.StringType, texts)
		return m
	}
	present := m.users()
	elements := slices.DeleteFunc(m.UserIDs.Elements(), func(element attr.Value) bool {
		text, ok := element.(types.String)
		return ok && !users.has(text.ValueString())
	})
	for _, id := range users.without(present).sorted() {
		elements = append(elements, types.StringValue(id))
	}
	m.UserIDs = types.ListValueMust(types.StringType, elements)
	return m
}

// sameUsers reports whether two models name the same users in the same way:
// the order of a list, and whether it repeats itself, mean nothing.
func (m model) sameUsers(other model) bool {
	return m.settled() && m.Users.IsNull() && other.Users.IsNull() && maps.Equal(m.users(), other.users())
}

// newModel is the model of a set that was imported.
func newModel(tenant string) model {
	return model{
		UserIDs: types.ListNull(types.StringType), Users: types.MapNull(types.StringType),
		Exclusive: types.BoolValue(false), ID: types.StringValue(tenant),
	}
}

// withExempt sets how many users the exclusive mode leaves alone.
func (m model) withExempt(count int) model {
	m.ExemptUserCount = types.Int64Null()
	if m.Exclusive.ValueBool() {
		m.ExemptUserCount = types.Int64Value(int64(count))
	}
	return m
}

// before is what is remembered for destroy.
type before struct {
	// Members are the users of the set as they were before they joined it.
	Members formerPolicies `json:"members"`
	// Cleared are the users that were not in the set and had the flag when the
	// set became exclusive.
	Cleared formerPolicies `json:"cleared,omitempty"`
}

// formerPolicies are users by what their flags were, since thousands of users
// have few different ones.
type formerPolicies []formerPolicy

type formerPolicy struct {
	PasswordPolicies directory.PasswordPolicies `json:"passwordPolicies"`
	UserIDs          []string                   `json:"userIds"`
}

// memory is what is remembered, by user.
type memory struct {
	members, cleared map[string]directory.PasswordPolicies
}

// recall turns what was stored into a memory; nothing stored is an empty one.
func recall(stored *before) memory {
	if stored == nil {
		stored = &before{}
	}
	return memory{members: stored.Members.byUser(), cleared: stored.Cleared.byUser()}
}

func (f formerPolicies) byUser() map[string]directory.PasswordPolicies {
	users := map[string]directory.PasswordPolicies{}
	for _, group := range f {
		for _, id := range group.UserIDs {
			users[id] = group.PasswordPolicies
		}
	}
	return users
}

// stored is the form in which a memory is kept.
func (m memory) stored() before {
	return before{Members: grouped(m.members), Cleared: grouped(m.cleared)}
}

func grouped(users map[string]directory.PasswordPolicies) formerPolicies {
	groups := map[string]*formerPolicy{}
	for _, id := range slices.Sorted(maps.Keys(users)) {
		key := users[id].Spelling()
		if groups[key] == nil {
			groups[key] = &formerPolicy{PasswordPolicies: users[id]}
		}
		groups[key].UserIDs = append(groups[key].UserIDs, id)
	}
	former := make(formerPolicies, 0, len(groups))
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		former = append(former, *groups[key])
	}
	slices.SortStableFunc(former, func(a, b formerPolicy) int { return cmp.Compare(len(b.UserIDs), len(a.UserIDs)) })
	return former
}

// all is everybody who is remembered.
func (m memory) all() map[string]directory.PasswordPolicies {
	all := maps.Clone(m.cleared)
	maps.Copy(all, m.members)
	return all
}
