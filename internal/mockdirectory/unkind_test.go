package mockdirectory

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// visitor is a client of an unkind directory that signs in again when its token is refused, and never repeats anything
// of its own accord.
type visitor struct {
	*bench
	token  string
	portal bool
}

// outcome is what came of one request. Status 0 is a connection that was cut.
type outcome struct {
	status int
	header http.Header
	body   string
	whole  bool
}

func unkind(t *testing.T, o Options) *bench {
	t.Helper()
	if o.Unkind == 0 {
		o.Unkind = 1
	}
	return start(t, o)
}

func (b *bench) visitor(portal bool) *visitor {
	v := &visitor{bench: b, portal: portal}
	v.renew()
	return v
}

func (v *visitor) renew() {
	v.t.Helper()
	if v.portal {
		v.token = v.userToken("admin@contoso.com", portalResource)
		return
	}
	c := v.Connection()
	v.token = v.signIn(url.Values{"client_id": {c.ClientID}, "client_secret": {c.ClientSecret}})
}

// once sends a request, and gets another token for the next one where this one was refused.
func (v *visitor) once(method, path, body string) outcome {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+v.token)
	request.Header.Set("X-Ms-Client-Request-Id", newID())
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := v.client.Do(request)
	if err != nil {
		return outcome{}
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if response.StatusCode == http.StatusUnauthorized || strings.Contains(string(content), "msalautherror_invalid_grant") {
		v.renew()
	}
	return outcome{response.StatusCode, response.Header, string(content), err == nil}
}

// until repeats a request until it succeeds, whole.
func (v *visitor) until(method, path, body string) outcome {
	v.t.Helper()
	for range longestTrouble + 2 {
		got := v.once(method, path, body)
		if got.status == http.StatusNoContent || got.status == http.StatusOK && got.whole && json.Valid([]byte(got.body)) {
			return got
		}
	}
	v.t.Fatalf("%s %s does not get through: %v", method, path, v.Journal().Requests)
	return outcome{}
}

const policyPath = "/api/PasswordReset/PasswordResetPolicies"

// asked are requests of every sort.
var asked = []struct{ method, path, body string }{
	{"GET", "/v1.0/users/" + SeededAlice, ""},
	{"PATCH", "/v1.0/users/" + SeededAlice, `{"passwordPolicies":"None"}`},
	{"GET", "/v1.0/users?$top=3", ""},
	{"GET", "/v1.0/domains", ""},
	{"PATCH", "/v1.0/domains/contoso.com", `{"passwordValidityPeriodInDays":30,"passwordNotificationWindowInDays":14}`},
	{"POST", "/v1.0/directoryObjects/getByIds", `{"ids":["` + SeededAlice + `"],"types":["user"]}`},
	{"POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"/domains/contoso.com"},` +
		`{"id":"2","method":"PATCH","url":"/users/` + SeededAlice + `","headers":{"Content-Type":"application/json"},"body":{"passwordPolicies":"None"}}]}`},
	{"GET", policyPath, ""},
	{"PUT", "/api/PasswordReset/OnPremisesPasswordResetPolicies", `{"accountUnlockEnabled":true}`},
}

func isPortal(path string) bool { return strings.HasPrefix(path, "/api/") }

// troubles are what happened on each route, in order.
func (b *bench) troubles() map[string][]string {
	out := map[string][]string{}
	for _, r := range b.Journal().Requests {
		if !strings.HasPrefix(r.Template, "/{tenant}/") {
			route := fmt.Sprint(r.Method, " ", r.Path, " ", r.Batch)
			out[route] = append(out[route], fmt.Sprint(r.Unkind, " ", r.Status))
		}
	}
	return out
}

// visit makes each of the requests some times: one sort after the other, or all sorts at once.
func (b *bench) visit(times int, atOnce bool) {
	b.t.Helper()
	done := make(chan bool)
	for _, request := range asked {
		v := b.visitor(isPortal(request.path))
		visit := func() {
			for range times {
				v.once(request.method, request.path, request.body)
			}
			done <- true
		}
		go visit()
		if !atOnce {
			<-done
		}
	}
	if atOnce {
		for range asked {
			<-done
		}
	}
}

func TestASeedDecidesWhateverElseGoesOn(t *testing.T) {
	t.Parallel()
	const times = 40
	first, second, other := unkind(t, Options{Unkind: 5}), unkind(t, Options{Unkind: 5}), unkind(t, Options{Unkind: 6})
	first.visit(times, false)
	second.visit(times, true)
	other.visit(times, false)
	for route, want := range first.troubles() {
		if strings.HasSuffix(route, "true") {
			// How often an item is run depends on the batches around it, which are compared themselves.
			continue
		}
		if got := second.troubles()[route]; !slices.Equal(got, want) {
			t.Errorf("%s: the same seed gave\n%q and\n%q", route, want, got)
		}
		if got := other.troubles()[route]; slices.Equal(got, want) {
			t.Errorf("%s: another seed gave the same, %q", route, want)
		}
	}
}

func TestEveryKindOfTroubleHappensAndIsInTheJournal(t *testing.T) {
	t.Parallel()
	b := unkind(t, Options{Unkind: 5})
	b.visit(150, true)
	statuses := map[string]map[int]bool{}
	for _, r := range b.Journal().Requests {
		if statuses[r.Unkind] == nil {
			statuses[r.Unkind] = map[int]bool{}
		}
		statuses[r.Unkind][r.Status] = true
	}
	for name, want := range map[string][]int{
		"throttled": {429}, "unavailable": {500, 502, 503, 504}, "timed out": {408}, "cut off": {0},
		"cut off after the write": {0}, "failed after the write": {408, 500, 502, 504}, "truncated": {200},
		"concurrency violation": {409}, "token expired": {400, 401},
	} {
		if got := slices.Sorted(maps.Keys(statuses[name])); !slices.Equal(got, want) {
			t.Errorf("%s: answered with %v, want %v", name, got, want)
		}
	}
	for _, k := range kinds {
		if statuses[k.name] == nil {
			t.Errorf("%s never happened", k.name)
		}
	}
	if statuses[""] == nil || statuses[""][http.StatusNotFound] || statuses["unavailable"][http.StatusNotFound] {
		t.Errorf("answered with %v", statuses)
	}
}

func TestAClientSeesWhatTheJournalSays(t *testing.T) {
	t.Parallel()
	b := unkind(t, Options{Unkind: 2})
	v := b.visitor(false)
	seen := map[string]bool{}
	for range 400 {
		got := v.once("GET", "/v1.0/users/"+SeededAlice, "")
		requests := b.Journal().Requests
		last := requests[len(requests)-1]
		for i := len(requests) - 1; strings.HasPrefix(last.Template, "/{tenant}/"); i-- {
			last = requests[i]
		}
		if got.status != last.Status {
			t.Fatalf("got %d, and the journal says %d (%s)", got.status, last.Status, last.Unkind)
		}
		if last.Unkind != "truncated" && got.status != 0 && !got.whole {
			t.Errorf("an answer broke off that was %q", last.Unkind)
		}
		seen[got.form(last.Unkind)] = true
	}
	for _, form := range []string{
		"throttled decimal JSON", "throttled 0 JSON", "throttled 1 JSON", "throttled date JSON", "throttled none JSON", "throttled none nothing",
		"unavailable none JSON", "unavailable none HTML", "unavailable none nothing", "unavailable decimal JSON",
		"truncated short", "truncated broken JSON",
	} {
		if !seen[form] {
			t.Errorf("there was no %q among %q", form, slices.Sorted(maps.Keys(seen)))
		}
	}
}

// form describes an answer.
func (o outcome) form(trouble string) string {
	switch {
	case trouble == "truncated" && !o.whole:
		return "truncated short"
	case trouble == "truncated" && !json.Valid([]byte(o.body)):
		return "truncated broken JSON"
	case trouble != "throttled" && trouble != "unavailable":
		return trouble
	}
	after := o.header.Get("Retry-After")
	switch _, err := http.ParseTime(after); {
	case err == nil:
		after = "date"
	case after == "":
		after = "none"
	case strings.HasPrefix(after, "0."):
		after = "decimal"
	}
	kind := "nothing"
	if strings.HasPrefix(o.body, "<") {
		kind = "HTML"
	} else if o.body != "" {
		kind = "JSON"
	}
	return trouble + " " + after + " " + kind
}

func TestWhoeverRepeatsComesThroughSoon(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		b := unkind(t, Options{Unkind: seed + 1})
		b.visit(120, true)
		longest := 0
		for _, troubles := range b.troubles() {
			row := 0
			for _, trouble := range troubles {
				if row++; strings.HasPrefix(trouble, " ") || strings.HasPrefix(trouble, "slow") {
					row = 0
				}
				longest = max(longest, row)
			}
		}
		if longest != longestTrouble {
			t.Errorf("seed %d: a request was in trouble %d times in a row", seed+1, longest)
		}
	}
}

func TestATokenThatHasExpiredStaysSo(t *testing.T) {
	t.Parallel()
	b := unkind(t, Options{})
	v := b.visitor(false)
	for range 1000 {
		old := v.token
		if v.once("GET", "/v1.0/domains", ""); v.token == old {
			continue
		}
		renewed := v.token
		v.token = old
		if got := v.once("GET", "/v1.0/domains", ""); got.status != http.StatusUnauthorized {
			t.Errorf("the expired token was answered with %d", got.status)
		}
		v.token = renewed
		for range expiryGap - 1 {
			if got := v.once("GET", "/v1.0/domains", ""); got.status == http.StatusUnauthorized {
				t.Error("a fresh token was refused")
			}
		}
		return
	}
	t.Fatal("no token ever expired")
}

func TestWhatLooksFailedMayHaveTakenEffect(t *testing.T) {
	t.Parallel()
	b := unkind(t, Options{})
	v := b.visitor(false)
	effects := map[string]map[bool]bool{}
	for i := range 300 {
		before, _ := b.Domain("contoso.com")
		got := v.once("PATCH", "/v1.0/domains/contoso.com", fmt.Sprintf(`{"passwordValidityPeriodInDays":%d,"passwordNotificationWindowInDays":14}`, 100+i))
		after, _ := b.Domain("contoso.com")
		effect := before.PasswordValidityPeriodInDays == nil || *before.PasswordValidityPeriodInDays != *after.PasswordValidityPeriodInDays
		outcome := fmt.Sprint(got.status)
		if effects[outcome] == nil {
			effects[outcome] = map[bool]bool{}
		}
		effects[outcome][effect] = true
	}
	for status, want := range map[string][2]bool{
		"204": {true, false}, "429": {false, true}, "409": {false, true}, "401": {false, true}, "0": {true, true}, "504": {true, true},
	} {
		if got := effects[status]; got[true] != want[0] || got[false] != want[1] {
			t.Errorf("after status %s there was %v", status, got)
		}
	}
}

func TestAWriteIsSeenLateButSoon(t *testing.T) {
	t.Parallel()
	b := unkind(t, Options{})
	v := b.visitor(true)
	shown := map[string]int{}
	for i := range 60 {
		document := v.until("GET", policyPath, "").body
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte(document), &members); err != nil {
			t.Fatal(err)
		}
		days := fmt.Sprint(100 + i)
		members["registrationReconfirmIntevalInDays"] = json.RawMessage(days)
		v.until("PUT", policyPath, string(marshal(members)))
		looks := ""
		for range 5 {
			if look := v.until("GET", policyPath, "").body; strings.Contains(look, `"registrationReconfirmIntevalInDays":`+days) {
				looks += "n"
			} else {
				looks += "o"
			}
		}
		shown[looks]++
	}
	for _, looks := range []string{"nnnnn", "onnnn", "oonnn", "nonnn"} {
		if shown[looks] == 0 {
			t.Errorf("no write was seen as %s", looks)
		}
		delete(shown, looks)
	}
	if len(shown) > 0 {
		t.Errorf("writes were also seen as %v", shown)
	}
}

func TestAListIsWholeBehindItsEmptyPages(t *testing.T) {
	t.Parallel()
	b := unkind(t, Options{Users: 40})
	v := b.visitor(false)
	empty := 0
	for range 20 {
		var ids []string
		links := map[string]bool{}
		for path := "/v1.0/users?$select=id&$top=7"; path != ""; {
			var page struct {
				Value []struct{ ID string }
				Next  string `json:"@odata.nextLink"`
			}
			if err := json.Unmarshal([]byte(v.until("GET", path, "").body), &page); err != nil {
				t.Fatal(err)
			}
			if len(page.Value) == 0 {
				empty++
			}
			for _, user := range page.Value {
				ids = append(ids, user.ID)
			}
			if links[page.Next] {
				t.Fatalf("the link %s was given out twice", page.Next)
			}
			links[page.Next] = true
			path = strings.TrimPrefix(page.Next, b.base)
		}
		if want := sortedKeys(b.State().Users); !slices.Equal(ids, want) {
			t.Fatalf("listed %d users, want %d", len(ids), len(want))
		}
	}
	if empty == 0 {
		t.Error("no page was empty")
	}
}

func TestAnswersHoldUnknownMembersInAnyOrder(t *testing.T) {
	t.Parallel()
	b := unkind(t, Options{})
	v := b.visitor(false)
	orders := map[string]bool{}
	unknown := 0
	for range 60 {
		values, keys := membersOf(json.RawMessage(v.until("GET", "/v1.0/users/"+SeededAlice+"?$select=id,passwordPolicies", "").body))
		orders[strings.Join(keys, " ")] = true
		unknown += len(keys) - 3
		if string(values["id"]) != `"`+SeededAlice+`"` {
			t.Errorf("the id is %s", values["id"])
		}
	}
	if len(orders) < 5 || unknown == 0 {
		t.Errorf("%d orders, %d unknown members", len(orders), unknown)
	}
}

func TestTheUnknownKeysOfThePortalHaveToComeBack(t *testing.T) {
	t.Parallel()
	b := unkind(t, Options{})
	v := b.visitor(true)
	before := b.State().PasswordResetPolicy
	orders := map[string]bool{}
	for range 10 {
		document := v.until("GET", policyPath, "").body
		orders[document] = true
		v.until("PUT", policyPath, document)
	}
	if after := b.State().PasswordResetPolicy; string(marshal(after)) != string(marshal(before)) || len(orders) < 3 {
		t.Errorf("after %d orders the policy is %s, want %s", len(orders), marshal(after), marshal(before))
	}
	for key := range unknownKeys {
		for _, value := range []json.RawMessage{nil, json.RawMessage("9007199254740992")} {
			members, _ := membersOf(json.RawMessage(v.until("GET", policyPath, "").body))
			if members[key] = value; value == nil {
				delete(members, key)
			}
			got := v.once("PUT", policyPath, string(marshal(members)))
			for range longestTrouble {
				if !strings.Contains(got.body, "InvalidArgument") {
					got = v.once("PUT", policyPath, string(marshal(members)))
				}
			}
			if got.status != http.StatusBadRequest || !strings.Contains(got.body, key) {
				t.Errorf("%s as %s was answered with %d %s", key, value, got.status, got.body)
			}
		}
	}
}

func TestItemsOfABatchAreInTroubleOnTheirOwn(t *testing.T) {
	t.Parallel()
	b := unkind(t, Options{Users: 19})
	v := b.visitor(false)
	var items []string
	for i := range 19 {
		items = append(items, fmt.Sprintf(`{"id":"%d","method":"PATCH","url":"/users/user%06d@contoso.com","headers":{"Content-Type":"application/json"},"body":{"passwordPolicies":"None"}}`, i, i+1))
	}
	statuses, waits := map[int]int{}, 0
	for range 20 {
		var answer struct {
			Responses []struct {
				Status  int
				Headers map[string]string
				Body    json.RawMessage
			}
		}
		if err := json.Unmarshal([]byte(v.until("POST", "/v1.0/$batch", `{"requests":[`+strings.Join(items, ",")+`]}`).body), &answer); err != nil {
			t.Fatal(err)
		}
		for _, r := range answer.Responses {
			statuses[r.Status]++
			if r.Status >= http.StatusBadRequest && !strings.Contains(string(r.Body), `"error"`) {
				t.Errorf("%d has the body %s", r.Status, r.Body)
			}
			if r.Status == http.StatusTooManyRequests && r.Headers["Retry-After"] != "" {
				waits++
			}
		}
	}
	if got := slices.Sorted(maps.Keys(statuses)); !slices.Equal(got, []int{204, 409, 429, 503}) || waits == 0 || statuses[204] < 200 {
		t.Errorf("the items were answered with %v, %d with a time to wait", statuses, waits)
	}
}

func TestAKindDirectoryMakesNoTrouble(t *testing.T) {
	t.Parallel()
	b := start(t, Options{})
	b.visit(30, false)
	for _, r := range b.Journal().Requests {
		if r.Unkind != "" || r.Status >= http.StatusBadRequest {
			t.Errorf("%s %s: %d %s", r.Method, r.Path, r.Status, r.Unkind)
		}
	}
	if !b.Kind() || unkind(t, Options{}).Kind() {
		t.Error("who is kind is not told")
	}
	for key := range unknownKeys {
		if _, ok := b.State().PasswordResetPolicy[key]; ok {
			t.Errorf("a kind directory has the key %s", key)
		}
	}
}

func TestWhatIsWrongInItselfIsInNoOtherTrouble(t *testing.T) {
	t.Parallel()
	b := unkind(t, Options{})
	for range 30 {
		if g := b.send("GET", "/v1.0/domains", nil, ""); g.status != http.StatusUnauthorized || !strings.Contains(g.raw, "Access token is empty.") {
			t.Fatalf("without a token: %d %s", g.status, g.raw)
		}
		if g := b.graph("GET", "/v1.0/nothing", ""); g.status != http.StatusBadRequest {
			t.Fatalf("without a route: %d %s", g.status, g.raw)
		}
	}
	b.AddFault(Fault{Path: "/v1.0/domains", Status: http.StatusTeapot, Times: 30})
	for range 30 {
		b.want(b.graph("GET", "/v1.0/domains", ""), http.StatusTeapot)
	}
	for _, r := range b.Journal().Requests {
		if r.Unkind != "" {
			t.Errorf("%s %s: %s", r.Method, r.Path, r.Unkind)
		}
	}
}
