package directory

import (
	"context"
	"net/http"
	"net/url"
	"slices"
)

// flaggedUsers selects the users with any flag but the known harmless one.
// The API compares whole strings only, and the flag comes in many spellings,
// so all others are excluded. Both operators are among those that the
// documentation lists for this property.
const flaggedUsers = "not(passwordPolicies eq null) and passwordPolicies ne 'None' and passwordPolicies ne 'DisableStrongPassword'"

// largestPage is the most users that one page holds.
const largestPage = "999"

// neverExpiringUsers is the listing of the users whose password never expires.
// It is an advanced query: it is answered from an index, which may lag.
// See https://learn.microsoft.com/graph/aad-advanced-queries.
func neverExpiringUsers() call {
	return call{
		method: http.MethodGet, path: "/users",
		query:  userMembers + "&$count=true&$top=" + largestPage + "&$filter=" + url.PathEscape(flaggedUsers),
		header: http.Header{"Consistencylevel": {"eventual"}},
		needs:  readUsers,
	}
}

// NeverExpiringUsers lists the users of the tenant whose password never
// expires, guests and synchronised users included, in the order of the
// directory. The listing comes from an index that may lag by minutes: it
// neither proves that a user has the flag now nor that another one has not.
// See https://learn.microsoft.com/graph/api/user-list.
func (c *Client) NeverExpiringUsers(ctx context.Context) ([]User, error) {
	users, err := list[User](ctx, c.graph, neverExpiringUsers())
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(users, func(user User) bool { return !user.PasswordPolicies.NeverExpires() }), nil
}
