package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// Registration is how far a user is prepared to reset a forgotten password.
// See https://learn.microsoft.com/graph/api/resources/userregistrationdetails.
type Registration struct {
	// UserID is the object id of the user.
	UserID            string `json:"id"`
	UserPrincipalName string `json:"userPrincipalName"`
	// UserType is member or guest.
	UserType string `json:"userType"`
	IsAdmin  bool   `json:"isAdmin"`
	// Registered is whether the user has as many methods as a reset takes,
	// Enabled whether the policy allows it, and Capable whether both are so.
	Registered bool `json:"isSsprRegistered"`
	Enabled    bool `json:"isSsprEnabled"`
	Capable    bool `json:"isSsprCapable"`
	// Methods are the names of the methods that are registered.
	Methods []string `json:"methodsRegistered"`
}

// UnmarshalJSON reads an entry and checks that it is one.
func (r *Registration) UnmarshalJSON(content []byte) error {
	type plain Registration
	if err := json.Unmarshal(content, (*plain)(r)); err != nil {
		return fmt.Errorf("a registration: %w", err)
	}
	if r.UserID == "" {
		return errors.New("the answer is not a registration: it has no id")
	}
	return nil
}

// RegistrationFilter selects entries of the report. The zero value selects all.
type RegistrationFilter struct {
	Registered, Enabled, Capable, IsAdmin *bool
}

// expression is the part of the filter that the report itself does: it is
// documented for one of these members at a time, and not for isAdmin.
func (f RegistrationFilter) expression() string {
	for _, term := range []struct {
		member string
		wanted *bool
	}{{"isSsprCapable", f.Capable}, {"isSsprRegistered", f.Registered}, {"isSsprEnabled", f.Enabled}} {
		if term.wanted != nil {
			return term.member + " eq " + strconv.FormatBool(*term.wanted)
		}
	}
	return ""
}

func (f RegistrationFilter) passes(r Registration) bool {
	return accepts(f.Registered, r.Registered) && accepts(f.Enabled, r.Enabled) &&
		accepts(f.Capable, r.Capable) && accepts(f.IsAdmin, r.IsAdmin)
}

func accepts(wanted *bool, actual bool) bool { return wanted == nil || *wanted == actual }

// CodeNoPremiumLicence is the code of the refusal to report registrations in a
// tenant without the licence that it takes, or whose licence cannot be seen.
const CodeNoPremiumLicence = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"

// Registrations reads the report of who is prepared to reset a forgotten
// password, without disabled accounts, in the order of their names. The
// report lags behind what users do.
// See https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails.
func (c *Client) Registrations(ctx context.Context, filter RegistrationFilter) ([]Registration, error) {
	query := ""
	if expression := filter.expression(); expression != "" {
		query = filterOption(expression)
	}
	all, err := list[Registration](ctx, c.graph, call{
		method: http.MethodGet, path: "/reports/authenticationMethods/userRegistrationDetails", query: query,
		needs: "the Graph permission AuditLog.Read.All (a signed-in user also needs a role such as Reports Reader or Global Reader)",
	})
	if err != nil {
		return nil, err
	}
	passing := slices.DeleteFunc(all, func(registration Registration) bool { return !filter.passes(registration) })
	return sorted(passing, func(registration Registration) (name, id string) {
		return registration.UserPrincipalName, registration.UserID
	}), nil
}
