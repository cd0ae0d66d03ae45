package userspasswordneverexpires

import (
	"context"
	"errors"
	"strings"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
	"github.com/tenantsettings/terraform-provider-entraid/internal/resourcekit"
)

// errNoUser is the reason why a user that does not exist cannot join.
var errNoUser = errors.New("the directory has no user with this object id")

// intent is what is to become of a user.
type intent int

const (
	// flag sets that the password never expires.
	flag intent = iota
	// clear takes that away, for the sake of an exclusive set.
	clear
	// restore puts back what was remembered.
	restore
)

// job is what is to become of one user.
type job struct {
	intent intent
	// former is what to restore.
	former directory.PasswordPolicies
	// known is set where the user is known to have the flag, whatever a replica
	// that lags may say.
	known bool
}

// result is what became of many users.
type result struct {
	// present are the users as they were just before.
	present directory.Users
	// done are the users that are now as intended, or gone, or not to be
	// touched; pending those of whom it is not known.
	done, pending ids
	failures      []failure
	// skipped are the users that could not be restored or cleared because another
	// directory owns their password by now, with the reason.
	skipped []failure
	// unseen are the users whose new value cannot be read back yet, synchronised
	// those that synchronisation may write as well.
	unseen, synchronised []string
}

// failure is why nothing became of a user.
type failure struct {
	id, name string
	err      error
}

// run does all jobs. An error means that nothing was done.
func (r *usersPasswordNeverExpires) run(ctx context.Context, jobs map[string]job) (result, error) {
	wanted := make(ids, len(jobs))
	for id := range jobs {
		wanted.add(id)
	}
	order := wanted.sorted()
	present, err := r.client.UsersByID(ctx, order)
	if err != nil {
		return result{}, err
	}
	out := result{present: present, done: ids{}, pending: ids{}}
	var writes []directory.PasswordPoliciesWrite
	var writers []string
	for _, id := range order {
		user, found := present.Find(id)
		if !found {
			out.missing(id, jobs[id])
			continue
		}
		if err := resourcekit.CheckManageable(ctx, r.client, user); err != nil {
			out.unmanageable(id, user, jobs[id], err)
			continue
		}
		writes, writers = append(writes, jobs[id].write(user)), append(writers, id)
	}
	for i, outcome := range r.client.ChangeManyPasswordPolicies(ctx, writes) {
		out.take(writers[i], outcome, jobs[writers[i]])
	}
	return out, nil
}

// write is the change that a job makes to a user.
func (j job) write(user directory.User) directory.PasswordPoliciesWrite {
	write := directory.PasswordPoliciesWrite{User: user}
	switch j.intent {
	case flag:
		write.Wanted = user.PasswordPolicies.WithNeverExpires(true)
	case clear:
		write.Wanted = user.PasswordPolicies.WithNeverExpires(false)
	case restore:
		write.Wanted = user.PasswordPolicies.RestoredTo(j.former)
	}
	write.Stale = j.known && j.intent != flag && !write.Wanted.NeverExpires()
	return write
}

func (out *result) missing(id string, j job) {
	if j.intent == flag {
		out.failures = append(out.failures, failure{id: id, name: id, err: errNoUser})
		return
	}
	out.done.add(id)
}

func (out *result) unmanageable(id string, user directory.User, j job, err error) {
	f := failure{id: id, name: user.UserPrincipalName, err: err}
	var reason *resourcekit.Unmanageable
	if j.intent == flag || !errors.As(err, &reason) {
		out.failures = append(out.failures, f)
		return
	}
	out.skipped = append(out.skipped, f)
	out.done.add(id)
}

func (out *result) take(id string, outcome directory.PasswordPoliciesOutcome, j job) {
	switch {
	case outcome.Err == nil:
		out.done.add(id)
	case outcome.Uncertain:
		out.pending.add(id)
	}
	if outcome.Err != nil {
		out.failures = append(out.failures, failure{id: id, name: outcome.User.UserPrincipalName, err: outcome.Err})
		return
	}
	if !outcome.Confirmed {
		out.unseen = append(out.unseen, outcome.User.UserPrincipalName)
	}
	if outcome.User.OnPremisesSyncEnabled && j.intent == flag {
		out.synchronised = append(out.synchronised, outcome.User.UserPrincipalName)
	}
}

// others are the users outside of a set that have the flag.
type others struct {
	// flagged are those that an exclusive set clears.
	flagged ids
	names   map[string]string
	// exempt counts the guests, synchronised and federated users among them.
	exempt int
	// listed are all users that the listing shows with the flag.
	listed ids
}

// look lists the users with the flag. The listing may lag, so each user outside
// of the set is read again before it is said to have the flag.
func (r *usersPasswordNeverExpires) look(ctx context.Context, members ids) (others, error) {
	found := others{flagged: ids{}, names: map[string]string{}, listed: ids{}}
	users, err := r.client.NeverExpiringUsers(ctx)
	if err != nil {
		return found, err
	}
	var suspects []string
	for _, user := range users {
		switch id := strings.ToLower(user.ID); {
		case members.has(id):
			found.listed.add(id)
		case user.OnPremisesSyncEnabled || user.Guest():
			found.exempt++
		default:
			suspects = append(suspects, id)
		}
	}
	present, err := r.client.UsersByID(ctx, suspects)
	if err != nil {
		return found, err
	}
	for _, id := range suspects {
		user, ok := present.Find(id)
		switch {
		case !ok || !user.PasswordPolicies.NeverExpires():
		case user.OnPremisesSyncEnabled || resourcekit.CheckManageable(ctx, r.client, user) != nil:
			found.exempt++
		default:
			found.flagged.add(id)
			found.names[id] = user.UserPrincipalName
		}
	}
	return found, ctx.Err()
}

// members returns the users of a set that have the flag now. Those in listed
// are known to have it.
func (r *usersPasswordNeverExpires) members(ctx context.Context, set, listed ids) (ids, error) {
	flagged := ids{}
	var unsure []string
	for _, id := range set.sorted() {
		if listed.has(id) && !r.client.Changed(id) {
			flagged.add(id)
		} else {
			unsure = append(unsure, id)
		}
	}
	users, err := r.client.UsersByID(ctx, unsure)
	if err != nil {
		return nil, err
	}
	for _, id := range unsure {
		if user, ok := users.Find(id); ok && user.PasswordPolicies.NeverExpires() {
			flagged.add(id)
		}
	}
	return flagged, nil
}
