package endpoint

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// secretPrefix begins every secret (Standard Webhooks, "Signature scheme").
const secretPrefix = "whsec_"

// The specification wants keys of 24 to 64 bytes.
const (
	newKey      = 32
	shortestKey = 24
	longestKey  = 64
)

// errSecret is the error of a text that is no secret.
var errSecret = errors.New("must be whsec_ followed by 24 to 64 random bytes in base64; leave it empty, and one is made")

// NewSecret makes a secret of 256 random bits.
func NewSecret() string {
	key := make([]byte, newKey)
	_, _ = rand.Read(key) // never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// CheckSecret fails with errSecret.
func CheckSecret(secret string) error {
	_, err := keyOf(secret)
	return err
}

func keyOf(secret string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < shortestKey || len(key) > longestKey {
		return nil, errSecret
	}
	return key, nil
}

// Message is what a webhook is told, as it is signed: the headers webhook-id and webhook-timestamp, and the body.
type Message struct {
	ID   string
	At   time.Time // of this try
	Body []byte
}

// Timestamp is the header webhook-timestamp: seconds since 1970.
func (m Message) Timestamp() string { return strconv.FormatInt(m.At.Unix(), 10) }

// Signature is the header webhook-signature: one for each secret, so that receivers who know one of them accept the message. It
// fails with errSecret.
func (m Message) Signature(secrets ...string) (string, error) {
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		key, err := keyOf(secret)
		if err != nil {
			return "", err
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(m.ID + "." + m.Timestamp() + "."))
		mac.Write(m.Body)
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(signatures, " "), nil
}
