package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
)

// ANSI sequences.
const (
	bold   = "\x1b[1m"
	yellow = "\x1b[33m"
	green  = "\x1b[32m"
	plain  = "\x1b[0m"
)

// screen is where the demo tells what it does.
type screen struct {
	out     io.Writer
	colour  bool
	former  []setting
	current string
	steps   int
	// spaced is set while the last line is empty.
	spaced bool
}

func newScreen(out io.Writer, colour bool) *screen { return &screen{out: out, colour: colour} }

// coloured reports whether colours are wanted: at a terminal, unless the
// person says otherwise (https://no-color.org).
func coloured(file *os.File, getenv func(string) string) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

func (s *screen) paint(colour, text string) string {
	if !s.colour {
		return text
	}
	return colour + text + plain
}

// heading announces a step.
func (s *screen) heading(text string) {
	s.steps++
	s.current = fmt.Sprintf("step %d (%s)", s.steps, text)
	s.gap()
	s.say(s.paint(bold, fmt.Sprintf("== %d. %s", s.steps, text)))
	s.gap()
}

// gap writes an empty line, unless there is one already.
func (s *screen) gap() {
	if !s.spaced {
		fmt.Fprintln(s.out)
	}
	s.spaced = true
}

func (s *screen) say(text string) {
	fmt.Fprintln(s.out, text)
	s.spaced = false
}

// done closes the demo.
func (s *screen) done(text string) {
	s.gap()
	s.say(s.paint(green, text))
}

// show prints the settings, and marks what changed since they were last shown.
func (s *screen) show(title string, present []setting) error {
	lines, err := table(s.former, present)
	if err != nil {
		return err
	}
	s.gap()
	s.say(s.paint(bold, title))
	s.gap()
	for _, line := range lines {
		if strings.HasPrefix(line, changeMark) {
			line = s.paint(yellow, line)
		}
		s.say(line)
	}
	s.former = present
	return nil
}

// indented returns a writer for the output of other programs.
func (s *screen) indented() *indenter {
	s.spaced = false
	return &indenter{out: s.out}
}

// indenter sets each line in, and passes on whole lines only. Empty lines at
// the beginning and at the end are left out.
type indenter struct {
	out     io.Writer
	rest    []byte
	blank   int
	started bool
}

// margin marks what is not the demo's own words.
const margin = "  | "

// Write implements io.Writer.
func (i *indenter) Write(content []byte) (int, error) {
	i.rest = append(i.rest, content...)
	for {
		line, rest, found := bytes.Cut(i.rest, []byte("\n"))
		if !found {
			return len(content), nil
		}
		err := i.line(string(line))
		i.rest = rest
		if err != nil {
			return len(content), err
		}
	}
}

// Close writes a last line that has no end.
func (i *indenter) Close() error {
	if len(i.rest) == 0 {
		return nil
	}
	rest := string(i.rest)
	i.rest = nil
	return i.line(rest)
}

func (i *indenter) line(text string) error {
	text = strings.TrimRight(text, " \r")
	if text == "" {
		i.blank++
		return nil
	}
	gap := i.blank
	if !i.started {
		gap = 0
	}
	i.blank, i.started = 0, true
	_, err := fmt.Fprintf(i.out, "%s%s%s\n", strings.Repeat(strings.TrimRight(margin, " ")+"\n", gap), margin, text)
	return err
}
