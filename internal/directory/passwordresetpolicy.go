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
	"sync"
	"time"
)

// The back end's name for the self-service password reset policy. The API has
// no public contract; its facts come from captured traffic and public clients.
const (
	passwordResetPoliciesPath = "/PasswordReset/PasswordResetPolicies"
	withGroupName             = "getPasswordResetEnabledGroup=true"
	enabledGroups             = "passwordResetEnabledGroupIds"

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

// UnmarshalJSON reads the policy and checks that it is one. A setting whose
// value is not of the known type counts as one that is not there: it must not
// keep anybody from managing the others, and goes back as it came.
func (p *PasswordResetPolicy) UnmarshalJSON(content []byte) error {
	var whole document
	if err := json.Unmarshal(content, &whole); err != nil {
		return fmt.Errorf("the password reset policy: %w", err)
	}
	var id string
	if whole.decode("objectId", &id); id != "default" {
		return errors.New(`the answer is not a password reset policy: its objectId is not "default"`)
	}
	*p = PasswordResetPolicy{document: whole}
	whole.decode("passwordResetEnabledGroupName", &p.GroupName)
	settings := reflect.ValueOf(&p.Settings).Elem()
	for i := range settings.NumField() {
		value := reflect.New(settings.Field(i).Type().Elem())
		if whole.decode(memberName(settings.Type().Field(i)), value.Interface()) {
			settings.Field(i).Set(value)
		}
	}
	if groups := p.Settings.PasswordResetEnabledGroupIDs; groups != nil {
		for i, id := range *groups {
			(*groups)[i] = strings.ToLower(legible(id, mostOfName))
		}
	}
	return nil
}

// memberName is the name of a setting in the API.
func memberName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
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
	if change.PasswordResetEnabledGroupIDs != nil && !p.document.agrees(overlay, enabledGroups) {
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
	// former nor the wanted one, or the wanted one and then the former one again:
	// somebody else has written in between.
	Overridden []string
	// TogglesIgnored is set where Stale names method toggles of a tenant that
	// ignores them, or that may do so.
	TogglesIgnored bool
}

// ChangePasswordResetPolicy changes the members of the policy that are set in
// change. The API replaces the whole document and has no version check, so the
// write starts from a document read just before, under a lock of this process,
// and everything that change leaves alone goes back as it came. Nothing is
// written where all is as wanted, unless last, the settings that the caller
// knows of, differ: then what was read may be out of date. After the write the
// policy is read until it agrees, for a bounded time.
func (c *Client) ChangePasswordResetPolicy(ctx context.Context, change, last PasswordResetSettings) (PasswordResetChange, error) {
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
	if err != nil || len(before.document.differing(wanted)) == 0 && !stale(change, last) {
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

// stale reports whether the caller knows of another value of a member that is
// to be changed.
func stale(change, last PasswordResetSettings) bool {
	return len(last.Only(change).Differing(change)) > 0
}

// methodToggles are the members that a tenant ignores once it has migrated to
// the authentication methods policy. What the directory then does with a
// written value is not known.
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
	watch := &watch{managed: change.keys(), wanted: wanted, before: outcome.Before.document, shown: map[string]bool{}}
	if kind := change.EnablementType; kind != nil && *kind != EnabledForSelected {
		// Without a selected group nobody knows whether the list is emptied.
		watch.managed = slices.DeleteFunc(watch.managed, func(key string) bool { return key == enabledGroups })
	}
	watch.compare(outcome.Before, outcome)
	// What was there before the write has not been shown by it.
	clear(watch.shown)
	patience := time.Now().Add(toggleBound)
	ignored := sync.OnceValue(func() bool { return c.ignoresToggles(ctx) })
	stands := 0
	until(ctx, func(ctx context.Context) bool {
		current, err := c.PasswordResetPolicy(ctx)
		if err != nil {
			return false
		}
		watch.compare(current, outcome)
		switch {
		case len(outcome.Stale) > 0:
			stands = 0
		case len(outcome.Overridden) == 0:
			return true
		default:
			// A replica that lags may show an older value once or twice.
			stands++
			return stands >= overrideLooks
		}
		onlyToggles := !slices.ContainsFunc(outcome.Stale, func(key string) bool { return !IsMethodToggle(key) })
		return onlyToggles && time.Now().After(patience) && ignored()
	})
	outcome.TogglesIgnored = slices.ContainsFunc(outcome.Stale, IsMethodToggle) && ignored()
	return len(outcome.Stale)+len(outcome.Overridden) == 0
}

// ignoresToggles reports whether the tenant ignores the method toggles, as far
// as it lets itself be asked. A new tenant may not name its state at all.
func (c *Client) ignoresToggles(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, toggleBound)
	defer cancel()
	policy, err := c.AuthenticationMethodsPolicy(ctx)
	return err != nil || policy.PolicyMigrationState == MigrationComplete || policy.PolicyMigrationState == ""
}

// watch follows how a write becomes visible.
type watch struct {
	managed        []string
	wanted, before document
	// shown are the members whose wanted value was seen once.
	shown map[string]bool
}

// compare records in outcome what a policy that was read shows.
func (w *watch) compare(current PasswordResetPolicy, outcome *PasswordResetChange) {
	outcome.After, outcome.Stale, outcome.Overridden = current, nil, nil
	for _, key := range w.managed {
		switch {
		case current.document.agrees(w.wanted, key):
			w.shown[key] = true
		case !w.shown[key] && current.document.agrees(w.before, key):
			outcome.Stale = append(outcome.Stale, key)
		default:
			outcome.Overridden = append(outcome.Overridden, key)
		}
	}
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

// Without returns the members that are not set in mask.
func (s PasswordResetSettings) Without(mask PasswordResetSettings) PasswordResetSettings {
	value, masked := reflect.ValueOf(&s).Elem(), reflect.ValueOf(mask)
	for i := range value.NumField() {
		if !masked.Field(i).IsNil() {
			value.Field(i).SetZero()
		}
	}
	return s
}

// Same returns the members that have the same value in other. Of members that
// mean something only together, all have to.
func (s PasswordResetSettings) Same(other PasswordResetSettings) PasswordResetSettings {
	value, others := reflect.ValueOf(&s).Elem(), reflect.ValueOf(other)
	differing := map[string]bool{}
	for i := range value.NumField() {
		if !reflect.DeepEqual(pointed(value.Field(i)), pointed(others.Field(i))) {
			value.Field(i).SetZero()
			differing[value.Type().Field(i).Name] = true
		}
	}
	for _, together := range membersTogether {
		if !slices.ContainsFunc(together, func(name string) bool { return differing[name] }) {
			continue
		}
		for _, name := range together {
			value.FieldByName(name).SetZero()
		}
	}
	return s
}

// membersTogether are the settings that mean something only together.
var membersTogether = [][]string{
	{"EnablementType", "PasswordResetEnabledGroupIDs"},
	{"CustomizeHelpdeskLink", "CustomHelpdeskEmailOrURL"},
	{"NumberOfQuestionsToRegister", "NumberOfQuestionsToReset"},
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
			differences = append(differences, Difference{Member: memberName(value.Type().Field(i)), Value: one, Other: two})
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
