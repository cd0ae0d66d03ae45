package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	// The tests build the provider with the go command, which go test cannot
	// see: without this import it would take an old result for a changed
	// provider.
	_ "github.com/tenantsettings/terraform-provider-entraid/internal/provider"
)

// TestMain lets Terraform start the test binary in the provider's place.
func TestMain(m *testing.M) {
	if program := os.Getenv(providerVariable); program != "" {
		os.Exit(runProvider(program, os.Getenv(usageVariable)))
	}
	os.Exit(m.Run())
}

func TestReadsFlags(t *testing.T) {
	t.Parallel()
	got, err := parse([]string{"-n", "5, 50", "-repeat", "1", "-latency", "10ms", "-terraform", "tofu", "-only", "plan", "-json", "f", "-markdown", "m"}, &bytes.Buffer{})
	if err != nil || !slices.Equal(got.counts, []int{5, 50}) || got.repeat != 1 || got.latency != 10*time.Millisecond || got.terraform != "tofu" ||
		!got.wants("plan-single-5") || got.wants("apply-single-5") || got.json != "f" || got.markdown != "m" {
		t.Errorf("got %+v, %v", got, err)
	}
	standard, err := parse(nil, &bytes.Buffer{})
	if err != nil || !slices.Equal(standard.counts, []int{100, 1000}) || standard.repeat != 3 || standard.latency != 50*time.Millisecond || !standard.wants("anything") {
		t.Errorf("without flags %+v, %v", standard, err)
	}
	if _, err := parse([]string{"-help"}, &bytes.Buffer{}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-help gives %v", err)
	}
}

func TestRefusesFlagsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-n 0": "not a count", "-n 5,x": "not a count", "-repeat 0": "at least 1", "-latency -1s": "negative", "-only (": "missing closing", "plan": "only flags",
	} {
		var stderr bytes.Buffer
		if _, err := parse(strings.Fields(args), &stderr); err == nil || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s gives %v: %s", args, err, stderr.String())
		}
	}
}

// small is a bench that takes seconds.
func small(t *testing.T, only string) options {
	t.Helper()
	return options{
		counts: []int{3}, repeat: 1, latency: time.Millisecond, terraform: acctest.Terraform(t),
		only: regexp.MustCompile(only), parent: t.TempDir(),
	}
}

// leavesNothing fails the test if a temporary folder is still there.
func (o options) leavesNothing(t *testing.T) {
	t.Helper()
	if left, err := os.ReadDir(o.parent); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestMeasuresWithTerraform(t *testing.T) {
	t.Parallel()
	o := small(t, "single|bulk-3$|start|binary")
	files := t.TempDir()
	o.json, o.markdown = filepath.Join(files, "figures.json"), filepath.Join(files, "table.md")
	var stdout, stderr bytes.Buffer
	if err := o.run(t.Context(), &stdout, &stderr); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	o.leavesNothing(t)
	if page, err := os.ReadFile(o.markdown); err != nil || !bytes.Equal(page, stdout.Bytes()) {
		t.Errorf("the file has %q, %v", page, err)
	}
	acctest.Contains(t, stdout.String(), "First apply of 3 `entraid_user_password_never_expires`", "one `entraid_users_password_never_expires`, 3 users", "3 `PATCH /users/{id}`", "Start of the provider", "stripped, has")
	content, err := os.ReadFile(o.json)
	var figures report
	if err == nil {
		err = json.Unmarshal(content, &figures)
	}
	if err != nil || len(figures.Rows) != 5 || figures.Binary == nil || figures.Binary.Bytes < 1e6 || figures.Machine.CPUs < 1 || figures.Versions.Terraform == "" {
		t.Fatalf("figures %s, %v", content, err)
	}
	for _, row := range figures.Rows {
		m := row.Median
		if m == nil || m.WallSeconds <= 0 || m.FloorWallSeconds <= 0 || m.ProviderCPUSeconds <= 0 || m.ProviderStarts == 0 || row.Ratio <= 0 {
			t.Errorf("%s: %+v", row.Name, m)
		}
		if row.Users > 0 && (m.Graph == 0 || m.SignIn == 0) {
			t.Errorf("%s made %d requests and %d to sign in", row.Name, m.Graph, m.SignIn)
		}
	}
}

func TestARowThatFailsFailsTheBenchAndNotTheOthers(t *testing.T) {
	t.Parallel()
	o := small(t, "plan-single|binary")
	// The mock directory refuses such a latency.
	o.latency = -time.Second
	var stdout bytes.Buffer
	err := o.run(t.Context(), &stdout, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "plan-single-3: starting the mock directory") {
		t.Errorf("error %v", err)
	}
	acctest.Contains(t, stdout.String(), "stripped, has")
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
	o := small(t, "plan-single")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	progress := &interrupter{words: "plan-single-3 ...", interrupt: interrupt}
	var stdout bytes.Buffer
	if err := o.run(ctx, &stdout, progress); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if stdout.Len() > 0 {
		t.Errorf("a table of half the work:\n%s", stdout.String())
	}
	o.leavesNothing(t)
}
