package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
)

// The back end's name for the self-service password reset policy. The API has
// no public contract; its facts come from captured traffic and public clients.
const (
	passwordResetPoliciesPath = "/PasswordReset/PasswordResetPolicies"
	withGroupName             = "getPasswordResetEnabledGroup=true"

	readPasswordReset  = "one of the directory roles Security Reader, Security Administrator or User Administrator"
	writePasswordReset = "the directory role Authentication Policy Administrator (to change enabled_for alone, User Administrator is enough)"
)

// Enablement is who may reset their own password.
type Enablement int

// The values of Enablement. None concerns users only: administrators have a
// switch of their own.
const (
	EnabledForNone Enablement = iota
	EnabledForSelected
	EnabledForAll
)

// PasswordResetSettings are the settings of the policy that this project
// manages, under the names of the API. A nil member is one that is not there
// or that a change leaves alone.
type PasswordResetSettings struct {
	EnablementType                        *Enablement `json:"enablementType,omitempty"`
	PasswordResetEnabledGroupIDs          *[]string   `json:"passwordResetEnabledGroupIds,omitempty"`
	NumberOfAuthenticationMethodsRequired *int64      `json:"numberOfAuthenticationMethodsRequired,omitempty"`
	RegistrationRequiredOnSignIn          *bool       `json:"registrationRequiredOnSignIn,omitempty"`
	// RegistrationReconfirmIntervalInDays has a spelling of its own in the API.
	RegistrationReconfirmIntervalInDays *int64  `json:"registrationReconfirmIntevalInDays,omitempty"`
	NotifyUsersOnPasswordReset          *bool   `json:"notifyUsersOnPasswordReset,omitempty"`
	NotifyOnAdminPasswordReset          *bool   `json:"notifyOnAdminPasswordReset,omitempty"`
	CustomizeHelpdeskLink               *bool   `json:"customizeHelpdeskLink,omitempty"`
	CustomHelpdeskEmailOrURL            *string `json:"customHelpdeskEmailOrUrl,omitempty"`
	SecurityQuestionsOptionEnabled      *bool   `json:"securityQuestionsOptionEnabled,omitempty"`
	NumberOfQuestionsToRegister         *int64  `json:"numberOfQuestionsToRegister,omitempty"`
	NumberOfQuestionsToReset            *int64  `json:"numberOfQuestionsToReset,omitempty"`
	EmailOptionEnabled                  *bool   `json:"emailOptionEnabled,omitempty"`
	MobilePhoneOptionEnabled            *bool   `json:"mobilePhoneOptionEnabled,omitempty"`
	OfficePhoneOptionEnabled            *bool   `json:"officePhoneOptionEnabled,omitempty"`
	MobileAppNotificationEnabled        *bool   `json:"mobileAppNotificationEnabled,omitempty"`
	MobileAppCodeEnabled                *bool   `json:"mobileAppCodeEnabled,omitempty"`
}

// PasswordResetPolicy is the policy as the back end sent it. Every key is
// kept, known or not, so that it can be sent back whole.
type PasswordResetPolicy struct {
	document document
	// Settings are the members that this project manages.
	Settings PasswordResetSettings
	// GroupName is the display name of the enabled group, if there is one.
	GroupName string
}

// UnmarshalJSON reads the policy and checks that it is one.
func (p *PasswordResetPolicy) UnmarshalJSON(content []byte) error {
	var fields struct {
		ObjectID  string `json:"objectId"`
		GroupName string `json:"passwordResetEnabledGroupName"`
		PasswordResetSettings
	}
	var whole document
	if err := json.Unmarshal(content, &whole); err != nil {
		return err
	}
	if err := json.Unmarshal(content, &fields); err != nil {
		return fmt.Errorf("the password reset policy: %w", err)
	}
	if fields.ObjectID != "default" {
		return errors.New(`the answer is not a password reset policy: its objectId is not "default"`)
	}
	*p = PasswordResetPolicy{document: whole, Settings: fields.PasswordResetSettings, GroupName: fields.GroupName}
	return nil
}

// with returns the document with the members of change replaced.
func (p PasswordResetPolicy) with(change PasswordResetSettings) (document, error) {
	content, err := json.Marshal(change)
	if err != nil {
		return nil, fmt.Errorf("encoding the password reset policy: %w", err)
	}
	var overlay document
	if err := json.Unmarshal(content, &overlay); err != nil {
		return nil, fmt.Errorf("encoding the password reset policy: %w", err)
	}
	merged := p.document.overlaid(overlay)
	if change.PasswordResetEnabledGroupIDs != nil && !p.document.agrees(overlay, "passwordResetEnabledGroupIds") {
		// The name is the service's to look up; the former group's would be wrong.
		merged = merged.overlaid(document{{"passwordResetEnabledGroupName", json.RawMessage(`""`)}})
	}
	return merged, nil
}

// PasswordResetPolicy reads the tenant's policy with the name of the group.
func (c *Client) PasswordResetPolicy(ctx context.Context) (PasswordResetPolicy, error) {
	var policy PasswordResetPolicy
	err := c.portal.send(ctx, call{method: http.MethodGet, path: passwordResetPoliciesPath,
		query: withGroupName, needs: readPasswordReset}, &policy)
	return policy, err
}

// PasswordResetChange is the outcome of [Client.ChangePasswordResetPolicy].
type PasswordResetChange struct {
	// Before is the policy that the change started from.
	Before PasswordResetPolicy
	// After is the last policy that was read.
	After PasswordResetPolicy
	// Written is whether a write was sent: nothing is sent that changes nothing.
	Written bool
	// Uncertain is set together with an error when the write may have taken
	// effect all the same.
	Uncertain bool
	// Stale names the members, under their names in the API, that still showed
	// their former value when waiting ended.
	Stale []string
	// Overridden names the members that showed a value which is neither the
	// former nor the wanted one: somebody else has written in between.
	Overridden []string
}

// ChangePasswordResetPolicy changes the members of the policy that are set in
// change. The API replaces the whole document and has no version check, so the
// write starts from a document read just before, under a lock of this process,
// and everything that change leaves alone goes back as it came. Afterwards the
// policy is read until it agrees, for a bounded time.
func (c *Client) ChangePasswordResetPolicy(ctx context.Context, change PasswordResetSettings) (PasswordResetChange, error) {
	select {
	case c.passwordResetWrites <- struct{}{}:
		defer func() { <-c.passwordResetWrites }()
	case <-ctx.Done():
		return PasswordResetChange{}, fmt.Errorf("waiting for another write of the policy: %w", ctx.Err())
	}

	before, err := c.PasswordResetPolicy(ctx)
	if err != nil {
		return PasswordResetChange{}, err
	}
	outcome := PasswordResetChange{Before: before, After: before}
	wanted, err := before.with(change)
	if err != nil || len(before.document.differing(wanted)) == 0 {
		return outcome, err
	}
	outcome.Written = true
	err = c.portal.send(ctx, call{method: http.MethodPut, path: passwordResetPoliciesPath,
		body: wanted, needs: writePasswordReset}, nil)
	if err != nil && !uncertain(err) {
		outcome.Written = false
		return outcome, err
	}
	if c.awaitPasswordResetPolicy(ctx, change, wanted, &outcome) {
		return outcome, nil
	}
	if err != nil {
		outcome.Uncertain = true
		return outcome, err
	}
	return outcome, nil
}

// methodToggles are the members that a tenant ignores once it has migrated to
// the authentication methods policy. What the directory then does with a
// written value is not known, so nothing waits long for them.
var methodToggles = []string{
	"emailOptionEnabled", "mobilePhoneOptionEnabled", "officePhoneOptionEnabled",
	"mobileAppNotificationEnabled", "mobileAppCodeEnabled",
}

// IsMethodToggle reports whether a member, under its name in the API, is one
// that a migrated tenant ignores.
func IsMethodToggle(member string) bool { return slices.Contains(methodToggles, member) }

// awaitPasswordResetPolicy reads the policy until no member of change still
// shows its former value, and records those that do not show the wanted one.
// It reports whether all of them do.
func (c *Client) awaitPasswordResetPolicy(ctx context.Context, change PasswordResetSettings, wanted document, outcome *PasswordResetChange) bool {
	managed := change.keys()
	patience := time.Now().Add(toggleBound)
	compare := func(current PasswordResetPolicy) {
		outcome.After, outcome.Stale, outcome.Overridden = current, nil, nil
		for _, key := range current.document.differing(wanted) {
			switch {
			case !slices.Contains(managed, key):
			case current.document.agrees(outcome.Before.document, key):
				outcome.Stale = append(outcome.Stale, key)
			default:
				outcome.Overridden = append(outcome.Overridden, key)
			}
		}
	}
	compare(outcome.Before)
	until(ctx, func(ctx context.Context) bool {
		current, err := c.PasswordResetPolicy(ctx)
		if err != nil {
			return false
		}
		compare(current)
		waiting := slices.ContainsFunc(outcome.Stale, func(key string) bool { return !IsMethodToggle(key) })
		return len(outcome.Stale) == 0 || !waiting && time.Now().After(patience)
	})
	return len(outcome.Stale)+len(outcome.Overridden) == 0
}

// keys lists the members that are set, under their names in the API.
func (s PasswordResetSettings) keys() []string {
	var keys []string
	for _, difference := range s.Differing(PasswordResetSettings{}) {
		keys = append(keys, difference.Member)
	}
	return keys
}

// Only returns the members that are also set in mask.
func (s PasswordResetSettings) Only(mask PasswordResetSettings) PasswordResetSettings {
	value, masked := reflect.ValueOf(&s).Elem(), reflect.ValueOf(mask)
	for i := range value.NumField() {
		if masked.Field(i).IsNil() {
			value.Field(i).SetZero()
		}
	}
	return s
}

// Or returns the members that are set, and those of other where they are not.
func (s PasswordResetSettings) Or(other PasswordResetSettings) PasswordResetSettings {
	value, others := reflect.ValueOf(&s).Elem(), reflect.ValueOf(other)
	for i := range value.NumField() {
		if value.Field(i).IsNil() {
			value.Field(i).Set(others.Field(i))
		}
	}
	return s
}

// Difference is a setting that has two values.
type Difference struct {
	// Member is its name in the API.
	Member string
	// Value and Other are the two values, nil where one is not set.
	Value, Other any
}

// Differing lists the members of s that are set and have another value, or
// none, in other.
func (s PasswordResetSettings) Differing(other PasswordResetSettings) []Difference {
	var differences []Difference
	value, others := reflect.ValueOf(s), reflect.ValueOf(other)
	for i := range value.NumField() {
		one, two := pointed(value.Field(i)), pointed(others.Field(i))
		if one != nil && !reflect.DeepEqual(one, two) {
			name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			differences = append(differences, Difference{Member: name, Value: one, Other: two})
		}
	}
	return differences
}

func pointed(pointer reflect.Value) any {
	if pointer.IsNil() {
		return nil
	}
	return pointer.Elem().Interface()
}
