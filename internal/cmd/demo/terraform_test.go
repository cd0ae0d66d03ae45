package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/cmd/toolchain"
)

func TestRefusesAProgramThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := findTerraform(t.Context(), filepath.Join(t.TempDir(), "terraform"), t.TempDir(), newScreen(&bytes.Buffer{}, false))
	if err == nil || !strings.Contains(err.Error(), "-terraform: ") {
		t.Errorf("error %v", err)
	}
}

func TestShowsWhatTerraformSays(t *testing.T) {
	t.Parallel()
	// The go command stands in for Terraform: it is where these tests run.
	program, err := findTerraform(t.Context(), "go", t.TempDir(), newScreen(&bytes.Buffer{}, false))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p := &process{Program: toolchain.Program{Path: program, Folder: t.TempDir(), Environment: os.Environ()}, screen: newScreen(&out, true)}
	code, err := p.run(t.Context(), "nonsense")
	if err != nil || code != 2 || !strings.HasPrefix(out.String(), margin+"go nonsense: unknown command") {
		t.Errorf("exit status %d, %v: %s", code, err, out.String())
	}
}
