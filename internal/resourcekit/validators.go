package resourcekit

import (
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var (
	guid          = `[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}`
	onlyGUID      = regexp.MustCompile(`^` + guid + `$`)
	guidOrAddress = regexp.MustCompile(`^(` + guid + `|[^@\s/\\?]+@[^@\s/\\?]+\.[^@\s/\\?.]+)$`)
)

// IsObjectID accepts the id of a directory object.
func IsObjectID() validator.String {
	return stringvalidator.RegexMatches(onlyGUID, "must be an object id such as 0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11")
}

// IsUserID accepts what names a user: an object id or a user principal name.
func IsUserID() validator.String {
	return stringvalidator.RegexMatches(guidOrAddress, "must be an object id or a user principal name such as svc-backup@contoso.com")
}

// LooksLikeObjectID reports whether a text has the form of an object id.
func LooksLikeObjectID(text string) bool { return onlyGUID.MatchString(text) }
