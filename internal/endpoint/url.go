// Package endpoint knows the HTTP addresses of others that Gonets calls: which may be called, what is shown of them, how calls
// are made and signed.
package endpoint

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
)

// maxURL is the length of an address in bytes.
const maxURL = 2000

// Why a text is no address that can be called. Whether the machine behind it may be called is known when it is.
var (
	errURL      = errors.New("must be an address such as https://example.org/webhooks, with http or https and the name of a host")
	errLength   = errors.New("has at most 2000 characters")
	errFragment = errors.New("must not contain #: what follows it is never sent")
)

// Parse reads an address. It fails with one of the errors above.
func Parse(address string) (*url.URL, error) {
	if len(address) > maxURL {
		return nil, errLength
	}
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" || u.Scheme != "http" && u.Scheme != "https" || !isHost(u.Hostname()) || strings.ContainsFunc(address, notInURL) {
		return nil, errURL
	}
	if u.Fragment != "" || strings.Contains(address, "#") {
		return nil, errFragment
	}
	return u, nil
}

// isHost reports whether a name can be that of a host: what a resolver would make of the others is not known.
func isHost(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return name != "" && len(name) <= 253 && !strings.ContainsFunc(name, func(r rune) bool {
		return r < 0x80 && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_')
	})
}

func notInURL(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// Shown is what may be shown and logged of an address: the name and password in it and the values of its parameters are
// replaced by "…".
func Shown(address string) string {
	u, err := Parse(address)
	if err != nil {
		return "…"
	}
	scheme, rest, _ := strings.Cut(address, "//")
	if u.User != nil {
		_, rest, _ = strings.Cut(rest, "@")
		rest = "…@" + rest
	}
	rest, query, has := strings.Cut(rest, "?")
	if !has {
		return scheme + "//" + rest
	}
	parameters := strings.Split(query, "&")
	for i, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		switch {
		case value != "":
			parameters[i] = name + "=…"
		case name != "": // a name alone may be a secret
			parameters[i] = "…"
		}
	}
	return scheme + "//" + rest + "?" + strings.Join(parameters, "&")
}
