package mockdirectory

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
)

// signingKey is shared by all directories of a process, as making one takes long.
// Tokens still belong to one directory: each signs under a key id of its own.
var signingKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

type signer struct {
	key *rsa.PrivateKey
	id  string
}

func newSigner() (*signer, error) {
	key, err := signingKey()
	if err != nil {
		return nil, err
	}
	return &signer{key: key, id: newSecret()}, nil
}

type joseHeader struct {
	Algorithm string `json:"alg"`
	Type      string `json:"typ,omitempty"`
	KeyID     string `json:"kid,omitempty"`
	X5T       string `json:"x5t,omitempty"`
	X5TSHA256 string `json:"x5t#S256,omitempty"`
}

// jwt is a token that was taken apart but not yet verified.
type jwt struct {
	header    joseHeader
	claims    json.RawMessage
	signed    string
	signature []byte
}

func (s *signer) sign(claims any) string {
	header := marshal(joseHeader{Algorithm: "RS256", Type: "JWT", KeyID: s.id, X5T: s.id})
	signed := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(marshal(claims))
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, sum[:])
	if err != nil {
		panic("mock directory: signing a token: " + err.Error())
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// verify checks that a token is one of this directory and decodes its claims.
func (s *signer) verify(token string, claims any) error {
	t, err := parseJWT(token)
	if err != nil {
		return err
	}
	if t.header.KeyID != s.id || t.header.Algorithm != "RS256" {
		return errors.New("the token was signed with another key")
	}
	if err := t.verify(&s.key.PublicKey); err != nil {
		return err
	}
	return json.Unmarshal(t.claims, claims)
}

// keys is the JSON Web Key Set of the directory.
func (s *signer) keys() json.RawMessage {
	return marshal(map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "use": "sig", "kid": s.id, "x5t": s.id, "alg": "RS256",
		"n": base64.RawURLEncoding.EncodeToString(s.key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(s.key.E)).Bytes()),
	}}})
}

func parseJWT(token string) (jwt, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return jwt{}, errors.New("the token is no JSON Web Token")
	}
	var decoded [3][]byte
	for i, part := range parts {
		var err error
		if decoded[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			return jwt{}, fmt.Errorf("part %d of the token: %w", i+1, err)
		}
	}
	t := jwt{claims: decoded[1], signed: parts[0] + "." + parts[1], signature: decoded[2]}
	if err := json.Unmarshal(decoded[0], &t.header); err != nil {
		return jwt{}, fmt.Errorf("header of the token: %w", err)
	}
	return t, nil
}

func (t jwt) verify(key *rsa.PublicKey) error {
	sum := sha256.Sum256([]byte(t.signed))
	switch t.header.Algorithm {
	case "RS256":
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], t.signature)
	case "PS256":
		return rsa.VerifyPSS(key, crypto.SHA256, sum[:], t.signature, nil)
	default:
		return fmt.Errorf("signature algorithm %q is not supported", t.header.Algorithm)
	}
}

// keyFromSet finds a key in a JSON Web Key Set by its id; the only key needs no id.
func keyFromSet(set json.RawMessage, id string) (*rsa.PublicKey, error) {
	var parsed struct {
		Keys []struct {
			Type string `json:"kty"`
			ID   string `json:"kid"`
			N    string `json:"n"`
			E    string `json:"e"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(set, &parsed); err != nil {
		return nil, fmt.Errorf("jwks: %w", err)
	}
	for _, k := range parsed.Keys {
		if k.Type != "RSA" || k.ID != id && len(parsed.Keys) > 1 {
			continue
		}
		n, err := base64.RawURLEncoding.DecodeString(k.N)
		if err != nil {
			return nil, fmt.Errorf("jwks: n: %w", err)
		}
		e, err := base64.RawURLEncoding.DecodeString(k.E)
		if err != nil {
			return nil, fmt.Errorf("jwks: e: %w", err)
		}
		return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, nil
	}
	return nil, fmt.Errorf("jwks: no RSA key %q", id)
}
