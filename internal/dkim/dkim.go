// Package dkim signs e-mails (RFC 6376) and compares a key with the one that its domain publishes.
package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"gonets/internal/address"
)

// Key is a private key and the place of its public half in the DNS.
type Key struct {
	Domain     string // d=, the domain that is responsible for the e-mail
	Selector   string // s=, the name of the key under _domainkey of the domain
	PrivateKey string // PEM: RSA (PKCS #1 or #8, 1024 bits or more) or Ed25519 (PKCS #8, RFC 8463)
}

// Name is the domain name of the TXT record with the public key (RFC 6376 § 3.6.2.1).
func (k Key) Name() string { return k.Selector + "._domainkey." + k.Domain }

// IsPublishedAs reports whether the value of p= in the TXT record is the public half of the key.
func (k Key) IsPublishedAs(public string) bool {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(public), ""))
	if err != nil {
		return false
	}
	signer, err := parse(k.PrivateKey)
	if err != nil {
		return false
	}
	switch own := signer.Public().(type) {
	case ed25519.PublicKey: // published without ASN.1 (RFC 8463 § 4.2)
		return own.Equal(ed25519.PublicKey(der))
	case *rsa.PublicKey:
		if key, err := x509.ParsePKIXPublicKey(der); err == nil {
			return own.Equal(key)
		}
		key, err := x509.ParsePKCS1PublicKey(der)
		return err == nil && own.Equal(key)
	}
	return false
}

// NewSigner parses keys. Its error says what is wrong with a key, its domain or its selector.
func NewSigner(keys ...Key) (*Signer, error) {
	s := &Signer{}
	for _, k := range keys {
		key, err := parse(k.PrivateKey)
		if err != nil {
			return nil, fmt.Errorf("DKIM key: %w", err)
		}
		if !address.IsASCIIDomain(k.Domain) || !address.IsASCIIDomain(k.Selector) {
			return nil, fmt.Errorf("DKIM domain %q or selector %q is not valid", k.Domain, k.Selector)
		}
		s.keys = append(s.keys, newSigningKey(k, key))
	}
	s.states.New = func() any { return newState() }
	if _, err := s.Sign(strings.NewReader("From: <a@example.org>\r\n\r\n").WriteTo); err != nil {
		return nil, fmt.Errorf("DKIM: %w", err)
	}
	return s, nil
}

func parse(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("not in PEM, which begins with -----BEGIN PRIVATE KEY-----")
	}
	if block.Type == "RSA PRIVATE KEY" {
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return key, nil
	case ed25519.PrivateKey:
		return key, nil
	}
	return nil, fmt.Errorf("a %T cannot be used, only RSA and Ed25519", key)
}
