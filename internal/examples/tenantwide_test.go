package examples_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// planned returns what a plan does, by address, without what it leaves alone.
func planned(t *testing.T, w *acctest.Workspace, arguments ...string) map[string]string {
	t.Helper()
	w.Must(append([]string{"plan", "-input=false", "-no-color", "-out=saved.plan"}, arguments...)...)
	var plan struct {
		Changes []struct {
			Address string `json:"address"`
			Mode    string `json:"mode"`
			Change  struct {
				Actions []string `json:"actions"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(w.Must("show", "-json", "saved.plan").Stdout), &plan); err != nil {
		t.Fatal(err)
	}
	actions := map[string]string{}
	for _, change := range plan.Changes {
		if change.Mode == "managed" && !slices.Equal(change.Change.Actions, []string{"no-op"}) {
			actions[change.Address] = change.Change.Actions[0]
			if len(change.Change.Actions) > 1 {
				actions[change.Address] = "replace"
			}
		}
	}
	return actions
}

func TestATenantWideExpirationFollowsTheDomains(t *testing.T) {
	t.Parallel()
	d := acctest.NewDirectory(t)
	files := find(t)["tenant-wide-expiration"]
	w := workspace(t, d, files.configuration(d))
	at := func(name string) string { return `entraid_password_expiration_policy.tenant_wide["` + name + `"]` }
	expect := func(got map[string]string, want map[string]string) {
		t.Helper()
		if !maps.Equal(got, want) {
			t.Errorf("planned is %v, want %v", got, want)
		}
	}
	seeded := d.State().Domains

	expect(planned(t, w), map[string]string{at("contoso.com"): "create", at("contoso.onmicrosoft.com"): "create", at("fabrikam.com"): "create"})
	w.Apply()
	w.NoChanges()

	// A domain that is not verified yet takes no policy; once it is, it does.
	added := mockdirectory.Domain{ID: "tailspin.example", AuthenticationType: "Managed", IsRoot: true}
	d.Update(func(s *mockdirectory.State) { s.Domains[added.ID] = added })
	expect(planned(t, w), map[string]string{})
	added.IsVerified = true
	d.Update(func(s *mockdirectory.State) { s.Domains[added.ID] = added })
	expect(planned(t, w), map[string]string{at("tailspin.example"): "create"})
	w.Apply()
	w.NoChanges()
	if domain, _ := d.Domain(added.ID); domain.PasswordValidityPeriodInDays == nil || *domain.PasswordValidityPeriodInDays != 2147483647 {
		t.Errorf("the new domain has %v", domain.PasswordValidityPeriodInDays)
	}

	// Another period is an update of each domain, and no replacement.
	expect(planned(t, w, "-var=validity_period_in_days=180"), map[string]string{
		at("contoso.com"): "update", at("contoso.onmicrosoft.com"): "update", at("fabrikam.com"): "update", at("tailspin.example"): "update"})

	// A domain that is federated leaves the list, and nothing is written to it.
	d.Update(func(s *mockdirectory.State) {
		added.AuthenticationType = "Federated"
		s.Domains[added.ID] = added
	})
	expect(planned(t, w), map[string]string{at("tailspin.example"): "delete"})
	w.Apply()
	w.NoChanges()

	w.Destroy()
	left := d.State().Domains
	for _, untouched := range []string{"fabrikam.com", "adfs.contoso.net", "corp.contoso.com", "pending.example"} {
		if !reflect.DeepEqual(left[untouched], seeded[untouched]) {
			t.Errorf("%s does not end as it began: %+v", untouched, left[untouched])
		}
	}
	if !reflect.DeepEqual(left[added.ID], added) {
		t.Errorf("the federated domain was changed: %+v", left[added.ID])
	}
}
