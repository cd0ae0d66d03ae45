package directory

import (
	"net/http"
	"testing"
	"time"
)

const noUsers = `{"value":[]}`

func TestUsersAreFilteredByWhatTheAPIFilters(t *testing.T) {
	t.Parallel()
	for want, filter := range map[string]UserFilter{
		"":                                     {},
		"accountEnabled eq true":               {AccountEnabled: new(true)},
		"accountEnabled eq false":              {AccountEnabled: new(false)},
		"startswith(userPrincipalName,'svc-')": {NamePrefix: "svc-"},
		"startswith(userPrincipalName,'o''neil&$top=1#+%')":              {NamePrefix: "o'neil&$top=1#+%"},
		"accountEnabled eq true and startswith(userPrincipalName,'a b')": {AccountEnabled: new(true), NamePrefix: "a b"},
	} {
		s := &script{answers: []answer{{status: http.StatusOK, body: noUsers}}}
		if _, err := newClient(t, s).UserPasswords(t.Context(), filter); err != nil {
			t.Fatal(err)
		}
		query := s.requests[0].URL.Query()
		if query.Get("$filter") != want || query.Has("$filter") != (want != "") || query.Get("$top") != "999" || len(query["$top"]) != 1 {
			t.Errorf("%+v asks for %s", filter, s.requests[0].URL.RawQuery)
		}
		if s.requests[0].Header.Get("ConsistencyLevel") != "" {
			t.Error("the answer may come from an index that lags")
		}
	}
}

func TestASpaceIsNotSentAsAPlusSign(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: http.StatusOK, body: noUsers}}}
	if _, err := newClient(t, s).UserPasswords(t.Context(), UserFilter{AccountEnabled: new(true), NamePrefix: "a+b"}); err != nil {
		t.Fatal(err)
	}
	const want = "&$filter=accountEnabled%20eq%20true%20and%20startswith%28userPrincipalName%2C%27a%2Bb%27%29"
	if got := s.requests[0].URL.RawQuery; got[len(got)-len(want):] != want {
		t.Errorf("asks for %s", got)
	}
}

// A user who is written to in the meantime may be on two pages.
func TestUsersAreReadOnceWithTheirPasswordsAndSorted(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{
		{status: http.StatusOK, body: `{"value":[
			{"id":"3","userPrincipalName":"Bob@contoso.com","accountEnabled":true,"passwordPolicies":"None","lastPasswordChangeDateTime":"2025-03-01T10:00:00.5Z","unknownToday":[]},
			{"id":"2","userPrincipalName":"anna@contoso.com","passwordPolicies":null}],"@odata.nextLink":"https://graph.example/v1.0/users?$skiptoken=1"}`},
		{status: http.StatusOK, body: `{"value":[{"id":"2","userPrincipalName":"anna@contoso.com","passwordPolicies":null},{"id":"1","userPrincipalName":"ANNA@contoso.com","displayName":"Anna","userType":"Guest",
			"onPremisesSyncEnabled":true,"passwordPolicies":"DisablePasswordExpiration","lastPasswordChangeDateTime":null}]}`},
	}}
	users, err := newClient(t, s).UserPasswords(t.Context(), UserFilter{})
	if err != nil || len(users) != 3 || users[0].ID != "1" || users[1].ID != "2" || users[2].ID != "3" {
		t.Fatalf("%+v, %v", users, err)
	}
	if anna := users[0]; anna.DisplayName != "Anna" || !anna.Guest() || !anna.OnPremisesSyncEnabled || !anna.PasswordPolicies.NeverExpires() || anna.LastChange != nil || anna.AccountEnabled {
		t.Errorf("%+v", anna)
	}
	if bob := users[2]; !bob.AccountEnabled || bob.PasswordPolicies.NeverExpires() || bob.LastChange == nil || !bob.LastChange.Equal(time.Date(2025, time.March, 1, 10, 0, 0, 5e8, time.UTC)) {
		t.Errorf("%+v", bob)
	}
}

func TestAListOfSomethingElseIsNoListOfUsers(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"value":[{"userPrincipalName":"a@contoso.com"}]}`, `{"value":["a"]}`, `{"value":[{"id":"1","userPrincipalName":"a@contoso.com"}]}`, `{"value":[{"id":"1","passwordPolicies":null,"lastPasswordChangeDateTime":"yesterday"}]}`,
		`{"value":[{"id":"1","passwordPolicies":7}]}`, `{}`, `{"value":null}`,
	} {
		s := &script{answers: []answer{{status: http.StatusOK, body: body}}}
		if users, err := newClient(t, s).UserPasswords(t.Context(), UserFilter{}); err == nil {
			t.Errorf("%s is read as %+v", body, users)
		}
	}
}
