package userspasswordexpiration

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
)

// manyUsers are users of one domain of 90 days, of whom every tenth has the
// flag.
func manyUsers(count int) ([]directory.UserPassword, directory.DomainSet) {
	changed := time.Date(2025, time.March, 1, 10, 0, 0, 0, time.UTC)
	users := make([]directory.UserPassword, count)
	for i := range users {
		users[i] = directory.UserPassword{
			User: directory.User{
				ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), UserPrincipalName: fmt.Sprintf("user%06d@contoso.com", i), UserType: "Member",
			},
			DisplayName: fmt.Sprintf("User %06d", i), AccountEnabled: true, LastChange: &changed,
		}
		if i%10 == 0 {
			users[i].PasswordPolicies = directory.ParsePasswordPolicies("DisablePasswordExpiration")
		}
	}
	return users, directory.NewDomainSet([]directory.Domain{{
		ID: "contoso.com", AuthenticationType: "Managed", IsRoot: true, IsVerified: true,
		PasswordExpiration: directory.PasswordExpiration{ValidityPeriodInDays: new(int64(90))},
	}})
}

// set fills a state as Read does.
func set(tb testing.TB, users []directory.UserPassword, domains directory.DomainSet) {
	tb.Helper()
	var schema datasource.SchemaResponse
	New().Schema(tb.Context(), datasource.SchemaRequest{}, &schema)
	state := tfsdk.State{Schema: schema.Schema}
	if diagnostics := state.Set(tb.Context(), model{}.listing(users, domains)); diagnostics.HasError() {
		tb.Fatal(diagnostics)
	}
}

// What a user costs must not depend on how many there are. Allocations are
// counted, because they do not depend on the machine.
func TestTheCostOfAUserDoesNotGrowWithTheTenant(t *testing.T) { //nolint:paralleltest // Allocations are those of the whole process.
	cost := func(count int) float64 {
		users, domains := manyUsers(count)
		return testing.AllocsPerRun(1, func() { set(t, users, domains) }) / float64(count)
	}
	few, many := cost(500), cost(5000)
	if many > few*1.1 {
		t.Errorf("a user costs %.0f allocations among 500 and %.0f among 5,000", few, many)
	}
}

func BenchmarkListing(b *testing.B) {
	for _, count := range []int{2_000, 20_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			users, domains := manyUsers(count)
			b.ReportAllocs()
			for b.Loop() {
				set(b, users, domains)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/user")
		})
	}
}
