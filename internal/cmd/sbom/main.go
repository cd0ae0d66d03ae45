// Command sbom writes the bill of materials of a release archive, in CycloneDX
// JSON: the modules that the Go linker recorded in the program inside. It needs
// nothing but the archive, and the same archive gives the same document.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	err := run(os.Args[1:], os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

// run writes the bill of materials that the arguments ask for.
func run(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("sbom", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "Usage: sbom -version VERSION ARCHIVE.zip DOCUMENT.json")
		flags.PrintDefaults()
	}
	version := flags.String("version", "", "`version` of the release, such as 1.2.3")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 || *version == "" {
		flags.Usage()
		return errors.New("a version, an archive and a document are needed")
	}

	found, err := open(flags.Arg(0))
	if err != nil {
		return fmt.Errorf("reading %s: %w", flags.Arg(0), err)
	}
	content, err := json.MarshalIndent(describe(found, *version), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(flags.Arg(1), append(content, '\n'), 0o644)
}
