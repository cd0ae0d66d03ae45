package directory

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// answer is one scripted answer of the directory.
type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

// script is a directory that answers from a list, the last answer for ever,
// and remembers what it was asked and when.
type script struct {
	mu       sync.Mutex
	answers  []answer
	requests []*http.Request
	bodies   []string
	times    []time.Time
}

func (s *script) RoundTrip(request *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := ""
	if request.Body != nil {
		content, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		body = string(content)
	}
	s.requests, s.bodies, s.times = append(s.requests, request), append(s.bodies, body), append(s.times, time.Now())
	next := s.answers[min(len(s.requests), len(s.answers))-1]
	if next.err != nil {
		return nil, next.err
	}
	header := next.header
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: next.status, Header: header, Body: io.NopCloser(strings.NewReader(next.body)), Request: request}, nil
}

// tokens hands out one token after the other.
type tokens struct {
	mu      sync.Mutex
	list    []string
	renewed int
}

func (t *tokens) Token(context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.list[t.renewed], nil
}

func (t *tokens) Renew(context.Context, string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.renewed++
	return t.list[t.renewed], nil
}

func jwt(claims string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}

const tenant = "33333333-3333-3333-3333-333333333333"

func userToken() string { return jwt(`{"tid":"` + tenant + `","scp":"user_impersonation"}`) }

func newClient(t *testing.T, directory http.RoundTripper) *Client {
	t.Helper()
	client, err := New(Config{
		GraphEndpoint: "https://graph.example", PortalEndpoint: "https://portal.example",
		GraphTokens: &tokens{list: []string{"first", "second", "third"}}, PortalTokens: &tokens{list: []string{userToken(), userToken()}},
		Transport: directory, UserAgent: "test/1",
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

const aUser = `{"id":"11111111-1111-1111-1111-111111111111","userPrincipalName":"a@contoso.com","passwordPolicies":null}`

func throttled(retryAfter string) answer {
	a := answer{status: http.StatusTooManyRequests, body: `{"error":{"code":"TooManyRequests","message":"Please retry again later."}}`, header: http.Header{}}
	if retryAfter != "" {
		a.header.Set("Retry-After", retryAfter)
	}
	return a
}

func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{"3": 3 * time.Second, "2.128": 2128 * time.Millisecond, "75": 75 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []answer{throttled(value), {status: http.StatusOK, body: aUser}}}
			if _, err := newClient(t, s).User(t.Context(), "a@contoso.com"); err != nil {
				t.Fatal(err)
			}
			if waited := s.times[1].Sub(s.times[0]); waited < want || waited > want+time.Second {
				t.Errorf("Retry-After %s: waited %v, want %v", value, waited, want)
			}
		})
	}
}

func TestRetryAfterAsADateIsObeyed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{throttled(time.Now().Add(30 * time.Second).UTC().Format(http.TimeFormat)), {status: http.StatusOK, body: aUser}}}
		if _, err := newClient(t, s).User(t.Context(), "a@contoso.com"); err != nil {
			t.Fatal(err)
		}
		if waited := s.times[1].Sub(s.times[0]); waited < 29*time.Second || waited > 31*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestWithoutRetryAfterThePausesGrowAndEnd(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", "0", "-1", "soon", "NaN"} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []answer{throttled(value)}}
			_, err := newClient(t, s).User(t.Context(), "a@contoso.com")
			var refusal *Error
			if !errors.As(err, &refusal) || refusal.Code != "TooManyRequests" {
				t.Fatalf("got %v", err)
			}
			if len(s.requests) != maxAttempts {
				t.Errorf("%d attempts, want %d", len(s.requests), maxAttempts)
			}
			for i := range s.times[1:] {
				if pause := s.times[i+1].Sub(s.times[i]); pause < firstPause/2 || pause > longestPause+firstPause {
					t.Errorf("pause %d is %v", i, pause)
				}
			}
		})
	}
}

func TestAWaitLongerThanTheOperationFailsAtOnceAndSaysWhen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{throttled("3600")}}
		client, start := newClient(t, s), time.Now()
		_, err := client.User(t.Context(), "a@contoso.com")
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.RetryAt.Sub(start) != time.Hour || time.Since(start) > time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		_, err = client.User(t.Context(), "b@contoso.com")
		var later *ThrottledError
		if !errors.As(err, &later) || !strings.Contains(err.Error(), "accepts requests again at") {
			t.Errorf("the next call: %v", err)
		}
	})
}

func TestOneThrottledRequestHoldsEveryRequestBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{throttled("20"), {status: http.StatusOK, body: aUser}}}
		client := newClient(t, s)
		start := time.Now()
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				if _, err := client.User(t.Context(), "a@contoso.com"); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for _, at := range s.times[1:] {
			if at.Sub(start) < 20*time.Second {
				t.Errorf("a request was sent %v after the start, before the service opened again", at.Sub(start))
			}
		}
	})
}

func TestCancellationEndsAWaitAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &script{answers: []answer{throttled("60")}}
		start := time.Now()
		time.AfterFunc(time.Second, cancel)
		_, err := newClient(t, s).User(ctx, "a@contoso.com")
		if !errors.Is(err, context.Canceled) || time.Since(start) != time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

func TestWhatIsRepeatedAndWhatIsNot(t *testing.T) {
	t.Parallel()
	for status, again := range map[int]bool{
		408: true, 429: true, 500: true, 502: true, 503: true, 504: true,
		400: false, 403: false, 404: false, 405: false, 409: false, 501: false,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []answer{{status: status, body: "{}"}, {status: http.StatusOK, body: aUser}}}
			_, err := newClient(t, s).User(t.Context(), "a@contoso.com")
			if (err == nil) != again || (len(s.requests) == 2) != again {
				t.Errorf("%d: %d requests, %v", status, len(s.requests), err)
			}
		})
	}
}

func TestAConcurrencyViolationIsRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{
			{status: http.StatusConflict, body: `{"error":{"code":"Directory_ConcurrencyViolation","message":"Please wait briefly and retry."}}`},
			{status: http.StatusOK, body: aUser},
		}}
		if _, err := newClient(t, s).User(t.Context(), "a@contoso.com"); err != nil {
			t.Error(err)
		}
	})
}

func TestABrokenConnectionIsRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{err: io.ErrUnexpectedEOF}, {status: http.StatusOK, body: aUser}}}
		if _, err := newClient(t, s).User(t.Context(), "a@contoso.com"); err != nil {
			t.Error(err)
		}
	})
}

func TestA401RenewsTheTokenOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := answer{status: http.StatusUnauthorized, body: `{"error":{"code":"InvalidAuthenticationToken","message":"expired"}}`}
		s := &script{answers: []answer{refused, {status: http.StatusOK, body: aUser}}}
		if _, err := newClient(t, s).User(t.Context(), "a@contoso.com"); err != nil {
			t.Fatal(err)
		}
		if got := s.requests[1].Header.Get("Authorization"); got != "Bearer second" {
			t.Errorf("the second attempt carries %q", got)
		}
		s = &script{answers: []answer{refused}}
		_, err := newClient(t, s).User(t.Context(), "a@contoso.com")
		if len(s.requests) != 2 || !strings.Contains(err.Error(), "InvalidAuthenticationToken") {
			t.Errorf("%d requests, %v", len(s.requests), err)
		}
	})
}

func TestA401RepeatsTheBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: http.StatusUnauthorized}, {status: http.StatusOK, body: `{"responses":[{"id":"0","status":204}]}`}}}
		if _, err := newClient(t, s).setPasswordPolicies(t.Context(), "a@contoso.com", ParsePasswordPolicies("None")); err != nil {
			t.Fatal(err)
		}
		if s.bodies[0] != s.bodies[1] || !strings.Contains(s.bodies[1], `"body":{"passwordPolicies":"None"}`) {
			t.Errorf("bodies %q", s.bodies)
		}
	})
}

func TestARedirectIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: http.StatusFound, header: http.Header{"Location": {"https://elsewhere.example/users"}}}}}
		_, err := newClient(t, s).User(t.Context(), "a@contoso.com")
		var redirect *RedirectError
		if !errors.As(err, &redirect) || redirect.To != "elsewhere.example" {
			t.Errorf("got %v", err)
		}
		if len(s.requests) != 1 {
			t.Errorf("%d requests", len(s.requests))
		}
	})
}

func TestErrorsOfEveryShape(t *testing.T) {
	t.Parallel()
	html := http.Header{"Content-Type": {"text/html"}}
	for name, c := range map[string]struct {
		answer answer
		want   []string
	}{
		"graph":            {answer{status: 400, body: `{"error":{"code":"Request_BadRequest","message":"Domain operation is not allowed."}}`}, []string{"400", "Request_BadRequest", "Domain operation is not allowed."}},
		"message object":   {answer{status: 400, body: `{"error":{"code":"x","message":{"value":"odd"}}}`}, []string{"odd"}},
		"portal detail":    {answer{status: 403, body: `{"Message":"outer","ClientData":{"errorCode":"Authorization_RequestDenied","localizedErrorDetails":{"errorDetail":"inner"}}}`}, []string{"Authorization_RequestDenied", "inner"}},
		"portal result":    {answer{status: 400, body: `{"Message":"outer","ClientData":{"operationResults":[{"details":"detail"}]}}`}, []string{"detail"}},
		"portal message":   {answer{status: 400, body: `{"Message":"outer","ClientData":{"localizedErrorDetails":null,"operationResults":null}}`}, []string{"outer"}},
		"framework":        {answer{status: 404, body: `{"message":"No HTTP resource was found"}`}, []string{"404", "No HTTP resource was found"}},
		"web page":         {answer{status: 403, header: html, body: "<html><head><title>403 - Forbidden &amp; closed</title></head></html>"}, []string{"403 - Forbidden & closed"}},
		"empty":            {answer{status: 403}, []string{"403", "Forbidden"}},
		"truncated":        {answer{status: 400, body: `{"error":{"code":"Requ`}, []string{`{"error":{"code":"Requ`}},
		"binary":           {answer{status: 400, body: "\xff\xfe"}, []string{"400"}},
		"a success unread": {answer{status: 200, body: "<html></html>"}, []string{"could not be read"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, err := newClient(t, &script{answers: []answer{c.answer}}).User(t.Context(), "a@contoso.com")
				if err == nil {
					t.Fatal("no error")
				}
				for _, part := range c.want {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("the error lacks %q: %v", part, err)
					}
				}
				if strings.Contains(err.Error(), "first") {
					t.Errorf("the error shows the token: %v", err)
				}
			})
		})
	}
}

func TestAnAnswerWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	_, err := newClient(t, &script{answers: []answer{{status: 200, body: strings.Repeat("x", maxAnswer+1)}}}).User(t.Context(), "a@contoso.com")
	if err == nil || !strings.Contains(err.Error(), "larger than 16 MiB") || len(err.Error()) > 1000 {
		t.Errorf("got %.200v", err)
	}
}

func TestATokenOfAnApplicationIsRefusedBeforeThePortalIsCalled(t *testing.T) {
	t.Parallel()
	for _, claims := range []string{`{"tid":"t","idtyp":"app","scp":"x"}`, `{"tid":"t","roles":["x"]}`} {
		s := &script{answers: []answer{{status: 200, body: "{}"}}}
		client := newClient(t, s)
		client.portal.tokens = &tokens{list: []string{jwt(claims)}}
		if _, err := client.PasswordResetPolicy(t.Context()); !errors.Is(err, ErrAppToken) {
			t.Errorf("got %v", err)
		}
		if len(s.requests) != 0 {
			t.Error("a request was sent")
		}
	}
}

func TestATokenThatCannotBeReadIsNotQuoted(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"opaque-secret", "a.b-secret.c", "e30." + base64.RawURLEncoding.EncodeToString([]byte(`"secret"`)) + ".x"} {
		client := newClient(t, &script{answers: []answer{{status: 200}}})
		client.portal.tokens = &tokens{list: []string{token}}
		_, err := client.PasswordResetPolicy(t.Context())
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v", err)
		}
	}
}

func TestEndpointsThatWouldShowATokenAreRefused(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"https://graph.example": true, "https://graph.example/": true, "http://127.0.0.1:8080": true, "http://[::1]:1": true, "http://localhost:1": true,
		"http://graph.example": false, "graph.example": false, "https://": false, "https://user:pw@graph.example": false, "ftp://graph.example": false, "http://127.0.0.1.example": false,
	} {
		_, err := New(Config{GraphEndpoint: address})
		if (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestUserAddresses(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]string{
		"11111111-1111-1111-1111-111111111111": "/users/11111111-1111-1111-1111-111111111111",
		"a#EXT#@contoso.com":                   "/users/a%23EXT%23@contoso.com",
		"o'neil@contoso.com":                   "/users/o%27neil@contoso.com",
		"müller@contoso.com":                   "/users/m%C3%BCller@contoso.com",
		"$x@contoso.com":                       "/users('$x@contoso.com')",
		"$o'x@contoso.com":                     "/users('$o%27%27x@contoso.com')",
	} {
		if got, err := userPath(user); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", user, got, err, want)
		}
	}
	for _, user := range []string{"", ".", "..", "a/../b@contoso.com", "a%2fb@contoso.com", "a?b@contoso.com", `a\b@contoso.com`, "a\nb@contoso.com", "a\x00@contoso.com", "a\xff@contoso.com", strings.Repeat("a", 2000)} {
		if got, err := userPath(user); err == nil {
			t.Errorf("%q: %s", user, got)
		}
	}
}

func TestPasswordPolicies(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		never      bool
		set, clear string
	}{
		"":                              {false, "DisablePasswordExpiration", "None"},
		"None":                          {false, "DisablePasswordExpiration", "None"},
		" none , DisableStrongPassword": {false, "DisablePasswordExpiration, DisableStrongPassword", "DisableStrongPassword"},
		"disablestrongpassword,DISABLEPASSWORDEXPIRATION":  {true, "DisablePasswordExpiration, disablestrongpassword", "disablestrongpassword"},
		"Later,DisableStrongPassword,,Later":               {false, "DisablePasswordExpiration, DisableStrongPassword, Later", "DisableStrongPassword, Later"},
		"DisablePasswordExpiration, DisableStrongPassword": {true, "DisablePasswordExpiration, DisableStrongPassword", "DisableStrongPassword"},
		"DisablePasswordExpirationX":                       {false, "DisablePasswordExpiration, DisablePasswordExpirationX", "DisablePasswordExpirationX"},
	} {
		p := ParsePasswordPolicies(text)
		if p.NeverExpires() != want.never || p.WithNeverExpires(true).String() != want.set || p.WithNeverExpires(false).String() != want.clear {
			t.Errorf("%q: %v, %q, %q", text, p.NeverExpires(), p.WithNeverExpires(true), p.WithNeverExpires(false))
		}
	}
	var read User
	if err := json.Unmarshal([]byte(`{"id":"x","passwordPolicies":null}`), &read); err != nil || read.PasswordPolicies.NeverExpires() {
		t.Errorf("null: %v", err)
	}
	if err := json.Unmarshal([]byte(`{"id":"x","passwordPolicies":7}`), &read); err == nil {
		t.Error("a number is no set of flags")
	}
}

const aPolicy = `{"objectId":"default","enablementType":0,"later":{"deep":[9007199254740993,1e400,{"ü":null}]},` +
	`"customHelpdeskEmailOrUrl":"https://a.example/?a=1\u0026b","passwordResetEnabledGroupIds":[],"passwordResetEnabledGroupName":"",` +
	`"securityQuestions":[{"objectId":"0f","questionText":"<b>?","isCustomQuestion":true,"rank":1.50}],"securityQuestionsOptionEnabled":false}`

func TestAWriteOfThePolicyKeepsWhatItDoesNotManage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: aPolicy}, {status: 200, body: "true"}, {status: 200, body: strings.Replace(aPolicy, `"enablementType":0`, `"enablementType":2`, 1)}}}
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll), PasswordResetEnabledGroupIDs: new([]string{})}, PasswordResetSettings{})
		if err != nil || !change.Written || len(change.Stale)+len(change.Overridden) != 0 {
			t.Fatalf("%+v, %v", change, err)
		}
		var got, want document
		if err := errors.Join(json.Unmarshal([]byte(s.bodies[1]), &got), json.Unmarshal([]byte(aPolicy), &want)); err != nil {
			t.Fatal(err)
		}
		if differing := got.differing(want); len(differing) != 1 || differing[0] != "enablementType" {
			t.Errorf("the write changes %v\n%s", differing, s.bodies[1])
		}
		for _, exact := range []string{"9007199254740993", "1e400", "1.50", `"ü":null`} {
			if !strings.Contains(s.bodies[1], exact) {
				t.Errorf("the write lost %s: %s", exact, s.bodies[1])
			}
		}
	})
}

func TestAPolicyThatIsAsWantedIsNotWritten(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 200, body: aPolicy}}}
	change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{CustomHelpdeskEmailOrURL: new("https://a.example/?a=1&b")}, PasswordResetSettings{})
	if err != nil || change.Written || len(s.requests) != 1 {
		t.Errorf("%d requests, %v", len(s.requests), err)
	}
}

func TestAPolicyThatStaysStaleIsReportedInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: aPolicy}, {status: 200, body: "true"}, {status: 200, body: aPolicy}}}
		start := time.Now()
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
		if err != nil || len(change.Stale) != 1 || change.Stale[0] != "enablementType" {
			t.Errorf("%v %v", change.Stale, err)
		}
		if took := time.Since(start); took < visibilityBound || took > visibilityBound+longestLook {
			t.Errorf("waited %v", took)
		}
	})
}

func TestAnotherAdministratorsNewerValueIsReported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: aPolicy}, {status: 200}, {status: 200, body: strings.Replace(aPolicy, `"enablementType":0`, `"enablementType":1`, 1)}}}
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
		if err != nil || len(change.Stale) != 0 || len(change.Overridden) != 1 || change.Overridden[0] != "enablementType" {
			t.Errorf("%v %v %v", change.Stale, change.Overridden, err)
		}
	})
}

func TestAWriteThatTookEffectBeforeItWasRefusedIsReadBack(t *testing.T) {
	t.Parallel()
	for effect, now := range map[bool]string{true: strings.Replace(aPolicy, `"enablementType":0`, `"enablementType":2`, 1), false: aPolicy} {
		for _, last := range []answer{{status: 403}, throttled("3600"), {status: 501}} {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []answer{{status: 200, body: aPolicy}, {status: 504}, last, {status: 200, body: now}}}
				client := newClient(t, s)
				change, err := client.ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
				if last.status == 429 {
					// The gate is closed for the reads as well.
					if err == nil || !change.Uncertain {
						t.Errorf("throttled: uncertain %v, %v", change.Uncertain, err)
					}
					return
				}
				if (err == nil) != effect || change.Uncertain == effect {
					t.Errorf("effect %v, %d: uncertain %v, %v", effect, last.status, change.Uncertain, err)
				}
			})
		}
	}
}

func TestARefusedWriteIsCertain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: aPolicy}, throttled("1"), {status: 403}}}
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
		if err == nil || change.Uncertain || len(s.requests) != 3 {
			t.Errorf("%d requests, uncertain %v, %v", len(s.requests), change.Uncertain, err)
		}
	})
}

func TestAValueThatWasSeenAndWentBackIsSomebodyElses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shown := strings.Replace(aPolicy, `"enablementType":0`, `"enablementType":2`, 1)
		s := &script{answers: []answer{{status: 200, body: aPolicy}, {status: 200}, {status: 200, body: shown}, {status: 200, body: aPolicy}}}
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
		if err != nil || len(change.Stale) != 0 || len(change.Overridden) != 1 {
			t.Errorf("%v %v %v", change.Stale, change.Overridden, err)
		}
	})
}

func TestAReplicaThatLagsIsNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shown := answer{status: 200, body: strings.Replace(aPolicy, `"enablementType":0`, `"enablementType":2`, 1)}
		s := &script{answers: []answer{{status: 200, body: aPolicy}, {status: 200}, shown, {status: 200, body: aPolicy}, {status: 200, body: aPolicy}, shown}}
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
		if err != nil || len(change.Stale)+len(change.Overridden) != 0 {
			t.Errorf("%v %v %v", change.Stale, change.Overridden, err)
		}
	})
}

func TestAWriteWhoseAnswerBreaksOffWasAccepted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, roundTripper(func(request *http.Request) (*http.Response, error) {
			body := io.Reader(strings.NewReader(aPolicy))
			if request.Method == http.MethodPut {
				body = io.MultiReader(strings.NewReader("tr"), cutOff{})
			}
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(body), Request: request}, nil
		}))
		change, err := client.ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
		if err != nil || !change.Written || len(change.Stale) != 1 {
			t.Errorf("written %v, stale %v, %v", change.Written, change.Stale, err)
		}
	})
}

type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAskingForTheMigrationIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, roundTripper(func(request *http.Request) (*http.Response, error) {
			a := answer{status: 200, body: strings.Replace(aPolicy, `"objectId"`, `"emailOptionEnabled":true,"objectId"`, 1)}
			if strings.Contains(request.URL.Path, "authenticationMethodsPolicy") {
				a = throttled("55")
			}
			header := a.header
			if header == nil {
				header = http.Header{}
			}
			return &http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), Request: request}, nil
		}))
		start := time.Now()
		change, err := client.ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EmailOptionEnabled: new(false)}, PasswordResetSettings{})
		if err != nil || !change.TogglesIgnored || time.Since(start) > visibilityBound {
			t.Errorf("after %v: ignored %v, %v", time.Since(start), change.TogglesIgnored, err)
		}
	})
}

func TestMembersThatBelongTogetherAreTheSameTogether(t *testing.T) {
	t.Parallel()
	ours := PasswordResetSettings{CustomizeHelpdeskLink: new(true), CustomHelpdeskEmailOrURL: new("a@contoso.com"), NumberOfQuestionsToRegister: new(int64(5)),
		NumberOfQuestionsToReset: new(int64(5)), NotifyUsersOnPasswordReset: new(true)}
	theirs := ours
	theirs.CustomHelpdeskEmailOrURL, theirs.NumberOfQuestionsToReset = new("b@contoso.com"), new(int64(4))
	if keys := ours.Same(theirs).keys(); len(keys) != 1 || keys[0] != "notifyUsersOnPasswordReset" {
		t.Errorf("the same are %v", keys)
	}
}

func TestWhatTheCallerKnowsOverridesAStaleAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: aPolicy}}}
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForNone)}, PasswordResetSettings{EnablementType: new(EnabledForAll)})
		if err != nil || !change.Written || s.requests[1].Method != http.MethodPut {
			t.Errorf("written %v, %v", change.Written, err)
		}
	})
}

func TestAGroupListThatTheServiceKeepsIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kept := strings.Replace(aPolicy, `"passwordResetEnabledGroupIds":[]`, `"passwordResetEnabledGroupIds":["0B9D2A0E"]`, 1)
		s := &script{answers: []answer{{status: 200, body: kept}, {status: 200}, {status: 200, body: strings.Replace(kept, `"enablementType":0`, `"enablementType":2`, 1)}}}
		start := time.Now()
		change, err := newClient(t, s).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll), PasswordResetEnabledGroupIDs: new([]string{})}, PasswordResetSettings{})
		if err != nil || len(change.Stale)+len(change.Overridden) != 0 || time.Since(start) > toggleBound {
			t.Errorf("after %v: %v %v %v", time.Since(start), change.Stale, change.Overridden, err)
		}
	})
}

func TestAMissingUserIsAskedForAgain(t *testing.T) {
	t.Parallel()
	missing := answer{status: 404, body: `{"error":{"code":"Request_ResourceNotFound","message":"Resource does not exist."}}`}
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{missing, missing, {status: 200, body: aUser}}}
		if _, err := newClient(t, s).User(t.Context(), "11111111-1111-1111-1111-111111111111"); err != nil {
			t.Error(err)
		}
		s = &script{answers: []answer{missing}}
		if _, err := newClient(t, s).User(t.Context(), "11111111-1111-1111-1111-111111111111"); !IsNotFound(err) || len(s.requests) != 4 {
			t.Errorf("%d requests, %v", len(s.requests), err)
		}
		s = &script{answers: []answer{missing}}
		if _, err := newClient(t, s).User(t.Context(), "typo@contoso.com"); !IsNotFound(err) || len(s.requests) != 1 {
			t.Errorf("%d requests, %v", len(s.requests), err)
		}
	})
}

func TestADirectoryThatCannotBeReadIsNotAMissingUser(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 404, body: `{"error":{"code":"Directory_ObjectNotFound","message":"Unable to read the company information from the directory."}}`}}}
	if _, err := newClient(t, s).User(t.Context(), "11111111-1111-1111-1111-111111111111"); err == nil || IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestAFailedRenewalIsTheReason(t *testing.T) {
	t.Parallel()
	client := newClient(t, &script{answers: []answer{{status: 401}}})
	client.graph.tokens = failing{}
	_, err := client.User(t.Context(), "a@contoso.com")
	var signIn *SignInError
	if !errors.As(err, &signIn) || !strings.Contains(err.Error(), "401") || !strings.Contains(err.Error(), "AADSTS70008") {
		t.Errorf("got %v", err)
	}
}

// failing has a token and cannot get another.
type failing struct{}

func (failing) Token(context.Context) (string, error) { return "t", nil }
func (failing) Renew(context.Context, string) (string, error) {
	return "", errors.New("AADSTS70008: the refresh token has expired")
}

func TestTheFederationOfADomainIsAskedForOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: `{"id":"contoso.com","authenticationType":"Federated"}`}}}
		client := newClient(t, s)
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				if federated, err := client.FederatedDomain(t.Context(), "contoso.com"); err != nil || !federated {
					t.Errorf("%v, %v", federated, err)
				}
			})
		}
		group.Wait()
		refused := &script{answers: []answer{{status: 403, body: "{}"}}}
		client = newClient(t, refused)
		for range 3 {
			if _, err := client.FederatedDomain(t.Context(), "contoso.com"); err == nil {
				t.Error("no error")
			}
		}
		if len(s.requests) != 1 || len(refused.requests) != 1 {
			t.Errorf("%d and %d requests", len(s.requests), len(refused.requests))
		}
	})
}

func TestWaitingForAFederationEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, &script{answers: []answer{throttled("60"), {status: 200, body: `{"id":"contoso.com"}`}}})
		go func() { _, _ = client.FederatedDomain(context.WithoutCancel(t.Context()), "contoso.com") }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := client.FederatedDomain(ctx, "contoso.com"); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		time.Sleep(2 * time.Minute)
	})
}

func TestFlagsAreRestoredToTheLetter(t *testing.T) {
	t.Parallel()
	for former, c := range map[string]struct{ now, want string }{
		`null`:   {`"DisablePasswordExpiration"`, `null`},
		`"None"`: {`"DisablePasswordExpiration"`, `"None"`},
		`"DisableStrongPassword,disablepasswordexpiration"`: {`"DisableStrongPassword"`, `"DisableStrongPassword,disablepasswordexpiration"`},
		`"DisableStrongPassword"`:                           {`"DisablePasswordExpiration"`, `"None"`},
		`"disablepasswordexpiration"`:                       {`"DisableStrongPassword"`, `"DisablePasswordExpiration, DisableStrongPassword"`},
	} {
		var before, present PasswordPolicies
		if err := errors.Join(json.Unmarshal([]byte(former), &before), json.Unmarshal([]byte(c.now), &present)); err != nil {
			t.Fatal(err)
		}
		stored, err := json.Marshal(before)
		if err != nil || string(stored) != former {
			t.Errorf("%s is remembered as %s, %v", former, stored, err)
		}
		if got, err := json.Marshal(present.RestoredTo(before)); err != nil || string(got) != c.want {
			t.Errorf("%s restored to %s: %s, want %s, %v", c.now, former, got, c.want, err)
		}
	}
}

func TestAWriteWhoseAnswerIsLostIsReadBack(t *testing.T) {
	t.Parallel()
	for effect, now := range map[bool]string{true: strings.Replace(aPolicy, `"enablementType":0`, `"enablementType":2`, 1), false: aPolicy} {
		synctest.Test(t, func(t *testing.T) {
			lost := &losing{script: script{answers: []answer{{status: 200, body: aPolicy}, {status: 200, body: now}}}}
			change, err := newClient(t, lost).ChangePasswordResetPolicy(t.Context(), PasswordResetSettings{EnablementType: new(EnabledForAll)}, PasswordResetSettings{})
			if (err == nil) != effect || change.Uncertain == effect {
				t.Errorf("effect %v: uncertain %v, %v", effect, change.Uncertain, err)
			}
		})
	}
}

// losing drops every answer to a PUT.
type losing struct{ script }

func (l *losing) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodPut {
		return nil, io.ErrUnexpectedEOF
	}
	return l.script.RoundTrip(request)
}

func TestOneWriterAtATimeChangesThePolicy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &policyServer{document: aPolicy}
		client := newClient(t, p)
		var group sync.WaitGroup
		for _, change := range []PasswordResetSettings{{EnablementType: new(EnabledForAll)}, {NotifyUsersOnPasswordReset: new(true)}, {NumberOfQuestionsToReset: new(int64(4))}} {
			group.Go(func() {
				if _, err := client.ChangePasswordResetPolicy(t.Context(), change, PasswordResetSettings{}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for _, part := range []string{`"enablementType":2`, `"notifyUsersOnPasswordReset":true`, `"numberOfQuestionsToReset":4`} {
			if !strings.Contains(p.document, part) {
				t.Errorf("%s is lost: %s", part, p.document)
			}
		}
	})
}

// policyServer stores the policy and takes its time for each answer.
type policyServer struct {
	mu       sync.Mutex
	document string
}

func (p *policyServer) RoundTrip(request *http.Request) (*http.Response, error) {
	time.Sleep(100 * time.Millisecond)
	p.mu.Lock()
	defer p.mu.Unlock()
	body := p.document
	if request.Method == http.MethodPut {
		content, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		p.document, body = string(content), "true"
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: request}, nil
}

func TestOddValuesDoNotKeepAnybodyFromManagingTheOthers(t *testing.T) {
	t.Parallel()
	const odd = `{"objectId":"default","enablementType":2,"EnablementType":"x","numberOfAuthenticationMethodsRequired":"2","registrationReconfirmIntevalInDays":180.0,"notifyUsersOnPasswordReset":null}`
	policy, err := newClient(t, &script{answers: []answer{{status: 200, body: odd}}}).PasswordResetPolicy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if keys := policy.Settings.keys(); len(keys) != 1 || keys[0] != "enablementType" || *policy.Settings.EnablementType != EnabledForAll {
		t.Errorf("read %v", keys)
	}
	sent, err := policy.with(PasswordResetSettings{EnablementType: new(EnabledForNone), PasswordResetEnabledGroupIDs: new([]string{})})
	if err != nil {
		t.Fatal(err)
	}
	if differing := policy.document.differing(sent); len(differing) != 3 {
		t.Errorf("the write changes %v", differing)
	}
}

func TestADocumentThatIsNoPolicyIsRefused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"objectId":"other"}`, `[]`, `null`, `{"ObjectId":"default"}`} {
		if _, err := newClient(t, &script{answers: []answer{{status: 200, body: body}}}).PasswordResetPolicy(t.Context()); err == nil {
			t.Errorf("%s is taken for a policy", body)
		}
	}
}
