package mockdirectory

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// largestOr is how many terms an or may have outside advanced queries.
const largestOr = 15

// filter says whether an object passes; the value is the struct that its entity describes.
type filter func(reflect.Value) bool

// parsedFilter is a filter with the members that it looks at.
type parsedFilter struct {
	test  filter
	names []string
}

// support lists the operators that a member has in plain and in advanced queries.
type support struct{ plain, advanced string }

// userFilters follows the table of filters on directory objects. Members that are not listed cannot be filtered on.
// The word null stands for eq null, and not for the negation of the others.
var userFilters = map[string]support{
	"id":                    {"eq in", "eq in ne not"},
	"userPrincipalName":     {"eq in ge le startswith", "eq in ge le startswith ne not endswith"},
	"displayName":           {"eq in ge le startswith", "eq in ge le startswith ne not null"},
	"mail":                  {"eq in ge le startswith", "eq in ge le startswith endswith ne not null"},
	"givenName":             {"eq in ge le startswith", "eq in ge le startswith ne not null"},
	"surname":               {"eq in ge le startswith", "eq in ge le startswith ne not null"},
	"mailNickname":          {"eq in ge le startswith", "eq in ge le startswith ne not null"},
	"department":            {"eq in ge le", "eq in ge le startswith ne not null"},
	"jobTitle":              {"eq in ge le startswith", "eq in ge le startswith ne not null"},
	"accountEnabled":        {"eq in", "eq in ne not null"},
	"userType":              {"eq in", "eq in ne not null"},
	"onPremisesSyncEnabled": {"eq in", "eq in ne not null"},
	"createdDateTime":       {"eq in ge le", "eq in ge le ne not"},
	"passwordPolicies":      {"", "eq ne not null"},
}

// filterParser reads the grammar or > and > not > comparison.
type filterParser struct {
	entity   *entity
	supports map[string]support
	advanced bool
	tokens   []string
	at       int
	names    []string
	negated  bool
}

func parseFilter(text string, e *entity, supports map[string]support, advanced bool) (parsedFilter, *failure) {
	tokens, ok := splitFilter(text)
	if !ok {
		return parsedFilter{}, filterSyntax(text)
	}
	p := &filterParser{entity: e, supports: supports, advanced: advanced, tokens: tokens}
	test, f := p.or()
	if f != nil {
		return parsedFilter{}, f
	}
	if p.at != len(p.tokens) {
		return parsedFilter{}, filterSyntax(text)
	}
	return parsedFilter{test: test, names: p.names}, nil
}

func filterSyntax(text string) *failure {
	return &failure{status: http.StatusBadRequest, code: "BadRequest", message: fmt.Sprintf("Invalid filter clause: Syntax error in '%s'.", text)}
}

// splitFilter cuts a filter into words, quoted texts and punctuation.
func splitFilter(text string) ([]string, bool) {
	var tokens []string
	for i := 0; i < len(text); {
		switch ch := text[i]; {
		case ch == ' ':
			i++
		case strings.IndexByte("(),", ch) >= 0:
			tokens, i = append(tokens, text[i:i+1]), i+1
		case ch == '\'':
			end, ok := quoteEnd(text, i)
			if !ok {
				return nil, false
			}
			tokens, i = append(tokens, text[i:end]), end
		default:
			end := i + strings.IndexAny(text[i:], " (),'")
			if end < i {
				end = len(text)
			}
			tokens, i = append(tokens, text[i:end]), end
		}
	}
	return tokens, true
}

// quoteEnd finds the end of a quoted text, in which a doubled quote stands for one.
func quoteEnd(text string, start int) (int, bool) {
	for i := start + 1; i < len(text); i++ {
		if text[i] != '\'' {
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			i++
			continue
		}
		return i + 1, true
	}
	return 0, false
}

func (p *filterParser) next() string {
	if p.at >= len(p.tokens) {
		return ""
	}
	p.at++
	return p.tokens[p.at-1]
}

func (p *filterParser) take(word string) bool {
	if p.at < len(p.tokens) && p.tokens[p.at] == word {
		p.at++
		return true
	}
	return false
}

func (p *filterParser) syntax() *failure { return filterSyntax(strings.Join(p.tokens, " ")) }

func (p *filterParser) or() (filter, *failure) {
	first, f := p.and()
	if f != nil {
		return nil, f
	}
	terms := []filter{first}
	for p.take("or") {
		term, f := p.and()
		if f != nil {
			return nil, f
		}
		terms = append(terms, term)
	}
	if f := p.checkOr(len(terms)); f != nil {
		return nil, f
	}
	if len(terms) == 1 {
		return first, nil
	}
	return func(v reflect.Value) bool {
		return slices.ContainsFunc(terms, func(term filter) bool { return term(v) })
	}, nil
}

func (p *filterParser) checkOr(terms int) *failure {
	if p.advanced || terms <= largestOr {
		return nil
	}
	return unsupportedQuery(fmt.Sprintf(
		"Too many child clauses specified in search filter expression containing 'OR' operators: %d. Max allowed: %d.", terms, largestOr))
}

func (p *filterParser) and() (filter, *failure) {
	first, f := p.not()
	if f != nil {
		return nil, f
	}
	terms := []filter{first}
	for p.take("and") {
		term, f := p.not()
		if f != nil {
			return nil, f
		}
		terms = append(terms, term)
	}
	if len(terms) == 1 {
		return first, nil
	}
	return func(v reflect.Value) bool {
		return !slices.ContainsFunc(terms, func(term filter) bool { return !term(v) })
	}, nil
}

func (p *filterParser) not() (filter, *failure) {
	if !p.take("not") {
		return p.primary()
	}
	before := p.negated
	p.negated = true
	inner, f := p.not()
	p.negated = before
	if f != nil {
		return nil, f
	}
	return func(v reflect.Value) bool { return !inner(v) }, nil
}

func (p *filterParser) primary() (filter, *failure) {
	if p.take("(") {
		inner, f := p.or()
		if f == nil && !p.take(")") {
			f = p.syntax()
		}
		return inner, f
	}
	name := p.next()
	if lower := strings.ToLower(name); (lower == "startswith" || lower == "endswith") && p.take("(") {
		return p.function(lower)
	}
	if collection, ok := strings.CutSuffix(name, "/any"); ok && p.take("(") {
		return p.any(collection)
	}
	m, f := p.member(name)
	if f != nil {
		return nil, f
	}
	switch operator := p.next(); operator {
	case "in":
		return p.in(m)
	case "eq", "ne", "ge", "le":
		value, f := p.literal(m)
		if f != nil {
			return nil, f
		}
		return p.compare(m, operator, value)
	default:
		return nil, p.syntax()
	}
}

// member finds a member that filters may name.
func (p *filterParser) member(name string) (*member, *failure) {
	m, ok := p.entity.byName[name]
	if !ok {
		return nil, &failure{status: http.StatusBadRequest, code: "BadRequest", message: fmt.Sprintf(
			"Invalid filter clause: Could not find a property named '%s' on type '%s'.", name, p.entity.odata)}
	}
	p.names = append(p.names, name)
	return m, nil
}

// supported checks an operator against the table; not counts on top of it.
func (p *filterParser) supported(m *member, operator string) *failure {
	can := p.supports[m.name].plain
	if p.advanced {
		can = p.supports[m.name].advanced
	}
	operators := strings.Fields(can)
	if slices.Contains(operators, operator) && (!p.negated || slices.Contains(operators, "not")) {
		return nil
	}
	return unsupportedQuery(fmt.Sprintf(
		"Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.", m.name, p.entity.name))
}

func (p *filterParser) function(name string) (filter, *failure) {
	m, f := p.member(p.next())
	if f != nil {
		return nil, f
	}
	if !p.take(",") {
		return nil, p.syntax()
	}
	value, f := p.literal(m)
	if f != nil {
		return nil, f
	}
	part, ok := value.(string)
	if !ok || !p.take(")") {
		return nil, p.syntax()
	}
	if f := p.supported(m, name); f != nil {
		return nil, f
	}
	test := strings.HasPrefix
	if name == "endswith" {
		test = strings.HasSuffix
	}
	part = strings.ToLower(part)
	return func(v reflect.Value) bool {
		text, ok := memberValue(v, m).(string)
		return ok && test(strings.ToLower(text), part)
	}, nil
}

// any reads the rest of a lambda such as methodsRegistered/any(t:t eq 'email').
func (p *filterParser) any(name string) (filter, *failure) {
	m, f := p.member(name)
	if f != nil {
		return nil, f
	}
	variable := p.next()
	if strings.HasSuffix(variable, ":") {
		variable += p.next()
	}
	if name, again, ok := strings.Cut(variable, ":"); !ok || name == "" || name != again || !p.take("eq") {
		return nil, p.syntax()
	}
	value, f := p.literal(m)
	if f != nil {
		return nil, f
	}
	text, ok := value.(string)
	if !ok || !p.take(")") {
		return nil, p.syntax()
	}
	if f := p.supported(m, "any"); f != nil {
		return nil, f
	}
	return func(v reflect.Value) bool {
		held, _ := reflect.TypeAssert[[]string](v.Field(m.index))
		return slices.ContainsFunc(held, func(have string) bool { return strings.EqualFold(have, text) })
	}, nil
}

func (p *filterParser) in(m *member) (filter, *failure) {
	if !p.take("(") {
		return nil, p.syntax()
	}
	var values []any
	for {
		value, f := p.literal(m)
		if f != nil {
			return nil, f
		}
		values = append(values, value)
		if p.take(")") {
			break
		}
		if !p.take(",") {
			return nil, p.syntax()
		}
	}
	if f := p.supported(m, "in"); f != nil {
		return nil, f
	}
	if f := p.checkOr(len(values)); f != nil {
		return nil, f
	}
	return func(v reflect.Value) bool {
		have := memberValue(v, m)
		return slices.ContainsFunc(values, func(value any) bool { return order(have, value) == 0 })
	}, nil
}

func (p *filterParser) compare(m *member, operator string, value any) (filter, *failure) {
	wanted := operator
	if value == nil && operator == "eq" {
		wanted = "null"
	}
	if f := p.supported(m, wanted); f != nil {
		return nil, f
	}
	if text, ok := value.(string); ok && (operator == "eq" || operator == "ne") {
		// The common case, without the detour over interfaces.
		return func(v reflect.Value) bool {
			have := reflect.Indirect(v.Field(m.index))
			return (have.IsValid() && have.Len() > 0 && strings.EqualFold(have.String(), text)) == (operator == "eq")
		}, nil
	}
	return func(v reflect.Value) bool {
		result := order(memberValue(v, m), value)
		switch operator {
		case "eq":
			return result == 0
		case "ne":
			return result != 0
		case "ge":
			return result == 0 || result == 1
		default:
			return result == 0 || result == -1
		}
	}, nil
}

// literal reads a constant of the type of the member it is compared with.
func (p *filterParser) literal(m *member) (any, *failure) {
	text := p.next()
	if text == "null" {
		return nil, nil
	}
	kind := p.entity.of.Field(m.index).Type
	if kind.Kind() == reflect.Pointer || kind.Kind() == reflect.Slice {
		kind = kind.Elem()
	}
	switch {
	case kind.Kind() == reflect.String && len(text) >= 2 && text[0] == '\'':
		return strings.ReplaceAll(text[1:len(text)-1], "''", "'"), nil
	case kind.Kind() == reflect.Bool:
		if value, err := strconv.ParseBool(text); err == nil && (text == "true" || text == "false") {
			return value, nil
		}
	case kind == reflect.TypeFor[time.Time]():
		if value, err := time.Parse(time.RFC3339, text); err == nil {
			return value, nil
		}
	}
	return nil, &failure{status: http.StatusBadRequest, code: "BadRequest", message: fmt.Sprintf(
		"Invalid filter clause: The value %q does not fit the type of property '%s'.", text, m.name)}
}

// memberValue is a member as nil, a text, a truth value or a time.
func memberValue(object reflect.Value, m *member) any {
	v := object.Field(m.index)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if v.Kind() == reflect.String && v.Len() == 0 {
		return nil
	}
	return v.Interface()
}

// order compares two values; 2 says that they have no order. Texts compare without case, as in Graph.
func order(a, b any) int {
	switch x := a.(type) {
	case nil:
		if b == nil {
			return 0
		}
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(strings.ToLower(x), strings.ToLower(y))
		}
	case bool:
		if y, ok := b.(bool); ok && x == y {
			return 0
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	}
	return 2
}
