package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
)

// Terraform starts this program in the provider's place. The variables say
// which provider to run and where to note what it used.
const (
	providerVariable = "BENCH_PROVIDER"
	usageVariable    = "BENCH_USAGE"
)

// processUsage is what one process used.
type processUsage struct {
	CPUSeconds float64 `json:"cpu_seconds"`
	// PeakBytes is the largest resident set. Where the system tells none it is 0.
	PeakBytes int64 `json:"peak_bytes"`
}

// runProvider runs the provider with the same standard streams, so that it
// talks to Terraform itself, and returns its exit status.
func runProvider(program, record string) int {
	// Terraform's interrupt is for the provider to deal with: this process has to
	// outlive it. A channel, unlike ignoring the signal, is not inherited.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	command := exec.Command(program, os.Args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := command.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	if err := note(record, usageOf(command.ProcessState)); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return command.ProcessState.ExitCode()
}

// note adds a line to the record. One short write at the end of a file is not
// torn by that of another process.
func note(record string, used processUsage) (err error) {
	line, err := json.Marshal(used)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(record, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("noting what the provider used: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = file.Write(append(line, '\n'))
	return err
}

// readUsage adds up the processes of one command and removes the record.
func readUsage(record string) (total processUsage, starts int, err error) {
	file, err := os.Open(record)
	if err != nil {
		return total, 0, fmt.Errorf("reading what the provider used: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(record)) }()
	for lines := json.NewDecoder(file); lines.More(); starts++ {
		var used processUsage
		if err := lines.Decode(&used); err != nil {
			return total, starts, fmt.Errorf("reading what the provider used: %w", err)
		}
		total.CPUSeconds += used.CPUSeconds
		total.PeakBytes = max(total.PeakBytes, used.PeakBytes)
	}
	return total, starts, nil
}

func usageOf(ended *os.ProcessState) processUsage {
	return processUsage{
		CPUSeconds: (ended.UserTime() + ended.SystemTime()).Seconds(),
		PeakBytes:  peakBytes(ended),
	}
}
