package hooks

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// publicAddress is where recipients reach this instance, without a slash at its end; "" while nobody
// has said so.
func publicAddress(app core.App) string {
	return strings.TrimRight(app.Settings().Meta.AppURL, "/")
}
