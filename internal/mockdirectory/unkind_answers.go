package mockdirectory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// emptyPageMark begins the tokens that follow an empty page. Behind it stand the visit, as no link is given out
// twice, and the token of the page that was withheld.
const emptyPageMark = "empty-"

// unknownKeys are members that no client can know, with values that a careless one spoils.
var unknownKeys = map[string]json.RawMessage{
	"experienceVersion":  json.RawMessage(`9007199254740993`),
	"reservedSettings":   json.RawMessage(`{"z":[],"a":{"limit":1.50,"note":"<a href=\"#\">\u00fc</a>"},"m":null}`),
	"previewFlightsList": json.RawMessage(`["", "x\u0000y", {"enabled":false}]`),
}

// addUnknownKeys gives the portal's document members that a client has to send back as they came.
func addUnknownKeys(policy map[string]json.RawMessage) { maps.Copy(policy, unknownKeys) }

// checkUnknownKeys refuses a document that lost or changed what the client cannot know. The caller holds mu.
func (d *Directory) checkUnknownKeys(former, sent map[string]json.RawMessage) *failure {
	if d.Kind() {
		return nil
	}
	for _, key := range sortedKeys(former) {
		if !slices.Contains(policyKeys, key) && !reflect.DeepEqual(exactly(former[key]), exactly(sent[key])) {
			return portalInvalid("The value of '" + key + "' is not what it was.")
		}
	}
	return nil
}

// exactly decodes a value with its numbers as they are written.
func exactly(value json.RawMessage) any {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var out any
	if err := decoder.Decode(&out); err != nil {
		return err
	}
	return out
}

// disguise gives half of the answers their members in another order, and members that no client knows.
func (c *call) disguise(a *answer) {
	dice := c.visit.dice("disguise")
	if a.status != http.StatusOK || !bytes.HasPrefix(a.body, []byte("{")) || dice.IntN(2) == 0 {
		return
	}
	// What the portal's document shows will be sent back; it has its unknown keys already.
	add := c.template != "/api/PasswordReset/PasswordResetPolicies"
	a.body = disguised(dice, a.body, add)
}

func disguised(dice *rand.Rand, body json.RawMessage, add bool) json.RawMessage {
	values, keys := membersOf(body)
	for _, name := range []string{"value", "responses"} {
		var items []json.RawMessage
		if json.Unmarshal(values[name], &items) != nil {
			continue
		}
		for i, item := range items {
			if bytes.HasPrefix(item, []byte("{")) {
				items[i] = disguised(dice, item, add)
			}
		}
		values[name] = joinArray(items)
	}
	if unknown := choose(dice, sortedKeys(unknownKeys)...); add && values[unknown] == nil {
		keys = append(keys, unknown)
		values[unknown] = unknownKeys[unknown]
	}
	dice.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return objectOf(keys, values)
}

// membersOf takes an object of this directory apart.
func membersOf(body json.RawMessage) (map[string]json.RawMessage, []string) {
	values := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &values); err != nil {
		panic("mock directory: an answer is not an object: " + err.Error())
	}
	return values, keysInOrder(body)
}

func objectOf(keys []string, values map[string]json.RawMessage) json.RawMessage {
	var o object
	for _, key := range keys {
		o.add(key, values[key])
	}
	return o.bytes()
}

// emptyPage withholds a page: the answer is an empty one that leads to it.
func (c *call) emptyPage(a *answer) {
	if a.status != http.StatusOK {
		return
	}
	next := url.Values{}
	maps.Copy(next, c.query)
	next.Set("$skiptoken", fmt.Sprintf("%s%d-%s", emptyPageMark, c.visit.ordinal, c.query.Get("$skiptoken")))
	values, keys := membersOf(a.body)
	values["value"] = json.RawMessage("[]")
	values["@odata.nextLink"] = quoted("https://" + c.host + c.path + "?" + strings.ReplaceAll(next.Encode(), "%24", "$"))
	if !slices.Contains(keys, "@odata.nextLink") {
		keys = append(keys, "@odata.nextLink")
	}
	a.body = objectOf(keys, values)
}

// openEmptyPage turns the token of an empty page into that of the page behind it.
func (c *call) openEmptyPage() {
	rest, ok := strings.CutPrefix(c.query.Get("$skiptoken"), emptyPageMark)
	if !ok {
		return
	}
	_, token, _ := strings.Cut(rest, "-")
	if token == "" {
		c.query.Del("$skiptoken")
		return
	}
	c.query.Set("$skiptoken", token)
}
