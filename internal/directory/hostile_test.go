package directory

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

// piped is a client of a server in the same process, over real HTTP but
// without a network, so that it works in fake time.
func piped(t *testing.T, serve func(net.Conn)) *Client {
	t.Helper()
	var served sync.WaitGroup
	t.Cleanup(served.Wait)
	transport := &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			served.Go(func() { serve(theirs) })
			return ours, nil
		},
		MaxResponseHeaderBytes: 256 << 10,
	}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := New(Config{
		GraphEndpoint: "http://127.0.0.1:80", PortalEndpoint: "http://127.0.0.1:81",
		GraphTokens: &tokens{list: []string{"first", "second"}}, PortalTokens: &tokens{list: []string{userToken(), userToken()}}, Transport: transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// endlessly answers a request with a head, and then with the same part of a
// body for ever, after a pause each.
func endlessly(head, part string, pause time.Duration) func(net.Conn) {
	return func(connection net.Conn) {
		defer func() { _ = connection.Close() }()
		if _, err := http.ReadRequest(bufio.NewReader(connection)); err != nil {
			return
		}
		_, err := io.WriteString(connection, head)
		for err == nil {
			time.Sleep(pause)
			_, err = io.WriteString(connection, part)
		}
	}
}

// refused fails the test unless an error can be read by people and shows no
// token.
func refused(t *testing.T, what string, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", what)
		return
	}
	text := err.Error()
	checkLegible(t, text)
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s: the error lacks %q: %v", what, part, err)
		}
	}
	if strings.Contains(text, "first") || strings.Contains(text, userToken()) {
		t.Errorf("%s: the error shows the token: %v", what, err)
	}
}

func TestABodyWithoutEndIsBoundedByTimeOrBySize(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
	for name, c := range map[string]struct {
		part  string
		pause time.Duration
		want  string
		takes time.Duration
	}{
		"slow": {" ", 10 * time.Second, "broke off", callBound},
		"fast": {strings.Repeat(" ", 1<<20), time.Millisecond, "larger than 16 MiB", time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, err := piped(t, endlessly(head, c.part, c.pause)).User(t.Context(), "a")
				refused(t, name, err, c.want)
				if took := time.Since(start); took > c.takes {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func TestACancelledReadOfASlowBodyEndsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(25*time.Second, cancel)
		start := time.Now()
		_, err := piped(t, endlessly("HTTP/1.1 200 OK\r\n\r\n", " ", 10*time.Second)).User(ctx, "a")
		if !errors.Is(err, context.Canceled) || time.Since(start) != 25*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

func TestAHeaderWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		line := "X-Bomb: " + strings.Repeat("x", 64<<10) + "\r\n"
		client := piped(t, func(connection net.Conn) {
			defer func() { _ = connection.Close() }()
			if _, err := http.ReadRequest(bufio.NewReader(connection)); err != nil {
				return
			}
			_, err := io.WriteString(connection, "HTTP/1.1 200 OK\r\n")
			for err == nil {
				var n int
				n, err = io.WriteString(connection, line)
				sent.Add(int64(n))
			}
		})
		start := time.Now()
		_, err := client.User(t.Context(), "a")
		refused(t, "header", err, "headers exceeded")
		if time.Since(start) > callBound || sent.Load() > maxAttempts<<20 {
			t.Errorf("after %v and %d bytes", time.Since(start), sent.Load())
		}
	})
}

// TestADecompressedAnswerIsBounded sends a body of which a thousandth crosses
// the wire.
func TestADecompressedAnswerIsBounded(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		bomb := gzip.NewWriter(w)
		blank := strings.Repeat(" ", 1<<20)
		for range 256 {
			if _, err := io.WriteString(bomb, blank); err != nil {
				return
			}
		}
		_ = bomb.Close()
	}))
	t.Cleanup(server.Close)
	_, err := against(t, server).User(t.Context(), "a")
	refused(t, "gzip", err, "larger than 16 MiB")
}

// against is a client of a server on loopback.
func against(t *testing.T, server *httptest.Server) *Client {
	t.Helper()
	client, err := New(Config{
		GraphEndpoint: server.URL, PortalEndpoint: server.URL, GraphTokens: &tokens{list: []string{"first", "second"}},
		PortalTokens: &tokens{list: []string{userToken(), userToken()}}, Transport: server.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestNoTokenLeavesToAnotherHost leads every kind of request elsewhere, over
// real HTTP: by a redirect of each kind and by a link.
func TestNoTokenLeavesToAnotherHost(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		t.Errorf("%s %s was sent elsewhere, with Authorization %q", request.Method, request.URL, request.Header.Get("Authorization"))
	}))
	t.Cleanup(elsewhere.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(elsewhere.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{elsewhere.URL, "http://localhost:" + port, "//127.0.0.1:" + port} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", place+"/v1.0/users/a")
				w.WriteHeader(status)
			}))
			t.Cleanup(server.Close)
			client := against(t, server)
			_, readErr := client.User(t.Context(), "a")
			_, writeErr := client.setPasswordPolicies(t.Context(), "a", ParsePasswordPolicies("None"))
			_, manyErr := client.UsersByID(t.Context(), []string{"a"})
			_, portalErr := client.PasswordResetPolicy(t.Context())
			_, putErr := client.ChangeOnPremisesPasswordResetPolicy(t.Context(), OnPremisesPasswordResetSettings{AccountUnlock: new(true)})
			for what, err := range map[string]error{"a read": readErr, "a write": writeErr, "a read of many": manyErr, "a read of the portal": portalErr, "a write to the portal": putErr} {
				refused(t, fmt.Sprintf("%s, %d to %s", what, status, place), err, "no token is sent there", port)
			}
		}
		linking := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"value":[],"@odata.nextLink":%q}`, place+"/v1.0/domains")
		}))
		t.Cleanup(linking.Close)
		_, err := against(t, linking).Domains(t.Context())
		refused(t, "a link to "+place, err, "no token is sent there")
	}
}

func TestARedirectThatIsNoAddressIsRefused(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"http://[::1", "\x1b[31m", "http://a b/", ":", strings.Repeat("x", 100_000)} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []answer{{status: 307, header: http.Header{"Location": {location}}}}}
			_, err := newClient(t, s).User(t.Context(), "a")
			refused(t, location, err)
			for _, request := range s.requests {
				if request.URL.Host != "graph.example" {
					t.Errorf("%.50q: sent to %s", location, request.URL)
				}
			}
		})
	}
}

func TestAListThatLeadsAstrayIsRefused(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"https://evil.example/v1.0/domains?$skiptoken=s3cret":    "no token is sent there",
		"http://graph.example/v1.0/domains":                      "no token is sent there",
		"https://graph.example.evil.example/v1.0/domains":        "no token is sent there",
		"https://graph.example@evil.example/v1.0/domains":        "no token is sent there",
		"https://graph.example/v1.0/../beta/domains":             "no token is sent there",
		"https://graph.example/v1.0/%2e%2e/beta/domains":         "no token is sent there",
		"https://graph.example/v1.0/..%5cbeta/domains":           "no token is sent there",
		"file:///etc/passwd":                                     "no token is sent there",
		"https://evil\u202e.example/\u202e":                      "no token is sent there",
		"https://graph.example/v1.0/\u0000":                      "no address",
		"https://graph.example/v1.0/" + strings.Repeat("x", 1e6): "no address",
	} {
		s := &script{answers: []answer{{status: 200, body: `{"value":[],"@odata.nextLink":` + quoted(link) + `}`}}}
		_, err := newClient(t, s).Domains(t.Context())
		refused(t, link, err, want)
		if len(s.requests) != 1 || err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%.80s: %d requests, %v", link, len(s.requests), err)
		}
	}
}

func quoted(text string) string { return strings.ReplaceAll(fmt.Sprintf("%q", text), `\x00`, `\u0000`) }

func TestAListWithoutEndEnds(t *testing.T) {
	t.Parallel()
	pages := 0
	_, err := newClient(t, roundTripper(func(request *http.Request) (*http.Response, error) {
		pages++
		body := fmt.Sprintf(`{"value":[],"@odata.nextLink":"https://graph.example/v1.0/domains?$skiptoken=%d"}`, pages)
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: request}, nil
	})).Domains(t.Context())
	refused(t, "endless", err, "more than 10000 pages")
	if pages != maxPages {
		t.Errorf("%d pages were read", pages)
	}
}

// everyRead calls each decoder once.
func everyRead(ctx context.Context, c *Client) map[string]error {
	_, user := c.User(ctx, "a")
	_, domain := c.Domain(ctx, "contoso.com")
	_, root := c.RootDomain(ctx, "contoso.com")
	_, domains := c.Domains(ctx)
	_, users := c.NeverExpiringUsers(ctx)
	_, policy := c.PasswordResetPolicy(ctx)
	_, integration := c.OnPremisesPasswordResetPolicy(ctx)
	_, authorization := c.AuthorizationPolicy(ctx)
	_, methods := c.AuthenticationMethodsPolicy(ctx)
	_, many := c.UsersByID(ctx, []string{"11111111-1111-1111-1111-111111111111"})
	_, write := c.setPasswordPolicies(ctx, "a", PasswordPolicies{})
	return map[string]error{"user": user, "domain": domain, "root domain": root, "domains": domains, "users": users, "password reset policy": policy,
		"on-premises integration": integration, "authorization policy": authorization, "authentication methods policy": methods, "users by id": many, "batch": write}
}

func TestEveryDecoderRefusesWhatTheAPIDoesNotDescribe(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"empty": "", "null": "null", "a text": `"x"`, "a number": "1e400", "a list": "[1]", "an empty object": "{}", "truncated": `{"id":"x","value":[{"id"`,
		"a web page": "<!DOCTYPE html><html><title>Sign in</title></html>", "NUL": "\x00", "a second document": aUser + aPolicy,
		"nested 10,000 deep":     strings.Repeat(`{"value":`, 10_000) + strings.Repeat("}", 10_000),
		"nested 1,000,000 deep":  strings.Repeat("[", 1_000_000),
		"nested in a member":     `{"objectId":"default","id":"contoso.com","x":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + "}",
		"many members":           `{"objectId":"default"` + manyMembers(50_000) + `,"passwordPolicies":7,"allowedToUseSSPR":7,"value":7,"passwordValidityPeriodInDays":"x","policyMigrationState":7}`,
		"a number for all":       `{"objectId":7,"id":7,"value":7,"allowedToUseSSPR":7,"policyMigrationState":7,"passwordWritebackSupported":7}`,
		"a number without end":   `{"id":` + strings.Repeat("1", 100_000) + `,"value":` + strings.Repeat("1", 100_000) + `,"policyMigrationState":` + strings.Repeat("1", 100_000) + `}`,
		"a list of nulls":        `{"value":[null],"policyMigrationState":[]}`,
		"half a character":       "{\"id\":\"\xc3",
		"a byte order mark":      "\ufeff" + aUser,
		"several in one, by two": "{\"value\":[]}\n{\"value\":[]}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for decoder, err := range everyRead(t.Context(), newClient(t, &script{answers: []answer{{status: 200, body: body}}})) {
					if decoder == "authentication methods policy" && (name == "null" || name == "an empty object" || name == "nested 10,000 deep") {
						// A tenant need not name its state.
						continue
					}
					refused(t, decoder, err)
				}
			})
		})
	}
}

func manyMembers(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `,"m%d":0`, i)
	}
	return text.String()
}

func TestFlagsWithoutEndAreRefused(t *testing.T) {
	t.Parallel()
	var flags strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&flags, "f%d,", i)
	}
	s := &script{answers: []answer{{status: 200, body: `{"id":"a","passwordPolicies":"` + flags.String() + `"}`}}}
	_, err := newClient(t, s).User(t.Context(), "a")
	refused(t, "flags", err, "passwordPolicies")
}

// TestAnAnswerOfAnyContentTypeIsJudgedByItsContent: proxies and the service
// itself mislabel what they send.
func TestAnAnswerOfAnyContentTypeIsJudgedByItsContent(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"", "text/html", "application/octet-stream", "nonsense;;", "application/json; charset=utf-16"} {
		header := http.Header{"Content-Type": {kind}}
		s := &script{answers: []answer{{status: 200, header: header, body: aUser}, {status: 200, header: header, body: "<html>"}, {status: 403, header: header, body: `{"error":{"code":"c","message":"m"}}`}}}
		client := newClient(t, s)
		if _, err := client.User(t.Context(), "a"); err != nil {
			t.Errorf("%q: %v", kind, err)
		}
		_, err := client.User(t.Context(), "a")
		refused(t, kind, err, "could not be read")
		_, err = client.User(t.Context(), "a")
		refused(t, kind, err, "(c): m")
	}
}

func TestAnAnswerAboutAnotherObjectIsRefused(t *testing.T) {
	t.Parallel()
	const asked, other = "11111111-aaaa-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
	for _, c := range []struct {
		asked, answered string
		ok              bool
	}{
		{asked, asked, true}, {asked, strings.ToUpper(asked), true}, {asked, other, false}, {asked, asked + "\x00", false}, {asked, "../" + asked, false},
		{"a@contoso.com", other, true},
	} {
		s := &script{answers: []answer{{status: 200, body: fmt.Sprintf(`{"id":%s,"userPrincipalName":"a@contoso.com","passwordPolicies":null}`, quoted(c.answered))}}}
		user, err := newClient(t, s).User(t.Context(), c.asked)
		if (err == nil) != c.ok || !c.ok && user.ID != "" {
			t.Errorf("asked for %s, got %s, %v", c.asked, c.answered, err)
		}
		if !c.ok {
			refused(t, c.answered, err, "another one", c.asked)
		}
	}
	singly := &script{answers: []answer{{status: 403, body: "{}"}, {status: 200, body: `{"responses":[{"id":"0","status":200,"body":{"id":"` + other + `","passwordPolicies":null}}]}`}}}
	_, err := newClient(t, singly).UsersByID(t.Context(), []string{asked})
	refused(t, "in a batch", err, "another one", asked)
	for answered, ok := range map[string]bool{"contoso.com": true, "Contoso.COM": true, "fabrikam.com": false, "../users/a": false} {
		_, err := newClient(t, &script{answers: []answer{{status: 200, body: fmt.Sprintf(`{"id":%q}`, answered)}}}).Domain(t.Context(), "contoso.com")
		if (err == nil) != ok {
			t.Errorf("asked for contoso.com, got %s: %v", answered, err)
		}
	}
}

func TestNamesThatLeaveTheirPlaceAreNotSent(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", ".", "..", "../me", "a/b", `a\b`, "%2e%2e", "a%2fb", "a?$select=x", "a\nb", "a\r\nHost: evil.example", "a\x00", "a\x1b[2J", "a\u202eb", "\xff", strings.Repeat("x", 1<<20)} {
		s := &script{answers: []answer{{status: 200, body: aUser}}}
		client := newClient(t, s)
		_, userErr := client.User(t.Context(), name)
		_, domainErr := client.Domain(t.Context(), name)
		_, rootErr := client.RootDomain(t.Context(), name)
		_, writeErr := client.setPasswordPolicies(t.Context(), name, PasswordPolicies{})
		for _, err := range []error{userErr, domainErr, rootErr, writeErr} {
			refused(t, name, err, "is not a valid")
		}
		if len(s.requests) != 0 {
			t.Errorf("%.50q: sent %s", name, s.requests[0].URL)
		}
	}
}

func TestMessagesAreShownWithoutWhatSteersATerminal(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		`plain, with ü and \"quotes\"`:  `plain, with ü and "quotes"`,
		`two\r\nlines`:                  "two\nlines",
		`\u001b[2J\u001b]0;title\u0007`: "�[2J�]0;title�",
		`a\u0000b\u007f\u009b31m`:       "a�b��31m",
		`txt.\u202eexe`:                 "txt.�exe",
		"broken \xff\xfe":               "broken ��",
	} {
		for _, form := range []string{`{"error":{"code":"c","message":"%s"}}`, `{"Message":"%s"}`, `{"Message":"x","ClientData":{"localizedErrorDetails":{"errorDetail":"%s"}}}`} {
			_, err := newClient(t, &script{answers: []answer{{status: 400, body: strings.Replace(form, "%s", message, 1)}}}).User(t.Context(), "a")
			var refusal *Error
			if !errors.As(err, &refusal) || refusal.Message != want {
				t.Errorf("%s: got %q, want %q", message, refusal.Message, want)
			}
		}
	}
}

func TestAHugeMessageIsShortened(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("ü", 1<<20)
	for _, body := range []string{
		`{"error":{"code":"` + huge + `","message":"` + huge + `"}}`, `{"error":{"message":{"value":"` + huge + `"}}}`, huge, "<title>" + huge,
		`{"Message":"m","ClientData":{"errorCode":"` + huge + `","operationResults":[{"details":"` + huge + `"}],"clientRequestId":"` + huge + `"}}`,
	} {
		s := &script{answers: []answer{{status: 400, header: http.Header{"Request-Id": {huge}}, body: body}}}
		_, err := newClient(t, s).User(t.Context(), "a")
		var refusal *Error
		if !errors.As(err, &refusal) {
			t.Fatalf("got %v", err)
		}
		for _, text := range []string{err.Error(), refusal.Code, refusal.RequestID, refusal.ClientRequestID} {
			if length := utf8.RuneCountInString(text); length > mostOfMessage+300 {
				t.Errorf("%d characters: %.100s", length, text)
			}
		}
	}
}

// waiting is a token source and a transport that end with the caller only.
type waiting struct{}

func (waiting) Token(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func (w waiting) Renew(ctx context.Context, _ string) (string, error) { return w.Token(ctx) }

func (waiting) RoundTrip(request *http.Request) (*http.Response, error) {
	<-request.Context().Done()
	return nil, request.Context().Err()
}

// TestCancellationEndsACallWhereverItIs cancels after a second what would
// otherwise wait for longer, at each point where a call waits.
func TestCancellationEndsACallWhereverItIs(t *testing.T) {
	t.Parallel()
	user := func(ctx context.Context, c *Client) error {
		_, err := c.User(ctx, "11111111-1111-1111-1111-111111111111")
		return err
	}
	for name, c := range map[string]struct {
		directory http.RoundTripper
		prepare   func(*Client)
		call      func(context.Context, *Client) error
	}{
		"signing in":         {&script{answers: []answer{{status: 200, body: aUser}}}, func(c *Client) { c.graph.tokens = waiting{} }, user},
		"renewing the token": {&script{answers: []answer{{status: 401}}}, func(c *Client) { c.graph.tokens = renewing{} }, user},
		"on its way":         {waiting{}, nil, user},
		"between attempts":   {&script{answers: []answer{throttled("30")}}, nil, user},
		"a missing user":     {&script{answers: []answer{{status: 404, body: `{"error":{"code":"Request_ResourceNotFound"}}`}}}, nil, user},
		"a missing domain": {&script{answers: []answer{{status: 404, body: `{"error":{"code":"Request_ResourceNotFound"}}`}}}, nil, func(ctx context.Context, c *Client) error {
			_, err := c.Domain(ctx, "contoso.com")
			return err
		}},
		"at the gate": {&script{answers: []answer{{status: 200, body: aUser}}}, func(c *Client) { c.graph.gate.close(time.Now().Add(time.Minute)) }, user},
		"in a batch": {&script{answers: []answer{throttled("30")}}, nil, func(ctx context.Context, c *Client) error {
			_, err := c.setPasswordPolicies(ctx, "a", PasswordPolicies{})
			return err
		}},
		"many users": {&script{answers: []answer{throttled("30")}}, nil, func(ctx context.Context, c *Client) error { _, err := c.UsersByID(ctx, []string{"a"}); return err }},
		"behind another write": {&script{answers: []answer{{status: 200, body: aPolicy}}}, func(c *Client) { c.passwordResetWrites <- struct{}{} }, func(ctx context.Context, c *Client) error {
			_, err := c.ChangePasswordResetPolicy(ctx, PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newClient(t, c.directory)
				if c.prepare != nil {
					c.prepare(client)
				}
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				start := time.Now()
				if err := c.call(ctx, client); err == nil || IsNotFound(err) || time.Since(start) != time.Second {
					t.Errorf("after %v: %v", time.Since(start), err)
				}
			})
		})
	}
}

// renewing has a token and waits for another one.
type renewing struct{ waiting }

func (renewing) Token(context.Context) (string, error) { return "first", nil }

// TestARefusalOfAnySizeIsRead proves that an error keeps its status, whatever
// comes with it.
func TestARefusalOfAnySizeIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"garbage of 20 MB": {strings.Repeat("garbage ", 20<<17), "garbage garbage"},
		"broken off":       {`{"error":{"code":"Autho`, `{"error":{"code":"Autho`},
		"nested":           {strings.Repeat(`{"error":`, 1_000_000), `{"error":{"error":`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, err := newClient(t, &script{answers: []answer{{status: http.StatusForbidden, body: c.body}}}).User(t.Context(), "a")
				refused(t, name, err, "answered 403", c.want)
			})
		})
	}
}
