package versions

import (
	"fmt"
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
)

// Where PocketBase keeps its settings.
const (
	settingsTable = "_params"
	settingsID    = "settings"
)

// BindSettings gives PocketBase's settings a version, as BindRecords does for records: GET and PATCH /api/settings answer it as
// ETag, and a change that names another one in If-Match is refused with 412.
func BindSettings(app core.App) {
	app.OnSettingsListRequest().BindFunc(func(e *core.SettingsListRequestEvent) error {
		if err := setSettingsVersion(e.RequestEvent); err != nil {
			return err
		}
		return e.Next()
	})
	app.OnSettingsUpdateRequest().BindFunc(func(e *core.SettingsUpdateRequestEvent) error {
		outer := e.App
		defer func() { e.App = outer }()
		// PocketBase answers when the transaction is done.
		return outer.RunInTransaction(func(tx core.App) error {
			e.App = tx
			if version := e.Request.Header.Get("If-Match"); version != "" && version != "*" {
				same, err := isVersion(tx, settingsTable, settingsID, version)
				if err != nil {
					return e.InternalServerError("", err)
				}
				if !same {
					return e.Error(http.StatusPreconditionFailed, changedMeanwhile+".", request.Refuse("updated", "changed_meanwhile", changedMeanwhile))
				}
			}
			if err := e.Next(); err != nil {
				return err
			}
			return setSettingsVersion(e.RequestEvent)
		})
	})
}

// setSettingsVersion names the version of the settings in the answer.
func setSettingsVersion(e *core.RequestEvent) error {
	var version string
	err := e.App.DB().Select("updated").From(settingsTable).Where(dbx.HashExp{"id": settingsID}).Row(&version)
	if err != nil {
		return e.InternalServerError("", fmt.Errorf("read the version of the settings: %w", err))
	}
	e.Response.Header().Set("ETag", `"`+version+`"`)
	return nil
}
