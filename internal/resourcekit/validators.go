package resourcekit

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
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

// KeysAreObjectIDs does the same with the keys of a map.
func KeysAreObjectIDs() validator.Map { return objectIDs{} }

type objectIDs struct{}

// Description implements validator.Describer.
func (objectIDs) Description(context.Context) string {
	return "must be object ids in lower case, such as 0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11"
}

// MarkdownDescription implements validator.Describer.
func (o objectIDs) MarkdownDescription(ctx context.Context) string { return o.Description(ctx) }

// ValidateList implements validator.List.
func (o objectIDs) ValidateList(ctx context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	var wrong []string
	for _, element := range req.ConfigValue.Elements() {
		if text, ok := element.(types.String); !element.IsUnknown() && !(ok && lowerCaseGUID.MatchString(text.ValueString())) {
			wrong = append(wrong, element.String())
		}
	}
	resp.Diagnostics.Append(o.refuse(ctx, req.Path, wrong)...)
}

// ValidateMap implements validator.Map.
func (o objectIDs) ValidateMap(ctx context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	var wrong []string
	for key := range req.ConfigValue.Elements() {
		if !lowerCaseGUID.MatchString(key) {
			wrong = append(wrong, strconv.Quote(key))
		}
	}
	slices.Sort(wrong)
	resp.Diagnostics.Append(o.refuse(ctx, req.Path, wrong)...)
}

func (o objectIDs) refuse(ctx context.Context, at path.Path, wrong []string) diag.Diagnostics {
	const shown = 5
	if len(wrong) == 0 {
		return nil
	}
	if more := len(wrong) - shown; more > 0 {
		wrong = append(wrong[:shown], fmt.Sprintf("and %d more", more))
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, "Invalid object ids",
		fmt.Sprintf("Attribute %s %s, got: %s.", at, o.Description(ctx), strings.Join(wrong, ", ")))}
}

// IsDomainName accepts the name of a domain in lower case, in which the
// provider writes all of them: another spelling would be another instance.
func IsDomainName() validator.String {
	return stringvalidator.RegexMatches(lowerCaseName, "must be a domain name in lower case, such as contoso.com")
}
