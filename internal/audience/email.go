package audience

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/pocketbase/ozzo-validation/v4/is"
	"golang.org/x/net/idna"
)

// ErrEmail is the error of an address that cannot be one. What is wrong with it is wrapped around.
var ErrEmail = errors.New("not an e-mail address")

// Lengths in octets: RFC 5321 §§ 4.5.3.1.1 and 4.5.3.1.3 (a path of 256 has two angle brackets).
const (
	maxLocalPart = 64
	maxEmail     = 254
)

// NormalizeEmail returns the form in which an address is stored and compared: trimmed, lower-case,
// the domain in ASCII (почта@Пример.рф → почта@xn--e1afmkfd.xn--p1ai). It is idempotent, and what it
// returns passes PocketBase's own e-mail field.
//
// Quoted local parts ("a b"@example.com) are refused: nobody hands them out, and they are a way to get
// spaces and line breaks into an envelope. The error wraps ErrEmail.
func NormalizeEmail(s string) (string, error) {
	s = strings.TrimFunc(s, invisible)
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", fmt.Errorf("%w: no @ in it", ErrEmail)
	}
	local := strings.ToLower(s[:at])
	if local == "" || len(local) > maxLocalPart || strings.ContainsFunc(local, unfit) {
		return "", fmt.Errorf("%w: bad part before the @", ErrEmail)
	}
	domain, err := NormalizeDomain(s[at+1:])
	if err != nil {
		return "", err
	}
	email := local + "@" + domain
	if len(email) > maxEmail || is.EmailFormat.Validate(email) != nil {
		return "", ErrEmail
	}
	return email, nil
}

// NormalizeDomain returns a domain as NormalizeEmail writes it: trimmed, lower-case, ASCII. It wants a
// dot in it, as mail addresses do. The error wraps ErrEmail.
func NormalizeDomain(s string) (string, error) {
	// idna.Lookup would map some of the unfit away, such as the soft hyphen.
	s = strings.TrimFunc(s, invisible)
	if strings.ContainsFunc(s, unfit) {
		return "", fmt.Errorf("%w: bad domain", ErrEmail)
	}
	domain, err := idna.Lookup.ToASCII(strings.ToLower(s))
	if err != nil {
		return "", fmt.Errorf("%w: bad domain", ErrEmail)
	}
	if is.EmailFormat.Validate("a@"+domain) != nil || strings.HasSuffix(domain, ".") {
		return "", fmt.Errorf("%w: bad domain", ErrEmail)
	}
	return domain, nil
}

// invisible says whether r cannot be seen at the ends of an address copied from a table or a page.
func invisible(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) }

// unfit says whether r has no place inside an address.
func unfit(r rune) bool {
	return invisible(r) || strings.ContainsRune("\"<>(),;:\\[]@", r) || r == unicode.ReplacementChar
}
