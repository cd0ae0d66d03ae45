package provider

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"weak"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

type key struct{}

func TestNothingOfACallThatIsOverStaysInMemory(t *testing.T) {
	t.Parallel()
	served := NewServer("test")
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
	config, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, map[string]tftypes.Value{}))
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func(context.Context) error{
		"validate": func(ctx context.Context) error {
			_, err := served.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: "entraid_none", Config: &config})
			return err
		},
		"upgrade": func(ctx context.Context) error {
			_, err := served.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: "entraid_none"})
			return err
		},
		"upgrade identity": func(ctx context.Context) error {
			_, err := served.UpgradeResourceIdentity(ctx, &tfprotov6.UpgradeResourceIdentityRequest{TypeName: "entraid_none"})
			return err
		},
		"read": func(ctx context.Context) error {
			_, err := served.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: "entraid_none"})
			return err
		},
		"plan": func(ctx context.Context) error {
			_, err := served.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: "entraid_none"})
			return err
		},
		"apply": func(ctx context.Context) error {
			_, err := served.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{TypeName: "entraid_none"})
			return err
		},
		"import": func(ctx context.Context) error {
			_, err := served.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: "entraid_none"})
			return err
		},
	} {
		loggers := new([1 << 10]byte)
		left := weak.Make(loggers)
		if err := call(context.WithValue(t.Context(), key{}, loggers)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		runtime.GC()
		if left.Value() != nil {
			t.Errorf("%s: what the context held is still there", name)
		}
	}
	runtime.KeepAlive(served)
}

func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	parent, cancel := context.WithCancel(t.Context())
	request, end := newRequest(parent, t.Context())
	defer end()
	child, stop := context.WithCancel(request)
	defer stop()
	if request.Err() != nil || child.Err() != nil {
		t.Fatal("the call has ended before it began")
	}
	cancel()
	<-child.Done()
	if !errors.Is(request.Err(), context.Canceled) {
		t.Errorf("the call goes on: %v", request.Err())
	}
}

func TestWorkInTheBackgroundOutlivesItsCall(t *testing.T) {
	t.Parallel()
	request, end := newRequest(context.WithValue(t.Context(), key{}, "call"), context.WithValue(t.Context(), key{}, "afterwards"))
	child, stop := context.WithCancel(request)
	defer stop()
	background := context.WithoutCancel(child)
	if got := background.Value(key{}); got != "call" {
		t.Errorf("during the call the value is %v", got)
	}
	end()
	<-child.Done()
	if got := background.Value(key{}); got != "afterwards" || background.Err() != nil {
		t.Errorf("afterwards the value is %v, the error %v", got, background.Err())
	}
	if ended := newAfterwards(); !errors.Is(ended.Err(), context.Canceled) {
		t.Errorf("what is left of a call has not ended: %v", ended.Err())
	}
}
