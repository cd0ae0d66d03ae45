package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// none stands where nothing was measured.
const none = "-"

// markdown is the report for people, on a terminal as well as on a page.
func (r report) markdown() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s, %d CPUs, %s of memory, %s, %s, %s. Each answer of the directory took %s. Medians of %d runs.\n",
		r.Machine.CPU, r.Machine.CPUs, gibibytes(r.Machine.MemoryBytes), r.Machine.System, r.Versions.Go, r.Versions.Terraform,
		milliseconds(r.Settings.LatencySeconds), r.Settings.Repeat)
	if rows := r.measured(); len(rows) > 0 {
		out.WriteString("\n" + costs(rows))
	}
	if rows := slices.DeleteFunc(r.measured(), func(r result) bool { return r.Median.Graph == 0 }); len(rows) > 0 {
		out.WriteString("\n" + kinds(rows))
	}
	if r.Binary != nil {
		fmt.Fprintf(&out, "\nThe provider's binary, stripped, has %s (%s).\n", megabytes(r.Binary.Bytes), r.Binary.System)
	}
	return out.String()
}

// measured returns the rows that did their work.
func (r report) measured() []result {
	return slices.DeleteFunc(slices.Clone(r.Rows), func(r result) bool { return r.Median == nil })
}

// costs is the table of time, memory and requests.
func costs(rows []result) string {
	lines := [][]string{{"Operation", "Wall time", "Floor", "Ratio", "Provider CPU", "Provider memory", "Requests", "Batch items", "Requests a user"}}
	for _, row := range rows {
		m := row.Median
		line := []string{row.Title, seconds(m.WallSeconds), none, none, seconds(m.ProviderCPUSeconds), none, grouped(m.Graph), grouped(m.BatchItems), none}
		if row.Floor != "" {
			line[2], line[3] = seconds(m.FloorWallSeconds), fmt.Sprintf("%.2f", row.Ratio)
		}
		if m.ProviderPeakMemory > 0 {
			line[5] = megabytes(m.ProviderPeakMemory)
		}
		if row.Users > 0 {
			line[8] = fmt.Sprintf("%.3g", row.RequestsPerUser)
		}
		lines = append(lines, line)
	}
	return table(lines)
}

// kinds is the table of what was requested.
func kinds(rows []result) string {
	lines := [][]string{{"Operation", "Requests by kind", "Batch items by kind", "Sign-in"}}
	for _, row := range rows {
		lines = append(lines, []string{row.Title, list(row.Median.GraphByKind), list(row.Median.ItemsByKind), grouped(row.Median.SignIn)})
	}
	return table(lines)
}

// list names the kinds of requests, the most frequent first.
func list(counts map[string]int) string {
	if len(counts) == 0 {
		return none
	}
	kinds := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, kind := range kinds {
		parts = append(parts, grouped(counts[kind])+" `"+kind+"`")
	}
	return strings.Join(parts, ", ")
}

// table lays lines out as a Markdown table with a heading, padded so that it is
// one on a terminal too.
func table(lines [][]string) string {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var out strings.Builder
	for i, line := range lines {
		for j, cell := range line {
			fmt.Fprintf(&out, "| %-*s ", widths[j], cell)
		}
		out.WriteString("|\n")
		if i == 0 {
			for _, width := range widths {
				out.WriteString("|" + strings.Repeat("-", width+2))
			}
			out.WriteString("|\n")
		}
	}
	return out.String()
}

func seconds(value float64) string { return fmt.Sprintf("%.2f s", value) }

func milliseconds(value float64) string { return fmt.Sprintf("%.0f ms", value*1000) }

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }

func gibibytes(bytes int64) string {
	if bytes == 0 {
		return "an unknown amount"
	}
	return fmt.Sprintf("%.0f GiB", float64(bytes)/(1<<30))
}

// grouped writes a count with a comma between thousands.
func grouped(count int) string {
	digits := strconv.Itoa(count)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
