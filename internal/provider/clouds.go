package provider

import (
	"cmp"
	"slices"
	"strings"
)

// cloud is one of Microsoft's clouds.
// See https://learn.microsoft.com/graph/deployments.
type cloud struct {
	graph, authority string
	// portal is the admin center's back end, empty where its address is not known.
	portal string
}

var clouds = map[string]cloud{
	"public": {
		graph: "https://graph.microsoft.com", authority: "https://login.microsoftonline.com",
		portal: "https://main.iam.ad.ext.azure.com",
	},
	"usgovernment":   {graph: "https://graph.microsoft.us", authority: "https://login.microsoftonline.us"},
	"usgovernmentl5": {graph: "https://dod-graph.microsoft.us", authority: "https://login.microsoftonline.us"},
	"china":          {graph: "https://microsoftgraph.chinacloudapi.cn", authority: "https://login.chinacloudapi.cn"},
}

// otherNames are those that the azuread provider also takes.
var otherNames = map[string]string{"global": "public", "usgovernmentl4": "usgovernment", "dod": "usgovernmentl5"}

// findCloud finds a cloud by one of its names; without a name it is the public one.
func findCloud(name string) (cloud, bool) {
	name = strings.ToLower(name)
	if other, ok := otherNames[name]; ok {
		name = other
	}
	found, ok := clouds[cmp.Or(name, "public")]
	return found, ok
}

func environmentNames() []string {
	var names []string
	for name := range clouds {
		names = append(names, name)
	}
	for name := range otherNames {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
