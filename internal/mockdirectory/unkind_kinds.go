package mockdirectory

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kind is a way of being unkind.
type kind struct {
	name   string
	weight int
	// happens says to which requests.
	happens func(c *call, found match) bool
	make    func(c *call, dice *rand.Rand, now time.Time) trouble
}

// expiredToken stands apart because a token that has expired stays so.
var expiredToken = kind{"token expired", 8, single, expireToken}

// kinds are all ways of being unkind. A missing object is none of them: it would mean that somebody deleted it.
var kinds = []*kind{
	{"throttled", 30, always, throttle},
	{"unavailable", 22, always, unavailable},
	{"timed out", 5, single, func(_ *call, dice *rand.Rand, _ time.Time) trouble {
		return trouble{fault: outage(dice, http.StatusRequestTimeout)}
	}},
	{"cut off", 7, single, func(*call, *rand.Rand, time.Time) trouble {
		return trouble{fault: &Fault{Broken: true}}
	}},
	{"cut off after the write", 7, singleWrite, func(*call, *rand.Rand, time.Time) trouble {
		return trouble{fault: &Fault{Broken: true, Applied: true}}
	}},
	{"failed after the write", 9, singleWrite, func(_ *call, dice *rand.Rand, _ time.Time) trouble {
		fault := outage(dice, choose(dice, http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout))
		fault.Applied = true
		return trouble{fault: fault}
	}},
	{"truncated", 10, singleRead, truncate},
	{"slow", 6, single, func(_ *call, dice *rand.Rand, _ time.Time) trouble {
		return trouble{slow: time.Duration(10+dice.IntN(50)) * time.Millisecond}
	}},
	{"concurrency violation", 14, graphUpdate, func(*call, *rand.Rand, time.Time) trouble {
		return trouble{fault: &Fault{Status: http.StatusConflict}}
	}},
	{"empty page", 14, listing, func(*call, *rand.Rand, time.Time) trouble {
		return trouble{spoils: (*call).emptyPage}
	}},
	&expiredToken,
}

func always(*call, match) bool { return true }

// single is what is not in a batch, where items share their connection, their token and their answer.
func single(c *call, _ match) bool { return !c.batch }

func singleRead(c *call, _ match) bool { return !c.batch && !c.updates() }

func singleWrite(c *call, _ match) bool { return !c.batch && c.updates() }

func graphUpdate(c *call, _ match) bool { return c.method == http.MethodPatch }

func listing(c *call, found match) bool {
	lists := []string{"/v1.0/users", "/v1.0/domains", "/v1.0/groups/{id}/members", "/v1.0/groups/{id}/transitiveMembers",
		"/v1.0/reports/authenticationMethods/userRegistrationDetails"}
	return !c.batch && c.method == http.MethodGet && slices.Contains(lists, found.template)
}

// updates says whether a request may change the tenant. A batch may.
func (c *call) updates() bool {
	return c.method != http.MethodGet && !strings.HasSuffix(c.path, "/getByIds")
}

func choose[T any](dice *rand.Rand, from ...T) T { return from[dice.IntN(len(from))] }

// throttle says when to come back in each form that is known, or not at all. The times are short, but for whole
// seconds and dates, which cannot be.
func throttle(c *call, dice *rand.Rand, now time.Time) trouble {
	fault := &Fault{Status: http.StatusTooManyRequests}
	switch at := dice.IntN(100); {
	case at < 74:
		fault.RetryAfter = fmt.Sprintf("%.3f", 0.01+0.09*dice.Float64())
	case at < 82:
		fault.RetryAfter = "0"
	case at < 85:
		fault.RetryAfter = "1"
	case at < 88:
		fault.RetryAfter = now.Add(time.Second).UTC().Format(http.TimeFormat)
	case at < 94 && !c.batch:
		return trouble{fault: fault, spoils: (*call).noBody}
	}
	return trouble{fault: fault}
}

func unavailable(c *call, dice *rand.Rand, _ time.Time) trouble {
	if c.batch {
		return trouble{fault: &Fault{Status: http.StatusServiceUnavailable, RetryAfter: choose(dice, "", "0.050", "0.120")}}
	}
	status := choose(dice, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout)
	fault := outage(dice, status)
	if status == http.StatusServiceUnavailable {
		fault.RetryAfter = choose(dice, "", "0.050", "0.120")
	}
	if fault.Body == "" && dice.IntN(3) == 0 {
		return trouble{fault: fault, spoils: (*call).noBody}
	}
	return trouble{fault: fault}
}

// outage is a failure in the words of the service or in those of a web server in front of it.
func outage(dice *rand.Rand, status int) *Fault {
	fault := &Fault{Status: status}
	if dice.IntN(3) == 0 {
		fault.Body, fault.ContentType = string(page(status, http.StatusText(status))), "text/html"
	}
	return fault
}

// expireToken refuses a token as the service does for which it is.
func expireToken(c *call, dice *rand.Rand, _ time.Time) trouble {
	failed := unauthorized(tokenExpired)
	if strings.HasPrefix(c.template, "/api/") {
		failed = choose(dice, portalUnauthorized(), portalExpired())
	}
	return trouble{fault: &Fault{Status: failed.status, failed: failed}}
}

// truncate lets an answer end too early: as what was announced, or as JSON alone.
func truncate(_ *call, dice *rand.Rand, _ time.Time) trouble {
	announced, part := dice.IntN(2) == 0, dice.Float64()
	return trouble{spoils: func(_ *call, a *answer) {
		if len(a.body) == 0 {
			return
		}
		if announced {
			a.set("Content-Length", strconv.Itoa(len(a.body)))
		}
		a.body = a.body[:int(part*float64(len(a.body)))]
	}}
}

func (*call) noBody(a *answer) {
	a.body = nil
	a.header.Del("Content-Type")
}
