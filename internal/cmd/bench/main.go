// Command bench measures what the provider costs: real Terraform manages the
// users of a mock directory that answers after 50 milliseconds, as a distant
// service would.
//
// # Reading the table
//
// Each row is one operation. "Wall time" is what a person waits, and "floor" is
// the same operation on as many terraform_data resources, which live in
// Terraform itself: what Terraform alone costs. The two take turns within each
// repetition, so that both see the same noise, and the ratio is that of their
// medians. No floor is measured above 2,000 resources, where Terraform alone
// takes many minutes. The floor of the provider's start is a provider without
// any resource, and that of the throttled row is the time that the quotas of
// Microsoft Graph allow the writes in. The start is measured five times as
// often as the rest, being short, and the throttled row once.
//
// "Provider CPU" and "memory" are user and system time, and the largest
// resident set, of the provider's processes alone: Terraform starts several in
// one command, of which the times are added. A small process between Terraform
// and the provider takes these figures; its own start, some milliseconds, is
// part of the wall time, of which the floor has nothing comparable. The rows of
// the provider's start are timed without it.
//
// "Requests" are HTTP requests to Microsoft Graph. The items of a batch are
// counted apart, and so are requests for signing in.
//
// A run fails when Terraform does, when a plan is not empty, or when the
// directory is not as the configuration says. No time ever fails it.
//
// # JSON
//
// -json writes what was measured, in seconds and bytes:
//
//	machine   cpu, cpus, memory_bytes, system
//	versions  go, terraform
//	settings  latency_seconds, repeat, directory
//	rows      of each row: name, title, users, floor (what it is), error, runs,
//	          median, ratio, requests_per_user
//	binary    bytes of the stripped binary, system
//
// runs holds one object for each repetition, and median has the same members:
// wall_seconds, floor_wall_seconds, terraform_cpu_seconds, floor_cpu_seconds,
// provider_cpu_seconds, provider_peak_memory_bytes, provider_starts,
// directory_cpu_seconds, graph_requests, batch_items, sign_in_requests,
// graph_requests_by_kind and batch_items_by_kind. A floor that was not measured
// is left out. Times of the processor vary less than those on the wall where a
// machine has other work as well.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// interrupted is the exit status of a shell for a program that Ctrl-C ended.
const interrupted = 130

func main() {
	if program := os.Getenv(providerVariable); program != "" {
		os.Exit(runProvider(program, os.Getenv(usageVariable)))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o, err := parse(os.Args[1:], os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		os.Exit(2)
	}
	err = o.run(ctx, os.Stdout, os.Stderr)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "\nbench: interrupted")
		os.Exit(interrupted)
	case err != nil:
		fmt.Fprintf(os.Stderr, "\nbench: %v\n", err)
		os.Exit(1)
	}
}
