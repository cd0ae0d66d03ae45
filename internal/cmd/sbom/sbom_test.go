package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// archive writes a zip archive of some files.
func archive(t *testing.T, files map[string][]byte) string {
	t.Helper()
	var content bytes.Buffer
	writer := zip.NewWriter(&content)
	for name, text := range files {
		file, err := writer.Create(name)
		if err == nil {
			_, err = file.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "archive.zip")
	if err := os.WriteFile(path, content.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ownProgram is the test itself: a Go program.
func ownProgram(t *testing.T) []byte {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestAProgramInAnArchiveIsDescribed(t *testing.T) {
	t.Parallel()
	own := ownProgram(t)
	zipped := archive(t, map[string][]byte{"LICENSE": []byte("text"), "provider_v1.2.3": own})
	written := filepath.Join(t.TempDir(), "sbom.json")

	if err := run([]string{"-version", "1.2.3", zipped, written}, t.Output()); err != nil {
		t.Fatal(err)
	}

	content, err := os.ReadFile(written)
	if err != nil {
		t.Fatal(err)
	}
	var got document
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(own)
	program := got.Metadata.Component
	if program.Version != "v1.2.3" || program.Type != "application" || !slices.Equal(program.Hashes, []hash{{"SHA-256", hex.EncodeToString(sum[:])}}) {
		t.Errorf("the program is described as %+v", program)
	}
	if !slices.Contains(program.Properties, property{"go:build:GOOS", runtime.GOOS}) {
		t.Errorf("the properties %v do not tell the operating system", program.Properties)
	}
	if std := got.Components[0]; std.Name != "std" || "go"+std.Version != runtime.Version() {
		t.Errorf("the standard library is described as %+v", std)
	}
}

func TestModulesAreNamedAsScannersLookThemUp(t *testing.T) {
	t.Parallel()
	linked := []*debug.Module{
		{Path: "github.com/Azure/azure-sdk-for-go/sdk/azcore", Version: "v1.20.0", Sum: "h1:abc="},
		{Path: "example.com/old", Version: "v2.0.0+incompatible"},
		{Path: "example.com/replaced", Version: "v1.0.0", Replace: &debug.Module{Path: "example.com/fork", Version: "v1.0.1"}},
	}
	got := describe(program{info: &debug.BuildInfo{Main: debug.Module{Path: "example.com/main"}, GoVersion: "go1.26.1", Deps: linked}}, "1.2.3")

	want := []string{
		"pkg:golang/std@1.26.1",
		"pkg:golang/github.com/azure/azure-sdk-for-go/sdk/azcore@v1.20.0",
		"pkg:golang/example.com/old@v2.0.0%2Bincompatible",
		"pkg:golang/example.com/fork@v1.0.1",
	}
	var purls []string
	for _, component := range got.Components {
		purls = append(purls, component.PackageURL)
	}
	if !slices.Equal(purls, want) {
		t.Errorf("got %v, want %v", purls, want)
	}
	if links := got.Dependencies; len(links) != 1 || links[0].Reference != "pkg:golang/example.com/main@v1.2.3" || !slices.Equal(links[0].DependsOn, want) {
		t.Errorf("the program is linked as %v", links)
	}
	if azure := got.Components[1]; azure.Name != linked[0].Path || !slices.Equal(azure.Properties, []property{{"go:sum", "h1:abc="}}) {
		t.Errorf("a module is described as %+v", azure)
	}
}

func TestTheSerialNumberIsAUUIDOfTheProgram(t *testing.T) {
	t.Parallel()
	one, other := identifier(bytes.Repeat([]byte{0xff}, 32)), identifier(bytes.Repeat([]byte{0}, 32))
	if one != "ffffffff-ffff-8fff-bfff-ffffffffffff" || other != "00000000-0000-8000-8000-000000000000" {
		t.Errorf("got %s and %s", one, other)
	}
}

func TestWhatIsNoReleaseIsRefused(t *testing.T) {
	t.Parallel()
	own := ownProgram(t)
	for name, test := range map[string]struct {
		arguments []string
		want      string
	}{
		"no version":   {[]string{archive(t, map[string][]byte{"a": own}), "sbom.json"}, "a version"},
		"no archive":   {[]string{"-version", "1.2.3", filepath.Join(t.TempDir(), "none.zip"), "sbom.json"}, "none.zip"},
		"no program":   {[]string{"-version", "1.2.3", archive(t, map[string][]byte{"LICENSE": []byte("text")}), "sbom.json"}, "0 files are Go programs"},
		"two programs": {[]string{"-version", "1.2.3", archive(t, map[string][]byte{"a": own, "b": own}), "sbom.json"}, "2 files are Go programs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := run(test.arguments, t.Output()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}
