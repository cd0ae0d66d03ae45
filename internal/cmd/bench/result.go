package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
)

// report is everything that was measured; its JSON is described in the package
// comment.
type report struct {
	Machine  machine  `json:"machine"`
	Versions versions `json:"versions"`
	Settings settings `json:"settings"`
	Rows     []result `json:"rows"`
	Binary   *binary  `json:"binary,omitempty"`
}

type versions struct {
	Go        string `json:"go"`
	Terraform string `json:"terraform"`
}

type settings struct {
	LatencySeconds float64 `json:"latency_seconds"`
	Repeat         int     `json:"repeat"`
	// Directory says where the mock directory ran: its work takes processor time
	// from Terraform's.
	Directory string `json:"directory"`
}

// binary is the provider as it is released: without paths, symbols and debug
// information.
type binary struct {
	Bytes  int64  `json:"bytes"`
	System string `json:"system"`
}

// result is what was measured of one row.
type result struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Users int    `json:"users,omitempty"`
	// Floor says what the floor is; it is empty where there is none.
	Floor           string  `json:"floor,omitempty"`
	Error           string  `json:"error,omitempty"`
	Runs            []run   `json:"runs,omitempty"`
	Median          *run    `json:"median,omitempty"`
	Ratio           float64 `json:"ratio,omitempty"`
	RequestsPerUser float64 `json:"requests_per_user,omitempty"`
}

// run is one repetition, or the median of several.
type run struct {
	WallSeconds         float64 `json:"wall_seconds"`
	FloorWallSeconds    float64 `json:"floor_wall_seconds,omitempty"`
	TerraformCPUSeconds float64 `json:"terraform_cpu_seconds"`
	FloorCPUSeconds     float64 `json:"floor_cpu_seconds,omitempty"`
	ProviderCPUSeconds  float64 `json:"provider_cpu_seconds"`
	ProviderPeakMemory  int64   `json:"provider_peak_memory_bytes"`
	ProviderStarts      int     `json:"provider_starts"`
	DirectoryCPUSeconds float64 `json:"directory_cpu_seconds"`
	requests
}

// setFloor takes over what the floor took.
func (r *run) setFloor(done outcome) {
	r.FloorWallSeconds, r.FloorCPUSeconds = done.wallSeconds, done.cpuSeconds
}

// setUsage takes over what a measured stage used. Terraform's time is without
// that of the provider, which it waited for.
func (r *run) setUsage(done outcome, measured *stage) error {
	used, starts, err := readUsage(measured.record)
	r.TerraformCPUSeconds = max(0, done.cpuSeconds-used.CPUSeconds)
	r.ProviderCPUSeconds, r.ProviderPeakMemory, r.ProviderStarts = used.CPUSeconds, used.PeakBytes, starts
	return err
}

// summarize works out the medians and what follows from them.
func (r *result) summarize() {
	r.Median = medianRun(r.Runs)
	if r.Median.FloorWallSeconds > 0 {
		r.Ratio = r.Median.WallSeconds / r.Median.FloorWallSeconds
	}
	if r.Users > 0 {
		r.RequestsPerUser = float64(r.Median.Graph) / float64(r.Users)
	}
}

// medianRun takes the median of each figure on its own.
func medianRun(runs []run) *run {
	return &run{
		WallSeconds:         medianOf(runs, func(r run) float64 { return r.WallSeconds }),
		FloorWallSeconds:    medianOf(runs, func(r run) float64 { return r.FloorWallSeconds }),
		TerraformCPUSeconds: medianOf(runs, func(r run) float64 { return r.TerraformCPUSeconds }),
		FloorCPUSeconds:     medianOf(runs, func(r run) float64 { return r.FloorCPUSeconds }),
		ProviderCPUSeconds:  medianOf(runs, func(r run) float64 { return r.ProviderCPUSeconds }),
		ProviderPeakMemory:  medianOf(runs, func(r run) int64 { return r.ProviderPeakMemory }),
		ProviderStarts:      medianOf(runs, func(r run) int { return r.ProviderStarts }),
		DirectoryCPUSeconds: medianOf(runs, func(r run) float64 { return r.DirectoryCPUSeconds }),
		requests: requests{
			Graph:       medianOf(runs, func(r run) int { return r.Graph }),
			BatchItems:  medianOf(runs, func(r run) int { return r.BatchItems }),
			SignIn:      medianOf(runs, func(r run) int { return r.SignIn }),
			GraphByKind: medianByKind(runs, func(r run) map[string]int { return r.GraphByKind }),
			ItemsByKind: medianByKind(runs, func(r run) map[string]int { return r.ItemsByKind }),
		},
	}
}

// medianByKind takes the median of each kind; a run without it counts as 0.
func medianByKind(runs []run, counts func(run) map[string]int) map[string]int {
	medians := map[string]int{}
	for _, r := range runs {
		for kind := range counts(r) {
			medians[kind] = medianOf(runs, func(r run) int { return counts(r)[kind] })
		}
	}
	return medians
}

// medianOf is the median of one figure of some runs, of which there is at least
// one. That of an even number is halfway between the middle two.
func medianOf[T int | int64 | float64](runs []run, figure func(run) T) T {
	values := make([]T, 0, len(runs))
	for _, r := range runs {
		values = append(values, figure(r))
	}
	slices.SortFunc(values, cmp.Compare)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

// failures joins what went wrong with single rows.
func (r report) failures() error {
	var failures []error
	for _, row := range r.Rows {
		if row.Error != "" {
			failures = append(failures, fmt.Errorf("%s: %s", row.Name, row.Error))
		}
	}
	return errors.Join(failures...)
}

// writeJSON writes the report for programs.
func (r report) writeJSON(name string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = os.WriteFile(name, append(content, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing the figures: %w", err)
	}
	return nil
}
