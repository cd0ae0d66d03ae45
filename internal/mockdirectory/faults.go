package mockdirectory

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Fault is an answer that a request gets in place of its own.
type Fault struct {
	// Method is the HTTP method; empty means any.
	Method string `json:"method,omitempty"`
	// Path is a pattern for the path or for its template: * stands for any part of a segment,
	// {name} for a whole segment, ** at the end for all the rest.
	Path   string `json:"path"`
	Status int    `json:"status,omitempty"`
	// Times is how often the fault fires; 0 means once.
	Times int `json:"times,omitempty"`
	// After is how many matching requests pass untouched first.
	After int `json:"after,omitempty"`
	// RetryAfter is the value of the header: seconds, decimals or a date.
	RetryAfter string `json:"retry_after,omitempty"`
	// Code and Message replace those that the service would give.
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	// Body, if given, is sent as it stands, as ContentType.
	Body        string `json:"body,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	// BatchItem limits the fault to requests inside a batch.
	BatchItem bool `json:"batch_item,omitempty"`
	// Applied lets the request take effect before the fault replaces its answer.
	Applied bool `json:"applied,omitempty"`
	// Broken cuts the connection without any answer. Items of a batch cannot be cut on their own.
	Broken bool `json:"broken,omitempty"`

	// failed is a failure with more to it than Code and Message.
	failed *failure
}

// faultPlan is guarded by Directory.mu.
type faultPlan struct{ pending []Fault }

func (f Fault) check() error {
	switch {
	case !strings.HasPrefix(f.Path, "/"):
		return errors.New("path: want a pattern that starts with a slash, such as /v1.0/users/*")
	case f.Broken && f.BatchItem:
		return errors.New("broken: an item of a batch has no connection of its own")
	case f.Broken && f.Status != 0:
		return errors.New("broken: a cut connection has no status")
	case !f.Broken && (f.Status < 200 || f.Status > 599):
		return errors.New("status: want 200 to 599")
	case f.Times < 0 || f.After < 0:
		return errors.New("times and after cannot be negative")
	}
	return nil
}

// AddFault plans a fault. Of several that match a request the oldest fires.
// It panics when the fault could never fire, as that is a mistake in the caller's program.
func (d *Directory) AddFault(f Fault) {
	if err := f.check(); err != nil {
		panic("mock directory: fault: " + err.Error())
	}
	if f.Times == 0 {
		f.Times = 1
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults.pending = append(d.faults.pending, f)
}

// PendingFaults returns the faults that have not fired as often as planned, with what is left of them.
func (d *Directory) PendingFaults() []Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.faults.pending)
}

// clearFaults drops all planned faults.
func (d *Directory) clearFaults() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults.pending = nil
}

// takeFault returns the fault that is due for a request, if any.
func (d *Directory) takeFault(c *call) *Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.faults.pending {
		f := &d.faults.pending[i]
		if !f.matches(c) {
			continue
		}
		if f.After > 0 {
			f.After--
			continue
		}
		due := *f
		if f.Times--; f.Times <= 0 {
			d.faults.pending = slices.Delete(d.faults.pending, i, i+1)
		}
		return &due
	}
	return nil
}

func (f *Fault) matches(c *call) bool {
	if f.Method != "" && f.Method != c.method || f.BatchItem && !c.batch || f.Broken && c.batch {
		return false
	}
	path := make([]string, len(c.segments))
	for i, s := range c.segments {
		path[i] = s.text
	}
	template := strings.Split(strings.Trim(c.template, "/"), "/")
	return matchPattern(f.Path, path) || c.template != "" && matchPattern(f.Path, template)
}

func (f *Fault) answer(d *Directory, c *call) answer {
	a := answer{status: f.Status, broken: f.Broken}
	if f.Broken {
		return a
	}
	if f.RetryAfter != "" {
		a.set("Retry-After", f.RetryAfter)
	}
	if f.Status == http.StatusTooManyRequests {
		d.throttleHeaders(c, &a)
	}
	if f.Status >= http.StatusBadRequest {
		a.failed = cmp.Or(f.failed, &failure{status: f.Status, code: f.Code, message: f.Message})
	}
	return a
}

// override puts the fault's own body in the place of the service's.
func (f *Fault) override(a *answer) {
	if f.Body != "" {
		a.body = []byte(f.Body)
	}
	if f.ContentType != "" {
		a.set("Content-Type", f.ContentType)
	}
}
