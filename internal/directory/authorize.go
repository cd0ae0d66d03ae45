package directory

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// authorizer attaches the token to each attempt and renews it once when the
// service rejects it.
type authorizer struct {
	service   *service
	userAgent string
	next      http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (a *authorizer) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Host != a.service.base.Host || request.URL.Scheme != a.service.base.Scheme {
		return nil, &RedirectError{Service: a.service.name, From: a.service.base.Host, To: request.URL.Host}
	}
	ctx := request.Context()
	token, err := a.service.tokens.Token(ctx)
	if err != nil {
		return nil, a.signInFailed(err)
	}
	response, err := a.attempt(request, token)
	if err != nil || !tokenRejected(response) {
		return response, err
	}
	renewed, err := a.service.tokens.Renew(ctx, token)
	if err != nil {
		drain(response)
		return nil, a.signInFailed(fmt.Errorf("the service rejected the access token (status %d), and renewing it failed: %w", response.StatusCode, err))
	}
	if renewed == token {
		return response, nil
	}
	drain(response)
	if request.GetBody != nil {
		if request.Body, err = request.GetBody(); err != nil {
			return nil, fmt.Errorf("repeating the request: %w", err)
		}
	}
	return a.attempt(request, renewed)
}

// tokenRejected recognises an answer that another token may change: 401, or
// the 400 with which the admin center's back end reports that it could not
// exchange the token for one of its own.
func tokenRejected(response *http.Response) bool {
	switch response.StatusCode {
	case http.StatusUnauthorized:
		return true
	case http.StatusBadRequest:
		return strings.Contains(peek(response), expiredSession)
	}
	return false
}

// expiredSession is the code of that 400.
const expiredSession = "msalautherror_invalid_grant"

func (a *authorizer) attempt(request *http.Request, token string) (*http.Response, error) {
	if a.service.precondition != nil {
		if err := a.service.precondition(token); err != nil {
			return nil, a.signInFailed(err)
		}
	}
	authorized := request.Clone(request.Context())
	authorized.Header.Set("Authorization", "Bearer "+token)
	authorized.Header.Set("User-Agent", a.userAgent)
	return a.next.RoundTrip(authorized)
}

func (a *authorizer) signInFailed(err error) error {
	return &SignInError{Service: a.service.name, Err: err}
}

// drain reads a short rest of an answer so that its connection can be used
// again.
func drain(response *http.Response) {
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10)
	_ = response.Body.Close()
}

// SignInError is a failure to obtain a token for a service.
type SignInError struct {
	Service string
	Err     error
}

func (e *SignInError) Error() string { return "signing in to " + e.Service + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *SignInError) Unwrap() error { return e.Err }

// RedirectError is an answer that leads away from the configured address,
// where no token is sent.
type RedirectError struct {
	Service, From, To string
}

func (e *RedirectError) Error() string {
	return fmt.Sprintf("%s at %s answered with a redirect or a link to %s: no token is sent there", e.Service, e.From, shorten(e.To))
}

// permanent reports whether repeating a request cannot help, judged by an
// error of this package.
func permanent(err error) bool {
	var signIn *SignInError
	var redirect *RedirectError
	var throttled *ThrottledError
	return errors.As(err, &signIn) || errors.As(err, &redirect) || errors.As(err, &throttled)
}
