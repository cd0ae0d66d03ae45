package mockdirectory

import "encoding/json"

// listLag is how many times longer lists lag than reads by id: they come from an index.
const listLag = 2

// lag is how late a write is seen.
type lag struct {
	// early is how many reads by id meet a replica that has the write already, before those that lag.
	early int
	// reads and lists are how many of each still show the former value.
	reads, lists int
}

// staleReads remembers what readers still see after a write. It is guarded by Directory.mu.
type staleReads struct {
	users    map[string]*older[User]
	domains  map[string]*older[Domain]
	policies map[string]*older[map[string]json.RawMessage]
}

// older is what readers by id and lists still show, and how often.
type older[T any] struct {
	read, listed T
	left         lag
}

func newStaleReads() staleReads {
	return staleReads{
		users:    map[string]*older[User]{},
		domains:  map[string]*older[Domain]{},
		policies: map[string]*older[map[string]json.RawMessage]{},
	}
}

// lag is how late the write of a call is seen.
func (d *Directory) lag(c *call) lag {
	if d.options.StaleReads > 0 || d.Kind() {
		return lag{reads: d.options.StaleReads, lists: d.options.StaleReads * listLag}
	}
	return c.visit.lag()
}

// keep remembers the value before a write. A second write before all readers saw the first keeps the oldest for them.
func keep[T any](in map[string]*older[T], key string, before T, left lag) {
	next := &older[T]{read: before, listed: before, left: left}
	if former, ok := in[key]; ok && former.left.reads > 0 {
		next.read = former.read
	}
	if former, ok := in[key]; ok && former.left.lists > 0 {
		next.listed = former.listed
	}
	in[key] = next
}

// read returns what a reader by id sees, and counts the read.
func read[T any](in map[string]*older[T], key string, current T) T {
	former, ok := in[key]
	switch {
	case !ok || former.left.reads == 0:
		return current
	case former.left.early > 0:
		former.left.early--
		return current
	}
	former.left.reads--
	return former.read
}

// list returns what a list shows, and counts it.
func list[T any](in map[string]*older[T], key string, current T) T {
	former, ok := in[key]
	if !ok || former.left.lists == 0 {
		return current
	}
	former.left.lists--
	return former.listed
}
