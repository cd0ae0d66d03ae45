package mockdirectory

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Journal tells what was asked of the directory since the start or the last reset.
type Journal struct {
	// Counts has a key such as "GET /v1.0/users/{id}" for each kind of request.
	Counts map[string]int `json:"counts"`
	// Requests are all requests in the order of their answers; items of a batch stand before the batch.
	Requests []Request `json:"requests"`
}

// Request is one request, alone or in a batch.
type Request struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query,omitempty"`
	Status int    `json:"status"`
	// Time is when the request arrived, on the directory's clock.
	Time time.Time `json:"time"`
	// RetryAfter is what the answer's header says, if there is one.
	RetryAfter string `json:"retry_after,omitempty"`
	// Template is empty for a path that the directory does not know.
	Template        string `json:"template"`
	Batch           bool   `json:"batch,omitempty"`
	ClientRequestID string `json:"client-request-id,omitempty"`
	UserAgent       string `json:"user_agent,omitempty"`
	// Body is the request's body with secrets blanked; of a sign-in only what is no secret.
	Body json.RawMessage `json:"body,omitempty"`
	// Unkind names what an unkind directory did to the request, if anything. A connection that was cut has no status.
	Unkind string `json:"unkind,omitempty"`
}

// journal is guarded by Directory.mu. It holds bodies as they came, and blanks them for readers alone, as few ask.
type journal struct{ requests []Request }

func (d *Directory) journalize(c *call, a answer) {
	r := Request{
		Method: c.method, Path: c.path, Query: c.rawQuery, Status: a.status, Template: c.template,
		Time: c.arrived, RetryAfter: a.header.Get("Retry-After"), Unkind: a.unkind,
		Batch: c.batch, ClientRequestID: clientRequestID(c), UserAgent: c.header.Get("User-Agent"), Body: c.body,
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.record.requests = append(d.record.requests, r)
}

func clientRequestID(c *call) string {
	if id := c.header.Get("client-request-id"); id != "" {
		return id
	}
	return c.header.Get("X-Ms-Client-Request-Id")
}

// readable is a body as the journal tells it.
func readable(template string, body []byte) json.RawMessage {
	if len(body) == 0 {
		return nil
	}
	if strings.HasPrefix(template, "/{tenant}/") {
		return signInBody(body)
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return quoted("not JSON")
	}
	return marshal(blank(value))
}

// signInBody keeps of a token request what says how and for what somebody signed in.
func signInBody(body []byte) json.RawMessage {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil
	}
	kept := map[string]string{}
	for _, name := range []string{"grant_type", "client_id", "scope", "resource"} {
		if form.Has(name) {
			kept[name] = form.Get(name)
		}
	}
	return marshal(kept)
}

// blankedMembers hold secrets.
var blankedMembers = []string{"password", "newpassword", "authorization", "client_secret", "refresh_token"}

// blank replaces the values of members that hold secrets.
func blank(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if slices.Contains(blankedMembers, strings.ToLower(name)) {
				v[name] = "***"
			} else {
				v[name] = blank(member)
			}
		}
	case []any:
		for i := range v {
			v[i] = blank(v[i])
		}
	}
	return value
}

// Journal returns a copy of the journal.
func (d *Directory) Journal() Journal {
	d.mu.Lock()
	j := Journal{Counts: map[string]int{}, Requests: append([]Request{}, d.record.requests...)}
	d.mu.Unlock()
	for i, r := range j.Requests {
		j.Requests[i].Body = readable(r.Template, r.Body)
		kind := r.Template
		if kind == "" {
			kind = r.Path
		}
		j.Counts[r.Method+" "+kind]++
	}
	return j
}

// ResetJournal empties the journal.
func (d *Directory) ResetJournal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.record.requests = nil
}
