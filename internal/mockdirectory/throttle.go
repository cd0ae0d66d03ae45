package mockdirectory

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"
)

// Throttle sets the quotas of one application in the tenant. A field that is zero means what Microsoft documents.
type Throttle struct {
	// ResourceUnits in each Period; by default 3,500, 5,000 or 8,000 in 10 s, by the number of users.
	ResourceUnits int
	Period        time.Duration
	// Writes in each WritePeriod; by default 3,000 in 150 s.
	Writes      int
	WritePeriod time.Duration
	// Reports in each ReportPeriod; by default 5 in 10 s.
	Reports      int
	ReportPeriod time.Duration
}

// ThrottleCounts says how many requests the quotas let pass, items of batches counted singly.
type ThrottleCounts struct {
	Granted       int `json:"granted"`
	Refused       int `json:"refused"`
	GrantedWrites int `json:"granted_writes"`
	RefusedWrites int `json:"refused_writes"`
	// ResourceUnits is the price of all of them; the refused ones cost as well.
	ResourceUnits int `json:"resource_units"`
}

const (
	writeQuota, writePeriod   = 3000, 150 * time.Second
	reportQuota, reportPeriod = 5, 10 * time.Second
	unitPeriod                = 10 * time.Second
	// deepestDebt is how far refused requests may overdraw a quota, as a multiple of it.
	deepestDebt = 1.8
	// warnFrom is the part of a quota from which on answers tell it.
	warnFrom = 0.8
)

func (t *Throttle) check() error {
	if min(t.ResourceUnits, t.Writes, t.Reports) < 0 || min(t.Period, t.WritePeriod, t.ReportPeriod) < 0 {
		return errors.New("quotas and their periods cannot be negative")
	}
	return nil
}

// quota is so much in so long.
type quota struct {
	amount float64
	period time.Duration
}

func newQuota(amount, documented int, period, documentedPeriod time.Duration) quota {
	if amount == 0 {
		amount = documented
	}
	if period == 0 {
		period = documentedPeriod
	}
	return quota{amount: float64(amount), period: period}
}

// unitQuota depends on the size of the tenant.
func (t *Throttle) unitQuota(users int) quota {
	units := 8000
	switch {
	case users < 50:
		units = 3500
	case users <= 500:
		units = 5000
	}
	return newQuota(t.ResourceUnits, units, t.Period, unitPeriod)
}

// bucket is what an application has used of a quota and not got back yet.
type bucket struct {
	used float64
	at   time.Time
}

// refill gives back what the time since the last look is worth.
func (b *bucket) refill(q quota, now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.used = max(0, b.used-q.amount*passed.Seconds()/q.period.Seconds())
		b.at = now
	}
}

// add uses up a part of the quota, down to the deepest debt.
func (b *bucket) add(q quota, cost float64) {
	b.used = min(b.used+cost, q.amount*deepestDebt)
}

// wait is the time until the quota can pay, in whole milliseconds. A price above the whole quota waits for all of it.
func (b *bucket) wait(q quota, cost float64) time.Duration {
	missing := b.used + min(cost, q.amount) - q.amount
	if missing < 1e-9 {
		return 0
	}
	seconds := missing * q.period.Seconds() / q.amount
	return time.Duration(math.Ceil(seconds*1000-1e-6)) * time.Millisecond
}

// quotas is what each application used, by client and tenant id. It is guarded by Directory.mu.
type quotas struct {
	used   map[string]*usage
	counts ThrottleCounts
}

type usage struct{ units, writes, reports bucket }

// toll is what the quotas say to a request.
type toll struct {
	wait        time.Duration // until the request can be granted; 0 grants it
	share       float64       // how much of a quota is used, as a part of it
	information string        // which limit refused; empty for reports, whose service does not tell
	scope       string
}

// charge takes the price of a request from the quotas of its application.
func (d *Directory) charge(c *call, r *route) toll {
	limits := d.options.Throttle
	if limits == nil {
		return toll{}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key := c.caller.clientID + "/" + c.caller.tenantID
	used := d.quotas.used[key]
	if used == nil {
		if used = new(usage); d.quotas.used == nil {
			d.quotas.used = map[string]*usage{}
		}
		d.quotas.used[key] = used
	}
	now := d.now()
	var t toll
	if r.report {
		t = used.report(limits, now)
	} else {
		t = used.directory(limits.unitQuota(len(d.state.Users)), limits, float64(c.price(r.cost)), r.writes(), now)
		d.quotas.counts.ResourceUnits += c.price(r.cost)
	}
	if t.information != "" {
		t.scope += key
	}
	d.quotas.counts.add(t.wait == 0, r.writes())
	return t
}

// directory charges a request to the directory. A refused one costs resource units, but no write.
func (u *usage) directory(units quota, limits *Throttle, cost float64, write bool, now time.Time) toll {
	writes := newQuota(limits.Writes, writeQuota, limits.WritePeriod, writePeriod)
	u.units.refill(units, now)
	u.writes.refill(writes, now)
	var t toll
	short := u.units.wait(units, cost) > 0
	u.units.add(units, cost)
	if short {
		t = toll{wait: u.units.wait(units, cost), information: "ResourceUnitLimitExceeded", scope: "Tenant_Application/ReadWrite/"}
	}
	if wait := u.writes.wait(writes, 1); write && wait > 0 {
		t = toll{wait: max(t.wait, wait), information: "WriteLimitExceeded", scope: "Tenant_Application/Write/"}
	}
	if write && t.wait == 0 {
		u.writes.add(writes, 1)
	}
	t.share = u.units.used / units.amount
	if write {
		t.share = max(t.share, u.writes.used/writes.amount)
	}
	return t
}

// report charges a request for a report, of which a refused one costs nothing.
func (u *usage) report(limits *Throttle, now time.Time) toll {
	reports := newQuota(limits.Reports, reportQuota, limits.ReportPeriod, reportPeriod)
	u.reports.refill(reports, now)
	wait := u.reports.wait(reports, 1)
	if wait == 0 {
		u.reports.add(reports, 1)
	}
	return toll{wait: wait}
}

// writes says whether requests count as writes; the POST requests that have a price only read.
func (r *route) writes() bool {
	return r.method != http.MethodGet && r.method != http.MethodPost
}

func (n *ThrottleCounts) add(granted, write bool) {
	switch {
	case granted && write:
		n.GrantedWrites++
	case write:
		n.RefusedWrites++
	}
	if granted {
		n.Granted++
	} else {
		n.Refused++
	}
}

// refusal is the answer to a request that the quotas cannot pay.
func (t toll) refusal() answer {
	a := fail(&failure{status: http.StatusTooManyRequests})
	a.set("Retry-After", strconv.FormatFloat(t.wait.Seconds(), 'f', -1, 64))
	if t.information != "" {
		a.set("x-ms-throttle-scope", t.scope)
		a.set("x-ms-throttle-information", t.information)
	}
	return a
}

// warn tells a caller who is granted a request that little is left.
func (t toll) warn(a *answer) {
	if t.share > warnFrom {
		a.set("x-ms-throttle-limit-percentage", strconv.FormatFloat(t.share, 'f', 3, 64))
	}
}

// Throttled returns how many requests the quotas granted and refused so far.
func (d *Directory) Throttled() ThrottleCounts {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.quotas.counts
}
