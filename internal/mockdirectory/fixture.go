package mockdirectory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var guid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// fromFixture replaces the parts of a state that the fixture names. Tenant, authorizationPolicy and
// authenticationMethodsPolicy keep the members that the fixture leaves out.
func fromFixture(s State, fixture []byte) (State, error) {
	parts, err := readParts(fixture)
	if err != nil {
		return State{}, err
	}
	for name := range parts {
		switch name {
		case "users":
			s.Users = nil
		case "domains":
			s.Domains = nil
		case "groups":
			s.Groups = nil
		case "signIn":
			s.SignIn = SignIn{}
		}
	}
	// In a document null is a value, which a merge would drop.
	for name, target := range map[string]*map[string]json.RawMessage{
		"passwordResetPolicy": &s.PasswordResetPolicy, "onPremisesPasswordResetPolicy": &s.OnPremisesPasswordResetPolicy,
	} {
		part, ok := parts[name]
		if !ok {
			continue
		}
		*target = nil
		if err := decodeStrictly(part, target); err != nil {
			return State{}, fmt.Errorf("%s: %w", name, err)
		}
		delete(parts, name)
	}
	return s, s.merge(parts, nil)
}

// readParts reads the top level of a state or of a patch of one.
func readParts(data []byte) (map[string]json.RawMessage, error) {
	var parts map[string]json.RawMessage
	if err := decodeStrictly(data, &parts); err != nil {
		return nil, err
	}
	if parts == nil {
		return nil, errors.New("want a JSON object")
	}
	return parts, nil
}

// decodeStrictly refuses unknown members and anything after the value.
func decodeStrictly(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return explain(err, data)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something after the JSON value")
	}
	return nil
}

// explain adds the line to errors that know only an offset.
func explain(err error, data []byte) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n")), err)
	}
	return err
}

// fillKeys makes the ids of objects agree with their keys, which may also be user principal names.
func (s *State) fillKeys() {
	s.makeMaps()
	for key, u := range s.Users {
		id := strings.ToLower(key)
		if !guid.MatchString(id) && strings.Contains(key, "@") {
			if u.UserPrincipalName == "" {
				u.UserPrincipalName = key
			}
			id = u.ID
			if id == "" {
				id = newID()
			}
		}
		if u.ID == "" || id != key {
			u.ID = id
			delete(s.Users, key)
			s.Users[id] = u
		}
	}
	for key, domain := range s.Domains {
		if domain.ID == "" {
			domain.ID = strings.ToLower(key)
			delete(s.Domains, key)
			s.Domains[domain.ID] = domain
		}
	}
	for key, group := range s.Groups {
		if group.ID == "" {
			group.ID = strings.ToLower(key)
			delete(s.Groups, key)
			s.Groups[group.ID] = group
		}
	}
}

func (s *State) makeMaps() {
	if s.Users == nil {
		s.Users = map[string]User{}
	}
	if s.Domains == nil {
		s.Domains = map[string]Domain{}
	}
	if s.Groups == nil {
		s.Groups = map[string]Group{}
	}
	if s.SignIn.RefreshTokens == nil {
		s.SignIn.RefreshTokens = map[string]RefreshToken{}
	}
}

// validate says what makes no sense as a tenant.
func (s *State) validate() error {
	if !guid.MatchString(s.Tenant.ID) {
		return fmt.Errorf("tenant.id: %q is not a GUID in lower case", s.Tenant.ID)
	}
	for _, check := range []func() error{s.validateDomains, s.validateUsers, s.validateGroups, s.SignIn.validate} {
		if err := check(); err != nil {
			return err
		}
	}
	if s.PasswordResetPolicy == nil || s.OnPremisesPasswordResetPolicy == nil {
		return errors.New("passwordResetPolicy and onPremisesPasswordResetPolicy cannot be null")
	}
	return nil
}

func (s *State) validateDomains() error {
	defaults := 0
	for _, key := range sortedKeys(s.Domains) {
		domain := s.Domains[key]
		switch {
		case domain.ID != key || key != strings.ToLower(key):
			return fmt.Errorf("domains[%q]: its id %q differs; both are the name in lower case", key, domain.ID)
		case domain.AuthenticationType != "Managed" && domain.AuthenticationType != "Federated":
			return fmt.Errorf("domains[%q].authenticationType: %q is neither Managed nor Federated", key, domain.AuthenticationType)
		case domain.IsDefault:
			defaults++
		}
	}
	if defaults > 1 {
		return fmt.Errorf("domains: %d of them are the default, want at most 1", defaults)
	}
	return nil
}

func (s *State) validateUsers() error {
	names := make(map[string]string, len(s.Users))
	for key, u := range s.Users {
		name := strings.ToLower(u.UserPrincipalName)
		_, suffix, ok := strings.Cut(name, "@")
		switch {
		case !guid.MatchString(key) || u.ID != key:
			return fmt.Errorf("users[%q]: its id %q differs; both are a GUID in lower case", key, u.ID)
		case !ok:
			return fmt.Errorf("users[%q].userPrincipalName: %q has no domain", key, u.UserPrincipalName)
		case names[name] != "":
			return fmt.Errorf("users[%q].userPrincipalName: %q is also that of user %s", key, u.UserPrincipalName, names[name])
		}
		if _, ok := s.Domains[suffix]; !ok {
			return fmt.Errorf("users[%q].userPrincipalName: the tenant has no domain %q", key, suffix)
		}
		for _, role := range u.Roles {
			if roleTemplates[role] == "" {
				return fmt.Errorf("users[%q].roles: unknown directory role %q; known are %s", key, role,
					strings.Join(slices.Sorted(maps.Keys(roleTemplates)), ", "))
			}
		}
		for _, method := range u.MethodsRegistered {
			if !slices.Contains(registrableMethods, method) {
				return fmt.Errorf("users[%q].methodsRegistered: unknown method %q; known are %s", key, method, strings.Join(registrableMethods, ", "))
			}
		}
		names[name] = key
	}
	return nil
}

func (s *State) validateGroups() error {
	for _, key := range sortedKeys(s.Groups) {
		if !guid.MatchString(key) || s.Groups[key].ID != key {
			return fmt.Errorf("groups[%q]: its id %q differs; both are a GUID in lower case", key, s.Groups[key].ID)
		}
	}
	return nil
}
