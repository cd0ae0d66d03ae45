package credential

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"unicode"
)

// AzureCLIClientID is the public application id of the Azure CLI, one of the
// few for which the admin center's back end accepts tokens.
const AzureCLIClientID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// portalScope asks for a token of the application behind the admin center.
const portalScope = "74658136-14ec-4630-ad9b-26e160ff0fc6/.default"

// Config says how to sign in.
type Config struct {
	// AuthorityHost is the sign-in service, such as https://login.microsoftonline.com.
	AuthorityHost string
	// GraphEndpoint is the base address of Microsoft Graph, which is also what
	// its tokens are asked for.
	GraphEndpoint string

	TenantID     Setting
	ClientID     Setting
	ClientSecret Setting

	// Certificate is PEM or PKCS#12, in base64 unless it is a file.
	Certificate         Setting
	CertificatePassword Setting

	UseOIDC   Switch
	OIDCToken Setting
	// OIDCRequestURL and OIDCRequestToken ask the pipeline for an OIDC token;
	// ServiceConnectionID makes the request one of Azure DevOps.
	OIDCRequestURL, OIDCRequestToken Setting
	ServiceConnectionID              Setting

	UseManagedIdentity Switch
	// ManagedIdentityID is the client id of a user-assigned identity.
	ManagedIdentityID Setting

	UseCLI bool

	PortalRefreshToken Setting
	PortalClientID     string

	// Transport sends the sign-in requests.
	Transport http.RoundTripper
}

// Setting is a text of the configuration and where it was found.
type Setting struct {
	Value string
	// Name is the attribute or the environment variable, for messages.
	Name string
	// Explicit says that it stands in the provider block.
	Explicit bool
	// File says that Value is the path of a file that holds the text. It is
	// read at each use, because whoever issues such files replaces them.
	File bool
}

// Set reports whether there is a value.
func (s Setting) Set() bool { return s.Value != "" }

// text returns the value, without the line break that ends a file.
func (s Setting) text() (string, error) {
	content, err := s.bytes()
	if err != nil || !s.File {
		return s.Value, err
	}
	text := strings.TrimSpace(string(content))
	if text == "" {
		return "", unreadable(s, "the file is empty")
	}
	return text, nil
}

func (s Setting) bytes() ([]byte, error) {
	if !s.File {
		return []byte(s.Value), nil
	}
	content, err := os.ReadFile(s.Value)
	if err != nil {
		return nil, unreadable(s, err.Error())
	}
	return content, nil
}

func unreadable(s Setting, reason string) error {
	return &Error{
		Message: fmt.Sprintf("the file of %s cannot be used: %s", s.Name, reason),
		advice:  fmt.Sprintf("Check the path in %s and that the file can be read where Terraform runs.", s.Name),
	}
}

// Switch is a setting that is on or off.
type Switch struct {
	On bool
	// Explicit says that it stands in the provider block.
	Explicit bool
}

// Complaint is a setting of the provider block that cannot work.
type Complaint struct {
	Attribute, Detail string
}

// Check finds what the provider block asks for and does not complete, and the
// files that it names and that cannot be read. It makes no request. What only the environment asks for is not judged:
// an incomplete way is passed over there, as azuread does.
func (c Config) Check() []Complaint {
	var complaints []Complaint
	for _, way := range c.ways() {
		if way.asked && way.explicit && len(way.missing) > 0 {
			complaints = append(complaints, Complaint{
				Attribute: way.attribute,
				Detail:    fmt.Sprintf("Signing in with %s also takes %s.", way.name, list(way.missing)),
			})
		}
	}
	for _, file := range c.files() {
		if _, err := file.bytes(); file.Explicit && file.File && err != nil {
			complaints = append(complaints, Complaint{Attribute: file.Name, Detail: upperFirst(err.Error()) + "."})
		}
	}
	if c.UseOIDC.On && c.OIDCRequestURL.Explicit && !mayCarrySecrets(c.OIDCRequestURL.Value) {
		complaints = append(complaints, Complaint{
			Attribute: "oidc_request_url",
			Detail:    "The address must use https: a secret is sent to it. Plain http is accepted on a loopback address only.",
		})
	}
	return complaints
}

// files are the settings that may be files and that a sign-in would read.
func (c Config) files() []Setting {
	files := []Setting{c.ClientID, c.ClientSecret, c.Certificate}
	if c.UseOIDC.On {
		files = append(files, c.OIDCToken)
	}
	return files
}

// mayCarrySecrets reports whether nobody on the way can read what is sent to
// an address.
func mayCarrySecrets(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return false
	}
	return parsed.Scheme == "https" || parsed.Scheme == "http" && isLoopback(parsed.Hostname())
}

// secrets are the configured texts that no message may repeat.
func (c Config) secrets() []string {
	var secrets []string
	for _, setting := range []Setting{c.ClientSecret, c.Certificate, c.CertificatePassword, c.OIDCToken, c.OIDCRequestToken, c.PortalRefreshToken} {
		if setting.Set() && !setting.File {
			secrets = append(secrets, setting.Value)
		}
	}
	return secrets
}

// hide blanks the configured secrets in a text that somebody else wrote, and
// takes out of it what would steer the terminal that shows it.
func (c Config) hide(text string) string {
	const most = 2000
	for _, secret := range c.secrets() {
		text = strings.ReplaceAll(text, secret, "(hidden)")
	}
	shown := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text))
	if len(shown) > most {
		return string(shown[:most]) + "…"
	}
	return string(shown)
}

// list joins words as in a sentence.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
