package main

import (
	"cmp"
	"os"
	"runtime/debug"
)

// quieten keeps log lines from being made that Terraform would throw away. The
// plugin libraries log every step as a trace, however little is asked for, and
// leave it to Terraform to drop the lines: in a plan of a thousand resources
// that is a third of the provider's time, and Terraform reads each line. A
// level that somebody chose for one of the logs is left as it is.
func quieten() error {
	// What Terraform shows of a provider follows these two. It takes a word that
	// it does not know for everything, and so do the libraries.
	level := cmp.Or(os.Getenv("TF_LOG_PROVIDER"), os.Getenv("TF_LOG"), "off")
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_ENTRAID"} {
		if os.Getenv(name) != "" {
			continue
		}
		if err := os.Setenv(name, level); err != nil {
			return err
		}
	}
	return nil
}

// The garbage collector's standard setting suits heaps that are large. The
// provider's is a few megabytes, of which each resource makes a little, so the
// collector would run all the time. Up to the limit, in bytes, it may wait
// longer.
const (
	heapGrowth  = 400
	memoryLimit = 256 << 20
)

// collectLess lets the garbage collector run less often, unless somebody chose
// otherwise.
func collectLess() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(heapGrowth)
	debug.SetMemoryLimit(memoryLimit)
}
