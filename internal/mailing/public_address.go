package mailing

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// PublicAddress is the address at which recipients reach this instance, without a slash at its end; "" while it is not set.
func PublicAddress(app core.App) string {
	return strings.TrimRight(app.Settings().Meta.AppURL, "/")
}
