package resilience_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

var (
	soakApplies = flag.Int("soak.applies", 12, "how many applies each seed of the soak makes")
	soakSeeds   = flag.Int("soak.seeds", 4, "how many seeds the soak runs")
	soakFirst   = flag.Uint64("soak.first", 1, "the first seed of the soak")
)

// TestAppliesThroughAFaultyProxyEndAsWanted makes one apply after the other
// through a proxy that breaks requests at random, though never too often in a
// row. After each of them the directory holds what the configurations say, and
// nothing else; at the end, what it held at the beginning.
func TestAppliesThroughAFaultyProxyEndAsWanted(t *testing.T) {
	t.Parallel()
	for i := range *soakSeeds {
		seed := *soakFirst + uint64(i)
		t.Run("seed "+strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			newSoak(t, seed).run(*soakApplies)
		})
	}
}

// soak is a tenant behind a faulty proxy, with the resources that manage it.
type soak struct {
	t         *testing.T
	random    *rand.Rand
	directory *acctest.Directory
	proxy     *proxy
	faults    *faultyTransport
	seeded    mockdirectory.State
	resources []*member
}

// member is a resource of the soak.
type member struct {
	managed
	// second says that the second of its two configurations is the one that is
	// applied.
	second bool
}

func newSoak(t *testing.T, seed uint64) *soak {
	t.Helper()
	s := &soak{t: t, random: rand.New(rand.NewPCG(seed, 0)), directory: acctest.StartKindDirectory(t, mockdirectory.Options{Users: addedUsers})}
	s.seeded = s.directory.State()
	s.proxy = newProxy(t, s.directory, seed%2 == 0, func(next http.RoundTripper) http.RoundTripper {
		s.faults = &faultyTransport{next: next, random: rand.New(rand.NewPCG(seed, 1))}
		return s.faults
	})
	for _, k := range kinds(someBatches) {
		s.resources = append(s.resources, &member{managed: managed{kind: k}})
	}
	return s
}

func (s *soak) run(applies int) {
	for range applies {
		m := s.resources[s.random.IntN(len(s.resources))]
		config := m.kind.first
		m.second = s.random.IntN(2) == 1
		switch {
		case m.second:
			config = m.kind.second
		case m.exists() && s.random.IntN(4) == 0:
			config = nil
		}
		s.drift(m)
		s.apply(m, config)
		if s.t.Failed() {
			return
		}
	}
	for _, m := range s.resources {
		s.apply(m, nil)
	}
	holds(s.t, "at the end", s.directory, s.seeded)
}

// drift lets another administrator put back, now and then, what a resource
// manages.
func (s *soak) drift(m *member) {
	if !m.exists() || s.random.IntN(5) > 0 {
		return
	}
	state := s.wanted(m)
	s.directory.Update(func(present *mockdirectory.State) {
		signIn := present.SignIn
		*present = state
		present.SignIn = signIn
	})
}

// apply applies through the proxy, and checks the directory past it.
func (s *soak) apply(m *member, config acctest.Values) {
	s.t.Helper()
	s.faults.start()
	began := time.Now()
	told := acctest.Errors(m.apply(s.directory.Server(s.t, s.proxy.settings()), config))
	met := s.faults.stop()
	s.t.Logf("%s: %s, after %s", m.kind.name, time.Since(began).Round(time.Millisecond), strings.Join(met, ", "))
	if told != "" {
		s.t.Errorf("%s: an apply that met %s failed:\n%s", m.kind.name, strings.Join(met, ", "), told)
		return
	}
	got, want := content(s.t, s.directory.State()), content(s.t, s.wanted(nil))
	if got != want {
		s.t.Errorf("%s: after an apply that met %s the directory differs:\n%s", m.kind.name, strings.Join(met, ", "), difference(want, got))
	}
	if m.exists() {
		m.settled(s.t, s.directory.Server(s.t), config)
	}
}

// wanted is what the directory should hold: the seeded tenant with what the
// resources in the state make of it, all but one.
func (s *soak) wanted(except *member) mockdirectory.State {
	state := copied(s.seeded)
	for _, m := range s.resources {
		switch {
		case m == except || !m.exists():
		case m.second:
			m.kind.inSecond(&state)
		default:
			m.kind.inFirst(&state)
		}
	}
	return state
}

// faultyTransport breaks requests at random. It lets every request through that
// comes after three broken ones.
type faultyTransport struct {
	next http.RoundTripper

	mu     sync.Mutex
	random *rand.Rand
	on     bool
	inARow int
	met    []string
}

func (f *faultyTransport) start() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on, f.met = true, nil
}

// stop ends the faults and tells those that there were.
func (f *faultyTransport) stop() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on = false
	if len(f.met) == 0 {
		return []string{"no fault"}
	}
	return f.met
}

// breakage is one way to break a request.
type breakage struct {
	name string
	// late lets the request reach the directory first.
	late bool
	// status is that of the answer; without one, the connection is cut.
	status     int
	retryAfter string
	body       string
	// graph says that only Microsoft Graph answers so.
	graph bool
	// cut ends the directory's own answer half way; half hides that it did.
	cut, half bool
	// wait holds the directory's own answer back.
	wait time.Duration
}

const gatewayPage = "<html><head><title>Bad gateway</title></head></html>"

var breakages = []breakage{
	{name: "a reset"},
	{name: "a reset after the request took effect", late: true},
	{name: "an answer that broke off", cut: true},
	{name: "half an answer", cut: true, half: true},
	{name: "408", status: 408},
	{name: "409", graph: true, status: 409, body: `{"error":{"code":"Directory_ConcurrencyViolation","message":"Please retry."}}`},
	{name: "a slow answer", wait: 300 * time.Millisecond},
	{name: "429 with Retry-After", status: 429, retryAfter: "1"},
	{name: "429 with a decimal Retry-After", status: 429, retryAfter: "0.25"},
	{name: "429", status: 429},
	{name: "500 without a body", status: 500},
	{name: "502 after the request took effect", status: 502, body: gatewayPage, late: true},
	{name: "503", status: 503, body: gatewayPage},
	{name: "503 with Retry-After after the request took effect", status: 503, retryAfter: "1", late: true},
	{name: "504 after the request took effect", status: 504, body: gatewayPage, late: true},
}

// draw picks what happens to a request.
func (f *faultyTransport) draw(request *http.Request) (breakage, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.on || f.inARow >= 3 || f.random.IntN(5) > 1 {
		f.inARow = 0
		return breakage{}, false
	}
	f.inARow++
	drawn := breakages[f.random.IntN(len(breakages))]
	for drawn.graph && !strings.HasPrefix(request.URL.Path, "/v1.0/") {
		drawn = breakages[f.random.IntN(len(breakages))]
	}
	f.met = append(f.met, drawn.name+" at "+request.Method+" "+request.URL.Path)
	return drawn, true
}

// RoundTrip implements http.RoundTripper.
func (f *faultyTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	drawn, broken := f.draw(request)
	if !broken {
		return f.next.RoundTrip(request)
	}
	reset := errors.New("the proxy cuts the connection")
	var answer *http.Response
	if drawn.late || drawn.cut || drawn.wait > 0 {
		var err error
		if answer, err = f.next.RoundTrip(request); err != nil {
			return nil, err
		}
		if !drawn.cut && drawn.wait == 0 {
			_ = answer.Body.Close()
		}
	} else if request.Body != nil {
		_, _ = io.Copy(io.Discard, request.Body)
	}
	switch {
	case drawn.cut:
		return cutOff(answer, drawn.half), nil
	case drawn.wait > 0:
		timer := time.NewTimer(drawn.wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-request.Context().Done():
		}
		return answer, nil
	case drawn.status == 0:
		return nil, reset
	}
	return drawn.answer(request), nil
}

// answer is the answer of a gateway in the place of the directory's.
func (b breakage) answer(request *http.Request) *http.Response {
	header := http.Header{"Content-Type": {"text/html"}}
	if b.retryAfter != "" {
		header.Set("Retry-After", b.retryAfter)
	}
	return &http.Response{
		StatusCode: b.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header: header, Body: io.NopCloser(strings.NewReader(b.body)), ContentLength: int64(len(b.body)),
	}
}

// cutOff ends an answer half way through its body, as if that were all of it or
// as a connection that breaks.
func cutOff(answer *http.Response, complete bool) *http.Response {
	whole, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil || len(whole) == 0 {
		answer.Body = http.NoBody
		return answer
	}
	part := whole[:len(whole)/2]
	if complete {
		answer.ContentLength = int64(len(part))
		answer.Header.Set("Content-Length", strconv.Itoa(len(part)))
		answer.Body = io.NopCloser(bytes.NewReader(part))
		return answer
	}
	answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(part), failingReader{}))
	return answer
}

type failingReader struct{}

// Read implements io.Reader.
func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
