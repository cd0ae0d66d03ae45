package userspasswordneverexpires

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// change brings the tenant from one set of users to another.
type change struct {
	resource *usersPasswordNeverExpires
	wanted   model
	memory   memory
	// adopted is set where the set was exclusive before, so that all other users
	// with the flag are in the state already.
	adopted bool

	jobs   map[string]job
	result result
	// lost are the users who leave the set and of whom nothing is remembered.
	lost ids
	// set are the users for the state, once the change is made.
	set    ids
	exempt int
}

// make makes the change. An error means that nothing was done.
func (c *change) make(ctx context.Context, present ids) error {
	wanted, exclusive := c.wanted.users(), c.wanted.Exclusive.ValueBool()
	c.jobs, c.lost = map[string]job{}, ids{}
	for id := range wanted.without(present) {
		c.jobs[id] = job{intent: flag}
	}
	removed := present.without(wanted)
	for id := range removed {
		former, known := c.memory.members[id]
		switch {
		case exclusive:
			c.jobs[id] = job{intent: clear, known: true}
		case known:
			c.jobs[id] = job{intent: restore, former: former, known: true}
		case !c.adopted:
			c.lost.add(id)
		}
	}
	cleared := ids{}
	if exclusive && !c.adopted {
		found, err := c.resource.look(ctx, wanted)
		if err != nil {
			return err
		}
		c.exempt = found.exempt
		for id := range found.flagged.without(present) {
			c.jobs[id] = job{intent: clear}
			cleared.add(id)
		}
	}
	result, err := c.resource.run(ctx, c.jobs)
	if err != nil {
		return err
	}
	c.result = result
	c.settle(wanted, present, cleared)
	return nil
}

// settle finds the users for the state, and what is remembered of them from now
// on.
func (c *change) settle(wanted, present, cleared ids) {
	c.set = ids{}
	for id := range wanted {
		if _, changed := c.jobs[id]; !changed || c.reached(id) {
			c.set.add(id)
		}
	}
	// A user that could not be changed stays in the state, so that the next plan
	// shows it again.
	for id, job := range c.jobs {
		if job.intent != flag && !c.result.done.has(id) && (present.has(id) || c.result.pending.has(id)) {
			c.set.add(id)
		}
	}
	c.remember(cleared)
	for id := range maps.Clone(c.memory.members) {
		if wanted.has(id) || c.set.has(id) {
			continue
		}
		if former := c.memory.members[id]; c.wanted.Exclusive.ValueBool() && former.NeverExpires() {
			c.memory.cleared[id] = former
		}
		delete(c.memory.members, id)
	}
}

// reached reports whether a user is, or may be, as intended.
func (c *change) reached(id string) bool { return c.result.done.has(id) || c.result.pending.has(id) }

// remember keeps what the users were that were changed for the first time.
func (c *change) remember(cleared ids) {
	for id, job := range c.jobs {
		user, found := c.result.present.Find(id)
		if !found || !c.reached(id) {
			continue
		}
		if _, known := c.memory.members[id]; job.intent == flag && !known {
			former, before := c.memory.cleared[id]
			if !before {
				former = user.PasswordPolicies
			}
			c.memory.members[id] = former
			delete(c.memory.cleared, id)
		}
		if _, known := c.memory.cleared[id]; cleared.has(id) && !known {
			c.memory.cleared[id] = user.PasswordPolicies
		}
	}
}

// nothingDone reports whether no user was changed, so that there is nothing to
// keep.
func (c *change) nothingDone() bool {
	return len(c.result.failures) > 0 && len(c.result.done) == 0 && len(c.result.pending) == 0
}

// outcome is the model of what was reached. Where all was, that is the plan.
func (c *change) outcome(plan model) model {
	if len(c.result.failures) > 0 {
		plan = plan.withUsers(c.set, nil)
	}
	if plan.ExemptUserCount.IsUnknown() {
		plan = plan.withExempt(c.exempt)
	}
	return plan
}

// report turns the result into diagnostics.
func (c *change) report(verb string, creates bool) diag.Diagnostics {
	var more string
	if len(c.result.failures) > 0 {
		more = goOn
		if creates && !c.nothingDone() {
			more = goOnTainted
		}
	}
	diagnostics := c.result.report(verb, len(c.jobs), more)
	if len(c.lost) > 0 {
		diagnostics.Append(notRestored(c.lost.sorted()))
	}
	return diagnostics
}
