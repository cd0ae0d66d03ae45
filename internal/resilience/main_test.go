package resilience_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
)

// TestMain lets Terraform start the test binary as the provider. The tests wait
// for pauses between requests more than they compute, so that more of them run
// at once than there are processors.
func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		if err := flag.Set("test.parallel", "24"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	acctest.Main(m)
}
