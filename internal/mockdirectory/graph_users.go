package mockdirectory

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// basicOnly says that a caller may see only the basic profile of users.
func (c *call) basicOnly() bool {
	return !slices.ContainsFunc(readUsers, func(p string) bool { return slices.Contains(c.caller.permissions, p) })
}

// selectedOfUser is selected, less what the caller may not see.
func (c *call) selectedOfUser() ([]string, *failure) {
	names, f := c.selected(userEntity)
	if f != nil || !c.basicOnly() {
		return names, f
	}
	if names == nil {
		for _, m := range userEntity.members {
			if m.basic {
				names = append(names, m.name)
			}
		}
		return names, nil
	}
	for _, name := range names {
		if !userEntity.byName[name].basic {
			return nil, forbidden()
		}
	}
	return names, nil
}

func (d *Directory) getUser(c *call) answer {
	if f := c.onlyOptions("$select", "$count"); f != nil {
		return fail(f)
	}
	selected, f := c.selectedOfUser()
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	user, ok := d.findUser(c.params["id"])
	if !ok {
		return fail(notFound(c.params["id"]))
	}
	return c.entityAnswer(userEntity, "users/$entity", read(d.stale.users, user.ID, user), selected)
}

// getManager always answers that there is none: the tenant has no managers.
func (d *Directory) getManager(c *call) answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.findUser(c.params["id"]); !ok {
		return fail(notFound(c.params["id"]))
	}
	return fail(notFound("manager"))
}

func (d *Directory) patchUser(c *call) answer {
	if f := c.jsonBody(); f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	before, ok := d.findUser(c.params["id"])
	if !ok {
		return fail(notFound(c.params["id"]))
	}
	after := clone(before)
	changed, f := userEntity.patch(&after, c.body, c.version())
	if f == nil {
		f = d.checkUser(before, &after, changed)
	}
	if f != nil {
		return fail(f)
	}
	keep(d.stale.users, before.ID, before, d.lag(c))
	d.state.Users[after.ID] = after
	if before.UserPrincipalName != after.UserPrincipalName {
		delete(d.users.byUPN, strings.ToLower(before.UserPrincipalName))
		d.users.byUPN[strings.ToLower(after.UserPrincipalName)] = after.ID
	}
	return graphAnswer(http.StatusNoContent, nil)
}

// checkUser holds the rules for what a client may change about a user.
func (d *Directory) checkUser(before User, after *User, changed []string) *failure {
	if before.IsManagementRestricted != nil && *before.IsManagementRestricted {
		return forbidden()
	}
	if slices.Contains(changed, "userPrincipalName") {
		if f := d.checkName(before, after); f != nil {
			return f
		}
	}
	if profile := after.PasswordProfile; slices.Contains(changed, "passwordProfile") && profile != nil {
		now := d.now().UTC().Truncate(time.Second)
		after.LastPasswordChangeDateTime, profile.Password = &now, nil
	}
	if slices.Contains(changed, "passwordPolicies") {
		return d.checkPasswordPolicies(before, after)
	}
	return nil
}

func (d *Directory) checkName(before User, after *User) *failure {
	_, suffix, _ := strings.Cut(strings.ToLower(after.UserPrincipalName), "@")
	domain, ok := d.state.Domains[suffix]
	if !ok || !domain.IsVerified {
		return invalidValue("userPrincipalName", userEntity.name)
	}
	if other, taken := d.users.byUPN[strings.ToLower(after.UserPrincipalName)]; taken && other != before.ID {
		f := badRequest("Another object with the same value for property userPrincipalName already exists.")
		f.details = []failureDetail{{Code: "ObjectConflict", Message: f.message, Target: "userPrincipalName"}}
		return f
	}
	return nil
}

// passwordFlags are the flags of passwordPolicies in Microsoft's order.
var passwordFlags = []string{"DisablePasswordExpiration", "DisableStrongPassword"}

func (d *Directory) checkPasswordPolicies(before User, after *User) *failure {
	_, suffix, _ := strings.Cut(strings.ToLower(before.UserPrincipalName), "@")
	if d.state.Domains[suffix].AuthenticationType == "Federated" {
		return badRequest("One or more properties contains invalid values.")
	}
	if before.OnPremisesSyncEnabled != nil && *before.OnPremisesSyncEnabled && d.state.Tenant.RefuseSyncedPasswordPolicies {
		return badRequest("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.")
	}
	if after.PasswordPolicies == nil {
		return nil
	}
	canonical, ok := canonicalFlags(*after.PasswordPolicies, before.PasswordPolicies)
	if !ok {
		return invalidValue("passwordPolicies", userEntity.name)
	}
	if d.state.Tenant.CanonicalPasswordPolicies {
		after.PasswordPolicies = &canonical
	}
	return nil
}

// canonicalFlags spells a set of flags as Microsoft does, and refuses unknown
// ones, except those that the user already has: a directory that holds a flag
// knows it.
func canonicalFlags(text string, held *string) (string, bool) {
	known := slices.Clone(passwordFlags)
	if held != nil {
		for part := range strings.SplitSeq(*held, ",") {
			if part = strings.TrimSpace(part); flagAt(known, part) < 0 && part != "" && !strings.EqualFold(part, "None") {
				known = append(known, part)
			}
		}
	}
	set := map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		at := flagAt(known, part)
		switch {
		case at >= 0:
			set[known[at]] = true
		case !strings.EqualFold(part, "None"):
			return "", false
		}
	}
	kept := slices.DeleteFunc(known, func(flag string) bool { return !set[flag] })
	if len(kept) == 0 {
		return "None", true
	}
	return strings.Join(kept, ", "), true
}

func flagAt(flags []string, flag string) int {
	return slices.IndexFunc(flags, func(other string) bool { return strings.EqualFold(flag, other) })
}

func (d *Directory) getByIDs(c *call) answer {
	if f := c.jsonBody(); f != nil {
		return fail(f)
	}
	if f := c.onlyOptions("$select"); f != nil {
		return fail(f)
	}
	ids, isKind, f := readIDs(c.body)
	if f != nil {
		return fail(f)
	}
	of, f := c.selectedOfAny()
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.objects(c, ids, isKind, of)
}

// objects answers with those of the ids that exist. The caller holds mu.
func (d *Directory) objects(c *call, ids []string, isKind func(string) bool, of anySelection) answer {
	out := collection{context: c.contextURL("directoryObjects", nil), items: []json.RawMessage{}}
	users, groups := isKind("user"), isKind("group")
	var user User // one for all, as the writer takes its address
	for _, id := range ids {
		known := false
		if user, known = d.state.Users[id]; known && users {
			user = read(d.stale.users, id, user)
			out.items = append(out.items, c.typedItem(userEntity, &user, of.user))
		} else if group, known := d.state.Groups[id]; known && groups {
			out.items = append(out.items, c.typedItem(groupEntity, &group, of.group))
		}
	}
	return out.answer()
}

// largestGet is how many ids getByIds takes.
const largestGet = 1000

// readIDs reads the body of getByIds: ids in lower case, each once, and which types are wanted.
func readIDs(body []byte) (ids []string, isKind func(string) bool, f *failure) {
	var wanted struct {
		IDs   []string `json:"ids"`
		Types []string `json:"types"`
	}
	if err := decodeStrictly(body, &wanted); err != nil || wanted.IDs == nil {
		return nil, nil, badRequest("Invalid value specified for property 'ids' of the request body.")
	}
	if len(wanted.IDs) > largestGet {
		return nil, nil, badRequest(fmt.Sprintf("The number of ids, %d, exceeds the maximum of %d.", len(wanted.IDs), largestGet))
	}
	seen := map[string]bool{}
	for _, id := range wanted.IDs {
		id = strings.ToLower(id)
		if !guid.MatchString(id) {
			return nil, nil, badRequest(fmt.Sprintf("Invalid object identifier '%s'.", id))
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	isKind, f = kindFilter(wanted.Types)
	return ids, isKind, f
}

// kindFilter reads the types of getByIds: none means any.
func kindFilter(types []string) (func(string) bool, *failure) {
	known := []string{"user", "group", "device", "serviceprincipal", "application", "directoryobject"}
	for _, name := range types {
		if !slices.Contains(known, strings.ToLower(name)) {
			return nil, badRequest(fmt.Sprintf("Invalid value '%s' specified for 'types'.", name))
		}
	}
	return func(kind string) bool {
		return len(types) == 0 || slices.ContainsFunc(types, func(name string) bool {
			return strings.EqualFold(name, kind) || strings.EqualFold(name, "directoryObject")
		})
	}, nil
}

// anySelection is what of each type is selected in a collection of several types. Nil means the default members.
type anySelection struct{ user, group []string }

// selectedOfAny is for collections of several types: a name is right when one of the types has it.
func (c *call) selectedOfAny() (anySelection, *failure) {
	text := c.query.Get("$select")
	if text == "" {
		return anySelection{}, nil
	}
	chosen := anySelection{user: []string{}, group: []string{}}
	for part := range strings.SplitSeq(text, ",") {
		name := strings.TrimSpace(part)
		_, ofUser := userEntity.byName[name]
		_, ofGroup := groupEntity.byName[name]
		if !ofUser && !ofGroup {
			_, f := c.selected(userEntity)
			return anySelection{}, f
		}
		if ofUser && !slices.Contains(chosen.user, name) {
			chosen.user = append(chosen.user, name)
		}
		if ofGroup && !slices.Contains(chosen.group, name) {
			chosen.group = append(chosen.group, name)
		}
	}
	return chosen, nil
}

func (c *call) typedItem(e *entity, value any, selected []string) json.RawMessage {
	var o object
	o.add("@odata.type", quoted("#"+e.odata))
	e.write(&o, value, selected, c.version())
	return o.bytes()
}
