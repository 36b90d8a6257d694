package site

import (
	"net/http"
	"net/url"
	"strings"
)

// sitePolicy is the Content-Security-Policy of our pages. Scripts may come from this origin only. Inline styles and remote
// images are allowed for one reason: the preview of an e-mail is a sandboxed frame, which inherits the policy of its page.
func sitePolicy(appURL string) string {
	images := "img-src 'self' data: blob: https:"
	if origin := originOf(appURL); origin != "" {
		images += " " + origin // pictures in messages have the public address, which may not be the one in use
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

// SetPageHeaders tells a browser what a page may load, what it sends to other sites as the referrer, and which functions of
// the device it may use.
func SetPageHeaders(header http.Header, policy, referrer string) {
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", referrer)
	header.Set("Permissions-Policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "+
		"magnetometer=(), microphone=(), midi=(), payment=(), usb=()")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("X-Frame-Options", "DENY") // PocketBase says SAMEORIGIN, and older browsers know nothing newer
	header.Del("X-XSS-Protection")        // the filter that it turned on is gone from browsers, and was a hole itself
}
