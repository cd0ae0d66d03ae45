package directory

import (
	"context"
	"strings"
	"sync"
)

// sweepAfter is how many users are read one by one before a listing is begun
// beside them.
const sweepAfter = 10

// sweep answers reads of users from one listing of those whose password never
// expires, which it makes in the background once there are many reads.
//
// The listing comes from an index that may lag, so it is believed only where
// it says what the caller knows already: then the answer cannot be a
// difference that is none. Everything else is read singly, and nothing ever
// waits for the listing.
type sweep struct {
	off bool

	mu      sync.Mutex
	reads   int
	started bool
	users   Users
	// written are the users that were changed here, whom the index cannot know.
	written map[string]bool
}

// asked counts a read and reports whether it is the one that begins the
// listing.
func (s *sweep) asked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	if s.off || s.started || s.reads < sweepAfter {
		return false
	}
	s.started = true
	return true
}

// find returns a user that was listed.
func (s *sweep) find(id string) (User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.written[strings.ToLower(id)] {
		return User{}, false
	}
	return s.users.Find(id)
}

// forget says that a user was changed since.
func (s *sweep) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.written == nil {
		s.written = map[string]bool{}
	}
	s.written[strings.ToLower(id)] = true
}

// take adds a page, and reports whether the listing still pays: it must not
// cost more requests than there were reads that it could save.
func (s *sweep) take(page []User, pages int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users.byID == nil {
		s.users = Users{byID: map[string]User{}}
	}
	for _, user := range page {
		if user.PasswordPolicies.NeverExpires() {
			s.users.add(user)
		}
	}
	return pages < s.reads
}

// UserAsKnown reads one user by object id, of whom the caller knows the user
// principal name and that the password never expires. While nothing of that has
// changed, a listing that is shared by many reads may answer.
func (c *Client) UserAsKnown(ctx context.Context, id, userPrincipalName string) (User, error) {
	if c.sweep.asked() {
		go c.sweepUsers(context.WithoutCancel(ctx))
	}
	if user, ok := c.sweep.find(id); ok && user.UserPrincipalName == userPrincipalName {
		return user, nil
	}
	return c.User(ctx, id)
}

// sweepUsers makes the listing. What it brought before it failed stays in use.
func (c *Client) sweepUsers(ctx context.Context) {
	pages := 0
	err := eachPage(ctx, c.graph, neverExpiringUsers(), func(page []User) bool {
		pages++
		return c.sweep.take(page, pages)
	})
	fields := map[string]any{"pages": pages}
	if err != nil {
		fields["error"] = err.Error()
	}
	c.graph.log(ctx, "listed the users whose password never expires, to save single reads", fields)
}

// Changed reports whether a user's flags were written by this client, so that a
// listing from the index may not show them yet.
func (c *Client) Changed(id string) bool {
	c.sweep.mu.Lock()
	defer c.sweep.mu.Unlock()
	return c.sweep.written[strings.ToLower(id)]
}
