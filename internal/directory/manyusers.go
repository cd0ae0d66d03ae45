package directory

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

const (
	// idsAtOnce is the most ids that getByIds takes.
	idsAtOnce = 1000
	// readsAtOnce bounds how many such requests are on their way.
	readsAtOnce = 4
)

// Users are users by object id, which is compared without case.
type Users struct{ byID map[string]User }

// Find returns the user with an object id.
func (u Users) Find(id string) (User, bool) {
	user, ok := u.byID[strings.ToLower(id)]
	return user, ok
}

func (u Users) add(user User) { u.byID[strings.ToLower(user.ID)] = user }

// without returns the ids that no user has.
func (u Users) without(ids []string) []string {
	var missing []string
	for _, id := range ids {
		if _, ok := u.Find(id); !ok {
			missing = append(missing, id)
		}
	}
	return missing
}

// UsersByID reads any number of users by object id, a thousand in a request.
// Ids that no user has are missing from the answer; as in [Client.User], they
// were asked for again before.
// See https://learn.microsoft.com/graph/api/directoryobject-getbyids.
func (c *Client) UsersByID(ctx context.Context, ids []string) (Users, error) {
	users := Users{byID: make(map[string]User, len(ids))}
	if err := c.addAtOnce(ctx, users, ids); err != nil {
		return users, err
	}
	for pause := firstMissing; ; pause *= 2 {
		missing := users.without(ids)
		if err := c.addSingly(ctx, users, missing); err != nil {
			return users, err
		}
		if pause > lastMissing || len(users.without(missing)) == 0 {
			return users, nil
		}
		if err := sleep(ctx, pause); err != nil {
			return users, fmt.Errorf("reading users was cancelled: %w", err)
		}
	}
}

// addAtOnce adds what getByIds shows. Where it cannot be used nothing is added,
// and it is not asked again: Microsoft's own description of the API lacks the
// $select on which it depends, and a token may read users but not this.
func (c *Client) addAtOnce(ctx context.Context, users Users, ids []string) error {
	if c.noGetByIDs.Load() {
		return nil
	}
	pages, err := c.getByIDs(ctx, ids)
	var refusal *Error
	if errors.As(err, &refusal) && refusal.useless() {
		c.graph.log(ctx, "users are read one by one, because reading many at once did not work", map[string]any{"status": refusal.Status, "code": refusal.Code})
		c.noGetByIDs.Store(true)
		return nil
	}
	for _, page := range pages {
		for _, user := range page {
			users.add(user)
		}
	}
	return err
}

// useless reports whether an answer means that asking in another way may help:
// it was refused for what it asks, or could not be understood.
func (e *Error) useless() bool {
	switch e.Status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return e.Status == http.StatusOK
}

// getByIDs asks for a thousand users at a time, and for some thousands at once.
func (c *Client) getByIDs(ctx context.Context, ids []string) ([][]User, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	chunks := slices.Collect(slices.Chunk(ids, idsAtOnce))
	pages := make([][]User, len(chunks))
	places := make(chan struct{}, readsAtOnce)
	var group sync.WaitGroup
	for i, chunk := range chunks {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			var err error
			pages[i], err = list[User](ctx, c.graph, call{method: http.MethodPost, path: "/directoryObjects/getByIds", query: userMembers,
				body: map[string][]string{"ids": chunk, "types": {"user"}}, needs: readUsers})
			if err != nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	err := context.Cause(ctx)
	if errors.Is(err, context.Canceled) {
		err = fmt.Errorf("reading users was cancelled: %w", context.Canceled)
	}
	return pages, err
}

// addSingly adds the users that exist, each read on its own in a batch.
func (c *Client) addSingly(ctx context.Context, users Users, ids []string) error {
	calls := make([]call, len(ids))
	for i, id := range ids {
		path, err := userPath(id)
		if err != nil {
			return err
		}
		calls[i] = call{method: http.MethodGet, path: path, query: userMembers, needs: readUsers}
	}
	all := items(calls)
	c.graph.sendAll(ctx, all)
	for n, i := range all {
		var user User
		err := i.outcome(c.graph, &user)
		if IsNotFound(err) {
			continue
		}
		if err == nil && isObjectID(ids[n]) && !strings.EqualFold(user.ID, ids[n]) {
			err = otherObject("user", ids[n], user.ID)
		}
		if err != nil {
			return err
		}
		users.add(user)
	}
	return nil
}

// PasswordPoliciesWrite is one of many changes.
type PasswordPoliciesWrite struct {
	// User was read just before.
	User   User
	Wanted PasswordPolicies
	// Stale is as in [Client.ChangePasswordPolicies].
	Stale bool
}

// PasswordPoliciesOutcome is what became of a change: Err is nil, or the reason
// why it failed. [NotSent] tells changes that were not attempted any more.
type PasswordPoliciesOutcome struct {
	PasswordPoliciesChange
	Err error
}

// ChangeManyPasswordPolicies makes any number of changes and returns their
// outcomes in the same order. Twenty go in a batch, several batches at a time;
// each change is repeated, and fails, on its own.
func (c *Client) ChangeManyPasswordPolicies(ctx context.Context, writes []PasswordPoliciesWrite) []PasswordPoliciesOutcome {
	outcomes := make([]PasswordPoliciesOutcome, len(writes))
	var calls []call
	var sent []int
	for i, write := range writes {
		outcomes[i].PasswordPoliciesChange = PasswordPoliciesChange{User: write.User, Confirmed: true}
		if write.User.PasswordPolicies.written(write.Wanted) && !write.Stale {
			continue
		}
		patch, err := patchOf(write.User.ID, write.Wanted)
		if err != nil {
			outcomes[i].Err = err
			continue
		}
		calls, sent = append(calls, patch), append(sent, i)
	}
	all := items(calls)
	c.graph.sendAll(ctx, all)
	awaited := map[string]int{}
	for n, i := range sent {
		err := all[n].outcome(c.graph, nil)
		outcomes[i].Err = err
		if err != nil && !uncertain(err) {
			continue
		}
		c.sweep.forget(writes[i].User.ID)
		outcomes[i].User.PasswordPolicies = writes[i].Wanted
		outcomes[i].Confirmed = false
		awaited[writes[i].User.ID] = i
	}
	c.confirmMany(ctx, awaited, outcomes)
	for i := range outcomes {
		switch outcome := &outcomes[i]; {
		case outcome.Err == nil || !uncertain(outcome.Err):
		case outcome.Confirmed:
			outcome.Err = nil
		default:
			outcome.Uncertain = true
		}
	}
	return outcomes
}

// confirmMany reads users until the directory has shown each of them as wanted
// twice in a row.
func (c *Client) confirmMany(ctx context.Context, awaited map[string]int, outcomes []PasswordPoliciesOutcome) {
	agreed := make(map[string]int, len(awaited))
	look := func(ctx context.Context) bool {
		ids := make([]string, 0, len(awaited))
		for id := range awaited {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		users := Users{byID: make(map[string]User, len(ids))}
		err := c.addAtOnce(ctx, users, ids)
		if err == nil && c.noGetByIDs.Load() {
			err = c.addSingly(ctx, users, ids)
		}
		if err != nil {
			return false
		}
		all := true
		for id, i := range awaited {
			user, found := users.Find(id)
			if !found || user.PasswordPolicies.NeverExpires() != outcomes[i].User.PasswordPolicies.NeverExpires() {
				agreed[id], all = 0, false
				continue
			}
			if agreed[id]++; agreed[id] == confirmations {
				outcomes[i].Confirmed = true
				delete(awaited, id)
			}
		}
		return all
	}
	if len(awaited) > 0 {
		until(ctx, func(ctx context.Context) bool { return len(awaited) == 0 || look(ctx) })
	}
}
