package mockdirectory

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// batched sends items as a batch and returns the answers by id.
func (b *bench) batched(token string, items ...map[string]any) map[string]map[string]any {
	b.t.Helper()
	body := string(marshal(map[string]any{"requests": items}))
	g := b.want(b.graphAs(token, "POST", "/v1.0/$batch", body), http.StatusOK)
	responses, _ := g.json["responses"].([]any)
	if len(responses) != len(items) {
		b.t.Fatalf("%d answers to %d requests", len(responses), len(items))
	}
	out := map[string]map[string]any{}
	for _, r := range responses {
		object, _ := r.(map[string]any)
		id, _ := object["id"].(string)
		out[id] = object
	}
	return out
}

func get(id, url string) map[string]any { return map[string]any{"id": id, "method": "GET", "url": url} }

func patch(id, url, policies string) map[string]any {
	return map[string]any{
		"id": id, "method": "PATCH", "url": url, "headers": map[string]string{"content-type": "application/json"},
		"body": map[string]any{"passwordPolicies": policies},
	}
}

func wantItem(t *testing.T, item map[string]any, status int) {
	t.Helper()
	if item["status"] != json.Number(fmt.Sprint(status)) {
		t.Errorf("item %v, want status %d", item, status)
	}
}

func TestBatchRunsEachRequestLikeASingleOne(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	count := get("6", "/users/$count")
	count["headers"] = map[string]string{"ConsistencyLevel": "eventual"}
	out := b.batched(b.app,
		get("1", "/users/alice@contoso.com?$select=id,passwordPolicies"),
		patch("2", "/users/"+SeededBob, "DisablePasswordExpiration"),
		get("3", "users/nobody@contoso.com"),
		patch("4", "/domains/contoso.com", "None"),
		patch("5", "/policies/authenticationMethodsPolicy", "None"),
		count,
		get("7", "/nothing"),
		get("8", "https://elsewhere.example/v1.0/users"),
	)
	for id, status := range map[string]int{"1": 200, "2": 204, "3": 404, "4": 400, "5": 403, "6": 200, "7": 400, "8": 400} {
		wantItem(t, out[id], status)
	}
	body, _ := out["1"]["body"].(map[string]any)
	headers, _ := out["1"]["headers"].(map[string]any)
	if body["id"] != SeededAlice || headers["Content-Type"] != graphJSON || headers["x-ms-resource-unit"] != "1" || headers["OData-Version"] != "4.0" {
		t.Errorf("item %v", out["1"])
	}
	if _, ok := out["2"]["body"]; ok {
		t.Errorf("204 with a body: %v", out["2"])
	}
	if out["6"]["body"] != "MTE=" { // 11
		t.Errorf("count %v", out["6"])
	}
	if failed, _ := out["3"]["body"].(map[string]any); failed["error"] == nil {
		t.Errorf("error %v", out["3"])
	}
	if bob, _ := b.User(SeededBob); bob.PasswordPolicies == nil || *bob.PasswordPolicies != "DisablePasswordExpiration" {
		t.Error("the batch's update is lost")
	}
	j := b.Journal()
	for kind, count := range map[string]int{
		"POST /v1.0/$batch": 1, "GET /v1.0/users/{id}": 2, "PATCH /v1.0/users/{id}": 1, "GET /v1.0/users/$count": 1, "GET /v1.0/nothing": 1,
	} {
		if j.Counts[kind] != count {
			t.Errorf("%s counted %d times, want %d", kind, j.Counts[kind], count)
		}
	}
	for _, r := range j.Requests {
		if outside := r.Template == "/v1.0/$batch" || strings.HasPrefix(r.Template, "/{tenant}"); r.Batch == outside {
			t.Errorf("%s %s: batch is %v", r.Method, r.Path, r.Batch)
		}
	}
}

func TestBatchWaitsForWhatARequestDependsOn(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	after := func(item map[string]any, ids ...string) map[string]any {
		item["dependsOn"] = ids
		return item
	}
	out := b.batched(b.app,
		get("a", "/users/nobody"), after(patch("b", "/users/"+SeededAlice, "None"), "A"), after(get("c", "/users/"+SeededAlice), "b"),
		get("d", "/organization"), after(get("e", "/organization"), "d"),
	)
	for id, status := range map[string]int{"a": 404, "b": 424, "c": 424, "d": 200, "e": 200} {
		wantItem(t, out[id], status)
	}
	if alice, _ := b.User(SeededAlice); alice.PasswordPolicies != nil {
		t.Error("a request ran though what it depends on failed")
	}
}

func TestMalformedBatchesAreRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	item := `{"id":"%d","method":"GET","url":"/users/` + SeededAlice + `"}`
	var many []string
	for i := range 21 {
		many = append(many, fmt.Sprintf(item, i))
	}
	for _, requests := range []string{
		``, strings.Join(many, ","), `{"id":"a","method":"GET","url":"/users"},{"id":"A","method":"GET","url":"/users"}`,
		`{"method":"GET","url":"/users"}`, `{"id":"1","url":"/users"}`, `{"id":"1","method":"GET"}`,
		`{"id":"1","method":"PATCH","url":"/users/x","body":{}}`, `{"id":"1","method":"GET","url":"/users","dependsOn":["2"]}`, `1`,
	} {
		g := b.graph("POST", "/v1.0/$batch", `{"requests":[`+requests+`]}`)
		t.Log(requests)
		wantError(t, g, 400, "BadRequest", "")
	}
	b.want(b.graph("POST", "/v1.0/$batch", `{"requests":[`+strings.Join(many[:20], ",")+`]}`), http.StatusOK)
	b.want(b.graph("POST", "/v1.0/$batch", ""), http.StatusBadRequest)
	wantError(t, b.graphAs("", "POST", "/v1.0/$batch", `{}`), 401, "InvalidAuthenticationToken", "")
	wantItem(t, b.batched(b.app, map[string]any{"id": "1", "method": "POST", "url": "/$batch"})["1"], 400)
}

func TestOneItemOfABatchCanBeThrottled(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.AddFault(Fault{Method: "GET", Path: "/v1.0/users/" + SeededBob, Status: 429, RetryAfter: "2.128", BatchItem: true})
	b.want(b.graph("GET", "/v1.0/users/"+SeededBob, ""), http.StatusOK)
	out := b.batched(b.app, get("1", "/users/"+SeededAlice), get("2", "/users/"+SeededBob))
	wantItem(t, out["1"], 200)
	wantItem(t, out["2"], 429)
	headers, _ := out["2"]["headers"].(map[string]any)
	if headers["Retry-After"] != "2.128" || headers["x-ms-throttle-information"] != "ResourceUnitLimitExceeded" ||
		headers["x-ms-throttle-scope"] != "Tenant_Application/Read/"+SeededClientID+"/"+SeededTenantID {
		t.Errorf("headers %v", headers)
	}
	if left := b.PendingFaults(); len(left) != 0 {
		t.Errorf("pending %v", left)
	}
}
