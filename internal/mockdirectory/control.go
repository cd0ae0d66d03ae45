package mockdirectory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// controlRoutes are for people and other programs: unlike the rest they need no token, are not delayed,
// and are not in the journal.
func (d *Directory) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_mock/journal", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, d.Journal()) })
	mux.HandleFunc("DELETE /_mock/journal", func(w http.ResponseWriter, _ *http.Request) {
		d.ResetJournal()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /_mock/state", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, d.State()) })
	mux.HandleFunc("PATCH /_mock/state", d.mergeState)
	mux.HandleFunc("GET /_mock/faults", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, append([]Fault{}, d.PendingFaults()...))
	})
	mux.HandleFunc("POST /_mock/faults", d.planFault)
	mux.HandleFunc("DELETE /_mock/faults", func(w http.ResponseWriter, _ *http.Request) {
		d.clearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	// The reader may be gone; there is nobody to tell.
	_ = encoder.Encode(value)
}

func refuse(w http.ResponseWriter, err error) {
	reply(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
}

// mergeState applies an RFC 7396 merge patch to the tenant, all or nothing.
func (d *Directory) mergeState(w http.ResponseWriter, r *http.Request) {
	patch, err := io.ReadAll(r.Body)
	if err == nil {
		err = d.merge(patch)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (d *Directory) merge(patch []byte) error {
	var parts map[string]json.RawMessage
	if err := decodeStrictly(patch, &parts); err != nil {
		return fmt.Errorf("merge patch: %w", err)
	}
	if parts == nil {
		return errors.New("merge patch: want a JSON object")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	next := clone(d.state)
	for _, name := range sortedKeys(parts) {
		if err := d.mergePart(&next, name, parts[name]); err != nil {
			return fmt.Errorf("merge patch: %w", err)
		}
	}
	next.fillKeys()
	if err := next.validate(); err != nil {
		return fmt.Errorf("merge patch: %w", err)
	}
	d.replace(next)
	return nil
}

// mergePart merges one top-level part. Maps of objects are merged by object, as a tenant may have very many.
func (d *Directory) mergePart(next *State, name string, patch json.RawMessage) error {
	switch name {
	case "users":
		return mergeMap(next.Users, name, patch, func(key string) string {
			if id, ok := d.users.byUPN[strings.ToLower(key)]; ok {
				return id
			}
			return key
		})
	case "domains":
		return mergeMap(next.Domains, name, patch, strings.ToLower)
	case "groups":
		return mergeMap(next.Groups, name, patch, strings.ToLower)
	case "passwordResetPolicy":
		return mergeInto(&next.PasswordResetPolicy, name, patch)
	case "onPremisesPasswordResetPolicy":
		return mergeInto(&next.OnPremisesPasswordResetPolicy, name, patch)
	case "tenant":
		return mergeInto(&next.Tenant, name, patch)
	case "authorizationPolicy":
		return mergeInto(&next.AuthorizationPolicy, name, patch)
	case "authenticationMethodsPolicy":
		return mergeInto(&next.AuthenticationMethodsPolicy, name, patch)
	case "signIn":
		return mergeInto(&next.SignIn, name, patch)
	default:
		return fmt.Errorf("unknown member %q", name)
	}
}

func mergeMap[T any](objects map[string]T, name string, patch json.RawMessage, keyOf func(string) string) error {
	var changes map[string]json.RawMessage
	if err := json.Unmarshal(patch, &changes); err != nil || changes == nil {
		return fmt.Errorf("%s: want an object", name)
	}
	for _, key := range sortedKeys(changes) {
		id := keyOf(key)
		if string(changes[key]) == "null" {
			delete(objects, id)
			continue
		}
		value, known := objects[id]
		var fresh T
		former := json.RawMessage("{}")
		if known {
			former = marshal(value)
		}
		if err := decodeStrictly(mergePatch(former, changes[key]), &fresh); err != nil {
			return fmt.Errorf("%s[%q]: %w", name, key, err)
		}
		objects[id] = fresh
	}
	return nil
}

func mergeInto[T any](target *T, name string, patch json.RawMessage) error {
	var fresh T
	if err := decodeStrictly(mergePatch(marshal(*target), patch), &fresh); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	*target = fresh
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

// planFault takes a fault; retry_after may be a number or a text.
func (d *Directory) planFault(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Fault
		RetryAfter any `json:"retry_after"`
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		decoder.DisallowUnknownFields()
		err = decoder.Decode(&sent)
	}
	if err == nil {
		if sent.RetryAfter != nil {
			sent.Fault.RetryAfter = fmt.Sprint(sent.RetryAfter)
		}
		err = sent.Fault.check()
	}
	if err != nil {
		refuse(w, fmt.Errorf("fault: %w", err))
		return
	}
	d.AddFault(sent.Fault)
	w.WriteHeader(http.StatusNoContent)
}
