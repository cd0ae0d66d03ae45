package credential

import (
	"strings"
	"testing"
)

func TestNoWayListsEachWay(t *testing.T) {
	// There is no az in an empty folder.
	t.Setenv("PATH", t.TempDir())
	b := newBench(t)
	config := b.config
	config.TenantID, config.ClientID = Setting{}, Setting{}
	lines := []string{
		"a client certificate: client_certificate or client_certificate_path (ARM_CLIENT_CERTIFICATE, ARM_CLIENT_CERTIFICATE_PATH) is not set",
		"a client secret: client_secret or client_secret_file_path (ARM_CLIENT_SECRET, ARM_CLIENT_SECRET_FILE_PATH) is not set",
		"OIDC: use_oidc (ARM_USE_OIDC) is not set",
		"a managed identity: use_msi (ARM_USE_MSI) is not set",
		"the Azure CLI: use_cli (ARM_USE_CLI) is false",
		`"az login" is enough`,
	}
	fails(t, Graph(config), lines...)
	fails(t, Portal(config), "portal.refresh_token (ENTRAID_PORTAL_REFRESH_TOKEN) is not set", "use_cli (ARM_USE_CLI) is false")

	config.UseCLI = true
	config.ClientSecret = Setting{Value: "s3cret-value", Name: "ARM_CLIENT_SECRET"}
	config.UseOIDC = Switch{On: true}
	failed := fails(t, Graph(config),
		"is set, but this is missing: tenant_id (ARM_TENANT_ID) and client_id (ARM_CLIENT_ID)",
		"oidc_token or oidc_token_file_path (ARM_OIDC_TOKEN", "oidc_request_url", `use_cli (ARM_USE_CLI) is true, but this is missing: the program "az" on the PATH`)
	if strings.Contains(failed.text, "s3cret-value") {
		t.Error("the list holds a secret")
	}
	fails(t, Portal(config), `the program "az" on the PATH`)
	if requests := b.Journal().Requests; len(requests) > 0 {
		t.Errorf("requests without a way to sign in: %v", requests)
	}
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	asked := func(explicit bool, names ...string) Config {
		c := Config{TenantID: set("tenant_id", "t"), ClientID: set("client_id", "c"), UseCLI: true}
		for _, name := range names {
			setting := Setting{Value: "x", Name: name, Explicit: explicit}
			switch name {
			case "certificate":
				c.Certificate = setting
			case "secret":
				c.ClientSecret = setting
			case "oidc":
				c.UseOIDC, c.OIDCToken = Switch{On: true, Explicit: explicit}, setting
			case "msi":
				c.UseManagedIdentity = Switch{On: true, Explicit: explicit}
			}
		}
		return c
	}
	inBlock := asked(false, "certificate", "secret", "msi")
	inBlock.UseOIDC, inBlock.OIDCToken = on(), set("oidc_token", "x")
	incomplete := asked(false, "secret", "msi")
	incomplete.ClientID = Setting{}
	for name, test := range map[string]struct {
		config Config
		want   string
	}{
		"certificate first":                   {asked(false, "certificate", "secret", "oidc", "msi"), "a client certificate"},
		"then secret":                         {asked(false, "secret", "oidc", "msi"), "a client secret"},
		"then OIDC":                           {asked(false, "oidc", "msi"), "OIDC"},
		"then managed identity":               {asked(false, "msi"), "a managed identity"},
		"the block before the environment":    {inBlock, "OIDC"},
		"incomplete ones are passed over":     {incomplete, "a managed identity"},
		"the order holds in the block too":    {asked(true, "secret", "msi"), "a client secret"},
		"OIDC that is off does not take part": {Config{OIDCToken: set("oidc_token", "x"), UseManagedIdentity: Switch{On: true}}, "a managed identity"},
	} {
		chosen, ok := test.config.choose()
		if !ok || chosen.name != test.want {
			t.Errorf("%s: chose %q, want %q", name, chosen.name, test.want)
		}
	}
}
