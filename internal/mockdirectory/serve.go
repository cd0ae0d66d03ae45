package mockdirectory

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const maxBody = 8 << 20

// call is one request: from the wire, or an item of a batch.
type call struct {
	method   string
	host     string
	path     string // as sent, escaped
	segments []segment
	rawQuery string
	query    url.Values
	header   http.Header
	body     []byte
	batch    bool

	arrived   time.Time
	template  string
	params    map[string]string
	requestID string
	caller    caller
	// visit is which request for its method and path this one is, to an unkind directory.
	visit visit
}

// answer is what goes back. A failure is put into words by the area that the request is for.
type answer struct {
	status int
	header http.Header
	body   []byte
	failed *failure
	broken bool // the connection is cut instead of answering
	slow   time.Duration
	// unkind names what an unkind directory did to the answer.
	unkind string
}

func (a *answer) set(name, value string) {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
}

// areas are the three services behind the one address.
type areas struct{ signIn, graph, portal area }

type area struct {
	routes []route
	// serve runs the handler of a route, or says why there is none.
	serve func(c *call, found match) answer
	// finish gives an answer the headers and, where it failed, the body of the service.
	finish func(c *call, a *answer)
}

func newAreas(d *Directory) areas {
	all := areas{signIn: d.signInArea(), graph: d.graphArea(), portal: d.portalArea()}
	for _, where := range []area{all.signIn, all.graph, all.portal} {
		for i := range where.routes {
			r := &where.routes[i]
			r.parts = strings.Split(strings.Trim(r.template, "/"), "/")
		}
	}
	return all
}

func (d *Directory) areaOf(c *call) area {
	first := ""
	if len(c.segments) > 0 {
		first = c.segments[0].text
	}
	switch first {
	case "v1.0", "beta":
		return d.areas.graph
	case "api":
		return d.areas.portal
	default:
		return d.areas.signIn
	}
}

// ServeHTTP implements http.Handler.
func (d *Directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_mock/") {
		d.control.ServeHTTP(w, r)
		return
	}
	started := time.Now()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "cannot read the request: "+err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	c := &call{
		method: r.Method, host: r.Host, path: r.URL.EscapedPath(), rawQuery: r.URL.RawQuery,
		header: r.Header, body: body,
	}
	c.segments = splitPath(c.path)
	a := d.dispatch(c)
	d.secrets.note(c, a)
	if !hold(r.Context(), d.options.Latency+a.slow) {
		return
	}
	d.logLine(c, a, time.Since(started))
	if a.broken {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	// The client may be gone; there is nobody to tell.
	_, _ = w.Write(a.body)
}

// dispatch answers one request and writes it into the journal.
func (d *Directory) dispatch(c *call) answer {
	c.requestID, c.arrived = newID(), d.now()
	c.query, _ = url.ParseQuery(c.rawQuery)
	where := d.areaOf(c)
	found := matchRoute(where.routes, c.method, c.segments)
	c.template, c.params = found.template, found.params
	fault := d.takeFault(c)
	trouble := d.trouble(c, found, fault)
	if trouble.fault != nil {
		fault = trouble.fault
	}
	var a answer
	if fault == nil || fault.Applied {
		a = where.serve(c, found)
	}
	if fault != nil {
		a = fault.answer(d, c)
	}
	where.finish(c, &a)
	if fault != nil {
		fault.override(&a)
	}
	trouble.spoil(c, &a)
	d.journalize(c, a)
	return a
}

// hold keeps an answer back for a time and reports whether the client still waits.
func hold(ctx context.Context, latency time.Duration) bool {
	if latency == 0 {
		return true
	}
	timer := time.NewTimer(latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (d *Directory) logLine(c *call, a answer, took time.Duration) {
	if d.options.Log == nil {
		return
	}
	d.logMu.Lock()
	defer d.logMu.Unlock()
	// A log that cannot be written must not fail the request.
	_, _ = fmt.Fprintf(d.options.Log, "%s %s %d %s\n", c.method, c.path, a.status, took.Round(100*time.Microsecond))
}

// newID returns a random GUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
