package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// The back end's name for the settings of the page "On-premises integration".
// Like the password reset policy they have no public contract.
const (
	onPremisesPath  = "/PasswordReset/OnPremisesPasswordResetPolicies"
	needsOnPremises = "the directory role Authentication Policy Administrator, without which these settings can be neither read nor changed: " +
		"assign it to the signed-in user, or sign in as a user who has it"
)

// OnPremisesPasswordResetSettings are the settings of the on-premises
// integration that can be changed. A nil member is one that a change leaves
// alone.
type OnPremisesPasswordResetSettings struct {
	// PasswordWriteback is whether new passwords are written to the on-premises
	// directory.
	PasswordWriteback *bool `json:"passwordWritebackSupported,omitempty"`
	// AccountUnlock is whether users may unlock their on-premises account
	// without a new password.
	AccountUnlock *bool `json:"accountUnlockEnabled,omitempty"`
}

// The names of the settings in the back end's answers.
const (
	PasswordWritebackMember = "passwordWritebackSupported"
	AccountUnlockMember     = "accountUnlockEnabled"
)

// onPremisesMember is one of the settings.
type onPremisesMember struct {
	// name is its name in answers; key, that in writes, may be spelt differently.
	name, key string
	of        func(*OnPremisesPasswordResetSettings) **bool
}

// onPremisesMembers are the settings in the order in which they are written.
var onPremisesMembers = []onPremisesMember{
	{PasswordWritebackMember, "passwordWriteBackSupported", func(s *OnPremisesPasswordResetSettings) **bool { return &s.PasswordWriteback }},
	{AccountUnlockMember, "accountUnlockEnabled", func(s *OnPremisesPasswordResetSettings) **bool { return &s.AccountUnlock }},
}

// Only returns the members that are also set in mask.
func (s OnPremisesPasswordResetSettings) Only(mask OnPremisesPasswordResetSettings) OnPremisesPasswordResetSettings {
	for _, m := range onPremisesMembers {
		if *m.of(&mask) == nil {
			*m.of(&s) = nil
		}
	}
	return s
}

// Without returns the members that are not set in mask.
func (s OnPremisesPasswordResetSettings) Without(mask OnPremisesPasswordResetSettings) OnPremisesPasswordResetSettings {
	for _, m := range onPremisesMembers {
		if *m.of(&mask) != nil {
			*m.of(&s) = nil
		}
	}
	return s
}

// Same returns the members that have the same value in other.
func (s OnPremisesPasswordResetSettings) Same(other OnPremisesPasswordResetSettings) OnPremisesPasswordResetSettings {
	for _, m := range onPremisesMembers {
		if !same(*m.of(&s), *m.of(&other)) {
			*m.of(&s) = nil
		}
	}
	return s
}

// Or returns the members that are set, and those of other where they are not.
func (s OnPremisesPasswordResetSettings) Or(other OnPremisesPasswordResetSettings) OnPremisesPasswordResetSettings {
	for _, m := range onPremisesMembers {
		if *m.of(&s) == nil {
			*m.of(&s) = *m.of(&other)
		}
	}
	return s
}

// Differing lists the members of s that are set and have another value, or
// none, in other.
func (s OnPremisesPasswordResetSettings) Differing(other OnPremisesPasswordResetSettings) []Difference {
	var differences []Difference
	for _, m := range onPremisesMembers {
		one, two := *m.of(&s), *m.of(&other)
		if one == nil || same(one, two) {
			continue
		}
		difference := Difference{Member: m.name, Value: *one}
		if two != nil {
			difference.Other = *two
		}
		differences = append(differences, difference)
	}
	return differences
}

// OnPremisesPasswordResetPolicy is the on-premises integration of password
// reset.
type OnPremisesPasswordResetPolicy struct {
	Settings OnPremisesPasswordResetSettings
	// SetUp is whether writeback was set up on the on-premises side, with Entra
	// Connect or with cloud sync. Without it the settings have no effect.
	SetUp bool
}

// UnmarshalJSON reads the policy and checks that it is one. Keys match in any
// case of letters, because the spelling of one differs between the service's
// answers and what it is sent.
func (p *OnPremisesPasswordResetPolicy) UnmarshalJSON(content []byte) error {
	var members struct {
		OnPremisesPasswordResetSettings
		WithConnect   bool `json:"enablementForTenant"`
		WithCloudSync bool `json:"cloudProvisioningEnablementForTenant"`
	}
	if err := json.Unmarshal(content, &members); err != nil {
		return fmt.Errorf("the on-premises integration: %w", err)
	}
	if members.PasswordWriteback == nil || members.AccountUnlock == nil {
		return errors.New("the answer does not hold the settings of the on-premises integration")
	}
	*p = OnPremisesPasswordResetPolicy{Settings: members.OnPremisesPasswordResetSettings, SetUp: members.WithConnect || members.WithCloudSync}
	return nil
}

// OnPremisesPasswordResetPolicy reads the on-premises integration.
func (c *Client) OnPremisesPasswordResetPolicy(ctx context.Context) (OnPremisesPasswordResetPolicy, error) {
	var policy OnPremisesPasswordResetPolicy
	err := c.portal.send(ctx, call{method: http.MethodGet, path: onPremisesPath, needs: needsOnPremises}, &policy)
	return policy, err
}

// OnPremisesPasswordResetChange is the outcome of
// [Client.ChangeOnPremisesPasswordResetPolicy]. Members are named as in the
// API's answers.
type OnPremisesPasswordResetChange struct {
	// Before is the policy that the change started from, After the one that was
	// read last.
	Before, After OnPremisesPasswordResetPolicy
	// Written names the members that were written, in their order.
	Written []string
	// Failed names the member whose write failed, set together with an error.
	// Those behind it were not tried.
	Failed string
	// Uncertain is set together with an error when the failed write may have
	// taken effect all the same.
	Uncertain bool
	// Stale names the written members that still showed their former value when
	// waiting ended.
	Stale []string
	// Overridden names the written members that showed the wanted value and then
	// the former one again.
	Overridden []string

	wanted OnPremisesPasswordResetSettings
	// shown names the written members that were read back.
	shown []string
}

// Touched reports whether the change may have had any effect.
func (c OnPremisesPasswordResetChange) Touched() bool { return len(c.Written) > 0 || c.Uncertain }

// Settings returns the settings as far as they are known: what was accepted
// counts, even where it cannot be read back yet.
func (c OnPremisesPasswordResetChange) Settings() OnPremisesPasswordResetSettings {
	settings := c.After.Settings
	for _, m := range onPremisesMembers {
		if slices.Contains(c.Stale, m.name) {
			*m.of(&settings) = *m.of(&c.wanted)
		}
	}
	return settings
}

// ChangeOnPremisesPasswordResetPolicy changes the members that are set in
// wanted and differ, each with a write of its own that is read back for a
// bounded time: of two members in one write the API has been seen to keep the
// first alone. The first write that fails ends the change.
func (c *Client) ChangeOnPremisesPasswordResetPolicy(ctx context.Context, wanted OnPremisesPasswordResetSettings) (OnPremisesPasswordResetChange, error) {
	select {
	case c.onPremisesWrites <- struct{}{}:
		defer func() { <-c.onPremisesWrites }()
	case <-ctx.Done():
		return OnPremisesPasswordResetChange{}, fmt.Errorf("waiting for another write of the on-premises integration: %w", ctx.Err())
	}

	before, err := c.OnPremisesPasswordResetPolicy(ctx)
	if err != nil {
		return OnPremisesPasswordResetChange{}, err
	}
	change := OnPremisesPasswordResetChange{Before: before, After: before, wanted: wanted}
	for _, m := range onPremisesMembers {
		value := *m.of(&wanted)
		if value == nil || same(value, *m.of(&before.Settings)) {
			continue
		}
		if err = c.writeOnPremises(ctx, m, *value, &change); err != nil {
			break
		}
	}
	change.settle()
	return change, err
}

// writeOnPremises writes one member and reads it back.
func (c *Client) writeOnPremises(ctx context.Context, m onPremisesMember, value bool, change *OnPremisesPasswordResetChange) error {
	err := c.portal.send(ctx, call{method: http.MethodPut, path: onPremisesPath,
		body: map[string]bool{m.key: value}, needs: needsOnPremises}, nil)
	if err != nil && !uncertain(err) {
		change.Failed = m.name
		return err
	}
	shown := until(ctx, func(ctx context.Context) bool {
		current, err := c.OnPremisesPasswordResetPolicy(ctx)
		if err != nil {
			return false
		}
		change.After = current
		return same(*m.of(&current.Settings), &value)
	})
	switch {
	case shown:
		change.shown = append(change.shown, m.name)
	case err != nil:
		change.Failed, change.Uncertain = m.name, true
		return err
	}
	change.Written = append(change.Written, m.name)
	return nil
}

// settle compares what was written with what was read last.
func (c *OnPremisesPasswordResetChange) settle() {
	for _, difference := range c.wanted.Differing(c.After.Settings) {
		switch name := difference.Member; {
		case !slices.Contains(c.Written, name):
		case slices.Contains(c.shown, name):
			c.Overridden = append(c.Overridden, name)
		default:
			c.Stale = append(c.Stale, name)
		}
	}
}
