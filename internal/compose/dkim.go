package compose

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emersion/go-msgauth/dkim"
)

// DKIM says how to sign (RFC 6376).
type DKIM struct {
	Domain     string // d=, the domain that answers for the mail
	Selector   string // s=, names the key under _domainkey of the domain
	PrivateKey string // PEM: RSA (PKCS #1 or #8, 1024 bits or more) or Ed25519 (PKCS #8, RFC 8463)
}

// signer signs the mails of one letter; the key is read once.
type signer struct{ options dkim.SignOptions }

// signedFields are covered by the signature. Those that a mail does not have are listed all the
// same, so that nobody can add them; From twice, so that nobody can add another (RFC 6376 § 8.15).
// RFC 8058 § 4 asks for the List-Unsubscribe fields.
var signedFields = []string{
	"From", "From", "To", "Subject", "Date", "Message-ID", "Reply-To",
	"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Language",
}

func newSigner(d DKIM) (*signer, error) {
	key, err := parseKey(d.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("DKIM key: %w", err)
	}
	s := &signer{dkim.SignOptions{
		Domain:                 d.Domain,
		Selector:               d.Selector,
		Signer:                 key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed,
		BodyCanonicalization:   dkim.CanonicalizationRelaxed,
		HeaderKeys:             signedFields,
	}}
	if !isDomain(d.Domain) || !isDomain(d.Selector) {
		return nil, fmt.Errorf("DKIM domain %q or selector %q is not valid", d.Domain, d.Selector)
	}
	if _, err := s.sign([]byte("From: <a@example.org>\r\n\r\n"), &tail{}); err != nil {
		return nil, fmt.Errorf("DKIM: %w", err)
	}
	return s, nil
}

func parseKey(text string) (crypto.Signer, error) {
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

// sign gives the DKIM-Signature field for a message, to be put before it.
func (s *signer) sign(head []byte, rest *tail) (string, error) {
	options := s.options
	w, err := dkim.NewSigner(&options)
	if err != nil {
		return "", err
	}
	message := Message{head, rest}
	if _, err := message.WriteTo(w); err != nil {
		_ = w.Close()
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return w.Signature(), nil
}
