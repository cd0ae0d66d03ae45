package main

import (
	"strings"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// requests counts what was asked of the directory.
type requests struct {
	Graph       int            `json:"graph_requests"`
	BatchItems  int            `json:"batch_items"`
	SignIn      int            `json:"sign_in_requests"`
	GraphByKind map[string]int `json:"graph_requests_by_kind,omitempty"`
	ItemsByKind map[string]int `json:"batch_items_by_kind,omitempty"`
}

// countRequests counts the requests of a journal. Items of a batch are no
// requests of their own: the batch around them is one.
func countRequests(journal []mockdirectory.Request) requests {
	counted := requests{GraphByKind: map[string]int{}, ItemsByKind: map[string]int{}}
	for _, request := range journal {
		switch {
		case request.Batch:
			counted.BatchItems++
			counted.ItemsByKind[kind(request)]++
		case strings.HasPrefix(request.Path, "/v1.0/"), strings.HasPrefix(request.Path, "/beta/"):
			counted.Graph++
			counted.GraphByKind[kind(request)]++
		default:
			// No row touches the admin center's back end.
			counted.SignIn++
		}
	}
	return counted
}

// kind is a request without what differs from user to user.
func kind(request mockdirectory.Request) string {
	path := request.Template
	if path == "" {
		path = request.Path
	}
	return request.Method + " " + strings.TrimPrefix(path, "/v1.0")
}

// writes counts the requests that change something, alone or in a batch.
func writes(journal []mockdirectory.Request) int {
	count := 0
	for _, request := range journal {
		if request.Method == "PATCH" {
			count++
		}
	}
	return count
}
