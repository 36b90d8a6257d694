package address

import (
	"fmt"
	"strings"

	"golang.org/x/net/idna"

	"gonets/internal/excerpt"
)

// longestQuote is the maximum length of an address in an error, in characters.
const longestQuote = 60

// ASCII returns an address for the header of an e-mail: as it is, with its domain in ASCII (IDNA). It does not
// allocate for an address that is in ASCII. Local parts that are quoted or not in ASCII are refused: few servers
// accept them.
func ASCII(s string) (string, error) {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > maxEmail {
		return "", fmt.Errorf("%q is no e-mail address", excerpt.FirstLine(s, longestQuote))
	}
	for i := 0; i < at; i++ {
		if b := s[i]; b <= ' ' || b >= 0x7f || strings.IndexByte("()<>[]:;@\\,\"", b) >= 0 {
			return "", fmt.Errorf("%q is no e-mail address that can be written to", excerpt.FirstLine(s, longestQuote))
		}
	}
	if IsASCIIDomain(s[at+1:]) {
		return s, nil
	}
	domain, err := idna.Lookup.ToASCII(s[at+1:])
	if err != nil || !IsASCIIDomain(domain) {
		return "", fmt.Errorf("%q has no valid domain", excerpt.FirstLine(s, longestQuote))
	}
	return s[:at+1] + domain, nil
}

// Recipient is ASCII for the address of a recipient, whose local part may be in any script (RFC 6532 § 3.2): mail servers with
// SMTPUTF8 take it, and others are not given it.
func Recipient(s string) (string, error) {
	if HasASCIILocalPart(s) {
		return ASCII(s)
	}
	email, err := Normalize(s)
	if err != nil {
		return "", fmt.Errorf("%q is no e-mail address that can be written to", excerpt.FirstLine(s, longestQuote))
	}
	return email, nil
}

// IsASCIIDomain reports whether a domain consists of letters, digits, hyphens and dots in ASCII, in an order that
// can be a domain.
func IsASCIIDomain(s string) bool {
	if s == "" || s[0] == '.' || s[0] == '-' || s[len(s)-1] == '-' || strings.Contains(s, "..") {
		return false
	}
	for i := 0; i < len(s); i++ {
		if b := s[i]; (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (b < '0' || b > '9') && b != '-' && b != '.' {
			return false
		}
	}
	return true
}
