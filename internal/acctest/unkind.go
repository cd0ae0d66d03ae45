package acctest

import (
	"fmt"
	"hash/fnv"
	"os"
	"strconv"
	"testing"
)

// unkindVariable holds a seed and makes the directories of all tests unkind,
// but for those of [KindDirectory]: the same tests then show that the provider
// survives throttling, lost answers, stale reads and the like.
const unkindVariable = "TF_ACC_UNKIND"

// unkindSeed is the seed of a test, or 0 where directories are kind. Each test
// has one of its own, because the first requests of most tests are the same.
func unkindSeed(t testing.TB) uint64 {
	t.Helper()
	value := os.Getenv(unkindVariable)
	if value == "" {
		return 0
	}
	if _, err := strconv.ParseUint(value, 10, 64); err != nil {
		t.Fatalf("%s is not a seed: %v", unkindVariable, err)
	}
	hash := fnv.New64a()
	// A hash cannot fail to be written.
	_, _ = fmt.Fprintf(hash, "%s %s", value, t.Name())
	return hash.Sum64() | 1
}
