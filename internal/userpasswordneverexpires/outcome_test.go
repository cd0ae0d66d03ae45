package userpasswordneverexpires_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

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

func fault(method string, status int) mockdirectory.Fault {
	return mockdirectory.Fault{Method: method, Path: "/v1.0/users/{id}", Status: status}
}

func TestACreateWhoseOutcomeIsUnknownStaysInTheStateAndIsRestored(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	plan := d.Server(t).Plan(d.Server(t).New(kind), acctest.Values{"user_id": scanner})
	lost := fault(http.MethodPatch, http.StatusServiceUnavailable)
	lost.RetryAfter, lost.Applied = "60", true
	d.AddFault(lost)
	created, diagnostics := impatient(t, d).Apply(plan)
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set user password expiration", scanner, "503")
	expect(t, "the warnings", acctest.Warnings(diagnostics), "")
	if created.Gone() {
		t.Fatal("what may have been written is not in the state")
	}
	d.Server(t).Must(created, nil)
	expect(t, "passwordPolicies after destroy", policies(t, d, scanner), "DisableStrongPassword")
}

func TestACreateThatIsRefusedLeavesNothingInTheState(t *testing.T) {
	t.Parallel()
	d := acctest.KindDirectory(t)
	s := d.Server(t)
	d.AddFault(fault(http.MethodPatch, http.StatusForbidden))
	created, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"user_id": backup}))
	acctest.Contains(t, acctest.Errors(diagnostics), "Unable to set", "403")
	if !created.Gone() {
		t.Error("what was refused is in the state")
	}
}

func TestAFlagThatCannotBeReadBackYetIsAWarning(t *testing.T) {
	t.Parallel()
	d := acctest.StartKindDirectory(t, mockdirectory.Options{StaleReads: 1000})
	s := impatient(t, d)
	created, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"user_id": backup}))
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "The new user password expiration cannot be read back yet", backup)
	if got := s.Attribute(created, "enabled"); got != true {
		t.Errorf("enabled is %v", got)
	}
}

func TestAFailedUpdateKeepsTheState(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, verb string
	}{
		"reading": {http.MethodGet, "read"}, "writing": {http.MethodPatch, "update"},
	} {
		d := acctest.KindDirectory(t)
		s := d.Server(t)
		created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
		plan := s.Plan(created, acctest.Values{"user_id": backup, "enabled": false})
		d.AddFault(fault(c.method, http.StatusForbidden))
		updated, diagnostics := s.Apply(plan)
		acctest.Contains(t, acctest.Errors(diagnostics), "Unable to "+c.verb+" user password expiration", backup, "403")
		if got := s.Attribute(updated, "enabled"); got != true {
			t.Errorf("%s: enabled is %v", name, got)
		}
	}
}

func TestAFailedDestroyStaysInTheState(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPatch} {
		d := acctest.KindDirectory(t)
		s := d.Server(t)
		created := s.Must(s.New(kind), acctest.Values{"user_id": scanner})
		plan := s.Plan(created, nil)
		d.AddFault(fault(method, http.StatusForbidden))
		kept, diagnostics := s.Apply(plan)
		acctest.Contains(t, acctest.Errors(diagnostics), "Unable to restore user password expiration", scanner, "403")
		if kept.Gone() {
			t.Fatalf("the user left the state although %s failed", method)
		}
		s.Must(kept, nil)
		expect(t, "passwordPolicies after destroy", policies(t, d, scanner), "DisableStrongPassword")
	}
}

func TestNothingIsRestoredWhereNothingWasRemembered(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
	created = s.Forgotten(created)
	gone, diagnostics := s.Apply(s.Plan(created, nil))
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "The user password expiration stays as it is", backup, "nothing was remembered")
	if !gone.Gone() {
		t.Error("the user is still in the state")
	}
	expect(t, "passwordPolicies", policies(t, d, backup), "DisablePasswordExpiration")
}

func TestAUserWhoBecameFederatedStaysAsItIs(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
	rename(d, backup, "svc-backup@adfs.contoso.net")
	gone, diagnostics := s.Apply(s.Plan(created, nil))
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "stays as it is", "federated domain adfs.contoso.net")
	if !gone.Gone() {
		t.Error("the user is still in the state")
	}
	expect(t, "passwordPolicies", policies(t, d, "svc-backup@adfs.contoso.net"), "DisablePasswordExpiration")
}

func TestDestroyPutsBackThatAPasswordNeverExpires(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": legacy, "enabled": false})
	plan := s.Plan(created, nil)
	acctest.Contains(t, acctest.Warnings(plan.Diagnostics), "[enabled] Destroy restores that the password never expires", legacy, "never expired before")
	_, diagnostics := s.Apply(plan)
	s.Quiet(diagnostics)
	acctest.Contains(t, policies(t, d, legacy), "DisablePasswordExpiration")
}

func TestARenamedUserIsUpdatedAndRestoredByID(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": scanner})
	rename(d, scanner, "svc-archive@contoso.com")
	updated := s.Must(created, acctest.Values{"user_id": scanner, "enabled": false})
	if got := s.Attribute(updated, "user_principal_name"); got != scanner {
		t.Errorf("Terraform planned %s and got %v", scanner, got)
	}
	expect(t, "passwordPolicies", policies(t, d, "svc-archive@contoso.com"), "DisableStrongPassword")
	again := s.Must(s.MustRefresh(created), acctest.Values{"user_id": scanner})
	rename(d, "svc-archive@contoso.com", "svc-archive-2@contoso.com")
	s.Must(again, nil)
	expect(t, "passwordPolicies after destroy", policies(t, d, "svc-archive-2@contoso.com"), "DisableStrongPassword")
}

func TestWithoutPermissionToReadDomainsUsersAreManaged(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	d.Update(func(s *mockdirectory.State) {
		app := s.SignIn.Applications[mockdirectory.SeededClientID]
		app.Permissions = []string{"User.ReadWrite.All"}
		s.SignIn.Applications[mockdirectory.SeededClientID] = app
	})
	s := d.Server(t)
	created, diagnostics := s.Apply(s.Plan(s.New(kind), acctest.Values{"user_id": backup}))
	s.Quiet(diagnostics)
	s.Must(created, nil)
	expect(t, "passwordPolicies after destroy", policies(t, d, backup), "")
}

func TestAnUpdateOfASynchronisedUserWarns(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	const carol = "carol@contoso.com"
	created := s.Must(s.New(kind), acctest.Values{"user_id": carol, "enabled": false})
	updated, diagnostics := s.Apply(s.Plan(created, acctest.Values{"user_id": carol}))
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "Synchronisation may write this setting too")
	_, diagnostics = s.Apply(s.Plan(updated, nil))
	s.NoError(diagnostics)
	acctest.Contains(t, acctest.Warnings(diagnostics), "Synchronisation may write this setting too")
}

func TestAnInstanceWithoutIdentityGetsOne(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
	want := created.Identity
	created.Identity = nil
	for what, instance := range map[string]acctest.Instance{"read": s.MustRefresh(created), "update": s.Must(created, acctest.Values{"user_id": backup, "enabled": false})} {
		if instance.Identity == nil || string(instance.Identity.IdentityData.MsgPack) != string(want.IdentityData.MsgPack) {
			t.Errorf("%s sets the identity %v", what, instance.Identity)
		}
	}
}

func TestAnotherSpellingOfTheSameUserReplacesNothing(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	s := d.Server(t)
	created := s.Must(s.New(kind), acctest.Values{"user_id": backup})
	user, _ := d.User(backup)
	for _, id := range []string{strings.ToUpper(backup), strings.ToUpper(user.ID)} {
		if plan := s.Plan(created, acctest.Values{"user_id": id}); len(plan.Replaces) > 0 {
			t.Errorf("%s replaces the resource", id)
		}
	}
}
