package mockdirectory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Keys of the policy that a PUT cannot change.
var echoedKeys = []string{
	"objectId", "passwordResetEnabledGroupName",
	"emailOptionAllowed", "mobilePhoneOptionAllowed", "officePhoneOptionAllowed",
	"securityQuestionsOptionAllowed", "mobileAppNotificationOptionAllowed", "mobileAppCodeOptionAllowed",
}

// legacyToggles are the keys that a migrated tenant ignores; security questions are not among them.
var legacyToggles = []string{
	"emailOptionEnabled", "mobilePhoneOptionEnabled", "officePhoneOptionEnabled",
	"mobileAppNotificationEnabled", "mobileAppCodeEnabled",
}

// scopeKeys are what a User Administrator may change.
var scopeKeys = []string{"enablementType", "passwordResetEnabledGroupIds", "passwordResetEnabledGroupName"}

// numberRanges are the limits of the numbers, both included.
var numberRanges = map[string][2]int64{
	"enablementType":                        {0, 2},
	"numberOfAuthenticationMethodsRequired": {1, 2},
	"numberOfQuestionsToRegister":           {3, 5},
	"numberOfQuestionsToReset":              {3, 5},
	"registrationReconfirmIntevalInDays":    {0, 730},
	"skipRegistrationMaxAllowedDays":        {1, 1<<31 - 1},
}

// ignoredKey says which keys keep their value whatever a PUT carries. The caller holds mu.
func (d *Directory) ignoredKey(key string) bool {
	if slices.Contains(echoedKeys, key) {
		return true
	}
	return d.state.Tenant.PortalIgnoresTogglesWhenMigrated && d.methodsMigrated() &&
		slices.Contains(legacyToggles, key)
}

func onlyScopeDiffers(former, sent map[string]json.RawMessage) bool {
	for key, value := range sent {
		if !slices.Contains(scopeKeys, key) && !slices.Contains(echoedKeys, key) && !sameJSON(former[key], value) {
			return false
		}
	}
	return true
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// checkPolicy wants the whole document with values of the right type and size.
func checkPolicy(sent map[string]json.RawMessage) *failure {
	if string(sent["objectId"]) != `"default"` {
		return portalInvalid("The value of 'objectId' must be 'default'.")
	}
	for _, key := range policyKeys {
		value, ok := sent[key]
		if !ok {
			return portalInvalid("The document is not complete: '" + key + "' is missing.")
		}
		if err := checkValue(key, value); err != nil {
			return portalInvalid(fmt.Sprintf("The value of '%s' is not valid: %s.", key, err))
		}
	}
	return checkGroupsAndQuestions(sent)
}

func checkValue(key string, value json.RawMessage) error {
	if limits, ok := numberRanges[key]; ok {
		number, err := strconv.ParseInt(string(value), 10, 32)
		if err != nil {
			return fmt.Errorf("%s is not an integer", value)
		}
		if number < limits[0] || number > limits[1] {
			return fmt.Errorf("%d is not between %d and %d", number, limits[0], limits[1])
		}
		return nil
	}
	switch key {
	case "objectId", "customHelpdeskEmailOrUrl", "passwordResetEnabledGroupName":
		return checkType[string](value, "a text")
	case "passwordResetEnabledGroupIds", "registrationConditionalAccessPolicies":
		return checkType[[]string](value, "a list of texts")
	case "securityQuestions":
		return checkType[[]map[string]any](value, "a list of objects")
	default:
		return checkType[bool](value, "a boolean")
	}
}

func checkType[T any](value json.RawMessage, name string) error {
	var into T
	if string(value) == "null" || json.Unmarshal(value, &into) != nil {
		return fmt.Errorf("%s is not %s", value, name)
	}
	return nil
}

// settings are the values of a checked document that rules look at.
type settings struct {
	EnablementType  int              `json:"enablementType"`
	Required        int              `json:"numberOfAuthenticationMethodsRequired"`
	Register        int              `json:"numberOfQuestionsToRegister"`
	Reset           int              `json:"numberOfQuestionsToReset"`
	GroupIDs        []string         `json:"passwordResetEnabledGroupIds"`
	Questions       []map[string]any `json:"securityQuestions"`
	QuestionsOn     bool             `json:"securityQuestionsOptionEnabled"`
	Email           bool             `json:"emailOptionEnabled"`
	MobilePhone     bool             `json:"mobilePhoneOptionEnabled"`
	OfficePhone     bool             `json:"officePhoneOptionEnabled"`
	AppNotification bool             `json:"mobileAppNotificationEnabled"`
	AppCode         bool             `json:"mobileAppCodeEnabled"`
	CustomHelpdesk  bool             `json:"customizeHelpdeskLink"`
	Helpdesk        string           `json:"customHelpdeskEmailOrUrl"`
}

func readSettings(policy map[string]json.RawMessage) settings {
	var s settings
	// A state that a person patched may hold anything; what does not fit counts as not set.
	for key, value := range policy {
		var one object
		one.add(key, value)
		_ = json.Unmarshal(one.bytes(), &s)
	}
	return s
}

func checkGroupsAndQuestions(sent map[string]json.RawMessage) *failure {
	s := readSettings(sent)
	if s.EnablementType == 1 && len(s.GroupIDs) != 1 {
		return portalInvalid(fmt.Sprintf("'enablementType' 1 needs exactly one id in 'passwordResetEnabledGroupIds', not %d.", len(s.GroupIDs)))
	}
	for _, id := range s.GroupIDs {
		if !guid.MatchString(strings.ToLower(id)) {
			return portalInvalid(fmt.Sprintf("'passwordResetEnabledGroupIds' holds '%s', which is not an object id.", id))
		}
	}
	if s.Register < s.Reset {
		return portalInvalid("'numberOfQuestionsToRegister' is less than 'numberOfQuestionsToReset'.")
	}
	return nil
}

// checkPolicyRules holds the rules that the tenant turned on. The caller holds mu.
func (d *Directory) checkPolicyRules(c *call, policy map[string]json.RawMessage) *failure {
	s := readSettings(policy)
	if d.state.Tenant.PortalMethodCountCheck && !strings.EqualFold(c.query.Get("byPassMethodCountCheck"), "true") && !s.enoughMethods() {
		return &failure{
			status: http.StatusBadRequest, code: "MethodCountCheckFailed", exception: "ArgumentException",
			message: "Fewer authentication methods are enabled than are required to reset a password.",
			detail:  "Fewer authentication methods are enabled than are required to reset a password.",
		}
	}
	if !d.state.Tenant.PortalEnforcesDocumentedRules {
		return nil
	}
	switch {
	case s.CustomHelpdesk && s.Helpdesk == "":
		return portalInvalid("'customizeHelpdeskLink' is true but 'customHelpdeskEmailOrUrl' is empty.")
	case s.QuestionsOn && len(s.Questions) < s.Register:
		return portalInvalid("Fewer questions are defined in 'securityQuestions' than users are to register.")
	case s.Required == 1 && s.AppNotification && !s.AppCode:
		return portalInvalid("'mobileAppNotificationEnabled' cannot be used when one method is required.")
	}
	return nil
}

// enoughMethods says whether users can meet the required number; the authenticator app alone does not count.
func (s settings) enoughMethods() bool {
	others := 0
	for _, on := range []bool{s.Email, s.MobilePhone, s.OfficePhone, s.QuestionsOn} {
		if on {
			others++
		}
	}
	return others >= s.Required
}
