// Package returnpath makes the envelope senders of e-mails, and recognizes them in what comes back: each names one recipient,
// so that a bounce is tied to the e-mail that caused it, whatever the rest of it says (variable envelope return paths).
package returnpath

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"gonets/internal/address"
	"gonets/internal/keyedhash"
)

// Style says where in an address the recipient is named.
type Style string

// The styles. Which of the first two an MTA takes for the mailbox before the separator is a setting of it
// (recipient_delimiter of Postfix, local_part_suffix of Exim).
const (
	Plus  Style = "plus"  // bounces+TOKEN@example.org
	Minus Style = "minus" // bounces-TOKEN@example.org
	Plain Style = "plain" // bounces@example.org: the recipient is not named
)

// Key is the secret of one mailing. Only who knows it makes return paths of its recipients.
type Key [16]byte

// NewKey returns a random key.
func NewKey() (k Key) {
	_, _ = rand.Read(k[:]) // never fails
	return k
}

const (
	macBytes = 10
	// tokenLength is the length of a token in characters.
	tokenLength = 29
	// maxLocalPart is the maximum length of a local part in octets (RFC 5321 § 4.5.3.1.1).
	maxLocalPart = 64
)

// encoding is base32 without digits that look like letters. Tokens are lower-case: mail systems may change the case.
var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// The errors of New.
var (
	errInvalid = errors.New("the return path is not a valid e-mail address")
	errStyle   = errors.New("the style of the return path is unknown")
	ErrTooLong = fmt.Errorf("the part of the return path before the @ is too long: with the token it has more than %d characters", maxLocalPart)
)

// Path is the return path of an account at a mail server.
type Path struct {
	before, after string // of the token
	isPlain       bool
}

// IsZero is true for the zero value: no return path.
func (p Path) IsZero() bool { return p.before == "" }

// New checks an address and a style. An empty style is Plus. It fails with errInvalid, errStyle or ErrTooLong.
func New(of string, style Style) (Path, error) {
	normal, err := address.Normalize(of)
	if err != nil {
		return Path{}, errInvalid
	}
	at := strings.LastIndexByte(normal, '@')
	local, domain := normal[:at], normal[at:]
	separator := ""
	switch style {
	case Plain:
		return Path{before: normal, isPlain: true}, nil
	case Plus, "":
		separator = "+"
	case Minus:
		separator = "-"
	default:
		return Path{}, errStyle
	}
	if len(local)+len(separator)+tokenLength > maxLocalPart {
		return Path{}, ErrTooLong
	}
	return Path{before: local + separator, after: domain}, nil
}

// Of returns the envelope sender of the e-mail to a recipient.
func (p Path) Of(by Keyed, recipient int64) string {
	if p.isPlain {
		return p.before
	}
	return p.before + token(inReturnPath, by, recipient) + p.after
}

// Address is the return path without a token, for e-mails without a recipient's row; "" for the zero value.
func (p Path) Address() string {
	if p.isPlain || p.after == "" {
		return p.before
	}
	return p.before[:len(p.before)-1] + p.after
}

// MessageID returns the local part of the Message-ID of the e-mail to a recipient. Whoever knows it cannot make the
// return path: a Message-ID gets into replies and archives, which strangers read.
func MessageID(by Keyed, recipient int64) string { return token(inMessageID, by, recipient) }

// place is where a token is found. The token of one place proves nothing in the other.
type place string

const (
	inReturnPath place = "gonets return path\x00"
	inMessageID  place = "gonets message id\x00"
)

// Keyed makes tokens with a key: the Key itself, or its Signer.
type Keyed interface {
	mac(at place, recipient []byte) [macBytes]byte
}

// Signer makes many tokens with one key in less time than the Key itself. Safe for concurrent use.
type Signer struct{ hash *keyedhash.Hash }

// NewSigner returns the signer of a key.
func NewSigner(key Key) *Signer { return &Signer{keyedhash.New(key[:])} }

func (s *Signer) mac(at place, recipient []byte) (mac [macBytes]byte) {
	sum := s.hash.Sum(string(at), string(recipient))
	copy(mac[:], sum[:])
	return mac
}

func (k Key) mac(at place, recipient []byte) [macBytes]byte { return NewSigner(k).mac(at, recipient) }

func token(at place, by Keyed, recipient int64) string {
	var data [8 + macBytes]byte
	binary.BigEndian.PutUint64(data[:], uint64(recipient))
	mac := by.mac(at, data[:8])
	copy(data[8:], mac[:])
	return encoding.EncodeToString(data[:])
}

// Token is what an address or a Message-ID claims. Nothing of it is proven before Proves says so.
type Token struct {
	// Recipient is the number of the recipient's row.
	Recipient int64
	at        place
	mac       [macBytes]byte
}

// Find finds a token in an address, whatever the style, the case and the domain. ok is false if there is none.
func Find(in string) (t Token, ok bool) {
	local, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(in), "<>"), "@")
	if len(local) <= tokenLength {
		return Token{}, false
	}
	separator, text := local[len(local)-tokenLength-1], strings.ToLower(local[len(local)-tokenLength:])
	if separator != '+' && separator != '-' && separator != '=' {
		return Token{}, false
	}
	return decode(inReturnPath, text)
}

// FindInMessageID finds a token in a Message-ID, with or without angle brackets. ok is false if there is none.
func FindInMessageID(id string) (t Token, ok bool) {
	local, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(id), "<>"), "@")
	if len(local) != tokenLength {
		return Token{}, false
	}
	return decode(inMessageID, strings.ToLower(local))
}

func decode(at place, text string) (t Token, ok bool) {
	data, err := encoding.DecodeString(text)
	if err != nil || encoding.EncodeToString(data) != text {
		return Token{}, false
	}
	t.at = at
	t.Recipient = int64(binary.BigEndian.Uint64(data))
	copy(t.mac[:], data[8:])
	return t, t.Recipient > 0
}

// Proves reports whether the token was made with the key.
func (t Token) Proves(key Key) bool {
	var recipient [8]byte
	binary.BigEndian.PutUint64(recipient[:], uint64(t.Recipient))
	mac := key.mac(t.at, recipient[:])
	return subtle.ConstantTimeCompare(t.mac[:], mac[:]) == 1
}
