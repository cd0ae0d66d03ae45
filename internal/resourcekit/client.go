package resourcekit

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/tenantsettings/terraform-provider-entraid/internal/directory"
)

// Client takes the directory client out of what the provider's Configure left
// for its resources. It is nil until the provider is configured, as during
// validation.
func Client(providerData any) (*directory.Client, diag.Diagnostics) {
	var diagnostics diag.Diagnostics
	if providerData == nil {
		return nil, nil
	}
	client, ok := providerData.(*directory.Client)
	if !ok {
		diagnostics.AddError("Unexpected provider data",
			fmt.Sprintf("The resource expected a directory client and got %T. This is a bug of the provider; please report it.", providerData))
	}
	return client, diagnostics
}
