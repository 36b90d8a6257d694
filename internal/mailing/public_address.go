package mailing

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// PublicAddress is the address at which recipients reach this instance, without a slash at its end; "" while it is not set.
func PublicAddress(app core.App) string {
	return strings.TrimRight(app.Settings().Meta.AppURL, "/")
}

// ServiceName is the name of this instance in a language. Only the default name is translated: another one was chosen by the
// operator.
func ServiceName(app core.App, language string) string {
	name := app.Settings().Meta.AppName
	if name == "Gonets" && language == "ru" {
		return "Гонец"
	}
	return name
}
