package directory

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// UserPassword is a user with what decides when the password expires.
type UserPassword struct {
	User
	// DisplayName is empty where the user has none.
	DisplayName    string
	AccountEnabled bool
	// LastChange is when the password was set, nil where the directory does not
	// know.
	LastChange *time.Time
}

// UnmarshalJSON reads a user. The embedded one would otherwise read itself
// alone.
func (u *UserPassword) UnmarshalJSON(content []byte) error {
	type plain User
	var answer struct {
		plain
		DisplayName    string     `json:"displayName"`
		AccountEnabled bool       `json:"accountEnabled"`
		LastChange     *time.Time `json:"lastPasswordChangeDateTime"`
	}
	if err := json.Unmarshal(content, &answer); err != nil {
		return fmt.Errorf("a user: %w", err)
	}
	*u = UserPassword{User: User(answer.plain), DisplayName: answer.DisplayName, AccountEnabled: answer.AccountEnabled, LastChange: answer.LastChange}
	return u.check()
}

// UserFilter selects users. The zero value selects all.
type UserFilter struct {
	AccountEnabled *bool
	// NamePrefix is how the user principal name begins, in any case of letters.
	NamePrefix string
}

// expression is the filter in OData, of operators that the API takes in plain
// queries: they are not answered from an index that lags.
func (f UserFilter) expression() string {
	var terms []string
	if f.AccountEnabled != nil {
		terms = append(terms, "accountEnabled eq "+strconv.FormatBool(*f.AccountEnabled))
	}
	if f.NamePrefix != "" {
		terms = append(terms, "startswith(userPrincipalName,'"+strings.ReplaceAll(f.NamePrefix, "'", "''")+"')")
	}
	return strings.Join(terms, " and ")
}

// UserPasswords lists the users who pass a filter, guests and synchronised
// users included, in the order of their names. A list may lag behind what a read
// of one user shows. See https://learn.microsoft.com/graph/api/user-list.
func (c *Client) UserPasswords(ctx context.Context, filter UserFilter) ([]UserPassword, error) {
	query := userMembers + ",displayName,accountEnabled,lastPasswordChangeDateTime&$top=" + largestPage
	if expression := filter.expression(); expression != "" {
		query += "&" + filterOption(expression)
	}
	users, err := list[UserPassword](ctx, c.graph, call{method: http.MethodGet, path: "/users", query: query, needs: readUsers})
	if err != nil {
		return nil, err
	}
	return sorted(users, func(user UserPassword) (name, id string) { return user.UserPrincipalName, user.ID }), nil
}

// sorted puts users in the order of their names, which have no case, and then
// of their ids, and leaves out repetitions: the directory itself keeps to no
// order, and a user who moves between two pages is on both.
func sorted[T any](users []T, key func(T) (name, id string)) []T {
	slices.SortStableFunc(users, func(a, b T) int {
		aName, aID := key(a)
		bName, bID := key(b)
		return cmp.Or(strings.Compare(strings.ToLower(aName), strings.ToLower(bName)), strings.Compare(aID, bID))
	})
	return slices.CompactFunc(users, func(a, b T) bool {
		_, aID := key(a)
		_, bID := key(b)
		return aID == bID
	})
}

// filterOption is the query option of a filter. A plus sign would be a space
// to some servers and itself to others, so neither is written as one.
func filterOption(expression string) string {
	return "$filter=" + strings.ReplaceAll(url.QueryEscape(expression), "+", "%20")
}
