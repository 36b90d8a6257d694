package request

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// PublicAddress is where recipients reach this instance, without a slash at its end; "" while nobody
// has said so.
func PublicAddress(app core.App) string {
	return strings.TrimRight(app.Settings().Meta.AppURL, "/")
}
