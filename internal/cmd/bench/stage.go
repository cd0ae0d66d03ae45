package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/cmd/toolchain"
)

// stage is a folder with one configuration and its state.
type stage struct {
	terraform toolchain.Program
	// record is where the provider's processes note what they used.
	record string
}

// newStage writes the files of a configuration into a folder of their own.
func (b *bench) newStage(name string, files map[string]string, environment []string) (*stage, error) {
	folder := filepath.Join(b.folder, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("preparing %s: %w", name, err)
	}
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(content), 0o600); err != nil {
			return nil, fmt.Errorf("preparing %s: %w", name, err)
		}
	}
	record := filepath.Join(folder, "usage")
	return &stage{
		terraform: toolchain.Program{Path: b.terraform, Folder: folder, Environment: append(slices.Clip(environment), usageVariable+"="+record)},
		record:    record,
	}, nil
}

// outcome is what a command took and said.
type outcome struct {
	wallSeconds float64
	// cpuSeconds is the processor time of Terraform and of all that it started.
	cpuSeconds float64
	output     string
}

// apply applies the configuration.
func (s *stage) apply(ctx context.Context) (outcome, error) {
	return s.run(ctx, "apply", "-auto-approve", "-input=false", "-no-color")
}

// planNothing makes a plan and fails unless it is empty.
func (s *stage) planNothing(ctx context.Context) (outcome, error) {
	return s.run(ctx, "plan", "-detailed-exitcode", "-input=false", "-no-color")
}

// schema asks for the provider's schema, in which words have to occur.
func (s *stage) schema(ctx context.Context, words string) (outcome, error) {
	done, err := s.run(ctx, "providers", "schema", "-json")
	if err == nil && !strings.Contains(done.output, words) {
		err = fmt.Errorf("the schema lacks %s", words)
	}
	return done, err
}

// run runs Terraform, which has to end with 0.
func (s *stage) run(ctx context.Context, args ...string) (outcome, error) {
	var output strings.Builder
	started, cpu := time.Now(), childrenCPU()
	code, err := s.terraform.Run(ctx, &output, &output, args...)
	done := outcome{wallSeconds: time.Since(started).Seconds(), cpuSeconds: (childrenCPU() - cpu).Seconds(), output: output.String()}
	if err == nil && code != 0 {
		err = fmt.Errorf("terraform %s ended with exit status %d\n%s", args[0], code, complaint(done.output))
	}
	return done, err
}

// forget removes the state, as if nothing had ever been applied.
func (s *stage) forget() error {
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.Remove(filepath.Join(s.terraform.Folder, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("forgetting the state: %w", err)
		}
	}
	return nil
}

// complaint is the part of Terraform's output that says what went wrong.
func complaint(output string) string {
	if at := strings.Index(output, "Error: "); at >= 0 {
		output = output[at:]
	}
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return strings.Join(lines[:min(len(lines), mostLines)], "\n")
}

// mostLines bounds what is shown of a failure that may be that of every user.
const mostLines = 30
