package mockdirectory

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// merge applies the parts of a merge patch. What the state referred to before stays untouched, so that
// a copy of the struct is enough to go back.
func (s *State) merge(parts map[string]json.RawMessage, byUPN map[string]string) error {
	for _, name := range sortedKeys(parts) {
		if err := s.mergePart(name, parts[name], byUPN); err != nil {
			return err
		}
	}
	s.fillKeys()
	return nil
}

// mergePart merges one top-level part. Maps of objects are merged by object, as a tenant may have very many.
func (s *State) mergePart(name string, patch json.RawMessage, byUPN map[string]string) (err error) {
	switch name {
	case "users":
		s.Users, err = mergeMap(s.Users, name, patch, func(key string) string {
			if id, ok := byUPN[strings.ToLower(key)]; ok {
				return id
			}
			return key
		})
	case "domains":
		s.Domains, err = mergeMap(s.Domains, name, patch, strings.ToLower)
	case "groups":
		s.Groups, err = mergeMap(s.Groups, name, patch, strings.ToLower)
	case "passwordResetPolicy":
		err = mergeInto(&s.PasswordResetPolicy, name, patch)
	case "onPremisesPasswordResetPolicy":
		err = mergeInto(&s.OnPremisesPasswordResetPolicy, name, patch)
	case "tenant":
		err = mergeInto(&s.Tenant, name, patch)
	case "authorizationPolicy":
		err = mergeInto(&s.AuthorizationPolicy, name, patch)
	case "authenticationMethodsPolicy":
		err = mergeInto(&s.AuthenticationMethodsPolicy, name, patch)
	case "signIn":
		err = mergeInto(&s.SignIn, name, patch)
	default:
		err = fmt.Errorf("unknown member %q", name)
	}
	return err
}

// mergeMap returns a copy of the objects with the changes of a patch.
func mergeMap[T any](former map[string]T, name string, patch json.RawMessage, keyOf func(string) string) (map[string]T, error) {
	var changes map[string]json.RawMessage
	if err := json.Unmarshal(patch, &changes); err != nil || changes == nil {
		return nil, fmt.Errorf("%s: want an object", name)
	}
	objects := maps.Clone(former)
	if objects == nil {
		objects = map[string]T{}
	}
	for _, key := range sortedKeys(changes) {
		id := keyOf(key)
		if string(changes[key]) == "null" {
			delete(objects, id)
			continue
		}
		before := json.RawMessage("{}")
		if value, known := objects[id]; known {
			before = marshal(value)
		}
		var after T
		if err := decodeStrictly(mergePatch(before, changes[key]), &after); err != nil {
			return nil, fmt.Errorf("%s[%q]: %w", name, key, err)
		}
		objects[id] = after
	}
	return objects, nil
}

func mergeInto[T any](target *T, name string, patch json.RawMessage) error {
	if string(patch) == "null" {
		return fmt.Errorf("%s: cannot be deleted", name)
	}
	var after T
	if err := decodeStrictly(mergePatch(marshal(*target), patch), &after); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	*target = after
	return nil
}

// mergePatch is RFC 7396 on raw JSON, so that numbers keep their digits.
func mergePatch(target, patch json.RawMessage) json.RawMessage {
	var changes map[string]json.RawMessage
	if json.Unmarshal(patch, &changes) != nil || changes == nil {
		return patch
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(target, &members) != nil || members == nil {
		members = map[string]json.RawMessage{}
	}
	for key, change := range changes {
		if string(change) == "null" {
			delete(members, key)
		} else {
			members[key] = mergePatch(members[key], change)
		}
	}
	var o object
	for _, key := range sortedKeys(members) {
		o.add(key, members[key])
	}
	return o.bytes()
}
