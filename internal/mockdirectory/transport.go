package mockdirectory

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// Transport returns a round tripper that hands requests to the directory in process, whatever host they name:
// no socket, no TLS, and so fit for the fake time of testing/synctest. Answers stream as they are written, a cut
// connection is a reset, and the end of a request's context ends it at any point.
func (d *Directory) Transport() http.RoundTripper { return transport{d} }

type transport struct{ directory *Directory }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body := r.Body
	if body == nil {
		body = http.NoBody
	}
	if t.directory.ended.Load() {
		_ = body.Close()
		return nil, connectionError("dial", syscall.ECONNREFUSED)
	}
	ctx, cancel := context.WithCancel(r.Context())
	w := newInProcessWriter(r, cancel)
	served := serverRequest(ctx, r, body)
	context.AfterFunc(ctx, func() { w.stop(ctx.Err()) })
	go t.serve(w, served)
	<-w.ready
	if err := r.Context().Err(); err != nil {
		cancel()
		return nil, err
	}
	if w.response == nil {
		return nil, connectionError("read", syscall.ECONNRESET)
	}
	return w.response, nil
}

// serverRequest is a client's request as a server sees it.
func serverRequest(ctx context.Context, r *http.Request, body io.ReadCloser) *http.Request {
	served := r.Clone(ctx)
	served.Body = body
	served.RequestURI = r.URL.RequestURI()
	served.RemoteAddr = "127.0.0.1:0"
	served.Proto, served.ProtoMajor, served.ProtoMinor = "HTTP/2.0", 2, 0
	if served.Host == "" {
		served.Host = r.URL.Host
	}
	return served
}

func connectionError(operation string, number syscall.Errno) error {
	return &net.OpError{Op: operation, Net: "tcp", Err: os.NewSyscallError(operation, number)}
}

// serve runs the handler to its end, as a server would: with an answer in any case but that of a cut connection.
func (t transport) serve(w *inProcessWriter, r *http.Request) {
	defer w.cancel()
	defer func() { _ = r.Body.Close() }()
	defer func() {
		broken := recover()
		if broken == nil {
			w.finish()
			return
		}
		if err, ok := broken.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			panic(broken)
		}
		w.stop(connectionError("read", syscall.ECONNRESET))
	}()
	w.header.Set("Date", t.directory.now().UTC().Format(http.TimeFormat))
	t.directory.ServeHTTP(w, r)
}

// inProcessWriter turns what a handler writes into a response with a body that streams.
type inProcessWriter struct {
	request  *http.Request
	cancel   context.CancelFunc
	header   http.Header
	reader   *io.PipeReader
	writer   *io.PipeWriter
	response *http.Response // nil when the handler ends without an answer; to be read after ready
	ready    chan struct{}
	once     sync.Once
	written  int64
}

func newInProcessWriter(r *http.Request, cancel context.CancelFunc) *inProcessWriter {
	w := &inProcessWriter{request: r, cancel: cancel, header: http.Header{}, ready: make(chan struct{})}
	w.reader, w.writer = io.Pipe()
	return w
}

// Header implements http.ResponseWriter.
func (w *inProcessWriter) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter. From here on the client has its response.
func (w *inProcessWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.response = &http.Response{
			Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status,
			Proto: "HTTP/2.0", ProtoMajor: 2, Header: w.header.Clone(), Request: w.request,
			ContentLength: -1, Body: inProcessBody{w.reader, w.request, w.cancel},
		}
		if length, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil {
			w.response.ContentLength = length
		}
		if status == http.StatusNoContent || status == http.StatusNotModified || w.request.Method == http.MethodHead {
			w.response.ContentLength, w.response.Body = 0, http.NoBody
			_ = w.reader.Close()
		}
		close(w.ready)
	})
}

// Write implements io.Writer. It returns when the client has read everything, or is gone.
func (w *inProcessWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if len(p) == 0 {
		return 0, nil // A pipe would wait for a reader.
	}
	n, err := w.writer.Write(p)
	w.written += int64(n)
	return n, err
}

// Flush implements http.Flusher; nothing is ever held back.
func (w *inProcessWriter) Flush() { w.WriteHeader(http.StatusOK) }

// finish ends the answer of a handler that returned.
func (w *inProcessWriter) finish() {
	w.WriteHeader(http.StatusOK)
	if w.response == nil {
		return // The client went before there was an answer.
	}
	if w.written < w.response.ContentLength {
		w.stop(io.ErrUnexpectedEOF)
		return
	}
	_ = w.writer.Close()
}

// stop breaks the answer off: before its header the client gets no response, and after it a body that fails.
func (w *inProcessWriter) stop(err error) {
	_ = w.writer.CloseWithError(err)
	w.once.Do(func() { close(w.ready) })
}

// inProcessBody ends with the context of its request, and tells the handler when the client stops reading.
type inProcessBody struct {
	*io.PipeReader
	request *http.Request
	cancel  context.CancelFunc
}

// Read implements io.Reader.
func (b inProcessBody) Read(p []byte) (int, error) {
	if err := b.request.Context().Err(); err != nil {
		return 0, err
	}
	return b.PipeReader.Read(p)
}

// Close implements io.Closer.
func (b inProcessBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}
