package provider

import (
	"context"
	"os"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-log/tfsdklog"
)

// request is the context of one call of Terraform, which it lets go of when the
// call is over.
//
// The framework keeps a way to cancel each call until the provider ends, and so
// all that its context holds: some 15 kB of loggers for every step of every
// resource. A plan of a thousand resources would grow by 60 MB, all of which
// the garbage collector looks at again and again.
type request struct {
	held atomic.Pointer[context.Context]
}

// newRequest returns the context of a call and what ends it. Work that goes on
// in the background afterwards finds the values of another context.
func newRequest(ctx, afterwards context.Context) (*request, func()) {
	ctx, cancel := context.WithCancel(ctx)
	r := &request{}
	r.held.Store(&ctx)
	return r, func() {
		cancel()
		r.held.Store(&afterwards)
	}
}

func (r *request) context() context.Context { return *r.held.Load() }

// Deadline implements context.Context.
func (r *request) Deadline() (time.Time, bool) { return r.context().Deadline() }

// Done implements context.Context.
func (r *request) Done() <-chan struct{} { return r.context().Done() }

// Err implements context.Context.
func (r *request) Err() error { return r.context().Err() }

// Value implements context.Context.
func (r *request) Value(key any) any { return r.context().Value(key) }

// levelVariable is the level of the provider's log. Where a process serves the
// provider it is always set.
const levelVariable = "TF_LOG_PROVIDER_ENTRAID"

// newAfterwards returns what is left of every call that is over: it has ended,
// and it has a log like that of a call.
func newAfterwards() context.Context {
	ctx := context.Background()
	if os.Getenv(levelVariable) != "" {
		ctx = tfsdklog.NewRootProviderLogger(ctx,
			tfsdklog.WithStderrFromInit(), tfsdklog.WithLogName("entraid"), tfsdklog.WithLevelFromEnv(levelVariable))
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}

// handle answers a call that Terraform makes for every resource.
func handle[Q, A any](ctx context.Context, s server, question Q, answer func(context.Context, Q) (A, error)) (A, error) {
	request, end := newRequest(ctx, s.afterwards)
	defer end()
	return answer(request, question)
}

// ValidateResourceConfig implements tfprotov6.ResourceServer.
func (s server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return handle(ctx, s, req, s.framework.ValidateResourceConfig)
}

// UpgradeResourceState implements tfprotov6.ResourceServer.
func (s server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return handle(ctx, s, req, s.framework.UpgradeResourceState)
}

// UpgradeResourceIdentity implements tfprotov6.ResourceServer.
func (s server) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return handle(ctx, s, req, s.framework.UpgradeResourceIdentity)
}

// ReadResource implements tfprotov6.ResourceServer.
func (s server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return handle(ctx, s, req, s.framework.ReadResource)
}

// PlanResourceChange implements tfprotov6.ResourceServer.
func (s server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return handle(ctx, s, req, s.framework.PlanResourceChange)
}

// ApplyResourceChange implements tfprotov6.ResourceServer.
func (s server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return handle(ctx, s, req, s.framework.ApplyResourceChange)
}

// ImportResourceState implements tfprotov6.ResourceServer.
func (s server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return handle(ctx, s, req, s.framework.ImportResourceState)
}
