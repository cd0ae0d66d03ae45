package resourcekit

import (
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var (
	guid          = `[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}`
	lowerCaseGUID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	guidOrAddress = regexp.MustCompile(`^(` + guid + `|[^@\s/\\?]+@[^@\s/\\?]+\.[^@\s/\\?.]+)$`)
)

// IsObjectID accepts the id of a directory object, in the spelling of the
// directory: any other would show as a difference for ever.
func IsObjectID() validator.String {
	return stringvalidator.RegexMatches(lowerCaseGUID, "must be an object id in lower case, such as 0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11")
}

// IsUserID accepts what names a user: an object id or a user principal name.
func IsUserID() validator.String {
	return stringvalidator.RegexMatches(guidOrAddress, "must be an object id or a user principal name such as svc-backup@contoso.com")
}
