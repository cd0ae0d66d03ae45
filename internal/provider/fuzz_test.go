package provider_test

import (
	"net/http"
	"testing"
)

// FuzzImport proves that every import id is imported or refused.
func FuzzImport(f *testing.F) {
	server := answering(f, http.StatusOK, anything)
	for _, id := range strangeIDs {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		provider, _, _ := server.Protocol()
		for _, kind := range server.ResourceTypes() {
			imported(t, provider, kind, id)
		}
	})
}
