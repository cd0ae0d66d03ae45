package mockdirectory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options says how a Directory differs from the seeded tenant at the default address.
type Options struct {
	// Listen is a loopback address with port; empty means a free port on 127.0.0.1.
	Listen string
	// Names are host names for which the certificate also holds, for clients that reach the directory through a proxy.
	Names []string
	// Fixture is JSON in the shape of State. What it holds replaces that part of the
	// seeded tenant; parts that it leaves out stay as seeded.
	Fixture []byte
	// Users and Domains add that many cloud users and managed verified root domains.
	Users, Domains int
	// Latency holds each answer of sign-in, Graph and portal back.
	Latency time.Duration
	// Log receives one line a request, never with a secret. Nil is silent.
	Log io.Writer
	// Now is the clock of tokens, time stamps and quotas. Nil means time.Now.
	Now func() time.Time
	// StaleReads is how many reads after a write still answer with the old value.
	StaleReads int
	// Throttle, if not nil, holds callers of Graph to their quotas.
	Throttle *Throttle
	// Unkind makes the directory throttle, lag, break and answer oddly, by this seed; 0 is kind. See the package comment.
	Unkind uint64
}

func (o Options) check() error {
	switch {
	case o.Users < 0 || o.Domains < 0 || o.StaleReads < 0 || o.Latency < 0:
		return errors.New("counts and latency cannot be negative")
	case o.Throttle != nil:
		return o.Throttle.check()
	}
	return nil
}

// Directory is a mock directory. Its methods may be called concurrently.
type Directory struct {
	options  Options
	now      func() time.Time
	listener net.Listener
	server   *http.Server
	folder   string
	caFile   string
	signer   *signer
	areas    areas
	control  http.Handler
	served   chan error
	base     string
	ended    atomic.Bool
	closing  sync.Once
	closed   error

	mu     sync.Mutex
	state  State
	users  userIndex
	stale  staleReads
	faults faultPlan
	quotas quotas
	unkind unkindness
	record journal
	// portalToken is the refresh token that Connection tells.
	portalToken string
	logMu       sync.Mutex
	secrets     secretLog
	verified    verifiedTokens
}

// inProcess is the address of a directory that does not listen.
const inProcess = "https://localhost"

// New makes a tenant that does not listen: only Transport and ServeHTTP lead to it. It opens nothing and starts
// nothing, so that it works inside a testing/synctest bubble, whose clock it then follows.
func New(o Options) (*Directory, error) {
	d := &Directory{options: o, now: o.Now, base: inProcess}
	if d.now == nil {
		d.now = time.Now
	}
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("mock directory: %w", err)
	}
	if err := d.fill(); err != nil {
		return nil, fmt.Errorf("mock directory: %w", err)
	}
	var err error
	if d.signer, err = newSigner(); err != nil {
		return nil, fmt.Errorf("mock directory: making the signing key: %w", err)
	}
	d.areas = newAreas(d)
	d.control = d.controlRoutes()
	return d, nil
}

// Start serves a tenant until Close is called.
func Start(o Options) (*Directory, error) {
	d, err := New(o)
	if err != nil {
		return nil, err
	}
	if err := d.listen(); err != nil {
		return nil, fmt.Errorf("mock directory: %w", err)
	}
	d.served = make(chan error, 1)
	go func() { d.served <- d.server.ServeTLS(d.listener, "", "") }()
	return d, nil
}

// fill makes the first state from the seed, the fixture and the extra users and domains.
func (d *Directory) fill() error {
	state := seed(d.now())
	if d.options.Fixture != nil {
		var err error
		if state, err = fromFixture(state, d.options.Fixture); err != nil {
			return fmt.Errorf("fixture: %w", err)
		}
	}
	addDomains(&state, d.options.Domains)
	addUsers(&state, d.options.Users, d.now())
	if err := state.validate(); err != nil {
		return err
	}
	if !d.Kind() {
		addUnknownKeys(state.PasswordResetPolicy)
	}
	d.replace(state)
	d.portalToken = d.portalRefreshToken()
	return nil
}

func (d *Directory) listen() error {
	address := d.options.Listen
	if address == "" {
		address = "127.0.0.1:0"
	}
	if err := loopbackOnly(address); err != nil {
		return err
	}
	certificate, authority, err := newCertificates(time.Now(), d.options.Names)
	if err != nil {
		return fmt.Errorf("making certificates: %w", err)
	}
	if d.listener, err = new(net.ListenConfig).Listen(context.Background(), "tcp", address); err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	d.base = "https://" + d.listener.Addr().String()
	if err := d.writeAuthority(authority); err != nil {
		return errors.Join(err, d.listener.Close())
	}
	d.server = newServer(d, certificate)
	return nil
}

// loopbackOnly refuses addresses that other machines could reach: the tenant's secrets are readable under /_mock/.
func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen address %q: %w", address, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("listen address %q is not a loopback address; use 127.0.0.1, ::1 or localhost", address)
}

// Close stops serving, breaks open connections and removes the temporary files.
func (d *Directory) Close() error {
	d.closing.Do(func() {
		d.ended.Store(true)
		if d.server == nil {
			return
		}
		err := d.server.Close()
		if served := <-d.served; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		d.closed = errors.Join(err, os.RemoveAll(d.folder))
	})
	return d.closed
}
