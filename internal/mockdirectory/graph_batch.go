package mockdirectory

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const largestBatch = 20

type batchItem struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
	// Some clients send the atomicity group of the standard; Graph ignores it.
	AtomicityGroup string `json:"atomicityGroup"`
}

// batch runs the requests of a batch through the same handlers as single ones.
func (d *Directory) batch(c *call) answer {
	if f := c.jsonBody(); f != nil {
		return fail(f)
	}
	items, f := readBatch(c.body)
	if f != nil {
		return fail(f)
	}
	done := map[string]int{}
	answers := make([]json.RawMessage, 0, len(items))
	for _, item := range items {
		a := d.batchAnswer(c, item, done)
		done[strings.ToLower(item.ID)] = a.status
		answers = append(answers, batchEntry(item.ID, a))
	}
	// The order is not promised; the reverse of the requests shows clients that rely on it.
	slices.Reverse(answers)
	var o object
	o.add("responses", joinArray(answers))
	return graphAnswer(http.StatusOK, o.bytes())
}

// readBatch refuses a batch as a whole.
func readBatch(body []byte) ([]batchItem, *failure) {
	malformed := func(format string, args ...any) ([]batchItem, *failure) {
		return nil, &failure{status: http.StatusBadRequest, code: "BadRequest", message: fmt.Sprintf(format, args...)}
	}
	var batch struct {
		Requests []batchItem `json:"requests"`
	}
	if err := json.Unmarshal(body, &batch); err != nil {
		return malformed("Invalid batch payload format.")
	}
	switch count := len(batch.Requests); {
	case count == 0:
		return malformed("Invalid batch payload format: there are no requests.")
	case count > largestBatch:
		return malformed("Number of batch request steps exceeds the maximum value of %d.", largestBatch)
	}
	seen := map[string]bool{}
	for _, item := range batch.Requests {
		id := strings.ToLower(item.ID)
		switch {
		case id == "" || item.Method == "" || item.URL == "":
			return malformed("Invalid batch payload format: id, method and url are needed.")
		case seen[id]:
			return malformed("Duplicate request id '%s' in the batch.", item.ID)
		case len(item.Body) > 0 && string(item.Body) != "null" && itemHeader(item).Get("Content-Type") == "":
			return malformed("Request with id '%s' has a body but no Content-Type header.", item.ID)
		}
		for _, other := range item.DependsOn {
			if !seen[strings.ToLower(other)] {
				return malformed("Request with id '%s' depends on '%s', which does not come before it.", item.ID, other)
			}
		}
		seen[id] = true
	}
	return batch.Requests, nil
}

func itemHeader(item batchItem) http.Header {
	header := http.Header{}
	for name, value := range item.Headers {
		header.Set(name, value)
	}
	return header
}

// batchAnswer runs one request of a batch. The journal counts it like a single one.
func (d *Directory) batchAnswer(outer *call, item batchItem, done map[string]int) answer {
	c := &call{
		method: strings.ToUpper(item.Method), host: outer.host, header: itemHeader(item),
		batch: true, caller: outer.caller,
	}
	if string(item.Body) != "null" {
		c.body = item.Body
	}
	target, err := url.Parse("/" + outer.version() + "/" + strings.TrimPrefix(item.URL, "/"))
	if err != nil || strings.Contains(item.URL, "://") || strings.HasSuffix(target.Path, "/$batch") {
		c.path, c.requestID = item.URL, newID()
		a := fail(&failure{status: http.StatusBadRequest, code: "BadRequest", message: "Invalid url for the request in the batch: " + item.URL})
		d.finishGraph(c, &a)
		return a
	}
	c.path, c.rawQuery = target.EscapedPath(), target.RawQuery
	c.segments = splitPath(c.path)
	for _, other := range item.DependsOn {
		if done[strings.ToLower(other)] >= http.StatusBadRequest {
			c.requestID, c.arrived = newID(), outer.arrived
			a := fail(&failure{status: http.StatusFailedDependency, code: "FailedDependency", message: "The request was not run because a request that it depends on failed."})
			d.finishGraph(c, &a)
			d.journalize(c, a)
			return a
		}
	}
	return d.dispatch(c)
}

// spelled undoes the canonical spelling of headers: inside a batch they are JSON, where letters count.
func spelled(name string) string {
	lower := strings.ToLower(name)
	switch {
	case strings.HasPrefix(lower, "x-ms-"), strings.HasSuffix(lower, "request-id"):
		return lower
	case lower == "odata-version":
		return "OData-Version"
	default:
		return name
	}
}

func batchEntry(id string, a answer) json.RawMessage {
	headers := map[string]string{}
	for name := range a.header {
		headers[spelled(name)] = a.header.Get(name)
	}
	var o object
	o.add("id", quoted(id))
	o.add("status", marshal(a.status))
	o.add("headers", marshal(headers))
	switch {
	case len(a.body) == 0:
	case json.Valid(a.body) && strings.HasPrefix(a.header.Get("Content-Type"), "application/json"):
		o.add("body", a.body)
	default:
		// What is not JSON goes in base64.
		o.add("body", quoted(base64.StdEncoding.EncodeToString(a.body)))
	}
	return o.bytes()
}
