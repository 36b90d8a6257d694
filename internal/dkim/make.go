package dkim

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
)

// rsaBits is the length of RSA keys that are made: receivers need not verify longer ones, and take shorter ones for weak
// (RFC 8301 § 3.2).
const rsaBits = 2048

// MakeRSA makes a private key for RSA, in PEM.
func MakeRSA() (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return "", fmt.Errorf("make an RSA key: %w", err)
	}
	return encode(key)
}

// MakeEd25519 makes a private key for Ed25519 (RFC 8463), in PEM.
func MakeEd25519() (string, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", fmt.Errorf("make an Ed25519 key: %w", err)
	}
	return encode(key)
}

func encode(key any) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("write a private key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

// Record is the text of the TXT record by which the key is published (RFC 6376 § 3.6.1, RFC 8463 § 4).
func (k Key) Record() (string, error) {
	signer, err := parse(k.PrivateKey)
	if err != nil {
		return "", fmt.Errorf("DKIM key: %w", err)
	}
	kind, public := "rsa", []byte(nil)
	switch own := signer.Public().(type) {
	case ed25519.PublicKey:
		kind, public = "ed25519", own
	default:
		if public, err = x509.MarshalPKIXPublicKey(own); err != nil {
			return "", fmt.Errorf("write a public key: %w", err)
		}
	}
	return "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(public), nil
}

// IsEd25519 reports whether the key is one for Ed25519, which many receivers do not verify yet.
func (k Key) IsEd25519() bool {
	signer, err := parse(k.PrivateKey)
	if err != nil {
		return false
	}
	_, ok := signer.Public().(ed25519.PublicKey)
	return ok
}
