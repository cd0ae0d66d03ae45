package provider

import "slices"

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

func environmentNames() []string {
	names := make([]string, 0, len(clouds))
	for name := range clouds {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
