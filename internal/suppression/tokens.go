package suppression

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/keyedhash"
)

// ErrToken is the error of a token that this instance did not make, or made for another purpose.
var ErrToken = errors.New("unknown token")

// Purpose is what the link of an e-mail is for. A token of one purpose is invalid for another: who forwards the link that
// shows an e-mail in the browser does not let others unsubscribe.
type Purpose string

// The links of mails, and the one of a mail about the reader's own data.
const (
	PurposeUnsubscribe Purpose = "unsubscribe" // /u/{token}
	PurposeView        Purpose = "view"        // /v/{token}
	PurposeErase       Purpose = "erase"       // /u/{token}/erase, of MakeUntil
	PurposeConfirm     Purpose = "confirm"     // /c/{token}: of a form or list, and a sign-up
)

const (
	// idLength is the length of every id of a mailing or client, so that a token needs no separators.
	idLength = 15
	// macLength is how much of the hash a token carries: 128 bits, the least that RFC 2104 § 5 allows.
	macLength = 16
	// timeLength is how many hexadecimal digits the end of a token of MakeUntil has, in seconds since 1970.
	timeLength = 10
)

// macText is the length of the hash as text.
var macText = base64.RawURLEncoding.EncodedLen(macLength)

// Tokens makes and reads the tokens of links in mails: the ids of a mailing and of a client, and a
// keyed hash over both. Nothing is stored for a token, so it works as long as the database and its
// key exist, after the client is deleted too. Safe for concurrent use.
type Tokens struct {
	app core.App

	mu   sync.Mutex
	keys map[Purpose]*keyedhash.Hash
}

// NewTokens returns the tokens of the instance. The key is read, or made, by the first Make or Parse.
func NewTokens(app core.App) *Tokens { return &Tokens{app: app} }

// Make returns the token that lets the client of that mailing do what the purpose says. It contains
// nothing but letters, digits, "-" and "_". The error is the database's, or that of an invalid id.
func (t *Tokens) Make(p Purpose, mailing, client string) (string, error) {
	if !isID(mailing) || !isID(client) {
		return "", fmt.Errorf("make a token for mailing %q, client %q: not an id", mailing, client)
	}
	key, err := t.Key(p)
	if err != nil {
		return "", err
	}
	return mailing + client + signature(key, mailing, client), nil
}

// Parse returns the mailing and the client that a token was made for. The error is ErrToken unless
// the database could not be read. It takes the same time for every wrong token.
func (t *Tokens) Parse(p Purpose, token string) (mailing, client string, err error) {
	return t.parse(p, token, 2*idLength)
}

// MakeUntil is Make for a token that ParseUntil accepts until a time.
func (t *Tokens) MakeUntil(p Purpose, mailing, client string, until time.Time) (string, error) {
	if !isID(mailing) || !isID(client) {
		return "", fmt.Errorf("make a token for mailing %q, client %q: not an id", mailing, client)
	}
	key, err := t.Key(p)
	if err != nil {
		return "", err
	}
	signed := fmt.Sprintf("%s%s%0*x", mailing, client, timeLength, until.Unix())
	return signed + signature(key, signed), nil
}

// ParseUntil is Parse for a token of MakeUntil. An expired one is ErrToken too.
func (t *Tokens) ParseUntil(p Purpose, token string, now time.Time) (mailing, client string, err error) {
	mailing, client, err = t.parse(p, token, 2*idLength+timeLength)
	if err != nil {
		return "", "", err
	}
	until, err := strconv.ParseInt(token[2*idLength:2*idLength+timeLength], 16, 64)
	if err != nil || now.Unix() > until {
		return "", "", ErrToken
	}
	return mailing, client, nil
}

// parse checks a token whose first bytes are signed, and returns the ids with which it begins.
func (t *Tokens) parse(p Purpose, token string, signed int) (mailing, client string, err error) {
	key, err := t.Key(p)
	if err != nil {
		return "", "", err
	}
	if len(token) != signed+macText {
		return "", "", ErrToken
	}
	if subtle.ConstantTimeCompare([]byte(token[signed:]), []byte(signature(key, token[:signed]))) != 1 {
		return "", "", ErrToken
	}
	return token[:idLength], token[idLength : 2*idLength], nil
}

// Key returns the hash with the key of a purpose, which is derived from the one in the database. Tokens have keys of their own;
// what is no token, such as the challenges of forms, has purposes of its own.
func (t *Tokens) Key(p Purpose) (*keyedhash.Hash, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if key, ok := t.keys[p]; ok {
		return key, nil
	}
	master, err := secret(t.app, "links")
	if err != nil {
		return nil, err
	}
	if t.keys == nil {
		t.keys = map[Purpose]*keyedhash.Hash{}
	}
	of := keyedhash.New(master).Sum(string(p))
	t.keys[p] = keyedhash.New(of[:])
	return t.keys[p], nil
}

// signature is the part of a token that only the holder of the key can make.
func signature(key *keyedhash.Hash, ids ...string) string {
	sum := key.Sum(ids...)
	return base64.RawURLEncoding.EncodeToString(sum[:macLength])
}

// isID reports whether s looks like an id of PocketBase.
func isID(s string) bool {
	return len(s) == idLength && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
