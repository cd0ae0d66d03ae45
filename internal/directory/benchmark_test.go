package directory

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// wireUsers are users as a page or getByIds shows them.
func wireUsers(n int) string {
	users := make([]string, n)
	for i := range users {
		users[i] = fmt.Sprintf(`{"@odata.type":"#microsoft.graph.user","id":"00000000-0000-4000-8000-%012d","userPrincipalName":"user%06d@contoso.com",`+
			`"userType":"Member","onPremisesSyncEnabled":null,"passwordPolicies":"DisablePasswordExpiration, DisableStrongPassword"}`, i, i)
	}
	return `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users","value":[` + strings.Join(users, ",") + `]}`
}

// Decoding a page of the listing that a sweep and an exclusive set read.
func BenchmarkDecodeListingPage(b *testing.B) {
	content := []byte(wireUsers(999))
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		var decoded page[User]
		if err := json.Unmarshal(content, &decoded); err != nil || len(*decoded.Value) != 999 {
			b.Fatal(err)
		}
	}
}

// ready is a directory that gives one answer to everything.
type ready string

func (r ready) RoundTrip(request *http.Request) (*http.Response, error) {
	return (&script{answers: []answer{{status: http.StatusOK, body: string(r)}}}).RoundTrip(request)
}

// Sending a batch of twenty writes and sorting its answers, token, retry loop
// and gate included.
func BenchmarkResolveBatch(b *testing.B) {
	responses := make([]string, batchSize)
	calls := make([]call, batchSize)
	for i := range calls {
		var err error
		if calls[i], err = patchOf(fmt.Sprintf("00000000-0000-4000-8000-%012d", i), ParsePasswordPolicies("DisablePasswordExpiration")); err != nil {
			b.Fatal(err)
		}
		responses[batchSize-1-i] = fmt.Sprintf(`{"id":"%d","status":204,"headers":{"request-id":"00000000-0000-4000-8000-%012d","Cache-Control":"no-cache"}}`, i, i)
	}
	client, err := New(Config{GraphEndpoint: "https://graph.example", GraphTokens: &tokens{list: []string{"token"}},
		Transport: ready(`{"responses":[` + strings.Join(responses, ",") + `]}`)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		all := items(calls)
		client.graph.sendAll(b.Context(), all)
		for _, i := range all {
			if err := i.outcome(client.graph, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// Finding a thousand users of an answer by id.
func BenchmarkResolveThousandUsers(b *testing.B) {
	ids := make([]string, idsAtOnce)
	for i := range ids {
		ids[i] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
	}
	client, err := New(Config{GraphEndpoint: "https://graph.example", GraphTokens: &tokens{list: []string{"token"}}, Transport: ready(wireUsers(idsAtOnce))})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		users, err := client.UsersByID(b.Context(), ids)
		if err != nil || len(users.byID) != idsAtOnce {
			b.Fatal(err)
		}
	}
}
