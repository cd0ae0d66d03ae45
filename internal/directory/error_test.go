package directory

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOnlyTheDirectoryCanSayThatAnObjectIsGone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		gone bool
	}{
		{&Error{Status: 404, Code: "Request_ResourceNotFound"}, true},
		{&Error{Status: 404, Code: "ResourceNotFound"}, false},
		{fmt.Errorf("x: %w", &Error{Status: 404, Code: "Request_ResourceNotFound"}), true},
		{&Error{Status: 404}, false},
		{&Error{Status: 404, Code: "BadRequest"}, false},
		{&Error{Status: 400, Code: "Request_ResourceNotFound"}, false},
		{errors.New("Request_ResourceNotFound"), false},
		{nil, false},
	} {
		if IsNotFound(c.err) != c.gone {
			t.Errorf("%v: gone is not %v", c.err, c.gone)
		}
	}
}

func TestAnErrorCarriesTheIDsOfItsRequest(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{
		{status: 400, header: http.Header{"Request-Id": {"graph-1"}}, body: "{}"},
		{status: 400, header: http.Header{"X-Ms-Correlation-Id": {"portal-1"}}, body: `{"Message":"m"}`},
		{status: 400, body: `{"Message":"m","ClientData":{"clientRequestId":"portal-2"}}`},
	}}
	client := newClient(t, s)
	_, graphErr := client.User(t.Context(), "a")
	_, portalErr := client.PasswordResetPolicy(t.Context())
	_, namedErr := client.PasswordResetPolicy(t.Context())
	for i, want := range []struct {
		err                  error
		request, correlation string
	}{
		{graphErr, "graph-1", s.requests[0].Header.Get("client-request-id")},
		{portalErr, "portal-1", s.requests[1].Header.Get("X-Ms-Client-Request-Id")},
		{namedErr, "", "portal-2"},
	} {
		var refusal *Error
		if !errors.As(want.err, &refusal) || refusal.RequestID != want.request || refusal.ClientRequestID != want.correlation || want.correlation == "" {
			t.Errorf("%d: %+v", i, refusal)
		}
	}
}

func TestALongOrUnreadableAnswerStaysReadable(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"long": strings.Repeat("ü", 5000), "binary": "\xff\xfe", "long title": "<title>" + strings.Repeat("x", 5000) + "</title>"} {
		_, err := newClient(t, &script{answers: []answer{{status: 400, body: body}}}).User(t.Context(), "a")
		if err == nil || !utf8.ValidString(err.Error()) || utf8.RuneCountInString(err.Error()) > 300 {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}

func TestAnEmptyDetailLeavesTheMessageOfTheAdminCenter(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: 400, body: `{"Message":"outer","ClientData":{"errorCode":"c","operationResults":[{"details":""}]}}`}}}
	var refusal *Error
	if _, err := newClient(t, s).PasswordResetPolicy(t.Context()); !errors.As(err, &refusal) || refusal.Message != "outer" || refusal.Code != "c" {
		t.Errorf("got %+v", refusal)
	}
}
