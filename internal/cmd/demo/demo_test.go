package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
	// The tests build the provider with the go command, which go test cannot
	// see: without this import it would take an old result for a changed
	// provider.
	_ "github.com/tenantsettings/terraform-provider-entraid/internal/provider"
)

func TestReadsFlags(t *testing.T) {
	t.Parallel()
	got, err := parse([]string{"-terraform", "tofu", "-keep", "-listen", "127.0.0.1:8443",
		"-graph-endpoint", "https://127.0.0.1:9443", "-ca-certificate-file", "ca.pem"}, &bytes.Buffer{})
	want := options{terraform: "tofu", keep: true, listen: "127.0.0.1:8443", graphEndpoint: "https://127.0.0.1:9443", caCertificateFile: "ca.pem"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	var stderr bytes.Buffer
	if _, err := parse([]string{"apply"}, &stderr); err == nil || !strings.Contains(stderr.String(), "there are only flags") {
		t.Errorf("an argument gives %v: %s", err, stderr.String())
	}
	if _, err := parse([]string{"-help"}, &stderr); !errors.Is(err, flag.ErrHelp) || !strings.Contains(stderr.String(), "recording proxy") {
		t.Errorf("-help gives %v: %s", err, stderr.String())
	}
}

func TestCopiesOnlyTheConfiguration(t *testing.T) {
	t.Parallel()
	source, folder := t.TempDir(), t.TempDir()
	example := filepath.Join(source, "examples", "demo")
	if err := os.MkdirAll(filepath.Join(example, ".terraform"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main.tf", "terraform.tfstate", ".terraform.lock.hcl"} {
		if err := os.WriteFile(filepath.Join(example, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	place := &workspace{folder: folder, source: source}
	if err := place.copyExample(); err != nil {
		t.Fatal(err)
	}
	copied, err := os.ReadDir(place.configuration())
	if err != nil || len(copied) != 1 || copied[0].Name() != "main.tf" {
		t.Errorf("copied %v, %v", copied, err)
	}
}

func TestRedirectsThroughAProxy(t *testing.T) {
	t.Parallel()
	place := &workspace{folder: t.TempDir()}
	own, other := filepath.Join(place.folder, "own.pem"), filepath.Join(place.folder, "other.pem")
	for _, name := range []string{own, other} {
		if err := os.WriteFile(name, []byte(filepath.Base(name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	connection := mockdirectory.Connection{GraphEndpoint: "a", AuthorityHost: "a", PortalEndpoint: "a", CACertificateFile: own}
	if err := (options{graphEndpoint: "b", caCertificateFile: other}).redirect(place, &connection); err != nil {
		t.Fatal(err)
	}
	if connection.GraphEndpoint != "b" || connection.AuthorityHost != "b" || connection.PortalEndpoint != "a" {
		t.Errorf("connection %+v", connection)
	}
	if content, err := os.ReadFile(connection.CACertificateFile); err != nil || string(content) != "own.pem\nother.pem\n" {
		t.Errorf("authorities %q, %v", content, err)
	}
}

// play plays the demo in a folder with a space in its name, where nothing may
// be left.
func play(ctx context.Context, t *testing.T, screen *screen) error {
	t.Helper()
	path := acctest.Terraform(t)
	parent := filepath.Join(t.TempDir(), "a folder")
	if err := os.Mkdir(parent, 0o755); err != nil {
		t.Fatal(err)
	}
	played := options{terraform: path, listen: "127.0.0.1:0", parent: parent}.run(ctx, screen)
	left, err := os.ReadDir(parent)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	return played
}

func TestPlaysWithTerraform(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := play(t.Context(), t, newScreen(&out, false)); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, words := range []string{"Plan: 6 to add", "Plan: 0 to add, 4 to change", "Plan: 0 to add, 0 to change, 6 to destroy", "Done in "} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("%q is missing in:\n%s", words, out.String())
		}
	}
}

// interrupter ends a context as soon as certain words are written.
type interrupter struct {
	bytes.Buffer
	words     string
	interrupt context.CancelFunc
}

func (i *interrupter) Write(content []byte) (int, error) {
	n, err := i.Buffer.Write(content)
	if strings.Contains(i.String(), i.words) {
		i.interrupt()
	}
	return n, err
}

func TestInterruptLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out := &interrupter{words: "Creating...", interrupt: interrupt}
	if err := play(ctx, t, newScreen(out, false)); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v\n%s", err, out.String())
	}
	if strings.Contains(out.String(), "The directory after apply") {
		t.Errorf("the story went on:\n%s", out.String())
	}
}

func TestKeepsTheFolderWhenAsked(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	place := &workspace{folder: t.TempDir()}
	if err := (options{keep: true}).leave(place, newScreen(&out, false)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(place.folder); err != nil || !strings.Contains(out.String(), "Kept: "+place.folder) {
		t.Errorf("%v: %s", err, out.String())
	}
}
