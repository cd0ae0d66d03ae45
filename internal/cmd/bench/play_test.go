package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

func names(o options) []string {
	var names []string
	for _, row := range o.rows() {
		names = append(names, row.name)
	}
	return names
}

func TestRowsFollowFromTheCounts(t *testing.T) {
	t.Parallel()
	o := options{counts: []int{100, 1000}}
	want := []string{
		"plan-single-100", "plan-single-1000", "apply-single-100", "apply-single-1000", "apply-bulk-100", "apply-bulk-1000",
		"plan-bulk-100", "plan-bulk-1000", "plan-bulk-10000",
	}
	if got := names(o); !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	o.only = regexp.MustCompile("bulk-1000$")
	if got, want := names(o), []string{"apply-bulk-1000", "plan-bulk-1000"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
}

func TestTheQuotaIsTheFloorOfTheThrottledRow(t *testing.T) {
	t.Parallel()
	o := options{counts: []int{5}, throttle: true, only: regexp.MustCompile("throttled")}
	if got, want := names(o), []string{"apply-bulk-throttled-10000"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	for writes, want := range map[int]float64{10000: 350, 3000: 0, 20: 0} {
		if got := quotaSeconds(writes); got != want {
			t.Errorf("the quota allows %d writes in %v s, want %v s", writes, got, want)
		}
	}
}

func TestNoFloorIsMeasuredWhereItTakesTooLong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		row  row
		want string
	}{
		{row{users: largestFloor}, "terraform_data"}, {row{users: largestFloor + 1}, ""}, {row{users: 10000, throttled: true}, "quota"},
	} {
		if got := test.row.floor(); got != test.want {
			t.Errorf("the floor of %d users is %q, want %q", test.row.users, got, test.want)
		}
	}
}

// flagged is a scene in a directory in which some users' passwords never
// expire.
func flagged(t *testing.T, users, never int) *scene {
	t.Helper()
	directory, err := mockdirectory.Start(mockdirectory.Options{Users: users})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := directory.Close(); err != nil {
			t.Error(err)
		}
	})
	directory.Update(func(tenant *mockdirectory.State) {
		for _, id := range userIDs(never) {
			user := tenant.Users[id]
			user.PasswordPolicies = new(neverExpires)
			tenant.Users[id] = user
		}
	})
	return &scene{row: row{users: users}, directory: directory}
}

func TestARunThatDidNotDoItsWorkFails(t *testing.T) {
	t.Parallel()
	read := mockdirectory.Request{Method: "GET", Path: "/v1.0/users"}
	write := mockdirectory.Request{Method: "PATCH", Path: "/v1.0/users/1", Batch: true}
	for name, test := range map[string]struct {
		never   int
		plans   bool
		journal []mockdirectory.Request
		want    string
	}{
		"applied":    {3, false, []mockdirectory.Request{read, write}, ""},
		"planned":    {3, true, []mockdirectory.Request{read}, ""},
		"incomplete": {2, false, []mockdirectory.Request{read, write}, "1 of 3 users expire"},
		"blind":      {3, true, nil, "not asked for anything"},
		"writing":    {3, true, []mockdirectory.Request{read, write}, "a plan wrote 1 times"},
	} {
		s := flagged(t, 3, test.never)
		s.plans = test.plans
		err := s.check(test.journal)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestEachApplyIsAFirstOne(t *testing.T) {
	t.Parallel()
	s := flagged(t, 3, 3)
	s.expire()
	if err := s.check([]mockdirectory.Request{{Path: "/v1.0/users"}}); err == nil || !strings.Contains(err.Error(), "3 of 3 users expire") {
		t.Errorf("error %v", err)
	}
	b := &bench{folder: t.TempDir()}
	place, err := b.newStage("stage", map[string]string{"main.tf": "", "terraform.tfstate": "{}", "terraform.tfstate.backup": "{}"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := place.forget(); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(place.terraform.Folder)
	if err != nil || len(left) != 1 || left[0].Name() != "main.tf" {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestStagesDoNotShareTheirEnvironment(t *testing.T) {
	t.Parallel()
	b := &bench{folder: t.TempDir()}
	shared := append(make([]string, 0, 8), "A=1")
	first, err := b.newStage("first", nil, shared)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.newStage("second", nil, shared); err != nil {
		t.Fatal(err)
	}
	if want := usageVariable + "=" + first.record; !slices.Contains(first.terraform.Environment, want) {
		t.Errorf("the environment is %q and lacks %q", first.terraform.Environment, want)
	}
}

func TestFloorAndRowTakeTurns(t *testing.T) {
	t.Parallel()
	var order []string
	note := func(name string) func() error {
		return func() error { order = append(order, name); return nil }
	}
	for _, floorFirst := range []bool{true, false} {
		if err := inTurn(floorFirst, note("floor"), note("row")); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"floor", "row", "row", "floor"}; !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
	broken := errors.New("broken")
	if err := inTurn(true, func() error { return broken }, note("after")); !errors.Is(err, broken) || slices.Contains(order, "after") {
		t.Errorf("error %v, order %q", err, order)
	}
}

func TestAddsUpTheProcessesOfOneCommand(t *testing.T) {
	t.Parallel()
	record := filepath.Join(t.TempDir(), "usage")
	for _, used := range []processUsage{{0.25, 30}, {0.5, 50}, {0.125, 40}} {
		if err := note(record, used); err != nil {
			t.Fatal(err)
		}
	}
	total, starts, err := readUsage(record)
	if err != nil || starts != 3 || total != (processUsage{0.875, 50}) {
		t.Errorf("%+v in %d processes, %v", total, starts, err)
	}
	if _, _, err := readUsage(record); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the record is read twice: %v", err)
	}
}

func TestShowsWhatTerraformComplainsAbout(t *testing.T) {
	t.Parallel()
	output := "Warning: something\n\nError: Unable\n" + strings.Repeat("line\n", 100)
	if got := complaint(output); !strings.HasPrefix(got, "Error: Unable\nline") || strings.Count(got, "\n") != mostLines-1 {
		t.Errorf("complaint %q", got)
	}
	if got := complaint("no such file\n"); got != "no such file" {
		t.Errorf("complaint %q", got)
	}
}
