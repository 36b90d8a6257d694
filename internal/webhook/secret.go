package webhook

import (
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"strings"
)

// hasSecret is true if the request carries the secret: as the username and password, or the password, of Basic
// authentication (RFC 7617), or as a token (RFC 6750).
func hasSecret(secret string, header http.Header) bool {
	if secret == "" {
		return false
	}
	r := http.Request{Header: header}
	if username, password, ok := r.BasicAuth(); ok {
		if strings.Contains(secret, ":") {
			password = username + ":" + password
		}
		return same(password, secret)
	}
	scheme, token, ok := strings.Cut(header.Get("Authorization"), " ")
	return ok && strings.EqualFold(scheme, "Bearer") && same(token, secret)
}

// same compares in a time that says nothing of the secret but its length.
func same(given, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(secret)) == 1
}

// isHMAC is true if a hexadecimal text is the HMAC-SHA256 of a message.
func isHMAC(given, secret string, message []byte) bool {
	sum, err := hex.DecodeString(given)
	if err != nil || secret == "" {
		return false
	}
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(message)
	return hmac.Equal(sum, h.Sum(nil))
}

// IsPublicKey is true for a public key of ECDSA in base64 or PEM, as SendGrid shows it.
func IsPublicKey(text string) bool { return publicKey(text) != nil }

func publicKey(text string) *ecdsa.PublicKey {
	der, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if block, _ := pem.Decode([]byte(text)); block != nil {
		der, err = block.Bytes, nil
	}
	if err != nil {
		return nil
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil
	}
	public, _ := parsed.(*ecdsa.PublicKey)
	return public
}

// isECDSA is true if a signature in base64 of a message was made by the owner of a public key.
func isECDSA(given, key string, message []byte) bool {
	public := publicKey(key)
	signature, err := base64.StdEncoding.DecodeString(given)
	if public == nil || err != nil {
		return false
	}
	sum := sha256.Sum256(message)
	return ecdsa.VerifyASN1(public, sum[:], signature)
}
