// Package hooks is what Gonets adds to PocketBase: record rules that collection rules cannot say,
// routes, scheduled work and the web UI. It is thin: it reads a request, calls a package of
// internal/, and writes the answer.
package hooks

import (
	"github.com/pocketbase/pocketbase/core"
)

// Register binds everything that Gonets adds to the application. It starts nothing: work begins
// when the server does.
func Register(app core.App, site *Site) {
	site.bind(app)
}
