package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

func TestTableMarksWhatChanged(t *testing.T) {
	t.Parallel()
	former := []setting{{"Area", "same", "one"}, {"Area", "other", "two"}, {"Next", "long name", "three"}}
	present := []setting{{"Area", "same", "one"}, {"Area", "other", "2"}, {"Next", "long name", "three"}}
	for name, test := range map[string]struct {
		former []setting
		want   []string
	}{
		"first":  {nil, []string{"  Area", "    same        one", "    other       2", "  Next", "    long name   three"}},
		"second": {former, []string{"  Area", "    same        one", "*   other       2       was two", "  Next", "    long name   three"}},
	} {
		lines, err := table(test.former, present)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Join(lines, "\n"), strings.Join(test.want, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
		}
	}
}

func TestSettingsAreInAPersonsWords(t *testing.T) {
	t.Parallel()
	d := startDirectory(t)
	d.Update(func(s *mockdirectory.State) {
		setPolicy(s, map[string]any{"enablementType": 7})
		domain := s.Domains[fabrikam]
		domain.PasswordValidityPeriodInDays = nil
		s.Domains[fabrikam] = domain
	})
	values := map[string]string{}
	for _, s := range settingsOf(d.State()) {
		values[s.name] = s.value
	}
	for name, want := range map[string]string{
		"enabled for": "unknown (7)", "helpdesk contact": "not customised", "notify users": "yes", "notify administrators": "no",
		contoso: "180 days, notice 30 days before", fabrikam: "never set",
		"svc-backup@contoso.com": "expires", "svc-legacy@contoso.com": "never expires, may be weak",
	} {
		if values[name] != want {
			t.Errorf("%s is %q, want %q", name, values[name], want)
		}
	}
}

func TestIndentsWholeLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	writer := newScreen(&out, false).indented()
	for _, part := range []string{"\n\nfir", "st  \n\nsecond\r\nth", "ird"} {
		if n, err := writer.Write([]byte(part)); err != nil || n != len(part) {
			t.Fatalf("wrote %d: %v", n, err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "  | first\n  |\n  | second\n  | third\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestColoursOnlyWhenWanted(t *testing.T) {
	t.Parallel()
	present := []setting{{"Area", "name", "new"}}
	for _, colour := range []bool{false, true} {
		var out bytes.Buffer
		s := newScreen(&out, colour)
		s.former = []setting{{"Area", "name", "old"}}
		s.heading("Step")
		if err := s.show("Title", present); err != nil {
			t.Fatal(err)
		}
		s.done("Done")
		if got := strings.Contains(out.String(), "\x1b["); got != colour {
			t.Errorf("colour %v: %q", colour, out.String())
		}
		if strings.Contains(out.String(), "\n\n\n") {
			t.Errorf("two empty lines: %q", out.String())
		}
	}
}

func TestAFileIsNoTerminal(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}()
	if coloured(file, func(string) string { return "" }) {
		t.Error("a file would get colours")
	}
}
