package mockdirectory

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// How unkind an unkind directory is.
const (
	// troubleOdds is how many of a hundred requests meet a trouble; moreTroubleOdds, of those that follow one.
	troubleOdds, moreTroubleOdds = 15, 35
	// longestTrouble is how many requests in a row, of one method to one path, are in trouble at most.
	longestTrouble = 3
	// expiryGap is how many requests of one method to one path pass at least before a token expires there again. It is
	// long enough for all that a client has on its way to come through with the token that it has just got.
	expiryGap = 50
)

// unkindness is what an unkind directory remembers of its visitors.
type unkindness struct {
	mu     sync.Mutex
	routes map[string]*visits
}

// visits are the requests of one method to one path.
type visits struct {
	count int
	// row is how many in a row, up to now, were in trouble.
	row int
	// accepted is the token that was taken last, rejected the one that has expired here, at a visit.
	accepted, rejected string
	expired            int
}

// visit is one request to an unkind directory. All that happens to it follows from the seed, from what is asked for
// and from how often that was asked before, so that it is the same whatever else goes on at the time.
type visit struct {
	seed    uint64
	route   string
	ordinal int
}

// trouble is what an unkind directory does to a request.
type trouble struct {
	name string
	// fault takes the place of the answer, unless it is nil.
	fault *Fault
	// spoils changes an answer that was made, unless it is nil.
	spoils func(c *call, a *answer)
	slow   time.Duration
}

// Kind reports whether the directory makes no trouble of its own.
func (d *Directory) Kind() bool { return d.options.Unkind == 0 }

// dice returns the numbers of a visit for a purpose.
func (v visit) dice(purpose string) *rand.Rand {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %d %s", v.seed, v.route, v.ordinal, purpose))
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:])))
}

// lag is how late a write is seen: soon by most replicas, later by lists, which come from an index.
func (v visit) lag() lag {
	dice := v.dice("lag")
	late := []lag{{}, {}, {reads: 1}, {reads: 2}, {early: 1, reads: 1}}[dice.IntN(5)]
	late.lists = late.reads + dice.IntN(3)
	return late
}

// trouble decides what happens to a request. There is none for a request without a route or a token, which is wrong
// in itself, nor for one with a planned fault, nor for signing in, which is repeated by libraries that pause for seconds.
func (d *Directory) trouble(c *call, found match, planned *Fault) trouble {
	token := c.header.Get("Authorization")
	if d.Kind() || found.route == nil || strings.HasPrefix(found.template, "/{tenant}/") || token == "" && !c.batch {
		return trouble{}
	}
	c.visit = visit{seed: d.options.Unkind, route: c.visitedRoute(found)}
	c.openEmptyPage()
	chosen := d.unkind.visit(c, found, token)
	if planned != nil || chosen == nil {
		return trouble{}
	}
	out := chosen.make(c, c.visit.dice("how"), d.now())
	out.name = chosen.name
	return out
}

// visitedRoute is what a visit is to: the method and the path, with ids but without the client's spelling.
func (c *call) visitedRoute(found match) string {
	route := c.method + " " + found.template
	for _, name := range slices.Sorted(maps.Keys(found.params)) {
		route += " " + strings.ToLower(found.params[name])
	}
	if c.batch {
		route += " in a batch"
	}
	return route
}

// visit counts a request and returns the kind of trouble that it gets into, or nil.
func (u *unkindness) visit(c *call, found match, token string) *kind {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.routes == nil {
		u.routes = map[string]*visits{}
	}
	past, ok := u.routes[c.visit.route]
	if !ok {
		past = &visits{expired: -expiryGap}
		u.routes[c.visit.route] = past
	}
	past.count++
	c.visit.ordinal = past.count
	if token != "" && token == past.rejected {
		// A token that has expired stays so.
		return &expiredToken
	}
	past.rejected = ""
	if !past.unlucky(c.visit) {
		past.row, past.accepted = 0, token
		return nil
	}
	past.row++
	mayExpire := token != "" && token == past.accepted && c.visit.ordinal-past.expired >= expiryGap
	chosen := pick(c.visit.dice("which"), func(k *kind) bool {
		return k.happens(c, found) && (k != &expiredToken || mayExpire)
	})
	if chosen == &expiredToken {
		past.rejected, past.expired = token, c.visit.ordinal
	}
	return chosen
}

// unlucky says whether a visit meets a trouble at all. A client that repeats its requests comes through.
func (p *visits) unlucky(v visit) bool {
	odds := troubleOdds
	if p.row > 0 {
		odds = moreTroubleOdds
	}
	return p.row < longestTrouble && v.dice("whether").IntN(100) < odds
}

// pick draws one of the kinds of trouble that a request may get into.
func pick(dice *rand.Rand, may func(*kind) bool) *kind {
	possible := slices.DeleteFunc(slices.Clone(kinds), func(k *kind) bool { return !may(k) })
	total := 0
	for _, k := range possible {
		total += k.weight
	}
	at := dice.IntN(total)
	last := len(possible) - 1
	for _, k := range possible[:last] {
		if at -= k.weight; at < 0 {
			return k
		}
	}
	return possible[last]
}

// spoil makes an answer what the trouble wants, and odd in ways that are right.
func (t trouble) spoil(c *call, a *answer) {
	if c.visit.ordinal == 0 {
		return
	}
	c.disguise(a)
	a.unkind, a.slow = t.name, t.slow
	if t.spoils != nil {
		t.spoils(c, a)
	}
}
