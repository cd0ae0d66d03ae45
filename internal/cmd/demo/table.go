package main

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"
)

// changeMark stands before each line that differs from the table before.
const changeMark = "*"

// table lists the settings as lines, and marks those that changed. Without
// former settings nothing is marked.
func table(former, present []setting) ([]string, error) {
	var buffer bytes.Buffer
	writer := tabwriter.NewWriter(&buffer, 0, 0, 3, ' ', 0)
	area := ""
	for i, s := range present {
		if s.area != area {
			area = s.area
			fmt.Fprintf(writer, "  %s\t\t\n", area)
		}
		mark, was := " ", ""
		if i < len(former) && former[i] != s {
			mark, was = changeMark, "was "+former[i].value
		}
		fmt.Fprintf(writer, "%s   %s\t%s\t%s\n", mark, s.name, s.value, was)
	}
	if err := writer.Flush(); err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(buffer.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines, nil
}
