package directory

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

// odd are JSON texts on which decoders have been seen to fail.
var odd = []string{
	``, `null`, `{}`, `[]`, `"x"`, `7`, `1e400`, `{"id":null}`, `{"id":7}`, `{"id":"x","id":"y"}`, `{"value":null}`, `{"value":[null]}`,
	`{"value":[{}]}`, `{"ID":"x"}`, "{\"id\":\"\\u0000\xff\"}", `{"id":"\ud800"}`, `{"objectId":"default","enablementType":1e400}`,
	`{"passwordValidityPeriodInDays":1e400}`, `{"passwordPolicies":["None"]}`, `<html>`, "\ufeff{}", `{"id":"x"`, strings.Repeat("[", 2000),
}

func seed(f *testing.F, texts ...string) {
	f.Helper()
	for _, text := range append(slices.Clone(odd), texts...) {
		f.Add([]byte(text))
	}
}

func FuzzUser(f *testing.F) {
	seed(f, aUser, `{"id":"x","userPrincipalName":"a#EXT#@contoso.com","userType":"Guest","onPremisesSyncEnabled":null,"passwordPolicies":"None"}`)
	f.Fuzz(func(t *testing.T, content []byte) {
		var user User
		if json.Unmarshal(content, &user) != nil {
			return
		}
		if user.ID == "" {
			t.Error("a user without an id")
		}
		if domain := user.Domain(); strings.Contains(domain, "@") {
			t.Errorf("the domain of %q is %q", user.UserPrincipalName, domain)
		}
		checkLegible(t, user.ID, user.UserPrincipalName)
		user.Guest()
	})
}

func FuzzDomain(f *testing.F) {
	seed(f, `{"id":"contoso.com","authenticationType":"Managed","isRoot":true,"isVerified":true,"passwordValidityPeriodInDays":90,"passwordNotificationWindowInDays":null}`)
	f.Fuzz(func(t *testing.T, content []byte) {
		var domain Domain
		if json.Unmarshal(content, &domain) != nil {
			return
		}
		if domain.ID == "" {
			t.Error("a domain without an id")
		}
		checkLegible(t, domain.ID)
		if over := domain.Over(PasswordExpiration{}); !over.Equal(domain.PasswordExpiration) {
			t.Errorf("%v over nothing is %v", domain.PasswordExpiration, over)
		}
	})
}

func FuzzPage(f *testing.F) {
	seed(f, `{"value":[`+aUser+`],"@odata.nextLink":"https://graph.example/v1.0/users?$skiptoken=x"}`, `{"value":[],"@odata.nextLink":7}`)
	f.Fuzz(func(t *testing.T, content []byte) {
		var answer page[User]
		if json.Unmarshal(content, &answer) != nil || answer.Value == nil {
			return
		}
		for _, user := range *answer.Value {
			if user.ID == "" {
				t.Error("a user without an id")
			}
		}
	})
}

// FuzzPasswordResetPolicy proves that what nobody manages goes back as it came.
func FuzzPasswordResetPolicy(f *testing.F) {
	seed(f, aPolicy, `{"objectId":"default","a":1,"a":2,"A":3}`, `{"objectId":"default","enablementType":"x","passwordResetEnabledGroupIds":["0B9D"]}`)
	change := PasswordResetSettings{EnablementType: new(EnabledForAll), PasswordResetEnabledGroupIDs: new([]string{}), NumberOfQuestionsToReset: new(int64(4))}
	f.Fuzz(func(t *testing.T, content []byte) {
		var policy PasswordResetPolicy
		if json.Unmarshal(content, &policy) != nil {
			return
		}
		wanted, err := policy.with(change)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := json.Marshal(wanted)
		if err != nil {
			t.Fatalf("the policy cannot be sent back: %v", err)
		}
		var back PasswordResetPolicy
		if err := json.Unmarshal(sent, &back); err != nil {
			t.Fatalf("what is sent is no policy: %v\n%s", err, sent)
		}
		if differing := change.Differing(back.Settings); len(differing) > 0 {
			t.Errorf("the change lost %v", differing)
		}
		managed := append(change.keys(), "passwordResetEnabledGroupName")
		for _, key := range back.document.differing(policy.document) {
			if !slices.Contains(managed, key) {
				t.Errorf("the write changes %q\n%s\n%s", key, content, sent)
			}
		}
	})
}

func FuzzOtherPolicies(f *testing.F) {
	seed(f, `{"allowedToUseSSPR":true}`, `{"policyMigrationState":"migrationComplete"}`,
		`{"passwordWritebackSupported":true,"accountUnlockEnabled":false,"enablementForTenant":true}`, `{"passwordWritebackSupported":null,"AccountUnlockEnabled":false}`)
	f.Fuzz(func(t *testing.T, content []byte) {
		var authorization AuthorizationPolicy
		if json.Unmarshal(content, &authorization) == nil && !bytes.Contains(bytes.ToLower(content), []byte("sspr")) && !bytes.Contains(content, []byte(`\u`)) &&
			!bytes.Contains(content, []byte("ſ")) {
			t.Errorf("taken for an authorization policy: %s", content)
		}
		var integration OnPremisesPasswordResetPolicy
		if json.Unmarshal(content, &integration) == nil && (integration.Settings.PasswordWriteback == nil || integration.Settings.AccountUnlock == nil) {
			t.Errorf("the on-premises integration lacks a setting: %s", content)
		}
		var methods AuthenticationMethodsPolicy
		_ = json.Unmarshal(content, &methods)
	})
}

func FuzzClaims(f *testing.F) {
	for _, text := range []string{"", "a.b.c", "..", userToken(), jwt(`{"tid":"t","idtyp":"app"}`), jwt(`null`), jwt(`{"tid":7}`), jwt(`{"tid":"t","scp":"s"}`) + "=="} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, token string) {
		decoded, err := readClaims(token)
		switch {
		case err == nil && decoded.TenantID == "":
			t.Error("a token without a tenant")
		case err != nil && len(token) > 30 && strings.Contains(err.Error(), token):
			t.Errorf("the error shows the token: %v", err)
		}
		_ = refuseAppToken(token)
	})
}

// FuzzRefusal proves that an error can be read by people, whatever its answer.
func FuzzRefusal(f *testing.F) {
	for _, body := range append(slices.Clone(odd),
		`{"error":{"code":"Request_BadRequest","message":"Domain operation is not allowed."}}`, `{"error":{"code":7,"message":{"value":"x"}}}`, `{"error":"x"}`,
		`{"error":{"code":"c\u001b[2J","message":"\u001b]0;title\u0007\u202e"}}`,
		`{"Message":"outer","ClientData":{"errorCode":"c","localizedErrorDetails":{"errorDetail":"inner"},"operationResults":[{"details":"d"}],"clientRequestId":"i"}}`,
		`{"Message":"\u009b31m","ClientData":{"clientRequestId":"\u001b[31m"}}`, "<title>\x1b[31m&#27;[2J</title>", "<title>"+strings.Repeat("x", 3000),
	) {
		f.Add(400, "2.128", "request", []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, retryAfter, requestID string, body []byte) {
		s := &service{name: "Microsoft Graph"}
		header := http.Header{"Retry-After": {retryAfter}, "Request-Id": {requestID}}
		err := newError(s, call{method: http.MethodGet, path: "/x"}, "id", &http.Response{StatusCode: status, Header: header}, body)
		checkLegible(t, err.Error(), err.Code, err.Message, err.RequestID, err.ClientRequestID)
	})
}

// checkLegible fails the test for a text that is no UTF-8, that commands the
// terminal which shows it, or that nobody would read to its end.
func checkLegible(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		control := func(r rune) bool {
			return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e
		}
		if !utf8.ValidString(text) || strings.ContainsFunc(text, control) || utf8.RuneCountInString(text) > 4000 {
			t.Errorf("not legible: %.300q", text)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{"", "0", "-1", "3", "2.128", "75", "1e300", "-1e300", "Inf", "-Inf", "NaN", "0x1p-2", "5e-324", "soon", " 3 ", "3,4",
		"Tue, 03 Feb 2026 04:05:06 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"} {
		f.Add(value)
	}
	now := time.Date(2026, 2, 3, 4, 5, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		header := http.Header{"Retry-After": {value}}
		if wait := retryAfter(header, now); wait < 0 || wait > 24*time.Hour {
			t.Errorf("%q: waits %v", value, wait)
		}
		if drawn := pause(firstPause, longestPause, 0, &http.Response{Header: header}); drawn < firstPause/2 {
			t.Errorf("%q: pauses for %v only", value, drawn)
		}
	})
}

func FuzzPasswordPolicies(f *testing.F) {
	for _, text := range []string{"", "None", "none,NONE", "DisablePasswordExpiration", "DisableStrongPassword, disablepasswordexpiration", "Later,,later, Later", "a,b,c", "\xff,ﬀ,K,k,K"} {
		f.Add(text, "DisableStrongPassword")
	}
	f.Fuzz(func(t *testing.T, text, former string) {
		p, before := ParsePasswordPolicies(text), ParsePasswordPolicies(former)
		for _, never := range []bool{true, false} {
			changed := p.WithNeverExpires(never)
			if changed.NeverExpires() != never {
				t.Errorf("%q with %v: %q", text, never, changed)
			}
			if again := changed.WithNeverExpires(never); !again.Equal(changed) {
				t.Errorf("%q is changed twice: %q, %q", text, changed, again)
			}
			if back := changed.WithNeverExpires(p.NeverExpires()); !back.Equal(p) {
				t.Errorf("%q there and back: %q", text, back)
			}
			if parsed := ParsePasswordPolicies(changed.String()); !parsed.Equal(changed) {
				t.Errorf("%q is read as %q", changed, parsed)
			}
		}
		if !p.Equal(p) || p.Equal(before) != before.Equal(p) {
			t.Errorf("%q and %q: equality is not symmetric", text, former)
		}
		if restored := p.RestoredTo(before); restored.NeverExpires() != before.NeverExpires() || !restored.WithNeverExpires(false).Equal(p.WithNeverExpires(false)) {
			t.Errorf("%q restored to %q: %q", text, former, restored)
		}
	})
}

// strangeNames are user ids and domain names as a person, or somebody who means harm,
// may write them.
var strangeNames = []string{
	"", ".", "..", "a@contoso.com", "a#EXT#@contoso.com", "o'neil@contoso.com", "$x@contoso.com", "$o'x", "../x", "a/../b", "a%2fb", "%2e%2e", "a?b", "a;b", "a\\b",
	"a\nb", "a\x00b", "\xff", "11111111-1111-1111-1111-111111111111", "a&b=c", "@evil.example", ":443", "//evil.example/", strings.Repeat("x", 5000),
}

// FuzzPaths proves that no name of a user or a domain leaves its place in the
// address.
func FuzzPaths(f *testing.F) {
	for _, name := range strangeNames {
		f.Add(name)
	}
	base := &url.URL{Scheme: "https", Host: "graph.example", Path: "/v1.0"}
	f.Fuzz(func(t *testing.T, name string) {
		path, err := userPath(name)
		switch {
		case err != nil:
		case strings.HasPrefix(name, "$"):
			stays(t, base, path, 2, "/v1.0/users('"+strings.ReplaceAll(name, "'", "''")+"')")
		default:
			stays(t, base, path, 3, "/v1.0/users/"+name)
		}
		if checkSegment("domain name", name) == nil {
			stays(t, base, escape("domains", name), 3, "/v1.0/domains/"+name)
		}
	})
}

// stays checks that a path, as a server reads it, is the wanted one and has so
// many segments.
func stays(t *testing.T, base *url.URL, path string, segments int, want string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base.String()+path+"?"+userMembers, nil)
	if err != nil {
		t.Fatalf("%q: %v", path, err)
	}
	address := request.URL
	if address.Scheme != base.Scheme || address.Host != base.Host || address.User != nil || address.RawQuery != userMembers || address.Fragment != "" {
		t.Errorf("%q leads to %q", path, address)
	}
	if address.Path != want || strings.Count(address.EscapedPath(), "/") != segments || strings.Count(address.Path, "/") != segments || dotted(address) {
		t.Errorf("%q leads to %q", path, address.Path)
	}
}

// dotted reports whether a server that resolves dots would read another path.
func dotted(address *url.URL) bool {
	split := func(r rune) bool { return r == '/' || r == '\\' }
	return slices.ContainsFunc(strings.FieldsFunc(address.Path, split), func(segment string) bool { return segment == "." || segment == ".." })
}

// FuzzNextLink proves that a link is followed below the service's base only.
func FuzzNextLink(f *testing.F) {
	for _, link := range []string{
		"https://graph.example/v1.0/users?$skiptoken=a%20b", "https://GRAPH.example/v1.0/users", "http://graph.example/v1.0/users", "https://graph.example:443/v1.0/users",
		"https://graph.example@evil.example/v1.0/users", "https://u:p@graph.example/v1.0/users", "//evil.example/v1.0/users", "/v1.0/users", "https:graph.example/v1.0/x",
		"https://graph.example/v1.0/../beta/users", "https://graph.example/v1.0/%2e%2e/beta", "https://graph.example/v1.0/..%2fbeta", "https://graph.example/v1.0/..\\beta",
		"https://graph.example/v1.0", "https://graph.example/v1.00/users", "https://graph.example/v1.0//evil.example", "https://graph.example\\@evil.example/v1.0/users",
		"https://graph.example/v1.0/users#x", "https://graph.example/v1.0/users?a#b?c", "https://evil.example", "x", "",
	} {
		f.Add(link)
	}
	base := &url.URL{Scheme: "https", Host: "graph.example", Path: "/v1.0"}
	s := &service{name: "Microsoft Graph", base: base}
	f.Fuzz(func(t *testing.T, link string) {
		path, query, err := s.within(link)
		if err != nil {
			checkLegible(t, err.Error())
			return
		}
		request, _, err := (&service{base: base, correlationHeader: "client-request-id"}).build(t.Context(), call{method: http.MethodGet, path: path, query: query})
		if err != nil {
			t.Fatalf("%q: %v", link, err)
		}
		if address := request.URL; address.Scheme != "https" || address.Host != "graph.example" || address.User != nil || !strings.HasPrefix(address.Path, "/v1.0/") || dotted(address) {
			t.Errorf("%q leads to %q", link, address)
		}
	})
}

// FuzzDocument proves that a document that is sent back is the one that came.
func FuzzDocument(f *testing.F) {
	seed(f, aPolicy, `{"a":{"b":[1.50,1e400,-0]},"<":"\u2028"}`)
	f.Fuzz(func(t *testing.T, content []byte) {
		var came, back document
		if json.Unmarshal(content, &came) != nil {
			return
		}
		sent, err := json.Marshal(came)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(sent, &back); err != nil || len(back) != len(came) || len(back.differing(came)) > 0 {
			t.Errorf("%s becomes %s, %v", content, sent, err)
		}
		keys := map[string]bool{}
		for _, m := range came {
			keys[m.key] = true
		}
		if len(slices.Collect(maps.Keys(keys))) != len(came) {
			t.Errorf("%s has a key twice", content)
		}
	})
}

// FuzzBatch proves that every request in a batch has an outcome, whatever the
// answer to the batch is.
func FuzzBatch(f *testing.F) {
	seed(f, `{"responses":[{"id":"0","status":204},{"id":"1","status":200,"body":`+aUser+`}]}`, `{"responses":[{"id":"-1"},{"id":"7","status":200},{"id":"1","status":-5}]}`,
		`{"responses":[{"id":"0","status":400,"headers":{"request-id":"\u001b[2J\nx","Retry-After":"NaN"},"body":{"error":{"code":"c","message":"m"}}},{"id":"0","status":200,"body":null}]}`,
		`{"responses":null}`, `{"responses":[null]}`, `{"responses":[{"id":"1","status":200,"body":"QQ=="}]}`)
	f.Fuzz(func(t *testing.T, content []byte) {
		// In fake time: half an answer is asked for again.
		synctest.Test(t, func(t *testing.T) { batchOf(t, content) })
	})
}

func batchOf(t *testing.T, content []byte) {
	t.Helper()
	client, err := New(Config{GraphEndpoint: "https://graph.example", GraphTokens: &tokens{list: []string{"first"}},
		Transport: &script{answers: []answer{{status: 200, body: string(content)}}}})
	if err != nil {
		t.Fatal(err)
	}
	all := items([]call{{method: http.MethodPatch, path: "/users/a"}, {method: http.MethodGet, path: "/users/a"}})
	client.graph.inOneBatch(t.Context(), all, true)
	for _, i := range all {
		var user User
		err := i.outcome(client.graph, &user)
		if err == nil && i.call.method == http.MethodGet && user.ID == "" {
			t.Errorf("%s is taken for a user", content)
		}
		if err == nil && !i.answered() {
			t.Errorf("%s: no outcome", content)
		}
		if err != nil {
			checkLegible(t, err.Error())
		}
	}
}
