package backup

import (
	"context"
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/denial"
)

// Restorable tries a backup before PocketBase restores it, which replaces the data folder by whatever the backup has and says nothing when it
// cannot be unpacked. It fails as Try does, with a *denial.Error of status 409 when the backup has a problem, and with errRoom when it
// cannot be unpacked beside the data.
func Restorable(ctx context.Context, app core.App, name string) error {
	t, err := Try(ctx, app, name)
	if err != nil {
		return err
	}
	if !t.OK {
		return denial.New(http.StatusConflict, "backup_broken", "backup", "this backup cannot be restored as it is: %s", t.Problems[0])
	}
	return room(app.DataDir(), t.unpacked)
}
