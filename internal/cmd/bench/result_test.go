package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

func TestMedians(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{7}, 7}, {[]float64{9, 1}, 5}, {[]float64{100, 2, 3}, 3}, {[]float64{4, 1, 3, 2}, 2.5},
	} {
		var runs []run
		for _, value := range test.values {
			runs = append(runs, run{WallSeconds: value})
		}
		if got := medianRun(runs).WallSeconds; got != test.want {
			t.Errorf("the median of %v is %v, want %v", test.values, got, test.want)
		}
	}
}

func TestEachFigureHasItsOwnMedian(t *testing.T) {
	t.Parallel()
	r := result{Users: 20, Runs: []run{
		{WallSeconds: 3, FloorWallSeconds: 1, ProviderCPUSeconds: 0.5, ProviderPeakMemory: 30, ProviderStarts: 3, DirectoryCPUSeconds: 0.1,
			requests: requests{Graph: 10, BatchItems: 5, SignIn: 2, GraphByKind: map[string]int{"GET /users": 10}}},
		{WallSeconds: 1, FloorWallSeconds: 2, ProviderCPUSeconds: 0.7, ProviderPeakMemory: 10, ProviderStarts: 4, DirectoryCPUSeconds: 0.3,
			requests: requests{Graph: 12, BatchItems: 7, SignIn: 1, GraphByKind: map[string]int{"GET /users": 11, "GET /domains": 1}}},
		{WallSeconds: 2, FloorWallSeconds: 4, ProviderCPUSeconds: 0.6, ProviderPeakMemory: 20, ProviderStarts: 3, DirectoryCPUSeconds: 0.2,
			requests: requests{Graph: 11, BatchItems: 6, SignIn: 2, GraphByKind: map[string]int{"GET /users": 10, "GET /domains": 1}}},
	}}
	r.summarize()
	m := *r.Median
	if m.WallSeconds != 2 || m.FloorWallSeconds != 2 || m.ProviderCPUSeconds != 0.6 || m.ProviderPeakMemory != 20 || m.ProviderStarts != 3 ||
		m.DirectoryCPUSeconds != 0.2 || m.Graph != 11 || m.BatchItems != 6 || m.SignIn != 2 {
		t.Errorf("median %+v", m)
	}
	if want := map[string]int{"GET /users": 10, "GET /domains": 1}; !maps.Equal(m.GraphByKind, want) {
		t.Errorf("by kind %v, want %v", m.GraphByKind, want)
	}
	if r.Ratio != 1 || r.RequestsPerUser != 0.55 {
		t.Errorf("ratio %v, %v requests a user", r.Ratio, r.RequestsPerUser)
	}
}

func TestNothingIsDividedByAMissingFloor(t *testing.T) {
	t.Parallel()
	r := result{Runs: []run{{WallSeconds: 3}}}
	r.summarize()
	if r.Ratio != 0 || r.RequestsPerUser != 0 {
		t.Errorf("ratio %v, %v requests a user", r.Ratio, r.RequestsPerUser)
	}
}

func TestCountsRequestsAndBatchItemsApart(t *testing.T) {
	t.Parallel()
	got := countRequests([]mockdirectory.Request{
		{Method: "POST", Path: "/contoso/oauth2/v2.0/token", Template: "/{tenant}/oauth2/v2.0/token"},
		{Method: "GET", Path: "/v1.0/users/1", Template: "/v1.0/users/{id}"},
		{Method: "GET", Path: "/v1.0/users/2", Template: "/v1.0/users/{id}"},
		{Method: "PATCH", Path: "/v1.0/users/1", Template: "/v1.0/users/{id}", Batch: true},
		{Method: "POST", Path: "/v1.0/$batch", Template: "/v1.0/$batch"},
		{Method: "GET", Path: "/beta/strange"},
	})
	if got.Graph != 4 || got.BatchItems != 1 || got.SignIn != 1 {
		t.Errorf("counted %+v", got)
	}
	if want := map[string]int{"GET /users/{id}": 2, "POST /$batch": 1, "GET /beta/strange": 1}; !maps.Equal(got.GraphByKind, want) {
		t.Errorf("requests by kind %v, want %v", got.GraphByKind, want)
	}
	if want := map[string]int{"PATCH /users/{id}": 1}; !maps.Equal(got.ItemsByKind, want) {
		t.Errorf("items by kind %v, want %v", got.ItemsByKind, want)
	}
}

func sample() report {
	one := result{Name: "apply-bulk-1000", Title: "Apply", Users: 1000, Floor: "terraform_data", Runs: []run{{
		WallSeconds: 1.234, FloorWallSeconds: 4, ProviderCPUSeconds: 0.5, ProviderPeakMemory: 42_500_000, ProviderStarts: 4,
		requests: requests{Graph: 54, BatchItems: 1000, SignIn: 2,
			GraphByKind: map[string]int{"POST /$batch": 50, "POST /directoryObjects/getByIds": 4}, ItemsByKind: map[string]int{"PATCH /users/{id}": 1000}},
	}}}
	one.summarize()
	large := result{Name: "plan-bulk-10000", Title: "Plan", Users: 10000, Runs: []run{{WallSeconds: 2, requests: requests{Graph: 10, GraphByKind: map[string]int{"GET /users": 10}}}}}
	large.summarize()
	return report{
		Machine:  machine{CPU: "Fast CPU", CPUs: 2, MemoryBytes: 8 << 30, System: "linux/amd64"},
		Versions: versions{Go: "go1.26.0", Terraform: "Terraform v1.11.4"},
		Settings: settings{LatencySeconds: 0.05, Repeat: 3},
		Rows:     []result{one, large, {Name: "apply-single-5", Title: "Broken", Error: "it broke"}},
		Binary:   &binary{Bytes: 21_340_000, System: "linux/amd64"},
	}
}

func TestPrintsTheTable(t *testing.T) {
	t.Parallel()
	const want = "Fast CPU, 2 CPUs, 8 GiB of memory, linux/amd64, go1.26.0, Terraform v1.11.4. Each answer of the directory took 50 ms. Medians of 3 runs.\n" + `
| Operation | Wall time | Floor  | Ratio | Provider CPU | Provider memory | Requests | Batch items | Requests a user |
|-----------|-----------|--------|-------|--------------|-----------------|----------|-------------|-----------------|
| Apply     | 1.23 s    | 4.00 s | 0.31  | 0.50 s       | 42.5 MB         | 54       | 1,000       | 0.054           |
| Plan      | 2.00 s    | -      | -     | 0.00 s       | -               | 10       | 0           | 0.001           |

` + "| Operation | Requests by kind                                           | Batch items by kind       | Sign-in |\n" +
		"|-----------|------------------------------------------------------------|---------------------------|---------|\n" +
		"| Apply     | 50 `POST /$batch`, 4 `POST /directoryObjects/getByIds`     | 1,000 `PATCH /users/{id}` | 2       |\n" +
		"| Plan      | 10 `GET /users`                                            | -                         | 0       |\n" + `
The provider's binary, stripped, has 21.3 MB (linux/amd64).
`
	if got := sample().markdown(); squeezed(got) != squeezed(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// squeezed takes the padding out of a table.
func squeezed(text string) string {
	for strings.Contains(text, "  |") || strings.Contains(text, "--|") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "  |", " |"), "--|", "-|")
	}
	return text
}

func TestTheTableIsOneOnATerminalToo(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(costs(sample().measured())), "\n")
	for _, line := range lines {
		if len(line) != len(lines[0]) {
			t.Errorf("%q is not as wide as %q", line, lines[0])
		}
	}
}

func TestGroupsThousands(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := grouped(count); got != want {
			t.Errorf("%d is %q, want %q", count, got, want)
		}
	}
}

func TestTheFiguresHaveStableNames(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "figures.json")
	if err := sample().writeJSON(name); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var figures struct {
		Rows []struct {
			Error string           `json:"error"`
			Runs  []map[string]any `json:"runs"`
		} `json:"rows"`
	}
	if err := json.Unmarshal(content, &figures); err != nil || len(figures.Rows) != 3 {
		t.Fatalf("%s, %v", content, err)
	}
	for _, member := range []string{
		"wall_seconds", "floor_wall_seconds", "terraform_cpu_seconds", "provider_cpu_seconds", "provider_peak_memory_bytes", "provider_starts", "directory_cpu_seconds",
		"graph_requests", "batch_items", "sign_in_requests", "graph_requests_by_kind", "batch_items_by_kind",
	} {
		if _, ok := figures.Rows[0].Runs[0][member]; !ok {
			t.Errorf("a run lacks %s", member)
		}
	}
	if figures.Rows[2].Error != "it broke" {
		t.Errorf("error %q", figures.Rows[2].Error)
	}
}

func TestRowsThatFailedAreNamed(t *testing.T) {
	t.Parallel()
	if err := sample().failures(); err == nil || err.Error() != "apply-single-5: it broke" {
		t.Errorf("error %v", err)
	}
	if err := (report{Rows: sample().Rows[:2]}).failures(); err != nil {
		t.Errorf("error %v", err)
	}
}
