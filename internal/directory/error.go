package directory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Error is a refusal or a failure of the directory.
type Error struct {
	// Service is the API that was called, in words.
	Service string
	Method  string
	Path    string
	// Status is the HTTP status, 0 when there was no readable answer.
	Status int
	// Code and Message are the directory's own words, without what no terminal
	// should be shown. Code may be empty.
	Code, Message string
	// RequestID is the directory's id of the request, ClientRequestID ours.
	RequestID, ClientRequestID string
	// Needs names the permission or role that the call takes.
	Needs string
	// RetryAt is when the directory accepts requests again, if it said so.
	RetryAt time.Time
	// Err is the cause where there was no readable answer.
	Err error
}

func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s: ", e.Method, e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&text, "%s answered %d", e.Service, e.Status)
		if e.Code != "" {
			fmt.Fprintf(&text, " (%s)", e.Code)
		}
		text.WriteString(": ")
	}
	text.WriteString(e.Message)
	if e.Err != nil {
		text.WriteString(": " + legible(e.Err.Error(), mostOfMessage))
	}
	return text.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// IsNotFound reports whether the directory says that the object does not
// exist. Neither a missing route nor a directory that cannot be read at the
// moment counts: they would be taken for a deleted object.
func IsNotFound(err error) bool {
	var refusal *Error
	return errors.As(err, &refusal) && refusal.Status == http.StatusNotFound && refusal.Code == "Request_ResourceNotFound"
}

// newError reads a refusal of whatever shape: Graph's envelope, the admin
// center's ClientException, a web page, or nothing at all.
func newError(s *service, c call, correlationID string, response *http.Response, body []byte) *Error {
	e := &Error{
		Service: s.name, Method: c.method, Path: c.path, Status: response.StatusCode, Needs: c.needs,
		RequestID:       firstHeader(response.Header, "request-id", "x-ms-correlation-id"),
		ClientRequestID: correlationID,
	}
	if wait := retryAfter(response.Header, time.Now()); wait > 0 {
		e.RetryAt = time.Now().Add(wait)
	}
	if !e.fromGraph(body) && !e.fromPortal(body) {
		e.Message = pageText(body)
	}
	if e.Message == "" {
		e.Message = http.StatusText(e.Status)
	}
	e.Message = legible(e.Message, mostOfMessage)
	e.Code, e.RequestID, e.ClientRequestID = shorten(e.Code), shorten(e.RequestID), shorten(e.ClientRequestID)
	return e
}

// fromGraph reads {"error":{"code","message","innerError"}}, in which the
// message has been seen as an object.
// See https://learn.microsoft.com/graph/errors.
func (e *Error) fromGraph(body []byte) bool {
	var envelope struct {
		Error struct {
			Code    string          `json:"code"`
			Message json.RawMessage `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &envelope) != nil || envelope.Error.Code == "" && envelope.Error.Message == nil {
		return false
	}
	e.Code = envelope.Error.Code
	if json.Unmarshal(envelope.Error.Message, &e.Message) != nil {
		e.Message = shorten(string(envelope.Error.Message))
	}
	return true
}

// fromPortal reads the admin center's ClientException and the plain message
// of its web framework.
func (e *Error) fromPortal(body []byte) bool {
	var exception struct {
		Message    string
		ClientData struct {
			ErrorCode             string
			LocalizedErrorDetails struct{ ErrorDetail string }
			OperationResults      []struct{ Details string }
			ClientRequestID       string
		}
	}
	if json.Unmarshal(body, &exception) != nil {
		return false
	}
	data := exception.ClientData
	e.Code = data.ErrorCode
	if data.ClientRequestID != "" {
		e.ClientRequestID = data.ClientRequestID
	}
	switch {
	case data.LocalizedErrorDetails.ErrorDetail != "":
		e.Message = data.LocalizedErrorDetails.ErrorDetail
	case len(data.OperationResults) > 0 && data.OperationResults[0].Details != "":
		e.Message = data.OperationResults[0].Details
	default:
		e.Message = exception.Message
	}
	return e.Message != ""
}

var titleElement = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// pageText is what a body that is no error document says: the title of a web
// page, or its beginning.
func pageText(body []byte) string {
	const beginning = 64 << 10
	body = bytes.TrimSpace(body[:min(len(body), beginning)])
	if match := titleElement.FindSubmatch(body); match != nil {
		return shorten(html.UnescapeString(strings.TrimSpace(string(match[1]))))
	}
	return shorten(string(body))
}

// mostOfMessage is how much of a message a diagnostic shows, in characters.
const mostOfMessage = 2000

// shorten keeps a text readable in one line of a diagnostic.
func shorten(text string) string { return strings.Join(strings.Fields(legible(text, 200)), " ") }

// legible returns a text of so many characters at most, all of which can be
// shown on a terminal: an answer may hold what is no UTF-8, what moves the
// cursor, or what reverses the text after it.
func legible(text string, most int) string {
	if len(text) <= most && utf8.ValidString(text) && !strings.ContainsFunc(text, commanding) {
		return text
	}
	var kept strings.Builder
	length := 0
	for _, r := range text {
		switch {
		case length == most:
			return kept.String() + "…"
		case r == '\r':
			continue
		case commanding(r):
			r = utf8.RuneError
		}
		kept.WriteRune(r)
		length++
	}
	return kept.String()
}

// commanding reports whether a character steers the terminal that shows it.
func commanding(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' && r != '\n' && r != '\t' || r == '\x7f'
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}
