// Package proofofwork makes and checks puzzles that cost the sender of a form some computing: version 1 of ALTCHA's protocol
// with SHA-256 (https://altcha.org/docs/v2/proof-of-work/). The browser looks for the number whose hash, with the salt before
// it, is that of the challenge. Nothing is stored for a challenge until it is solved.
package proofofwork

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"gonets/internal/keyedhash"
)

// algorithm is the name of the hash in the protocol.
const algorithm = "SHA-256"

// MaxNumber is the largest number to be found: half as many hashes on average, about a second in a browser.
const MaxNumber = 100_000

// Lifetime is how long a challenge may be solved: somebody fills in a form meanwhile.
const Lifetime = 20 * time.Minute

// maxPayload is the length of a solution in bytes; those of the widget have about 400.
const maxPayload = 2000

// Challenge is a puzzle, as the widget reads it.
type Challenge struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge" doc:"The hash to be found, in hexadecimal digits"`
	MaxNumber int    `json:"maxnumber" doc:"The number to be found is at most this"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`
}

// solution is what the widget sends, as JSON in base64. It also says how long it took, which proves nothing.
type solution struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	Number    int    `json:"number"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`
}

// ErrUnsolved is the error of a solution that is wrong, too old, for something else, or was used before.
var ErrUnsolved = errors.New("the proof of work is not valid")

// New makes a challenge for a subject, such as a form; the key is secret. Its solution is valid for that subject only.
func New(key *keyedhash.Hash, subject string, now time.Time) Challenge {
	random := make([]byte, 12)
	rand.Read(random) // never fails, as its documentation promises
	number, err := rand.Int(rand.Reader, big.NewInt(MaxNumber+1))
	if err != nil {
		panic(err) // the same
	}
	params := url.Values{"expires": {strconv.FormatInt(now.Add(Lifetime).Unix(), 10)}, "for": {subject}}
	// The last & keeps digits of the number from being moved into the parameters.
	salt := hex.EncodeToString(random) + "?" + params.Encode() + "&"
	hash := hashOf(salt, int(number.Int64()))
	return Challenge{Algorithm: algorithm, Challenge: hash, MaxNumber: MaxNumber, Salt: salt, Signature: sign(key, hash)}
}

// Solve finds the number of a challenge, as the widget does, and returns the solution to be sent. It is for programs that fill
// in forms, and for tests.
func Solve(c Challenge) (string, error) {
	for n := range c.MaxNumber + 1 {
		if hashOf(c.Salt, n) != c.Challenge {
			continue
		}
		raw, err := json.Marshal(solution{c.Algorithm, c.Challenge, n, c.Salt, c.Signature})
		return base64.StdEncoding.EncodeToString(raw), err
	}
	return "", ErrUnsolved
}

// Checker checks solutions and remembers those that were used, until they expire. It is safe for concurrent use.
type Checker struct {
	mu   sync.Mutex
	used map[string]int64 // when each expires, Unix seconds, by the hash of its challenge
}

// mostUsed is how many used solutions are remembered. When there are more, solutions are not accepted: the network limits of
// who asks come first.
const mostUsed = 100_000

// NewChecker returns a checker that has seen no solution.
func NewChecker() *Checker { return &Checker{used: map[string]int64{}} }

// Check accepts the solution of a challenge that New has made with the key for the subject, once. Else it returns ErrUnsolved.
func (c *Checker) Check(key *keyedhash.Hash, subject, payload string, now time.Time) error {
	var s solution
	if len(payload) > maxPayload {
		return ErrUnsolved
	}
	raw, err := base64.StdEncoding.DecodeString(payload)
	if err != nil || json.Unmarshal(raw, &s) != nil || s.Algorithm != algorithm {
		return ErrUnsolved
	}
	if !hmac.Equal([]byte(sign(key, s.Challenge)), []byte(s.Signature)) || hashOf(s.Salt, s.Number) != s.Challenge {
		return ErrUnsolved
	}
	_, query, _ := strings.Cut(s.Salt, "?")
	params, err := url.ParseQuery(query)
	if err != nil || params.Get("for") != subject {
		return ErrUnsolved
	}
	expires, err := strconv.ParseInt(params.Get("expires"), 10, 64)
	if err != nil || now.Unix() > expires {
		return ErrUnsolved
	}
	return c.use(s.Challenge, expires, now.Unix())
}

// use notes that a solution is used, and returns ErrUnsolved if it was before.
func (c *Checker) use(challenge string, expires, now int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, before := c.used[challenge]; before {
		return ErrUnsolved
	}
	if len(c.used) >= mostUsed {
		for one, end := range c.used {
			if end < now {
				delete(c.used, one)
			}
		}
		if len(c.used) >= mostUsed {
			return ErrUnsolved
		}
	}
	c.used[challenge] = expires
	return nil
}

func hashOf(salt string, number int) string {
	sum := sha256.Sum256([]byte(salt + strconv.Itoa(number)))
	return hex.EncodeToString(sum[:])
}

func sign(key *keyedhash.Hash, challenge string) string {
	sum := key.Sum(challenge)
	return hex.EncodeToString(sum[:])
}
