//go:build !unix

package main

import (
	"os"
	"time"
)

// peakBytes is not known here.
func peakBytes(*os.ProcessState) int64 { return 0 }

// ownCPU is not known here.
func ownCPU() time.Duration { return 0 }

// childrenCPU is not known here.
func childrenCPU() time.Duration { return 0 }
