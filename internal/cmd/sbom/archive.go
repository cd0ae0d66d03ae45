package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
)

// program is a Go program from an archive.
type program struct {
	info *debug.BuildInfo
	sum  [sha256.Size]byte
}

// open returns the one Go program of a zip archive.
func open(archive string) (p program, err error) {
	files, err := zip.OpenReader(archive)
	if err != nil {
		return program{}, err
	}
	defer func() { err = errors.Join(err, files.Close()) }()

	var found []program
	for _, file := range files.File {
		content, err := read(file)
		if err != nil {
			return program{}, fmt.Errorf("%s: %w", file.Name, err)
		}
		if info, err := buildinfo.Read(bytes.NewReader(content)); err == nil {
			found = append(found, program{info, sha256.Sum256(content)})
		}
	}
	if len(found) != 1 {
		return program{}, fmt.Errorf("%d files are Go programs, and one has to be", len(found))
	}
	return found[0], nil
}

func read(file *zip.File) (content []byte, err error) {
	reader, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	return io.ReadAll(reader)
}
