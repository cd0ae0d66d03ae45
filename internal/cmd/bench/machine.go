package main

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
)

// machine is where the figures come from.
type machine struct {
	CPU  string `json:"cpu"`
	CPUs int    `json:"cpus"`
	// MemoryBytes is 0 where the system does not tell.
	MemoryBytes int64  `json:"memory_bytes"`
	System      string `json:"system"`
}

// thisMachine describes the machine as far as it can be known.
func thisMachine(ctx context.Context) machine {
	m := machine{CPU: "unknown processor", CPUs: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH}
	switch runtime.GOOS {
	case "linux":
		if model := procValue("/proc/cpuinfo", "model name"); model != "" {
			m.CPU = model
		}
		if kilobytes, err := strconv.ParseInt(strings.TrimSuffix(procValue("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
			m.MemoryBytes = kilobytes * 1024
		}
	case "darwin":
		if model := sysctl(ctx, "machdep.cpu.brand_string"); model != "" {
			m.CPU = model
		}
		if bytes, err := strconv.ParseInt(sysctl(ctx, "hw.memsize"), 10, 64); err == nil {
			m.MemoryBytes = bytes
		}
	}
	return m
}

// procValue returns the first value of a name in a file of "name : value".
func procValue(file, name string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(content)) {
		if found, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(found) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func sysctl(ctx context.Context, name string) string {
	output, err := exec.CommandContext(ctx, "sysctl", "-n", name).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(output))
}
