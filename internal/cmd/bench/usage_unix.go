//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// peakBytes is the largest resident set of a process that has ended. On Linux
// the figure begins with that of the process that started it, which is smaller
// than any provider.
func peakBytes(ended *os.ProcessState) int64 {
	used, ok := ended.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	unit := int64(1024)
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return int64(used.Maxrss) * unit //nolint:unconvert // The type is smaller on 32-bit systems.
}

// ownCPU is the processor time of this process so far.
func ownCPU() time.Duration { return cpuOf(syscall.RUSAGE_SELF) }

// childrenCPU is the processor time of all processes that have ended and that
// this one, or one of them, waited for.
func childrenCPU() time.Duration { return cpuOf(syscall.RUSAGE_CHILDREN) }

func cpuOf(who int) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(who, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
