package mockdirectory

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultPage = 100
	largestPage = 999
	// longestAddress is the limit on the whole address of a filtered request.
	longestAddress = 2048
)

// userQuery is a request for a list of users, understood.
type userQuery struct {
	selected []string
	filter   filter // nil for all
	top      int
	count    bool
	order    []orderTerm
	after    int // how many of the ordered users were handed out before
}

// pageToken is what a $skiptoken says, to this directory alone.
type pageToken struct {
	After   int    `json:"a"`
	Options string `json:"o"`
}

func (d *Directory) listUsers(c *call) answer {
	q, f := d.readUserQuery(c)
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pageOfUsers(c, q)
}

func (d *Directory) readUserQuery(c *call) (userQuery, *failure) {
	q := userQuery{count: c.advanced()}
	if f := c.refuseElsewhere(); f != nil {
		return q, f
	}
	if f := c.onlyOptions("$select", "$filter", "$top", "$count", "$orderby", "$skiptoken"); f != nil {
		return q, f
	}
	var f *failure
	if q.selected, f = c.selectedOfUser(); f != nil {
		return q, f
	}
	if q.filter, f = c.readFilter(); f != nil {
		return q, f
	}
	if q.order, f = c.readOrder(); f != nil {
		return q, f
	}
	if q.top, f = c.readTop(); f != nil {
		return q, f
	}
	if text := c.query.Get("$count"); text != "" && text != "true" && text != "false" {
		return q, &failure{status: http.StatusBadRequest, code: "BadRequest",
			message: fmt.Sprintf("Invalid value '%s' for $count query option found. Valid values are 'true' and 'false'.", text)}
	}
	q.after, f = c.readSkipToken()
	return q, f
}

func (c *call) readTop() (int, *failure) {
	if !c.query.Has("$top") {
		return defaultPage, nil
	}
	top, err := strconv.Atoi(c.query.Get("$top"))
	if err != nil || top < 1 || top > largestPage {
		return 0, badRequest(fmt.Sprintf("Invalid page size specified: '%s'. Must be between 1 and 999 inclusive.", c.query.Get("$top")))
	}
	return top, nil
}

// elsewhere are members of users that the directory does not hold; lists cannot have them.
var elsewhere = []string{
	"aboutMe", "birthday", "hireDate", "interests", "mailboxSettings", "mySite", "pastProjects", "preferredName",
	"responsibilities", "schools", "skills",
}

// refuseElsewhere refuses searches without their header, and members of other services.
func (c *call) refuseElsewhere() *failure {
	if c.query.Has("$search") && !c.eventual() {
		return unsupportedQuery("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	}
	for name := range strings.SplitSeq(c.query.Get("$select"), ",") {
		if slices.Contains(elsewhere, strings.TrimSpace(name)) {
			return &failure{status: http.StatusNotImplemented, code: "NotImplemented", message: "Not Implemented"}
		}
	}
	return nil
}

// readFilter parses $filter and checks that the query may use it.
func (c *call) readFilter() (filter, *failure) {
	text := c.query.Get("$filter")
	if text == "" {
		return nil, nil
	}
	advanced := c.advanced() || strings.HasSuffix(c.template, "/$count") && c.eventual()
	if length := len("https://" + c.host + c.path + "?" + c.rawQuery); length > longestAddress {
		return nil, unsupportedQuery(fmt.Sprintf("The request URI is too long: %d characters, at most %d are allowed.", length, longestAddress))
	}
	parsed, f := parseFilter(text, userEntity, userFilters, advanced)
	if f != nil {
		return nil, f
	}
	if c.basicOnly() && slices.ContainsFunc(parsed.names, func(name string) bool { return !userEntity.byName[name].basic }) {
		return nil, forbidden()
	}
	return parsed.test, nil
}

// options is what of a request must stay the same from page to page.
func (c *call) options() string {
	kept := url.Values{}
	for name, values := range c.query {
		if name != "$skiptoken" {
			kept[name] = values
		}
	}
	return c.path + "?" + kept.Encode()
}

func (c *call) readSkipToken() (int, *failure) {
	if !c.query.Has("$skiptoken") {
		return 0, nil
	}
	var token pageToken
	decoded, err := base64.RawURLEncoding.DecodeString(c.query.Get("$skiptoken"))
	if err != nil || json.Unmarshal(decoded, &token) != nil || token.Options != c.options() || token.After < 1 {
		return 0, &failure{status: http.StatusBadRequest, code: "Directory_ExpiredPageToken",
			message: "The specified page token value has expired and can no longer be included in your request."}
	}
	return token.After, nil
}

func (c *call) nextLink(after int) string {
	next := url.Values{}
	for name, values := range c.query {
		next[name] = values
	}
	token := marshal(pageToken{After: after, Options: c.options()})
	next.Set("$skiptoken", base64.RawURLEncoding.EncodeToString(token))
	return "https://" + c.host + c.path + "?" + strings.ReplaceAll(next.Encode(), "%24", "$")
}

// pageOfUsers walks the users in order from where the last page ended. The caller holds mu.
func (d *Directory) pageOfUsers(c *call, q userQuery) answer {
	ids := d.users.ids
	if q.order != nil {
		ids = d.ordered(q.order)
	}
	out := collection{context: c.contextURL("users", q.selected), items: []json.RawMessage{}}
	matched := 0
	var current User // one for all, as filters and writers take their addresses
	for i := min(q.after, len(ids)); i < len(ids); i++ {
		current = list(d.stale.users, ids[i], d.state.Users[ids[i]])
		if q.filter != nil && !q.filter(reflect.ValueOf(&current).Elem()) {
			continue
		}
		matched++
		if matched <= q.top {
			var o object
			userEntity.write(&o, &current, q.selected, c.version())
			out.items = append(out.items, o.bytes())
		}
		if matched == q.top+1 {
			out.next = c.nextLink(i)
			if !q.count || q.after > 0 {
				break
			}
		}
	}
	if q.count && q.after == 0 {
		out.count = &matched
	}
	return out.answer()
}

func (d *Directory) countUsers(c *call) answer {
	if !c.eventual() {
		return fail(badRequest("$count is not currently supported."))
	}
	if f := c.onlyOptions("$filter"); f != nil {
		return fail(f)
	}
	test, f := c.readFilter()
	if f != nil {
		return fail(f)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	count := 0
	var user User // one for all, as a filter takes its address
	for id, current := range d.state.Users {
		user = list(d.stale.users, id, current)
		if test == nil || test(reflect.ValueOf(&user).Elem()) {
			count++
		}
	}
	a := answer{status: http.StatusOK, body: []byte(strconv.Itoa(count))}
	a.set("Content-Type", "text/plain")
	a.set("OData-Version", "4.0")
	return a
}

// orderTerm is a member to sort by.
type orderTerm struct {
	upn, descending bool
}

// readOrder takes userPrincipalName and displayName, which the real service sorts by too.
func (c *call) readOrder() ([]orderTerm, *failure) {
	if c.query.Get("$orderby") != "" && c.query.Has("$filter") && !c.advanced() {
		return nil, unsupportedQuery("Sorting not supported for current query.")
	}
	return c.orderTerms("displayName", userEntity)
}

// orderTerms reads $orderby, which takes the user principal name and the display name under the name that an entity gives it.
func (c *call) orderTerms(display string, e *entity) ([]orderTerm, *failure) {
	text := c.query.Get("$orderby")
	if text == "" {
		return nil, nil
	}
	var terms []orderTerm
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		if len(words) == 0 || len(words) > 2 || words[0] != "userPrincipalName" && words[0] != display ||
			len(words) == 2 && words[1] != "asc" && words[1] != "desc" {
			return nil, unsupportedQuery(fmt.Sprintf("Unsupported sort property '%s' for '%s'.", strings.TrimSpace(part), e.name))
		}
		terms = append(terms, orderTerm{upn: words[0] == "userPrincipalName", descending: len(words) == 2 && words[1] == "desc"})
	}
	return terms, nil
}

func (d *Directory) ordered(terms []orderTerm) []string {
	type named struct{ id, upn, name string }
	users := make([]named, len(d.users.ids))
	for i, id := range d.users.ids {
		u := d.state.Users[id]
		users[i] = named{id: id, upn: strings.ToLower(u.UserPrincipalName), name: strings.ToLower(u.DisplayName)}
	}
	slices.SortStableFunc(users, func(a, b named) int {
		for _, t := range terms {
			order := strings.Compare(a.name, b.name)
			if t.upn {
				order = strings.Compare(a.upn, b.upn)
			}
			if t.descending {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})
	ids := make([]string, len(users))
	for i, u := range users {
		ids[i] = u.id
	}
	return ids
}
