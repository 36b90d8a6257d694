package request

import (
	"mime"
	"net/http"
	"strings"
)

// WantsJSON reports whether a program asks, which reads JSON: it sends JSON, or says that it accepts JSON and not pages.
func WantsJSON(r *http.Request) bool {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" {
		return true
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}
