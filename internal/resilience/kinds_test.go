package resilience_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const (
	passwordResetPath = "/api/PasswordReset/PasswordResetPolicies"
	onPremisesPath    = "/api/PasswordReset/OnPremisesPasswordResetPolicies"
	administratorPath = "/v1.0/policies/authorizationPolicy"
	domainPath        = "/v1.0/domains/{id}"
	domainsPath       = "/v1.0/domains"
	userPath          = "/v1.0/users/{id}"
	usersPath         = "/v1.0/users"
	batchPath         = "/v1.0/$batch"
	byIDsPath         = "/v1.0/directoryObjects/getByIds"

	fabrikam = "fabrikam.com"
	scanner  = "svc-scanner@contoso.com"

	// addedUsers is how many users the tenant has besides the seeded ones.
	addedUsers = 90
	// oneBatch and someBatches are sizes of sets of users.
	oneBatch, someBatches = 12, 60
)

// target is a kind of request that a fault meets.
type target struct{ method, path string }

// kind is a type of resource, with what a test needs to know to drive any of
// them.
type kind struct {
	name string
	// setting and object are how messages name what could not be done, and where.
	setting, object string
	// first and second are two configurations, and inFirst and inSecond what they
	// make of the seeded tenant.
	first, second     acctest.Values
	inFirst, inSecond func(*mockdirectory.State)
	// importID names what is in the seeded tenant.
	importID string
	// read and write are the requests that do the work. A write in a batch goes
	// through a request of its own, the envelope.
	read, write target
	enveloped   bool
	// list is what a query asks for, if the type can be listed.
	list target
	bulk bool
}

// envelope is the request that carries the write.
func (k kind) envelope() target {
	if k.enveloped {
		return target{http.MethodPost, batchPath}
	}
	return k.write
}

// kinds are all types. The sets of users have this many members.
func kinds(members int) []kind {
	return []kind{passwordReset(), onPremises(), administrators(), domain(), user(), users(members)}
}

func passwordReset() kind {
	return kind{
		name: "entraid_sspr_policy", setting: "self-service password reset policy", object: "tenant",
		first: acctest.Values{"enabled_for": "all", "methods_required": 2,
			"registration": acctest.Values{"reconfirm_after_in_days": 30}},
		second: acctest.Values{"enabled_for": "all", "methods_required": 1,
			"registration": acctest.Values{"reconfirm_after_in_days": 90}},
		inFirst: func(s *mockdirectory.State) {
			setKeys(s.PasswordResetPolicy, "enablementType", "2", "numberOfAuthenticationMethodsRequired", "2", "registrationReconfirmIntevalInDays", "30")
		},
		inSecond: func(s *mockdirectory.State) {
			setKeys(s.PasswordResetPolicy, "enablementType", "2", "registrationReconfirmIntevalInDays", "90")
		},
		importID: mockdirectory.SeededTenantID,
		read:     target{http.MethodGet, passwordResetPath}, write: target{http.MethodPut, passwordResetPath},
	}
}

func onPremises() kind {
	return kind{
		name: "entraid_sspr_on_premises_policy", setting: "on-premises integration of password reset", object: "tenant",
		first:  acctest.Values{"password_writeback": false, "account_unlock": false},
		second: acctest.Values{"password_writeback": true, "account_unlock": false},
		inFirst: func(s *mockdirectory.State) {
			setKeys(s.OnPremisesPasswordResetPolicy, "passwordWritebackSupported", "false")
		},
		inSecond: func(*mockdirectory.State) {},
		importID: mockdirectory.SeededTenantID,
		read:     target{http.MethodGet, onPremisesPath}, write: target{http.MethodPut, onPremisesPath},
	}
}

func administrators() kind {
	return kind{
		name: "entraid_sspr_administrator_policy", setting: "self-service password reset of administrators", object: "tenant",
		first:    acctest.Values{"enabled": false},
		second:   acctest.Values{"enabled": true},
		inFirst:  func(s *mockdirectory.State) { s.AuthorizationPolicy.AllowedToUseSSPR = false },
		inSecond: func(*mockdirectory.State) {},
		importID: mockdirectory.SeededTenantID,
		read:     target{http.MethodGet, administratorPath}, write: target{http.MethodPatch, administratorPath},
	}
}

func domain() kind {
	days := func(validity, window int32) func(*mockdirectory.State) {
		return func(s *mockdirectory.State) {
			found := s.Domains[fabrikam]
			found.PasswordValidityPeriodInDays, found.PasswordNotificationWindowInDays = &validity, &window
			s.Domains[fabrikam] = found
		}
	}
	return kind{
		name: "entraid_password_expiration_policy", setting: "password expiration policy", object: fabrikam,
		first:   acctest.Values{"domain_name": fabrikam, "validity_period_in_days": 180, "notification_window_in_days": 10},
		second:  acctest.Values{"domain_name": fabrikam, "never_expires": true},
		inFirst: days(180, 10), inSecond: days(2147483647, 14),
		importID: fabrikam,
		read:     target{http.MethodGet, domainPath}, write: target{http.MethodPatch, domainPath},
		list: target{http.MethodGet, domainsPath},
	}
}

func user() kind {
	return kind{
		name: "entraid_user_password_never_expires", setting: "user password expiration", object: scanner,
		first:  acctest.Values{"user_id": scanner},
		second: acctest.Values{"user_id": scanner, "enabled": false},
		inFirst: func(s *mockdirectory.State) {
			setPolicies(s, "DisablePasswordExpiration, DisableStrongPassword", mockdirectory.SeededScanner)
		},
		inSecond: func(*mockdirectory.State) {},
		importID: mockdirectory.SeededScanner,
		read:     target{http.MethodGet, userPath}, write: target{http.MethodPatch, userPath}, enveloped: true,
		list: target{http.MethodGet, usersPath},
	}
}

// users is a set of so many users and one who has the flag already. Its second
// configuration keeps half of the first.
func users(members int) kind {
	added := func(from int) []string {
		var ids []string
		for i := from; i < from+members; i++ {
			ids = append(ids, fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
		}
		return ids
	}
	first, second := added(1), added(1+members/2)
	return kind{
		name: "entraid_users_password_never_expires", setting: "user password expiration", object: "user",
		first:    acctest.Values{"user_ids": append(first, mockdirectory.SeededLegacy)},
		second:   acctest.Values{"user_ids": append(second, mockdirectory.SeededLegacy)},
		inFirst:  func(s *mockdirectory.State) { setPolicies(s, "DisablePasswordExpiration", first...) },
		inSecond: func(s *mockdirectory.State) { setPolicies(s, "DisablePasswordExpiration", second...) },
		importID: mockdirectory.SeededLegacy + ",",
		read:     target{http.MethodPost, byIDsPath}, write: target{http.MethodPatch, userPath}, enveloped: true,
		bulk: true,
	}
}

func setKeys(policy map[string]json.RawMessage, keysAndValues ...string) {
	for i := 0; i < len(keysAndValues); i += 2 {
		policy[keysAndValues[i]] = json.RawMessage(keysAndValues[i+1])
	}
}

func setPolicies(s *mockdirectory.State, value string, ids ...string) {
	for _, id := range ids {
		found := s.Users[id]
		found.PasswordPolicies = &value
		s.Users[id] = found
	}
}

// content is all of a tenant that is not about signing in, to the letter.
func content(t testing.TB, state mockdirectory.State) string {
	t.Helper()
	state.SignIn = mockdirectory.SignIn{}
	text, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
