package main

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strings"
)

// document is the part of CycloneDX 1.6 that a Go program fills. It has no
// time stamp, which is optional and would make each document another.
// https://cyclonedx.org/docs/1.6/json/
type document struct {
	Schema       string       `json:"$schema"`
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	SerialNumber string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Component component `json:"component"`
}

// component is a module, or the program itself.
type component struct {
	Reference  string     `json:"bom-ref"`
	Type       string     `json:"type"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	Hashes     []hash     `json:"hashes,omitempty"`
	PackageURL string     `json:"purl"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// dependency names what one component is linked with.
type dependency struct {
	Reference string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// describe turns what the linker recorded into a document. The linker lists all
// modules side by side: which of them asked for which is not known.
func describe(p program, version string) document {
	main := module("application", p.info.Main.Path, "v"+version)
	main.Hashes = []hash{{"SHA-256", hex.EncodeToString(p.sum[:])}}
	for _, setting := range p.info.Settings {
		if slices.Contains([]string{"CGO_ENABLED", "GOARCH", "GOOS", "vcs.revision"}, setting.Key) {
			main.Properties = append(main.Properties, property{"go:build:" + setting.Key, setting.Value})
		}
	}

	components := []component{module("library", "std", strings.TrimPrefix(p.info.GoVersion, "go"))}
	for _, linked := range p.info.Deps {
		components = append(components, library(linked))
	}
	references := make([]string, len(components))
	for i, linked := range components {
		references[i] = linked.Reference
	}
	return document{
		Schema:       "http://cyclonedx.org/schema/bom-1.6.schema.json",
		Format:       "CycloneDX",
		SpecVersion:  "1.6",
		SerialNumber: "urn:uuid:" + identifier(p.sum[:]),
		Version:      1,
		Metadata:     metadata{Component: main},
		Components:   components,
		Dependencies: []dependency{{main.Reference, references}},
	}
}

// library is a module as it was linked: what replaced it, if something did.
func library(linked *debug.Module) component {
	if linked.Replace != nil {
		linked = linked.Replace
	}
	found := module("library", linked.Path, linked.Version)
	if linked.Sum != "" {
		found.Properties = []property{{"go:sum", linked.Sum}}
	}
	return found
}

func module(kind, name, version string) component {
	purl := packageURL(name, version)
	return component{Reference: purl, Type: kind, Name: name, Version: version, PackageURL: purl}
}

// packageURL identifies a module for scanners, in the form of the package URL
// specification, by which names of Go modules are in lower case.
func packageURL(name, version string) string {
	parts := strings.Split(strings.ToLower(name), "/")
	for i, part := range parts {
		parts[i] = url.QueryEscape(part)
	}
	purl := "pkg:" + path.Join("golang", path.Join(parts...))
	if version != "" {
		purl += "@" + url.QueryEscape(version)
	}
	return purl
}

// identifier makes a UUID of a checksum (version 8, RFC 9562), so that the
// same program has the same one.
func identifier(sum []byte) string {
	id := slices.Clone(sum[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
