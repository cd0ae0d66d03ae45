package mockdirectory

import "encoding/json"

// listLag is how many times longer lists lag than reads by id: they come from an index.
const listLag = 2

// staleReads remembers what readers still see after a write. It is guarded by Directory.mu.
type staleReads struct {
	reads    int
	users    map[string]*older[User]
	domains  map[string]*older[Domain]
	policies map[string]*older[map[string]json.RawMessage]
}

// older is a former value and how many reads by id and lists still show it.
type older[T any] struct {
	value        T
	reads, lists int
}

func newStaleReads(reads int) staleReads {
	return staleReads{
		reads:    reads,
		users:    map[string]*older[User]{},
		domains:  map[string]*older[Domain]{},
		policies: map[string]*older[map[string]json.RawMessage]{},
	}
}

// keep remembers the value before a write. A second write before all readers saw the first keeps the oldest.
func keep[T any](in map[string]*older[T], key string, before T, reads int) {
	if reads == 0 {
		return
	}
	if former, ok := in[key]; ok {
		before = former.value
	}
	in[key] = &older[T]{value: before, reads: reads, lists: reads * listLag}
}

// read returns what a reader by id sees, and counts the read.
func read[T any](in map[string]*older[T], key string, current T) T {
	former, ok := in[key]
	if !ok || former.reads == 0 {
		return current
	}
	former.reads--
	return former.value
}

// list returns what a list shows, and counts it.
func list[T any](in map[string]*older[T], key string, current T) T {
	former, ok := in[key]
	if !ok || former.lists == 0 {
		return current
	}
	former.lists--
	return former.value
}
