package resourcekit

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// TenantIdentity names, for Terraform 1.12 and newer, the one instance of a
// setting that a tenant has once.
type TenantIdentity struct {
	TenantID types.String `tfsdk:"tenant_id"`
}

// TenantIdentitySchema is the schema of [TenantIdentity].
func TenantIdentitySchema() identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"tenant_id": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "Id of the tenant.",
			},
		},
	}
}

// ImportTenant takes the tenant from the import id or from the identity.
func ImportTenant(ctx context.Context, req resource.ImportStateRequest) (string, diag.Diagnostics) {
	id := types.StringValue(req.ID)
	var diagnostics diag.Diagnostics
	if req.ID == "" && req.Identity != nil {
		diagnostics = req.Identity.GetAttribute(ctx, path.Root("tenant_id"), &id)
	}
	if id.ValueString() == "" {
		diagnostics.AddError("Missing tenant id", "The import needs the id of the tenant, to make sure that the provider is signed in to the right one.")
	}
	return id.ValueString(), diagnostics
}

// CheckTenant refuses to take one tenant's setting for another's. Wanted is
// empty while it is not known, as before a create.
func CheckTenant(wanted, signedIn string) error {
	if wanted == "" || strings.EqualFold(wanted, signedIn) {
		return nil
	}
	return &otherTenant{wanted: wanted, signedIn: signedIn}
}

type otherTenant struct{ wanted, signedIn string }

func (o *otherTenant) Error() string {
	return fmt.Sprintf("the provider is signed in to tenant %s, not to tenant %q", o.signedIn, o.wanted)
}

// Advice is the next step.
func (o *otherTenant) Advice() string {
	return fmt.Sprintf("Sign in to the other tenant (tenant_id in the provider block; for a user, \"az login --tenant %s\" or the portal.refresh_token of a user there), "+
		"or correct the tenant id.", o.wanted)
}
