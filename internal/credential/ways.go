package credential

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// way is one way to sign in to Microsoft Graph.
type way struct {
	// name completes "signing in with".
	name string
	// asked says that something of the configuration is meant for this way,
	// explicit that it stands in the provider block, under attribute.
	asked, explicit bool
	attribute       string
	// looked is where a value would have been found.
	looked string
	// missing are the settings that the way also takes.
	missing []string
	// open makes a new credential: the source keeps the token, and a new
	// credential has no cache that could hand out a rejected one.
	open func(*watch) (azcore.TokenCredential, error)
}

// ways are all ways in the order of the azuread provider.
func (c Config) ways() []way {
	return []way{c.certificateWay(), c.secretWay(), c.oidcWay(), c.managedIdentityWay(), c.cliWay()}
}

func (c Config) certificateWay() way {
	return way{
		name: "a client certificate", asked: c.Certificate.Set(), explicit: c.Certificate.Explicit, attribute: c.Certificate.Name,
		looked:  "client_certificate or client_certificate_path (ARM_CLIENT_CERTIFICATE, ARM_CLIENT_CERTIFICATE_PATH)",
		missing: c.missingApplication(), open: c.openCertificate,
	}
}

func (c Config) secretWay() way {
	return way{
		name: "a client secret", asked: c.ClientSecret.Set(), explicit: c.ClientSecret.Explicit, attribute: c.ClientSecret.Name,
		looked:  "client_secret or client_secret_file_path (ARM_CLIENT_SECRET, ARM_CLIENT_SECRET_FILE_PATH)",
		missing: c.missingApplication(), open: c.openSecret,
	}
}

func (c Config) oidcWay() way {
	return way{
		name: "OIDC", asked: c.UseOIDC.On, explicit: c.UseOIDC.Explicit, attribute: "use_oidc",
		looked: "use_oidc (ARM_USE_OIDC)", missing: append(c.missingApplication(), c.missingAssertion()...), open: c.openOIDC,
	}
}

func (c Config) managedIdentityWay() way {
	return way{
		name: managedIdentity, asked: c.UseManagedIdentity.On, explicit: c.UseManagedIdentity.Explicit, attribute: "use_msi",
		looked: "use_msi (ARM_USE_MSI)", open: c.openManagedIdentity,
	}
}

// cliWay is the default, and so never explicit: every other way goes before it.
func (c Config) cliWay() way {
	w := way{name: azureCLI, asked: c.UseCLI, attribute: "use_cli", looked: "use_cli (ARM_USE_CLI)", open: c.openCLI}
	if _, err := exec.LookPath("az"); err != nil {
		w.missing = []string{`the program "az" on the PATH`}
	}
	return w
}

const (
	azureCLI        = "the Azure CLI"
	managedIdentity = "a managed identity"
)

func (c Config) missingApplication() []string {
	var missing []string
	if !c.TenantID.Set() {
		missing = append(missing, "tenant_id (ARM_TENANT_ID)")
	}
	if !c.ClientID.Set() {
		missing = append(missing, "client_id (ARM_CLIENT_ID)")
	}
	return missing
}

// choose prefers what stands in the provider block to what the environment
// holds, and takes the Azure CLI where nothing else is complete.
func (c Config) choose() (way, bool) {
	ways := c.ways()
	for _, explicit := range []bool{true, false} {
		for _, w := range ways {
			if w.asked && w.explicit == explicit && len(w.missing) == 0 {
				return w, true
			}
		}
	}
	return way{}, false
}

// noWay is the error that lists every way, what was looked for, and what was
// missing. The Azure CLI may have been tried: then cli says what it said.
func (c Config) noWay(cli string) error {
	var lines []string
	for _, w := range c.ways() {
		lines = append(lines, fmt.Sprintf("  - %s: %s", w.name, w.state(cli)))
	}
	return &Error{
		Message: "there is no way to sign in to Microsoft Graph. Looked for, in this order:\n" + strings.Join(lines, "\n"),
		advice: `Complete one of them. At the keyboard, "az login" is enough; in a pipeline, set ARM_TENANT_ID, ARM_CLIENT_ID and ` +
			`ARM_CLIENT_SECRET, or the variables of another way. The guide "Signing in" shows each.`,
	}
}

// state is what was found of a way.
func (w way) state(cli string) string {
	switch {
	case !w.asked && w.name == azureCLI:
		return w.looked + " is false."
	case !w.asked:
		return w.looked + " is not set."
	case len(w.missing) > 0 && w.name == azureCLI:
		return w.looked + " is true, but this is missing: " + list(w.missing) + "."
	case len(w.missing) > 0:
		return w.looked + " is set, but this is missing: " + list(w.missing) + "."
	case w.name == azureCLI && cli != "":
		return "az said: " + cli + "."
	}
	return w.looked + " is set."
}

// noPortal is the same for the admin center's back end.
func (c Config) noPortal(cli string) error {
	state := c.cliWay().state(cli)
	return &Error{
		Message: "there is no way to sign in to the admin center's back end, which accepts users only. Looked for, in this order:\n" +
			"  - a refresh token: portal.refresh_token (ENTRAID_PORTAL_REFRESH_TOKEN) is not set.\n" +
			"  - " + azureCLI + ": " + state,
		advice: `Run "az login" as a user, or set portal.refresh_token (ENTRAID_PORTAL_REFRESH_TOKEN) for unattended runs. ` +
			`The guide "Signing in" shows both.`,
	}
}

// graph obtains a token of Microsoft Graph.
func (c Config) graph(ctx context.Context) (token, error) {
	chosen, ok := c.choose()
	if !ok {
		return token{}, c.noWay("")
	}
	a := attempt{config: c, with: chosen.name, service: c.AuthorityHost, cli: chosen.name == azureCLI}
	if a.cli {
		return a.askCLI(ctx, c.graphScope(), c.noWay)
	}
	if a.identity = chosen.name == managedIdentity; a.identity {
		a.service = "the managed identity endpoint of this machine"
	}
	a.watch = newWatch(c.Transport, c.AuthorityHost)
	credential, err := chosen.open(a.watch)
	if err != nil {
		return token{}, a.explain(err)
	}
	return a.get(ctx, credential, c.graphScope())
}

func (c Config) graphScope() string { return strings.TrimRight(c.GraphEndpoint, "/") + "/.default" }
