// Package address normalizes and validates e-mail addresses and their domains, internationalized ones too (IDNA of
// RFC 5891; non-ASCII local parts of RFC 6531). It knows nothing about clients, mailings or the database.
package address

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/ozzo-validation/v4/is"
	"golang.org/x/net/idna"
)

// errInvalid is wrapped by the errors of Normalize and NormalizeDomain.
var errInvalid = errors.New("not an e-mail address")

// Lengths in octets: RFC 5321 §§ 4.5.3.1.1 to 4.5.3.1.3 (a path of 256 has two angle brackets).
const (
	maxLocalPart = 64
	maxDomain    = 255
	maxEmail     = 254
)

// Normalize returns the form in which an address is stored and compared: trimmed, in lower case, the domain in ASCII
// (почта@Пример.рф → почта@xn--e1afmkfd.xn--p1ai). It is idempotent, and its result passes PocketBase's own e-mail
// field. The error wraps errInvalid.
//
// Quoted local parts ("a b"@example.com) are refused: they are very rare, and they could bring spaces and line breaks
// into an SMTP command.
func Normalize(s string) (string, error) {
	s = strings.TrimFunc(s, IsInvisible)
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", fmt.Errorf("%w: no @ in it", errInvalid)
	}
	local := strings.ToLower(s[:at])
	if local == "" || len(local) > maxLocalPart || strings.ContainsFunc(local, isForbidden) {
		return "", fmt.Errorf("%w: bad part before the @", errInvalid)
	}
	domain, err := NormalizeDomain(s[at+1:])
	if err != nil {
		return "", err
	}
	email := local + "@" + domain
	if len(email) > maxEmail || is.EmailFormat.Validate(email) != nil {
		return "", errInvalid
	}
	return email, nil
}

// NormalizeDomain returns a domain in the form that Normalize uses: trimmed, in lower case, in ASCII. A domain without
// a dot is refused. The error wraps errInvalid.
func NormalizeDomain(s string) (string, error) {
	// Before idna.Lookup, which removes some of these characters, for example the soft hyphen.
	s = strings.TrimFunc(s, IsInvisible)
	if len(s) > maxDomain*utf8.UTFMax || strings.ContainsFunc(s, isForbidden) { // the time of ToASCII is quadratic
		return "", fmt.Errorf("%w: bad domain", errInvalid)
	}
	domain, err := idna.Lookup.ToASCII(strings.ToLower(s))
	if err != nil {
		return "", fmt.Errorf("%w: bad domain", errInvalid)
	}
	if len(domain) > maxDomain || is.EmailFormat.Validate("a@"+domain) != nil || strings.HasSuffix(domain, ".") {
		return "", fmt.Errorf("%w: bad domain", errInvalid)
	}
	return domain, nil
}

// Domain returns the part of an address after the last @: all of it if there is none.
func Domain(email string) string { return email[strings.LastIndexByte(email, '@')+1:] }

// IsInvisible reports whether r is white space or has no shape of its own. Such characters often come along at the ends
// of an address that was copied from a table or a web page.
func IsInvisible(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) }

// isForbidden reports whether r must not stand inside an address.
func isForbidden(r rune) bool {
	return IsInvisible(r) || strings.ContainsRune("\"<>(),;:\\[]@", r) || r == unicode.ReplacementChar
}
