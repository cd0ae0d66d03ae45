package credential

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"hash"
)

// encryptedKey is an encrypted private key (RFC 5958 section 3).
type encryptedKey struct {
	Algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters pbes2
	}
	Encrypted []byte
}

// pbes2 is the encryption scheme of today's tools (RFC 8018 section 6.2).
type pbes2 struct {
	Derivation struct {
		ID         asn1.ObjectIdentifier
		Parameters pbkdf2Parameters
	}
	Cipher struct {
		ID     asn1.ObjectIdentifier
		Vector []byte
	}
}

// pbkdf2Parameters make a key of a password (RFC 8018 appendix A.2).
type pbkdf2Parameters struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	Function   pkix.AlgorithmIdentifier `asn1:"optional"`
}

// Object identifiers, and the functions and key lengths that they stand for.
const (
	oidPBES2  = "1.2.840.113549.1.5.13"
	oidPBKDF2 = "1.2.840.113549.1.5.12"
)

var (
	hashes = map[string]func() hash.Hash{
		"":                    sha1.New, // the default of the standard
		"1.2.840.113549.2.7":  sha1.New,
		"1.2.840.113549.2.9":  sha256.New,
		"1.2.840.113549.2.10": sha512.New384,
		"1.2.840.113549.2.11": sha512.New,
	}
	keyLengths = map[string]int{
		"2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, "2.16.840.1.101.3.4.1.42": 32,
	}
)

// maxIterations bounds the work that a file can ask for.
const maxIterations = 10_000_000

var errScheme = errors.New(`the private key is encrypted in a way that is not supported; convert it with "openssl pkcs8 -topk8 -v2 aes-256-cbc"`)

// decryptPKCS8 decrypts a private key that AES-CBC protects. With a wrong
// password the result is an error or no key.
func decryptPKCS8(der []byte, password string) ([]byte, error) {
	if password == "" {
		return nil, errPassword
	}
	var sealed encryptedKey
	if rest, err := asn1.Unmarshal(der, &sealed); err != nil || len(rest) > 0 || sealed.Algorithm.ID.String() != oidPBES2 {
		return nil, errScheme
	}
	scheme := sealed.Algorithm.Parameters
	derivation := scheme.Derivation.Parameters
	function, known := hashes[derivation.Function.Algorithm.String()]
	length := keyLengths[scheme.Cipher.ID.String()]
	if !known || length == 0 || scheme.Derivation.ID.String() != oidPBKDF2 || len(scheme.Cipher.Vector) != aes.BlockSize ||
		derivation.Iterations < 1 || derivation.Iterations > maxIterations {
		return nil, errScheme
	}
	key, err := pbkdf2.Key(function, password, derivation.Salt, derivation.Iterations, length)
	if err != nil {
		return nil, errScheme
	}
	return decryptCBC(key, scheme.Cipher.Vector, sealed.Encrypted)
}

func decryptCBC(key, vector, encrypted []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil || len(encrypted) == 0 || len(encrypted)%aes.BlockSize != 0 {
		return nil, errScheme
	}
	decrypted := make([]byte, len(encrypted))
	cipher.NewCBCDecrypter(block, vector).CryptBlocks(decrypted, encrypted)
	padding := int(decrypted[len(decrypted)-1])
	if padding == 0 || padding > aes.BlockSize {
		return nil, errPassword
	}
	return decrypted[:len(decrypted)-padding], nil
}
