package readers

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// BindArchives writes the addresses of archives in small letters: they are looked up so.
func BindArchives(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		e.Record.Set("slug", strings.ToLower(strings.TrimSpace(e.Record.GetString("slug"))))
		return e.Next()
	}
	app.OnRecordCreate("users").BindFunc(prepare)
	app.OnRecordUpdate("users").BindFunc(prepare)
}
