package mockdirectory

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// entity describes a Graph type: the members of a struct, read from its json and graph tags.
// In the graph tag, default and basic say in which sets a member is, readonly that a client cannot
// write it, v1 and beta that only one version has it, and - that Graph does not know it.
type entity struct {
	name    string // as messages call it
	odata   string
	of      reflect.Type
	members []member
	byName  map[string]*member
}

type member struct {
	name             string
	key              json.RawMessage // the name as JSON, with its colon
	index            int
	readOnly         bool
	byDefault, basic bool
	onlyV1, onlyBeta bool
}

var (
	userEntity          = describe[User]("User", "microsoft.graph.user")
	domainEntity        = describe[Domain]("Domain", "microsoft.graph.domain")
	groupEntity         = describe[Group]("Group", "microsoft.graph.group")
	authorizationEntity = describe[AuthorizationPolicy]("AuthorizationPolicy", "microsoft.graph.authorizationPolicy")
	methodsEntity       = describe[AuthenticationMethodsPolicy]("AuthenticationMethodsPolicy", "microsoft.graph.authenticationMethodsPolicy")
	organizationEntity  = describe[organization]("Organization", "microsoft.graph.organization")
)

func describe[T any](name, odata string) *entity {
	e := &entity{name: name, odata: odata, of: reflect.TypeFor[T](), byName: map[string]*member{}}
	explicit := false
	for _, field := range reflect.VisibleFields(e.of) {
		marks := strings.Split(field.Tag.Get("graph"), ",")
		if slices.Contains(marks, "-") {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		m := member{
			name: name, key: append(quoted(name), ':'), index: field.Index[0],
			readOnly:  slices.Contains(marks, "readonly"),
			byDefault: slices.Contains(marks, "default"),
			basic:     slices.Contains(marks, "basic"),
			onlyV1:    slices.Contains(marks, "v1"),
			onlyBeta:  slices.Contains(marks, "beta"),
		}
		explicit = explicit || m.byDefault
		e.members = append(e.members, m)
	}
	for i := range e.members {
		// A type without a default set gives all its members.
		e.members[i].byDefault = e.members[i].byDefault || !explicit
		e.byName[e.members[i].name] = &e.members[i]
	}
	return e
}

// member finds a member that the version has.
func (e *entity) member(name, version string) (*member, bool) {
	m, ok := e.byName[name]
	return m, ok && m.in(version)
}

func (m *member) in(version string) bool {
	return !m.onlyV1 && !m.onlyBeta || m.onlyV1 && version == "v1.0" || m.onlyBeta && version == "beta"
}

// object is a JSON object under construction, in the order of its members.
type object struct{ b []byte }

func (o *object) add(name string, value json.RawMessage) {
	o.open()
	o.b = append(append(appendText(o.b, name), ':'), value...)
}

// open begins another member.
func (o *object) open() {
	if o.b == nil {
		o.b = append(make([]byte, 0, 256), '{')
		return
	}
	o.b = append(o.b, ',')
}

func (o *object) bytes() json.RawMessage {
	if o.b == nil {
		return json.RawMessage("{}")
	}
	return append(o.b, '}')
}

// write adds the members of a struct, or of what a pointer to one points to: the selected ones, or the default set.
func (e *entity) write(o *object, value any, selected []string, version string) {
	v := reflect.Indirect(reflect.ValueOf(value))
	if selected != nil {
		for _, name := range selected {
			e.byName[name].write(o, v)
		}
		return
	}
	for i := range e.members {
		if m := &e.members[i]; m.byDefault && m.in(version) {
			m.write(o, v)
		}
	}
}

func (m *member) write(o *object, v reflect.Value) {
	o.open()
	o.b = appendValue(append(o.b, m.key...), v.Field(m.index))
}

// patch applies a client's changes to the struct that target points to and returns the names of what it changed.
func (e *entity) patch(target any, body []byte, version string) ([]string, *failure) {
	var changes map[string]json.RawMessage
	if err := json.Unmarshal(body, &changes); err != nil || changes == nil {
		return nil, badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	v := reflect.ValueOf(target).Elem()
	var changed []string
	for _, name := range sortedKeys(changes) {
		if strings.HasPrefix(name, "@odata.") {
			continue
		}
		m, ok := e.member(name, version)
		switch {
		case !ok:
			return nil, badRequest(fmt.Sprintf("Invalid property '%s': resource '%s' has no such property.", name, e.name))
		case m.readOnly:
			return nil, badRequest(fmt.Sprintf("Property '%s' is read-only and cannot be set.", name))
		}
		if err := setField(v.Field(m.index), changes[name]); err != nil {
			return nil, invalidValue(name, e.name)
		}
		changed = append(changed, name)
	}
	if len(changed) == 0 {
		return nil, badRequest("The request body names no property to update.")
	}
	return changed, nil
}

// setField decodes strictly: no null for what cannot be null, no unknown members in complex values.
func setField(field reflect.Value, raw json.RawMessage) error {
	if string(raw) == "null" {
		switch field.Kind() {
		case reflect.Pointer:
			field.SetZero()
			return nil
		default:
			return fmt.Errorf("%s cannot be null", field.Type())
		}
	}
	fresh := reflect.New(field.Type())
	if field.Kind() == reflect.Struct {
		fresh.Elem().Set(field)
	}
	if err := decodeStrictly(withoutAnnotations(raw), fresh.Interface()); err != nil {
		return err
	}
	field.Set(fresh.Elem())
	return nil
}

// withoutAnnotations drops the @odata members of complex values, which some clients send along.
func withoutAnnotations(raw json.RawMessage) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members == nil {
		return raw
	}
	var o object
	for _, name := range sortedKeys(members) {
		if !strings.HasPrefix(name, "@odata.") {
			o.add(name, withoutAnnotations(members[name]))
		}
	}
	return o.bytes()
}

func badRequest(message string) *failure {
	return &failure{status: http.StatusBadRequest, code: "Request_BadRequest", message: message}
}

// unsupportedQuery refuses a query that the service knows but does not do.
func unsupportedQuery(message string) *failure {
	return &failure{status: http.StatusBadRequest, code: "Request_UnsupportedQuery", message: message}
}

func invalidValue(property, resource string) *failure {
	return badRequest(fmt.Sprintf("Invalid value specified for property '%s' of resource '%s'.", property, resource))
}

func notFound(id string) *failure {
	return &failure{
		status: http.StatusNotFound, code: "Request_ResourceNotFound",
		message: fmt.Sprintf("Resource '%s' does not exist or one of its queried reference-property objects are not present.", id),
	}
}

func forbidden() *failure {
	return &failure{
		status: http.StatusForbidden, code: "Authorization_RequestDenied",
		message: "Insufficient privileges to complete the operation.",
	}
}
