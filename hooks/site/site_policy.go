package site

import (
	"net/http"
	"net/url"
	"strings"
)

// sitePolicy is the Content-Security-Policy of our pages. Scripts come from here and from nowhere
// else. Styles may be inline and pictures remote for one reason: the preview of a letter is a
// sandboxed frame, which inherits the policy of the page around it.
func sitePolicy(appURL string) string {
	images := "img-src 'self' data: blob: https:"
	if origin := originOf(appURL); origin != "" {
		images += " " + origin // pictures in letters have the public address, which may not be the one in use
	}
	return strings.Join([]string{
		"default-src 'self'",
		"script-src 'self'",
		"style-src 'self' 'unsafe-inline'",
		images,
		"font-src 'self' data:",
		"connect-src 'self'",
		"object-src 'none'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

// originOf is the scheme, host and port of an http address; "" when it is none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" ||
		strings.ContainsAny(u.Host, " ;,'\"") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// SetPageHeaders says what a browser may do with a page of ours: what it loads, what it tells other
// sites of where it came from, and which of the device it may use.
func SetPageHeaders(header http.Header, policy, referrer string) {
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", referrer)
	header.Set("Permissions-Policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "+
		"magnetometer=(), microphone=(), midi=(), payment=(), usb=()")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("X-Frame-Options", "DENY") // PocketBase says SAMEORIGIN, and older browsers know nothing newer
	header.Del("X-XSS-Protection")        // the filter that it turned on is gone from browsers, and was a hole itself
}
