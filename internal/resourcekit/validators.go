package resourcekit

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	guid          = `[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}`
	lowerCaseGUID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	lowerCaseName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
	guidOrAddress = regexp.MustCompile(`^(` + guid + `|[^@\s/\\?\pC]+@[^@\s/\\?\pC]+\.[^@\s/\\?.\pC]+)$`)
)

// IsObjectID accepts the id of a directory object, in the spelling of the
// directory: any other would show as a difference for ever.
func IsObjectID() validator.String {
	return stringvalidator.RegexMatches(lowerCaseGUID, "must be an object id in lower case, such as 0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11")
}

// LooksLikeObjectID reports whether a text is the id of a directory object, in
// the spelling of the directory.
func LooksLikeObjectID(text string) bool { return lowerCaseGUID.MatchString(text) }

// IsUserID accepts what names a user: an object id or a user principal name.
func IsUserID() validator.String {
	return stringvalidator.RegexMatches(guidOrAddress, "must be an object id or a user principal name such as svc-backup@contoso.com")
}

// AreObjectIDs accepts ids of directory objects, as [IsObjectID] does, and
// reports all that are none in one diagnostic.
func AreObjectIDs() validator.List { return objectIDs{} }

type objectIDs struct{}

// Description implements validator.Describer.
func (objectIDs) Description(context.Context) string {
	return "must be object ids in lower case, such as 0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11"
}

// MarkdownDescription implements validator.Describer.
func (o objectIDs) MarkdownDescription(ctx context.Context) string { return o.Description(ctx) }

// ValidateList implements validator.List.
func (o objectIDs) ValidateList(ctx context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	const shown = 5
	var wrong []string
	others := 0
	for _, element := range req.ConfigValue.Elements() {
		text, ok := element.(types.String)
		switch {
		case element.IsUnknown() || ok && lowerCaseGUID.MatchString(text.ValueString()):
		case len(wrong) == shown:
			others++
		default:
			wrong = append(wrong, element.String())
		}
	}
	if len(wrong) == 0 {
		return
	}
	if others > 0 {
		wrong = append(wrong, fmt.Sprintf("and %d more", others))
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid object ids",
		fmt.Sprintf("Attribute %s %s, got: %s.", req.Path, o.Description(ctx), strings.Join(wrong, ", ")))
}

// IsDomainName accepts the name of a domain in lower case, in which the
// provider writes all of them: another spelling would be another instance.
func IsDomainName() validator.String {
	return stringvalidator.RegexMatches(lowerCaseName, "must be a domain name in lower case, such as contoso.com")
}
