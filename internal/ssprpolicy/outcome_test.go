package ssprpolicy_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// hurried is a test whose operations may take as long as its context.
type hurried struct {
	testing.TB
	ctx context.Context
}

func (h hurried) Context() context.Context { return h.ctx }

// impatient is a provider whose operations end after a second, where the
// provider itself would wait longer for the directory.
func impatient(t *testing.T, d *acctest.Directory) *acctest.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	t.Cleanup(cancel)
	return d.Server(hurried{t, ctx})
}

// lost is a write that takes effect although a gateway answers for the service.
func lost() mockdirectory.Fault {
	return mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusServiceUnavailable, RetryAfter: "60", Applied: true}
}

func TestACreateWhoseOutcomeIsUnknownStaysInTheStateAndIsRestored(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	before := policy(t, d)
	plan := d.Server(t).Plan(d.Server(t).New(kind), everything())
	d.AddFault(lost())
	created, diagnostics := impatient(t, d).Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set self-service password reset policy", "503")
	if created.Gone() {
		t.Fatal("what may have been written is not in the state")
	}
	if text := acctest.Warnings(diagnostics); text != "" {
		t.Errorf("the error is followed by a warning:\n%s", text)
	}
	d.Server(t).Must(created, nil)
	same(t, "after destroy", policy(t, d), before)
}

func TestACreateThatIsRefusedLeavesNothingInTheState(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t, ownAs(d.RefreshToken("reader@contoso.com")))
	created, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"enabled_for": "all"}))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set self-service password reset policy", "403")
	if !created.Gone() {
		t.Error("what was refused is in the state")
	}
}

func TestAnUpdateWhoseOutcomeIsUnknownRemembersWhatItMayHaveOverwritten(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	before := policy(t, d)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
	plan := s.Plan(created, acctest.Values{"enabled_for": "all", "registration": acctest.Values{"reconfirm_after_in_days": 90}})
	d.AddFault(lost())
	updated, diagnostics := impatient(t, d).Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to update self-service password reset policy", "503")
	if got := s.Attribute(updated, "registration.reconfirm_after_in_days"); got != int64(180) {
		t.Errorf("the state holds %v, which nobody has read", got)
	}
	s.Must(s.MustRefresh(updated), nil)
	same(t, "after destroy", policy(t, d), before)
}

func TestAnUpdateThatIsRefusedForgetsNothing(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	before := policy(t, d)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all", "methods_required": 2})
	plan := s.Plan(created, acctest.Values{"enabled_for": "selected", "group_id": group})
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusForbidden})
	updated, diagnostics := s.Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to update", "403")
	s.Must(updated, nil)
	same(t, "after destroy", policy(t, d), before)
}

func TestADestroyThatIsRefusedStaysInTheState(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	before := policy(t, d)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
	plan := s.Plan(created, nil)
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusForbidden})
	kept, diagnostics := s.Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to restore self-service password reset policy", "tenant "+mockdirectory.SeededTenantID)
	if kept.Gone() {
		t.Fatal("the policy left the state without being restored")
	}
	s.Must(kept, nil)
	same(t, "after destroy", policy(t, d), before)
}

func TestAWriteThatCannotBeReadBackYetIsAWarning(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	plan := d.Server(t).Plan(d.Server(t).New(kind), acctest.Values{"enabled_for": "all", "methods_required": 2})
	d.AddFault(mockdirectory.Fault{Method: http.MethodPut, Path: path, Status: http.StatusOK, Body: "true"})
	s := impatient(t, d)
	created, diagnostics := s.Apply(plan)
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "The new self-service password reset policy cannot be read back yet")
	if s.Attribute(created, "enabled_for") != "all" || s.Attribute(created, "methods_required") != int64(2) {
		t.Errorf("the state holds %s", created.State)
	}
}

func TestAValueThatSomebodyElseHasWrittenInBetweenIsAWarning(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	plan := s.Plan(s.New(kind), acctest.Values{"enabled_for": "all", "registration": acctest.Values{"reconfirm_after_in_days": 90}})
	other := policy(t, d)
	other["enablementType"], other["registrationReconfirmIntevalInDays"] = "2", "30"
	document := map[string]json.RawMessage{}
	for key, value := range other {
		document[key] = json.RawMessage(value)
	}
	body, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	d.AddFault(mockdirectory.Fault{Method: http.MethodGet, Path: path, Status: http.StatusOK, Body: string(body), ContentType: "application/json", After: 1, Times: 5})
	_, diagnostics := s.Apply(plan)
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "Somebody else has changed the self-service password reset policy", "written for: registration.reconfirm_after_in_days.")
}

func TestNothingIsRestoredWhereNothingWasRemembered(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
	created = s.Forgotten(created)
	d.ResetJournal()
	plan := s.Plan(created, nil)
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "The self-service password reset policy stays as it is", "Nothing was remembered")
	gone, diagnostics := s.Apply(plan)
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "Nothing was remembered")
	if !gone.Gone() || d.Calls(put) != 0 {
		t.Errorf("gone %v, %d writes", gone.Gone(), d.Calls(put))
	}
	// An update starts to remember again.
	created = s.Forgotten(created)
	s.Must(s.Must(created, acctest.Values{"enabled_for": "none"}), nil)
	if got := policy(t, d)["enablementType"]; got != "2" {
		t.Errorf("enablementType is %s", got)
	}
}

func TestWhatOthersChangeAfterAnImportIsNotRestored(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	imported, diagnostics := s.Import(kind, mockdirectory.SeededTenantID)
	s.Quiet(diagnostics)
	setPolicy(d, map[string]string{"emailOptionEnabled": "false", "registrationReconfirmIntevalInDays": "30"})
	d.ResetJournal()
	plan := s.Plan(imported, nil)
	s.Quiet(plan.Diagnostics)
	_, diagnostics = s.Apply(plan)
	s.Quiet(diagnostics)
	if d.Calls(put) != 0 {
		t.Error("destroy right after import wrote the policy")
	}
	want := maps.Clone(policy(t, d))
	want["registrationReconfirmIntevalInDays"] = "180"
	s.Must(s.Must(imported, acctest.Values{"enabled_for": "all", "registration": acctest.Values{"reconfirm_after_in_days": 90}}), nil)
	same(t, "after destroy", policy(t, d), want)
}

func TestAnotherTenantsPolicyIsNotTakenForTheOneInState(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
	var members map[string]tftypes.Value
	if err := created.State.As(&members); err != nil {
		t.Fatal(err)
	}
	members = maps.Clone(members)
	members["id"] = tftypes.NewValue(tftypes.String, "11111111-0c1e-4b7a-9d3c-5e2a8f6b1d40")
	created.State = tftypes.NewValue(created.State.Type(), members)
	_, diagnostics := s.Refresh(created)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to read", "signed in to tenant "+mockdirectory.SeededTenantID, "11111111-0c1e-4b7a-9d3c-5e2a8f6b1d40")
}

func TestAnInstanceWithoutIdentityGetsOne(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"enabled_for": "all"})
	want := created.Identity
	created.Identity = nil
	for what, instance := range map[string]acctest.Instance{"read": s.MustRefresh(created), "update": s.Must(created, acctest.Values{"enabled_for": "none"})} {
		if instance.Identity == nil || string(instance.Identity.IdentityData.MsgPack) != string(want.IdentityData.MsgPack) {
			t.Errorf("%s sets the identity %v", what, instance.Identity)
		}
	}
}

func TestAFailedSignInIsExplained(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t, ownAs("no-such-token"))
	_, imported := s.Import(kind, mockdirectory.SeededTenantID)
	_, created := s.Apply(s.Plan(s.New(kind), acctest.Values{"enabled_for": "all"}))
	acctest.Contains(t, acctest.Errors(imported), "Unable to import", "Signing in to the admin center's back end")
	acctest.Contains(t, acctest.Errors(created), "Unable to set", "Signing in to the admin center's back end")
}
