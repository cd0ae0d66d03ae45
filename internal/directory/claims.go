package directory

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// claims are the members of an access token that decide whether it is worth
// sending. See https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference.
type claims struct {
	TenantID     string `json:"tid"`
	IdentityType string `json:"idtyp"`
	Scopes       string `json:"scp"`
}

// appOnly reports whether no user is signed in.
func (c claims) appOnly() bool { return c.IdentityType == "app" || c.Scopes == "" }

// readClaims decodes a token without verifying it: that is the service's task.
func readClaims(token string) (claims, error) {
	unreadable := errors.New("the access token is not a JSON web token, so its tenant is unknown")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims{}, unreadable
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return claims{}, unreadable
	}
	var decoded claims
	if err := json.Unmarshal(payload, &decoded); err != nil {
		// The decoder's own text could quote the token.
		return claims{}, unreadable
	}
	if decoded.TenantID == "" {
		return claims{}, fmt.Errorf("the access token names no tenant")
	}
	return decoded, nil
}

// ErrAppToken is returned before a call to the admin center's back end for
// which only an application is signed in.
var ErrAppToken = errors.New("the signed-in identity is an application, but the admin center's back end accepts signed-in users only")

func refuseAppToken(token string) error {
	decoded, err := readClaims(token)
	if err != nil {
		return err
	}
	if decoded.appOnly() {
		return ErrAppToken
	}
	return nil
}
