package directory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// document is a JSON object with its keys in their order and its values as
// they came, so that numbers of any size and unknown members survive.
type document []member

type member struct {
	key   string
	value json.RawMessage
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *document) UnmarshalJSON(content []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	start, err := decoder.Token()
	if err != nil {
		return err
	}
	if start != json.Delim('{') {
		return errors.New("expected a JSON object")
	}
	*d = nil
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		name, ok := key.(string)
		if !ok {
			return errors.New("expected a key of a JSON object")
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		if len(*d) == maxMembers {
			return fmt.Errorf("a document with more than %d members", maxMembers)
		}
		*d = d.overlaid(document{{name, value}})
	}
	return nil
}

// maxMembers bounds a document, of which the largest known one has 29 members:
// looking one up takes as long as there are others.
const maxMembers = 1000

// MarshalJSON implements json.Marshaler.
func (d document) MarshalJSON() ([]byte, error) {
	var content bytes.Buffer
	content.WriteByte('{')
	for i, member := range d {
		if i > 0 {
			content.WriteByte(',')
		}
		key, err := json.Marshal(member.key)
		if err != nil {
			return nil, err
		}
		content.Write(key)
		content.WriteByte(':')
		content.Write(member.value)
	}
	content.WriteByte('}')
	return content.Bytes(), nil
}

func (d document) value(key string) (json.RawMessage, bool) {
	i := slices.IndexFunc(d, func(m member) bool { return m.key == key })
	if i < 0 {
		return nil, false
	}
	return d[i].value, true
}

// decode reads the value of a key into out, and reports whether there is one
// of the right type.
func (d document) decode(key string, out any) bool {
	value, ok := d.value(key)
	return ok && string(value) != "null" && json.Unmarshal(value, out) == nil
}

// overlaid returns the document with the members of overlay replaced or added.
func (d document) overlaid(overlay document) document {
	merged := slices.Clone(d)
	for _, change := range overlay {
		if i := slices.IndexFunc(merged, func(m member) bool { return m.key == change.key }); i >= 0 {
			merged[i].value = change.value
		} else {
			merged = append(merged, change)
		}
	}
	return merged
}

// agrees reports whether a key has the same JSON value in both documents,
// however it is spelt: the same text may be escaped differently.
func (d document) agrees(other document, key string) bool {
	a, _ := d.value(key)
	b, _ := other.value(key)
	if key == enabledGroups {
		// Ids are the same in either case of letters.
		a, b = bytes.ToLower(a), bytes.ToLower(b)
	}
	return bytes.Equal(a, b) || reflect.DeepEqual(decoded(a), decoded(b))
}

// decoded keeps numbers as they are written, because float64 would make large
// ones equal that are not.
func decoded(value json.RawMessage) any {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var out any
	if decoder.Decode(&out) != nil {
		return value
	}
	return out
}

// differing lists the keys of wanted that have another value in this document.
func (d document) differing(wanted document) []string {
	var keys []string
	for _, member := range wanted {
		if !d.agrees(wanted, member.key) {
			keys = append(keys, member.key)
		}
	}
	return keys
}
