package mockdirectory

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// audiences is a claim that is one text or a list of them.
type audiences []string

func (a *audiences) UnmarshalJSON(data []byte) error {
	var one string
	if err := json.Unmarshal(data, &one); err == nil {
		*a = audiences{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

type assertionClaims struct {
	Issuer   string    `json:"iss"`
	Subject  string    `json:"sub"`
	Audience audiences `json:"aud"`
	Begins   int64     `json:"nbf"`
	Expires  int64     `json:"exp"`
}

// checkAssertion accepts what a certificate of the application or a trusted issuer signed. The caller holds mu.
func (d *Directory) checkAssertion(r tokenRequest, app Application, assertion string) *failure {
	if r.form.Get("client_assertion_type") != assertionType {
		return refuseSignIn(http.StatusBadRequest, "invalid_request", 900144,
			"The request body must contain the following parameter: 'client_assertion_type'.")
	}
	token, err := parseJWT(assertion)
	var claims assertionClaims
	if err == nil {
		err = json.Unmarshal(token.claims, &claims)
	}
	if err != nil {
		return refuseSignIn(http.StatusBadRequest, "invalid_request", 50027, "JWT token is invalid or malformed.")
	}
	if now := d.now().Unix(); claims.Expires <= now || claims.Begins > now+300 {
		return refuseSignIn(http.StatusUnauthorized, "invalid_client", 700024,
			"Client assertion is not within its valid time range.")
	}
	if claims.Issuer == r.clientID && claims.Subject == r.clientID {
		return d.checkCertificate(r, app, token, claims)
	}
	return checkFederation(app, token, claims)
}

func (d *Directory) checkCertificate(r tokenRequest, app Application, token jwt, claims assertionClaims) *failure {
	certificate, ok := app.certificate(token.header)
	if !ok {
		return refuseSignIn(http.StatusUnauthorized, "invalid_client", 700027, fmt.Sprintf(
			"The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '%s']", token.header.X5T))
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok || token.verify(key) != nil {
		return refuseSignIn(http.StatusUnauthorized, "invalid_client", 700027,
			"Client assertion contains an invalid signature. [Reason - The key was found, but use of the key to verify the signature failed.]")
	}
	if d.now().After(certificate.NotAfter) {
		return refuseSignIn(http.StatusUnauthorized, "invalid_client", 700027, fmt.Sprintf(
			"Client assertion contains an invalid signature. [Reason - The key used is expired., Thumbprint of key used by client: '%s']", token.header.X5T))
	}
	if !d.isTokenAudience(claims.Audience, r.host) {
		return refuseSignIn(http.StatusUnauthorized, "invalid_client", 700023, fmt.Sprintf(
			"Client assertion audience claim does not match Realm issuer. The audience is '%s'.", strings.Join(claims.Audience, " ")))
	}
	return nil
}

// isTokenAudience wants an address of this tenant at this host: a token endpoint or the issuer.
func (d *Directory) isTokenAudience(audience []string, host string) bool {
	return slices.ContainsFunc(audience, func(a string) bool {
		rest, ok := strings.CutPrefix(a, "https://"+host+"/")
		tenant, tail, _ := strings.Cut(rest, "/")
		domain, known := d.state.Domains[strings.ToLower(tenant)]
		ours := tenant == d.state.Tenant.ID || known && domain.IsVerified
		return ok && ours && slices.Contains([]string{"", "v2.0", "oauth2/token", "oauth2/v2.0/token"}, strings.TrimSuffix(tail, "/"))
	})
}

// certificate finds the registered certificate that a thumbprint names.
func (a Application) certificate(header joseHeader) (*x509.Certificate, bool) {
	for _, encoded := range a.Certificates {
		certificate, err := parseCertificate(encoded)
		if err != nil {
			continue
		}
		// Thumbprints in x5t are SHA-1 by definition.
		short, long := sha1.Sum(certificate.Raw), sha256.Sum256(certificate.Raw)
		if isThumbprint(header.X5T, short[:]) || isThumbprint(header.X5TSHA256, long[:]) {
			return certificate, true
		}
	}
	return nil, false
}

// isThumbprint compares without regard to the flavour of base64: Microsoft's own libraries send the padded one.
func isThumbprint(encoded string, sum []byte) bool {
	encoded = strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(encoded)
	return encoded == base64.RawURLEncoding.EncodeToString(sum)
}

func parseCertificate(encoded string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(encoded))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("not a certificate in PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

func checkFederation(app Application, token jwt, claims assertionClaims) *failure {
	if len(app.FederatedCredentials) == 0 {
		return refuseSignIn(http.StatusUnauthorized, "invalid_client", 70021, "No matching federated identity record found for presented assertion.")
	}
	for _, credential := range app.FederatedCredentials {
		if credential.Issuer != claims.Issuer || credential.Subject != claims.Subject ||
			!slices.Contains(claims.Audience, credential.Audience) {
			continue
		}
		key, err := credential.key(token.header.KeyID)
		if err != nil || token.verify(key) != nil {
			return refuseSignIn(http.StatusUnauthorized, "invalid_client", 5000122,
				"The signature of the federated assertion could not be verified with the keys of its issuer.")
		}
		return nil
	}
	return refuseSignIn(http.StatusUnauthorized, "invalid_client", 700213, fmt.Sprintf(
		"No matching federated identity record found for presented assertion subject '%s'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. Assertion issuer: '%s', audience: '%s'.",
		claims.Subject, claims.Issuer, strings.Join(claims.Audience, " ")))
}

func (f FederatedCredential) key(id string) (*rsa.PublicKey, error) {
	if len(f.JWKS) > 0 {
		return keyFromSet(f.JWKS, id)
	}
	block, _ := pem.Decode([]byte(f.PublicKey))
	if block == nil {
		return nil, errors.New("publicKey is not in PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("publicKey: %w", err)
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("publicKey is not an RSA key")
	}
	return key, nil
}

// validate says which credentials could never be used.
func (s SignIn) validate() error {
	for _, id := range sortedKeys(s.Applications) {
		app := s.Applications[id]
		for i, encoded := range app.Certificates {
			if _, err := parseCertificate(encoded); err != nil {
				return fmt.Errorf("signIn.applications[%q].certificates[%d]: %w", id, i, err)
			}
		}
		for i, credential := range app.FederatedCredentials {
			if credential.PublicKey == "" && len(credential.JWKS) == 0 {
				return fmt.Errorf("signIn.applications[%q].federatedCredentials[%d]: neither publicKey nor jwks is given", id, i)
			}
			if credential.PublicKey == "" {
				continue
			}
			if _, err := credential.key(""); err != nil {
				return fmt.Errorf("signIn.applications[%q].federatedCredentials[%d]: %w", id, i, err)
			}
		}
	}
	for _, token := range sortedKeys(s.RefreshTokens) {
		blocked := s.RefreshTokens[token].BlockedBy
		if !slices.Contains([]string{"", "mfa", "conditionalAccess", "consent"}, blocked) {
			return fmt.Errorf("signIn.refreshTokens: blockedBy %q is none of mfa, conditionalAccess, consent", blocked)
		}
	}
	return nil
}
