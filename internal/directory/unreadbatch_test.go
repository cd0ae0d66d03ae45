package directory_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

func TestABatchOfWritesWhoseAnswerCannotBeReadIsReadBack(t *testing.T) {
	t.Parallel()
	for name, applied := range map[string]bool{"after the writes": true, "before the writes": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, mockdirectory.Options{Users: 5})
				ids := addedUsers(5)
				writes := b.flag(t.Context(), t, ids)
				user, err := b.User(t.Context(), mockdirectory.SeededBackup)
				if err != nil {
					t.Fatal(err)
				}
				b.directory.AddFault(mockdirectory.Fault{Method: http.MethodPost, Path: "/v1.0/$batch", Status: 200, Times: 2, Body: "<html></html>", ContentType: "text/html", Applied: applied})
				for _, outcome := range b.ChangeManyPasswordPolicies(t.Context(), writes) {
					if failed := outcome.Err != nil; failed == applied || outcome.Uncertain != failed {
						t.Errorf("%s: uncertain %v, %v", outcome.User.ID, outcome.Uncertain, outcome.Err)
					}
				}
				change, err := b.ChangePasswordPolicies(t.Context(), user, user.PasswordPolicies.WithNeverExpires(true), false)
				if failed := err != nil; failed == applied || change.Uncertain != failed {
					t.Errorf("the single change: uncertain %v, %v", change.Uncertain, err)
				}
			})
		})
	}
}

func TestReadingManyUsersThatIsCancelledSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, mockdirectory.Options{Users: 1})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.UsersByID(ctx, addedUsers(1)); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "was cancelled") {
			t.Errorf("the error is %v", err)
		}
	})
}
