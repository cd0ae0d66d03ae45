package mockdirectory

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// failure is why a request was refused. Each service puts it into its own words.
type failure struct {
	status        int
	code, message string
	details       []failureDetail
	// portal carries what only the portal's errors tell.
	exception, detail string
	// html asks for a page of the web server in place of the service's error.
	html string
	// signIn carries the numbers of sign-in errors.
	number   int
	suberror string
}

type failureDetail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target"`
}

func fail(f *failure) answer { return answer{status: f.status, failed: f} }

// marshal encodes values that the package made itself, which cannot fail. It leaves <, > and & readable.
func marshal(value any) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic("mock directory: encoding an answer: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// textOf gives a planned fault a message where its planner gave none.
func textOf(f *failure) (code, message string) {
	code, message = f.code, f.message
	if code == "" {
		code = defaultCode(f.status)
	}
	if message == "" {
		message = defaultMessage(f.status)
	}
	return code, message
}

func defaultCode(status int) string {
	switch status {
	case http.StatusBadRequest, http.StatusMethodNotAllowed:
		return "Request_BadRequest"
	case http.StatusUnauthorized:
		return "InvalidAuthenticationToken"
	case http.StatusForbidden:
		return "Authorization_RequestDenied"
	case http.StatusNotFound:
		return "Request_ResourceNotFound"
	case http.StatusConflict:
		return "Directory_ConcurrencyViolation"
	case http.StatusTooManyRequests:
		return "TooManyRequests"
	case http.StatusNotImplemented:
		return "NotImplemented"
	case http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return "serviceNotAvailable"
	default:
		return "UnknownError"
	}
}

func defaultMessage(status int) string {
	switch status {
	case http.StatusForbidden:
		return "Insufficient privileges to complete the operation."
	case http.StatusConflict:
		return "Error due to concurrent requests being made to the tenant. Please wait briefly and retry."
	case http.StatusTooManyRequests:
		return "Please retry again later."
	case http.StatusMethodNotAllowed:
		return "Specified HTTP method is not allowed for the request target."
	default:
		return strconv.Itoa(status) + " " + http.StatusText(status)
	}
}

// page is the sort of error page that a web server gives in front of a service.
func page(status int, text string) []byte {
	title := strconv.Itoa(status) + " - " + text
	return []byte("<!DOCTYPE html>\n<html><head><title>" + title + "</title></head>\n<body><h2>" + title + "</h2></body></html>\n")
}
