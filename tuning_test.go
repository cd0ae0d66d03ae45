package main

import (
	"os"
	"runtime/debug"
	"testing"
)

func TestLogsNoMoreThanTerraformShows(t *testing.T) {
	for name, test := range map[string]struct {
		chosen        map[string]string
		sdk, provider string
	}{
		"nothing asked for":      {nil, "off", "off"},
		"a level for everything": {map[string]string{"TF_LOG": "DEBUG"}, "DEBUG", "DEBUG"},
		"a level for providers":  {map[string]string{"TF_LOG": "TRACE", "TF_LOG_PROVIDER": "WARN"}, "WARN", "WARN"},
		"everything as JSON":     {map[string]string{"TF_LOG": "JSON"}, "JSON", "JSON"},
		"only Terraform's own":   {map[string]string{"TF_LOG_CORE": "TRACE"}, "off", "off"},
		"one of the libraries'":  {map[string]string{"TF_LOG": "DEBUG", "TF_LOG_SDK": "ERROR"}, "ERROR", "DEBUG"},
		"the provider's own":     {map[string]string{"TF_LOG_PROVIDER_ENTRAID": "INFO"}, "off", "INFO"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{"TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER", "TF_LOG_SDK", "TF_LOG_PROVIDER_ENTRAID"} {
				t.Setenv(variable, test.chosen[variable])
			}
			if err := quieten(); err != nil {
				t.Fatal(err)
			}
			if sdk, provider := os.Getenv("TF_LOG_SDK"), os.Getenv("TF_LOG_PROVIDER_ENTRAID"); sdk != test.sdk || provider != test.provider {
				t.Errorf("the libraries log %q and the provider %q, want %q and %q", sdk, provider, test.sdk, test.provider)
			}
		})
	}
}

func TestTheGarbageCollectorObeysWhoeverChose(t *testing.T) {
	former, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetGCPercent(former); debug.SetMemoryLimit(limit) })
	t.Setenv("GOMEMLIMIT", "")
	for _, test := range []struct {
		chosen string
		want   int
	}{{"50", 100}, {"", heapGrowth}} {
		t.Setenv("GOGC", test.chosen)
		collectLess()
		if got := debug.SetGCPercent(100); got != test.want {
			t.Errorf("with GOGC=%q the heap may grow by %d %%, want %d", test.chosen, got, test.want)
		}
	}
	if got := debug.SetMemoryLimit(-1); got != memoryLimit {
		t.Errorf("the limit is %d bytes, want %d", got, memoryLimit)
	}
}
