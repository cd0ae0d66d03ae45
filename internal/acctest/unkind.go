package acctest

import (
	"fmt"
	"hash/fnv"
	"os"
	"strconv"
	"sync"
	"testing"
)

// unkindVariable holds a seed and makes the directories of all tests unkind,
// but for those of [KindDirectory]: the same tests then show that the provider
// survives throttling, lost answers, stale reads and the like.
const unkindVariable = "TF_ACC_UNKIND"

// unkindDirectories counts the unkind directories of the tests that run.
var unkindDirectories = struct {
	sync.Mutex
	of map[string]int
}{of: map[string]int{}}

// unkindSeed is the seed of a test's next directory, or 0 where directories are
// kind. Each has one of its own, because the first requests of most tests are
// the same.
func unkindSeed(t testing.TB) uint64 {
	t.Helper()
	value := os.Getenv(unkindVariable)
	if value == "" {
		return 0
	}
	if _, err := strconv.ParseUint(value, 10, 64); err != nil {
		t.Fatalf("%s is not a seed: %v", unkindVariable, err)
	}
	count := &unkindDirectories
	count.Lock()
	defer count.Unlock()
	if count.of[t.Name()]++; count.of[t.Name()] == 1 {
		t.Cleanup(func() {
			count.Lock()
			defer count.Unlock()
			delete(count.of, t.Name())
		})
	}
	hash := fnv.New64a()
	// A hash cannot fail to be written.
	_, _ = fmt.Fprintf(hash, "%s %s %d", value, t.Name(), count.of[t.Name()])
	return hash.Sum64() | 1
}
