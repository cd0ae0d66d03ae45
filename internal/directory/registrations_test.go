package directory

import (
	"errors"
	"net/http"
	"testing"
)

func TestRegistrationsAreFilteredByOneDocumentedMember(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		filter RegistrationFilter
		want   string
	}{
		{RegistrationFilter{}, ""},
		{RegistrationFilter{Registered: new(false)}, "isSsprRegistered eq false"},
		{RegistrationFilter{Enabled: new(true)}, "isSsprEnabled eq true"},
		{RegistrationFilter{Enabled: new(true), Registered: new(true)}, "isSsprRegistered eq true"},
		{RegistrationFilter{Enabled: new(true), Registered: new(true), Capable: new(false), IsAdmin: new(true)}, "isSsprCapable eq false"},
		{RegistrationFilter{IsAdmin: new(true)}, ""},
	} {
		s := &script{answers: []answer{{status: http.StatusOK, body: noUsers}}}
		if _, err := newClient(t, s).Registrations(t.Context(), test.filter); err != nil {
			t.Fatal(err)
		}
		if query := s.requests[0].URL.Query(); query.Get("$filter") != test.want || query.Has("$filter") != (test.want != "") {
			t.Errorf("%+v asks for %s", test.filter, s.requests[0].URL.RawQuery)
		}
	}
}

func TestRegistrationsThatDoNotPassAreLeftOut(t *testing.T) {
	t.Parallel()
	const body = `{"value":[
		{"id":"2","userPrincipalName":"b@contoso.com","userType":"member","isAdmin":true,"isSsprRegistered":true,"isSsprEnabled":true,"isSsprCapable":true,"methodsRegistered":["email"],"unknownToday":{}},
		{"id":"1","userPrincipalName":"A@contoso.com","isSsprRegistered":true,"methodsRegistered":null},
		{"id":"3","userPrincipalName":"c@contoso.com","isSsprEnabled":true},
		{"id":"3","userPrincipalName":"c@contoso.com","isSsprEnabled":true}]}`
	for _, test := range []struct {
		filter RegistrationFilter
		want   string
	}{
		{RegistrationFilter{}, "123"},
		{RegistrationFilter{Registered: new(true)}, "12"},
		{RegistrationFilter{Enabled: new(true)}, "23"},
		{RegistrationFilter{Enabled: new(true), Registered: new(false)}, "3"},
		{RegistrationFilter{Capable: new(false)}, "13"},
		{RegistrationFilter{IsAdmin: new(true), Capable: new(true)}, "2"},
		{RegistrationFilter{IsAdmin: new(false), Capable: new(true)}, ""},
	} {
		s := &script{answers: []answer{{status: http.StatusOK, body: body}}}
		registrations, err := newClient(t, s).Registrations(t.Context(), test.filter)
		got := ""
		for _, registration := range registrations {
			got += registration.UserID
		}
		if err != nil || got != test.want {
			t.Errorf("%+v: %s, %v, want %s", test.filter, got, err, test.want)
		}
	}
}

func TestARefusalForWantOfALicenceCanBeTold(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{status: http.StatusForbidden,
		body: `{"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant","message":"Neither tenant is B2C or tenant doesn't have premium license"}}`}}}
	_, err := newClient(t, s).Registrations(t.Context(), RegistrationFilter{})
	var refusal *Error
	if !errors.As(err, &refusal) || refusal.Code != CodeNoPremiumLicence || len(s.requests) != 1 {
		t.Errorf("%v after %d requests", err, len(s.requests))
	}
}
