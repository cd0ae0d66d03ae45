package credential

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"software.sslmate.com/src/go-pkcs12"
)

// readCertificate reads the client certificate and its private key, as PEM or
// PKCS#12. azidentity's own reader takes neither encrypted PEM nor PKCS#12 with
// a SHA-256 checksum, which is what OpenSSL 3 writes.
func (c Config) readCertificate() ([]*x509.Certificate, crypto.PrivateKey, error) {
	fail := func(reason, step string) ([]*x509.Certificate, crypto.PrivateKey, error) {
		return nil, nil, &Error{Message: fmt.Sprintf("the certificate of %s cannot be used: %s", c.Certificate.Name, reason), advice: step}
	}
	content, err := c.Certificate.bytes()
	if err != nil {
		return nil, nil, err
	}
	if !c.Certificate.File && !isPEM(content) {
		if content, err = base64.StdEncoding.DecodeString(withoutSpace(c.Certificate.Value)); err != nil {
			return fail("it is not base64", `Encode the file with "base64 -w0", or name the file itself in client_certificate_path.`)
		}
	}
	password, err := c.CertificatePassword.text()
	if err != nil {
		return nil, nil, err
	}
	certificates, key, err := parseCertificate(content, password)
	switch {
	case errors.Is(err, errPassword):
		return fail(err.Error(), "Check client_certificate_password (ARM_CLIENT_CERTIFICATE_PASSWORD).")
	case err != nil:
		return fail(c.hide(err.Error()), `It takes PEM with a certificate and an RSA private key, or PKCS#12, as "openssl pkcs12 -export" writes it.`)
	}
	return certificates, key, nil
}

// errPassword is a password that is missing or wrong.
var errPassword = errors.New("the password is missing or wrong")

func isPEM(content []byte) bool { return bytes.Contains(content, []byte("-----BEGIN ")) }

// parseCertificate returns the chain, the key's own certificate first.
func parseCertificate(content []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	if isPEM(content) {
		return parsePEM(content, password)
	}
	key, leaf, chain, err := pkcs12.DecodeChain(content, password)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return nil, nil, errPassword
	case err != nil:
		return nil, nil, fmt.Errorf("it is neither PEM nor readable PKCS#12: %w", err)
	}
	return ordered(append([]*x509.Certificate{leaf}, chain...), key)
}

func parsePEM(content []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	var certificates []*x509.Certificate
	var key crypto.PrivateKey
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			certificate, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, fmt.Errorf("reading a certificate: %w", err)
			}
			certificates = append(certificates, certificate)
			continue
		}
		parsed, err := parseKey(block, password)
		switch {
		case err != nil:
			return nil, nil, err
		case parsed != nil && key != nil:
			return nil, nil, errors.New("there is more than one private key")
		case parsed != nil:
			key = parsed
		}
	}
	return ordered(certificates, key)
}

// parseKey returns the private key in a block, nil if it holds something else.
func parseKey(block *pem.Block, password string) (crypto.PrivateKey, error) {
	switch block.Type {
	case "PRIVATE KEY":
		return x509.ParsePKCS8PrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		decrypted, err := decryptPKCS8(block.Bytes, password)
		if err != nil {
			return nil, err
		}
		key, err := x509.ParsePKCS8PrivateKey(decrypted)
		if err != nil {
			// A wrong password is recognised by what it decrypts to.
			return nil, errPassword
		}
		return key, nil
	case "RSA PRIVATE KEY":
		if block.Headers["DEK-Info"] != "" {
			return nil, errors.New(`the private key is encrypted in the old PEM form; convert it with "openssl pkcs8 -topk8"`)
		}
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	return nil, nil
}

// ordered puts the certificate of the key first, where the thumbprint that the
// sign-in service looks for is taken from.
func ordered(certificates []*x509.Certificate, key crypto.PrivateKey) ([]*x509.Certificate, crypto.PrivateKey, error) {
	signer, ok := key.(crypto.Signer)
	switch {
	case len(certificates) == 0:
		return nil, nil, errors.New("there is no certificate in it")
	case !ok:
		return nil, nil, errors.New("there is no private key in it")
	}
	own := slices.IndexFunc(certificates, func(certificate *x509.Certificate) bool {
		public, comparable := certificate.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
		return comparable && public.Equal(signer.Public())
	})
	if own < 0 {
		return nil, nil, errors.New("the private key belongs to none of its certificates")
	}
	certificates[0], certificates[own] = certificates[own], certificates[0]
	return certificates, key, nil
}
