package mockdirectory

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// speedRequest is a request whose price in time counts, as benchmarks of clients send it often.
type speedRequest struct {
	name, method, path, body string
	users                    int
	advanced                 bool
}

func speedRequests() []speedRequest {
	ids := make([]string, 1000)
	for i := range ids {
		ids[i] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1)
	}
	items := make([]string, 20)
	for i := range items {
		items[i] = fmt.Sprintf(`{"id":"%d","method":"PATCH","url":"/users/%s","headers":{"Content-Type":"application/json"},"body":{"passwordPolicies":"DisablePasswordExpiration"}}`, i, ids[i])
	}
	const members = "$select=id,userPrincipalName,userType,onPremisesSyncEnabled,passwordPolicies"
	flagged := "$filter=" + url.QueryEscape("passwordPolicies eq 'DisablePasswordExpiration' or passwordPolicies eq 'DisablePasswordExpiration, DisableStrongPassword'")
	return []speedRequest{
		{name: "User", users: 10_000, method: "GET", path: "/v1.0/users/" + ids[0] + "?" + members},
		{name: "Page", users: 10_000, method: "GET", path: "/v1.0/users?$top=999&" + members},
		{name: "PageOfDefaultMembers", users: 10_000, method: "GET", path: "/v1.0/users?$top=999"},
		{name: "GetByIDs", users: 10_000, method: "POST", path: "/v1.0/directoryObjects/getByIds?" + members, body: `{"ids":["` + strings.Join(ids, `","`) + `"],"types":["user"]}`},
		{name: "BatchOfPatches", users: 10_000, method: "POST", path: "/v1.0/$batch", body: `{"requests":[` + strings.Join(items, ",") + `]}`},
		{name: "Filter", users: 100_000, method: "GET", advanced: true, path: "/v1.0/users?$count=true&$top=999&" + flagged + "&" + members},
		{name: "Count", users: 100_000, method: "GET", advanced: true, path: "/v1.0/users/$count?" + flagged},
		{name: "Report", users: 10_000, method: "GET", path: registrations + "?$top=999"},
		{name: "ReportFilter", users: 100_000, method: "GET", path: registrations + "?$filter=" + url.QueryEscape("isSsprCapable eq true")},
	}
}

func (r speedRequest) serve(d *Directory, token string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(r.method, "https://localhost"+r.path, io.NopCloser(strings.NewReader(r.body)))
	request.Header.Set("Authorization", "Bearer "+token)
	if r.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if r.advanced {
		request.Header.Set("ConsistencyLevel", "eventual")
	}
	recorder := httptest.NewRecorder()
	d.ServeHTTP(recorder, request)
	return recorder
}

func BenchmarkRequests(b *testing.B) {
	made := map[int]*Directory{}
	for _, r := range speedRequests() {
		if made[r.users] == nil {
			d, err := New(Options{Users: r.users})
			if err != nil {
				b.Fatal(err)
			}
			made[r.users] = d
		}
		d := made[r.users]
		token := d.AppToken()
		b.Run(r.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if recorder := r.serve(d, token); recorder.Code != http.StatusOK {
					b.Fatal(recorder.Body)
				}
			}
			d.ResetJournal()
		})
	}
}

func BenchmarkState(b *testing.B) {
	d, err := New(Options{Users: 10_000})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if len(d.State().Users) < 10_000 {
			b.Fatal("users are missing")
		}
	}
}
