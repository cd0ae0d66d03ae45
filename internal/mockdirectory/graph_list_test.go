package mockdirectory

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// follow reads all pages from a path on and returns the values of a member.
func (b *bench) follow(path, member string) (values []string, pages int) {
	b.t.Helper()
	for path != "" {
		g := b.want(b.graph("GET", path, ""), http.StatusOK)
		values = append(values, g.names(member)...)
		next, _ := g.json["@odata.nextLink"].(string)
		if next != "" && !strings.HasPrefix(next, b.base+"/v1.0/") {
			b.t.Fatalf("next link %q leaves the host", next)
		}
		path = strings.TrimPrefix(next, b.base)
		pages++
	}
	return values, pages
}

func TestListsComeInPages(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Users: 239}) // 250 in all
	for query, want := range map[string]int{"": 3, "?$top=999": 1, "?$top=50": 5, "?$top=49&$select=id": 6, "?$orderby=displayName": 3} {
		ids, pages := b.follow("/v1.0/users"+query, "id")
		if slices.Sort(ids); len(slices.Compact(ids)) != 250 && !strings.Contains(query, "orderby") || pages != want {
			t.Errorf("%q: %d users on %d pages, want %d", query, len(ids), pages, want)
		}
	}
	first, pages := b.follow("/v1.0/users?$top=100&$filter="+url.QueryEscape("startsWith(userPrincipalName,'user0001')"), "userPrincipalName")
	if len(first) != 100 || pages != 1 || first[0] != "user000100@contoso.com" {
		t.Errorf("filtered: %d users on %d pages from %s", len(first), pages, first[0])
	}
	for _, top := range []string{"0", "1000", "x", "-1"} {
		wantError(t, b.graph("GET", "/v1.0/users?$top="+top, ""), 400, "Request_BadRequest", "Invalid page size specified: '"+top+"'")
	}
	for _, token := range []string{"x", "e30", ""} {
		wantError(t, b.graph("GET", "/v1.0/users?$skiptoken="+token, ""), 400, "Directory_ExpiredPageToken", "")
	}
	g := b.graph("GET", "/v1.0/users?$top=10", "")
	link, _ := g.json["@odata.nextLink"].(string)
	b.want(b.graph("GET", strings.Replace(strings.TrimPrefix(link, b.base), "top=10", "top=20", 1), ""), http.StatusBadRequest)
}

func TestCountNeedsTheAdvancedMarks(t *testing.T) {
	t.Parallel()
	b := start(t, Options{Users: 139}) // 150 in all
	g := b.want(b.graph("GET", "/v1.0/users?$count=true", "", "ConsistencyLevel", "eventual"), http.StatusOK)
	if fmt.Sprint(g.json["@odata.count"]) != "150" {
		t.Errorf("count %v", g.json["@odata.count"])
	}
	next, _ := g.json["@odata.nextLink"].(string)
	g = b.want(b.graph("GET", strings.TrimPrefix(next, b.base), "", "ConsistencyLevel", "eventual"), http.StatusOK)
	if _, shown := g.json["@odata.count"]; shown || len(g.names("id")) != 50 {
		t.Errorf("page two: %d users, count %v", len(g.names("id")), g.json["@odata.count"])
	}
	g = b.want(b.graph("GET", "/v1.0/users?$count=true", ""), http.StatusOK)
	if _, shown := g.json["@odata.count"]; shown {
		t.Error("a count without the header")
	}
	if g := b.want(b.graph("GET", "/v1.0/users/$count", "", "ConsistencyLevel", "eventual"), http.StatusOK); g.raw != "150" || g.header.Get("Content-Type") != "text/plain" {
		t.Errorf("count %q as %s", g.raw, g.header.Get("Content-Type"))
	}
	filter := "/v1.0/users/$count?$filter=" + url.QueryEscape("passwordPolicies ne null")
	if g := b.want(b.graph("GET", filter, "", "ConsistencyLevel", "eventual"), http.StatusOK); g.raw != "3" {
		t.Errorf("filtered count %q", g.raw)
	}
	wantError(t, b.graph("GET", "/v1.0/users/$count", ""), 400, "Request_BadRequest", "$count is not currently supported.")
	wantError(t, b.graph("GET", "/v1.0/users?$count=maybe", ""), 400, "BadRequest", "'maybe'")
}

func TestQueriesThatGraphDoesNotDo(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	for query, want := range map[string]struct {
		status        int
		code, message string
	}{
		"$select=aboutMe":             {501, "NotImplemented", ""},
		"$select=nothing":             {400, "BadRequest", "Could not find a property named 'nothing' on type 'microsoft.graph.user'."},
		"$skip=10":                    {400, "Request_UnsupportedQuery", "$skip"},
		"$expand=manager":             {400, "Request_UnsupportedQuery", "$expand"},
		"$search=%22displayName:A%22": {400, "Request_UnsupportedQuery", "special request header: 'ConsistencyLevel: eventual'"},
		"$sort=id":                    {400, "BadRequest", "'$sort'"},
		"$top=1&$top=2":               {400, "BadRequest", "more than once"},
		"$orderby=id":                 {400, "Request_UnsupportedQuery", "'id'"},
		"$orderby=displayName+up":     {400, "Request_UnsupportedQuery", "'displayName up'"},
		"$orderby=displayName&$filter=userType+eq+'Guest'": {400, "Request_UnsupportedQuery", "Sorting not supported"},
	} {
		t.Log(query)
		wantError(t, b.graph("GET", "/v1.0/users?"+query, ""), want.status, want.code, want.message)
	}
	b.want(b.graph("GET", "/v1.0/users?select=id&top=3&stray=1", ""), http.StatusOK)
	names, _ := b.follow("/v1.0/users?$orderby=displayName+desc&$top=4", "displayName")
	if want := slices.Clone(names); len(names) != 11 || !slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(b), strings.ToLower(a)) }) {
		t.Errorf("order %v", want)
	}
}

func TestFiltersChooseUsers(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	all := []string{"admin", "alice", "bob", "carol", "dave", "gina_example.org#EXT#", "o'neil", "reader", "svc-backup", "svc-legacy", "svc-scanner"}
	without := func(names ...string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(names, name) })
	}
	for filter, test := range map[string]struct {
		advanced bool
		want     []string
	}{
		"userType eq 'Guest'":                              {false, []string{"gina_example.org#EXT#"}},
		"usertype eq 'Guest' or id eq 'x'":                 {false, nil},
		"userType eq 'guest'":                              {false, []string{"gina_example.org#EXT#"}},
		"userType ne 'Guest'":                              {true, without("gina_example.org#EXT#")},
		"onPremisesSyncEnabled eq true":                    {false, []string{"carol"}},
		"onPremisesSyncEnabled in (true)":                  {false, []string{"carol"}},
		"onPremisesSyncEnabled eq null":                    {true, without("carol")},
		"not (onPremisesSyncEnabled eq true)":              {true, without("carol")},
		"accountEnabled eq false":                          {false, []string{}},
		"userPrincipalName eq 'o''neil@contoso.com'":       {false, []string{"o'neil"}},
		"startswith(userPrincipalName,'SVC-')":             {false, []string{"svc-backup", "svc-legacy", "svc-scanner"}},
		"endsWith(userPrincipalName,'@fabrikam.com')":      {true, []string{"bob"}},
		"displayName ge 'R' and displayName le 'S'":        {false, []string{"reader"}},
		"createdDateTime ge 2020-01-01T00:00:00Z":          {false, all},
		"createdDateTime le 2020-01-01T00:00:00Z":          {false, []string{}},
		"passwordPolicies eq 'DisablePasswordExpiration'":  {true, []string{"carol"}},
		"passwordPolicies ne null":                         {true, []string{"carol", "svc-legacy", "svc-scanner"}},
		"passwordPolicies eq null and userType eq 'Guest'": {true, []string{"gina_example.org#EXT#"}},
		"not(passwordPolicies eq 'DisableStrongPassword')": {true, without("svc-scanner")},
		"not passwordPolicies eq 'DisableStrongPassword'":  {true, without("svc-scanner")},
		"passwordPolicies eq 'DisablePasswordExpiration, DisableStrongPassword' or passwordPolicies eq 'DisablePasswordExpiration'": {true, []string{"carol", "svc-legacy"}},
		"id in ('" + SeededAlice + "', '" + SeededBob + "')":                                                                        {false, []string{"alice", "bob"}},
		"(userType eq 'Member' and startsWith(mail,'x')) or mail eq 'gina@example.org'":                                             {false, []string{"gina_example.org#EXT#"}},
	} {
		query := "/v1.0/users?$select=userPrincipalName&$filter=" + url.QueryEscape(filter)
		var extra []string
		if test.advanced {
			wantError(t, b.graph("GET", query, ""), 400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property '")
			wantError(t, b.graph("GET", query+"&$count=true", ""), 400, "Request_UnsupportedQuery", "")
			wantError(t, b.graph("GET", query, "", "ConsistencyLevel", "eventual"), 400, "Request_UnsupportedQuery", "")
			query, extra = query+"&$count=true", []string{"ConsistencyLevel", "eventual"}
		}
		g := b.graph("GET", query, "", extra...)
		if test.want == nil {
			wantError(t, g, 400, "BadRequest", "'usertype'")
			continue
		}
		var names []string
		for _, upn := range b.want(g, http.StatusOK).names("userPrincipalName") {
			name, _, _ := strings.Cut(upn, "@")
			names = append(names, name)
		}
		slices.Sort(names)
		if !slices.Equal(names, test.want) {
			t.Errorf("%s: %v, want %v", filter, names, test.want)
		}
	}
}

func TestFiltersAreRefused(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	get := func(filter string, advanced bool) got {
		query := "/v1.0/users?$filter=" + url.QueryEscape(filter)
		if advanced {
			return b.graph("GET", query+"&$count=true", "", "ConsistencyLevel", "eventual")
		}
		return b.graph("GET", query, "")
	}
	for _, filter := range []string{
		"userType", "userType eq", "userType eq 'Guest", "userType eq Guest", "userType is 'Guest'", "userType eq 'Guest')", "(userType eq 'Guest'",
		"userType eq 'Guest' and", "accountEnabled eq 'true'", "accountEnabled eq TRUE", "id in 'x'", "id in ('x'", "id in ('x' 'y')",
		"startsWith(userPrincipalName)", "startsWith(userPrincipalName,'x'", "startsWith(accountEnabled,true)", "createdDateTime ge 'x'", "nothing eq 'x'",
		"'Guest' eq userType", "not", ",",
	} {
		t.Log(filter)
		wantError(t, get(filter, true), 400, "BadRequest", "Invalid filter clause")
	}
	for _, filter := range []string{
		"startsWith(passwordPolicies,'Disable')", "passwordPolicies in ('None')", "lastPasswordChangeDateTime le 2020-01-01T00:00:00Z",
		"accountEnabled ge true", "isManagementRestricted eq true",
	} {
		t.Log(filter)
		wantError(t, get(filter, true), 400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property '")
	}
	terms := func(count int) string {
		return strings.TrimSuffix(strings.Repeat("mail eq 'x' or ", count), " or ")
	}
	listed := func(count int) string {
		return "mail in (" + strings.TrimSuffix(strings.Repeat("'x',", count), ",") + ")"
	}
	for _, build := range []func(int) string{terms, listed} {
		b.want(get(build(15), false), http.StatusOK)
		b.want(get(build(16), true), http.StatusOK)
		wantError(t, get(build(16), false), 400, "Request_UnsupportedQuery",
			"Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed: 15.")
	}
	wantError(t, get(listed(700), true), 400, "Request_UnsupportedQuery", "too long")
}
