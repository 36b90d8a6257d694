package middleware

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// OnThisMachine refuses requests that a browser makes for the page of another site: under a name of that site that resolves
// to this machine (DNS rebinding), or across origins.
func OnThisMachine(e *core.RequestEvent) error {
	if !isLoopback(e.Request.Host) {
		return e.ForbiddenError("The demo answers on this machine only, by the address that it printed.", nil)
	}
	if origin := e.Request.Header.Get("Origin"); origin != "" && !isWithoutOrigin(e.Request, origin) {
		u, err := url.Parse(origin)
		if err != nil || !isLoopback(u.Host) {
			return e.ForbiddenError("The demo does not answer the pages of other sites.", nil)
		}
	}
	return e.Next()
}

// isWithoutOrigin reports whether a page whose origin is "null" asks for what needs none: a sandboxed frame for a file (an image
// in the preview of an email), or the form of an unsubscribe page in a browser that is set to send no referrer. Files and these
// pages are for whoever knows their address, which nobody can guess.
func isWithoutOrigin(r *http.Request, origin string) bool {
	return origin == "null" && (r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/api/files/") || strings.HasPrefix(r.URL.Path, "/u/"))
}

// isLoopback reports whether a host, with or without a port, is always this machine.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "localhost" {
		return true
	}
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
