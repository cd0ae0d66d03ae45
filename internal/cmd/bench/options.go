package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// options is what the flags say.
type options struct {
	counts    []int
	repeat    int
	latency   time.Duration
	terraform string
	only      *regexp.Regexp
	throttle  bool
	json      string
	markdown  string
	// parent is where the temporary folder is made; empty is the usual place.
	parent string
}

const usage = `Usage: go run ./internal/cmd/bench [flags]

Builds the provider, starts a mock directory, and measures what Terraform and
the provider take to plan and to apply users of it. Nothing outside this machine
is touched, and nothing stays behind but the files that are asked for.

`

// parse reads the flags. It tells the person what is wrong with them.
func parse(args []string, stderr io.Writer) (options, error) {
	o := options{counts: []int{100, 1000}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.Func("n", "`counts` of users, separated by commas (default 100,1000)", func(text string) (err error) {
		o.counts, err = parseCounts(text)
		return err
	})
	flags.IntVar(&o.repeat, "repeat", 3, "how `often` each operation is measured; the table shows medians")
	flags.DurationVar(&o.latency, "latency", 50*time.Millisecond, "`time` for which the mock directory holds each answer back")
	flags.StringVar(&o.terraform, "terraform", "", "`path` of Terraform or OpenTofu; by default the one on the PATH")
	flags.Func("only", "measure only the rows whose name matches the `expression`, such as plan-single or bulk-1000$", func(text string) (err error) {
		o.only, err = regexp.Compile(text)
		return err
	})
	flags.BoolVar(&o.throttle, "throttle", false, "also apply 10,000 users under the quotas of Microsoft Graph, once, which takes about six minutes")
	flags.StringVar(&o.json, "json", "", "`file` for every repetition and the medians, as JSON")
	flags.StringVar(&o.markdown, "markdown", "", "`file` for the table, which also goes to standard output")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	err := o.check(flags.Args())
	if err != nil {
		fmt.Fprintln(stderr, err)
	}
	return o, err
}

func (o options) check(arguments []string) error {
	switch {
	case len(arguments) > 0:
		return fmt.Errorf("unexpected argument %q: there are only flags", arguments[0])
	case o.repeat < 1:
		return errors.New("-repeat must be at least 1")
	case o.latency < 0:
		return errors.New("-latency cannot be negative")
	}
	return nil
}

func parseCounts(text string) ([]int, error) {
	var counts []int
	for part := range strings.SplitSeq(text, ",") {
		count, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || count < 1 {
			return nil, fmt.Errorf("%q is not a count of users", part)
		}
		counts = append(counts, count)
	}
	return counts, nil
}

// wants reports whether a row is asked for.
func (o options) wants(name string) bool { return o.only == nil || o.only.MatchString(name) }
