package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// User is what the password settings need to know of a user.
// See https://learn.microsoft.com/graph/api/resources/user.
type User struct {
	ID                string `json:"id"`
	UserPrincipalName string `json:"userPrincipalName"`
	// UserType is Member or Guest; older accounts have none.
	UserType string `json:"userType"`
	// OnPremisesSyncEnabled is whether the account is synchronised from an
	// on-premises directory.
	OnPremisesSyncEnabled bool             `json:"onPremisesSyncEnabled"`
	PasswordPolicies      PasswordPolicies `json:"passwordPolicies"`
}

// Guest reports whether the account's password belongs to another tenant.
func (u User) Guest() bool {
	return strings.EqualFold(u.UserType, "Guest") || strings.Contains(strings.ToUpper(u.UserPrincipalName), "#EXT#@")
}

// Domain returns the domain of the user principal name, in lower case.
func (u User) Domain() string {
	return strings.ToLower(u.UserPrincipalName[strings.LastIndexByte(u.UserPrincipalName, '@')+1:])
}

// userMembers are selected on every read of a user; the API leaves most of
// them out unless asked.
const userMembers = "$select=id,userPrincipalName,userType,onPremisesSyncEnabled,passwordPolicies"

const readUsers = "the Graph permission User.Read.All"

// User reads one user by object id or user principal name. An object id that
// is not found is asked for again: it may be that of a user who was created a
// moment ago, or the answer of a replica that lags, and a user who is missing
// leaves the state. See https://learn.microsoft.com/graph/api/user-get.
func (c *Client) User(ctx context.Context, idOrName string) (User, error) {
	user, err := c.readUser(ctx, idOrName)
	for pause := firstMissing; IsNotFound(err) && pause <= lastMissing && !strings.Contains(idOrName, "@"); pause *= 2 {
		if err := sleep(ctx, pause); err != nil {
			return User{}, fmt.Errorf("reading the user was cancelled: %w", err)
		}
		user, err = c.readUser(ctx, idOrName)
	}
	return user, err
}

// The pauses before an object that is missing is asked for again.
const firstMissing, lastMissing = 500 * time.Millisecond, 2 * time.Second

func (c *Client) readUser(ctx context.Context, idOrName string) (User, error) {
	path, err := userPath(idOrName)
	if err != nil {
		return User{}, err
	}
	var user User
	err = c.graph.send(ctx, call{method: http.MethodGet, path: path, query: userMembers, needs: readUsers}, &user)
	if err == nil && isObjectID(idOrName) && !strings.EqualFold(user.ID, idOrName) {
		return User{}, otherObject("user", idOrName, user.ID)
	}
	return user, err
}

// UnmarshalJSON reads a user and checks that it is one: without its id nothing
// could be written back to the right place.
func (u *User) UnmarshalJSON(content []byte) error {
	type plain User
	if err := json.Unmarshal(content, (*plain)(u)); err != nil {
		return fmt.Errorf("a user: %w", err)
	}
	return u.check()
}

func (u *User) check() error {
	if u.ID == "" {
		return errors.New("the answer is not a user: it has no id")
	}
	if !u.PasswordPolicies.read {
		// Taken for a user without flags, the flags would be lost.
		return errors.New("the answer leaves out the user's passwordPolicies: reading them takes " + readUsers)
	}
	u.ID, u.UserPrincipalName = legible(u.ID, mostOfName), legible(u.UserPrincipalName, mostOfName)
	return nil
}

type passwordPoliciesPatch struct {
	PasswordPolicies PasswordPolicies `json:"passwordPolicies"`
}

// patchOf is the call that replaces a user's flags.
// See https://learn.microsoft.com/graph/api/user-update.
func patchOf(id string, policies PasswordPolicies) (call, error) {
	path, err := userPath(id)
	return call{method: http.MethodPatch, path: path,
		body:  passwordPoliciesPatch{policies},
		needs: "the Graph permission User.ReadWrite.All (a signed-in user also needs the role User Administrator)"}, err
}

// setPasswordPolicies replaces a user's flags and looks at them twice, in one
// batch: a first write of a thousand users takes a thousand of these, and three
// requests would take three times as long. It reports whether both looks showed
// the new value.
func (c *Client) setPasswordPolicies(ctx context.Context, id string, policies PasswordPolicies) (seen bool, err error) {
	patch, err := patchOf(id, policies)
	if err != nil {
		return false, err
	}
	look := call{method: http.MethodGet, path: patch.path, query: userMembers, needs: readUsers}
	all := items([]call{patch, look, look})
	c.sweep.forget(id)
	c.graph.sendInOrder(ctx, all)
	if err := all[0].outcome(c.graph, nil); err != nil {
		return false, err
	}
	hidden := slices.ContainsFunc(all[1:], func(look *item) bool {
		var user User
		err := look.outcome(c.graph, &user)
		return err != nil || isObjectID(id) && !strings.EqualFold(user.ID, id) || user.PasswordPolicies.NeverExpires() != policies.NeverExpires()
	})
	return !hidden, nil
}

// PasswordPoliciesChange is the outcome of [Client.ChangePasswordPolicies].
type PasswordPoliciesChange struct {
	// User is the user with the flags as wanted.
	User User
	// Confirmed is whether the directory showed the wanted value afterwards. It
	// is false when the directory still answers with the old one.
	Confirmed bool
	// Uncertain is set together with an error when the write may have taken
	// effect all the same.
	Uncertain bool
}

// ChangePasswordPolicies replaces the flags of a user that was read just
// before. Nothing is written where they are already as wanted, unless stale is
// set: it says that the caller knows of another value, so that the one that was
// read may be out of date.
func (c *Client) ChangePasswordPolicies(ctx context.Context, user User, wanted PasswordPolicies, stale bool) (PasswordPoliciesChange, error) {
	change := PasswordPoliciesChange{User: user, Confirmed: true}
	if user.PasswordPolicies.written(wanted) && !stale {
		return change, nil
	}
	seen, err := c.setPasswordPolicies(ctx, user.ID, wanted)
	if err != nil && !uncertain(err) {
		return change, err
	}
	change.User.PasswordPolicies = wanted
	change.Confirmed = seen || c.awaitPasswordPolicies(ctx, user.ID, wanted)
	if err != nil && !change.Confirmed {
		change.Uncertain = true
		return change, err
	}
	return change, nil
}

// awaitPasswordPolicies reads a user until the directory shows the wanted
// value.
func (c *Client) awaitPasswordPolicies(ctx context.Context, id string, wanted PasswordPolicies) bool {
	return until(ctx, func(ctx context.Context) bool {
		user, err := c.User(ctx, id)
		return err == nil && user.PasswordPolicies.NeverExpires() == wanted.NeverExpires()
	})
}

// userPath is the address of a user. A user principal name that begins with
// "$" would be read as a function, so it goes in parentheses.
func userPath(idOrName string) (string, error) {
	if err := checkSegment("user id", idOrName); err != nil {
		return "", err
	}
	if strings.HasPrefix(idOrName, "$") {
		quoted := strings.ReplaceAll(idOrName, "'", "''")
		return "/users('" + url.PathEscape(quoted) + "')", nil
	}
	return escape("users", idOrName), nil
}
