package operator

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/backup"
)

// tryTime is how long a trial of a backup may take for a request, which the server answers within five minutes. The command has no
// limit.
const tryTime = 4 * time.Minute

// BindBackups adds POST /api/gonets/backups/{name}/try for superusers, which tells whether a backup can be restored. One at a time: it
// reads a whole database.
func BindBackups(app core.App) {
	var trying sync.Mutex
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.POST("/api/gonets/backups/{name}/try", func(e *core.RequestEvent) error {
			if !trying.TryLock() {
				return e.TooManyRequestsError("A backup is being tried already.", nil)
			}
			defer trying.Unlock()
			ctx, cancel := context.WithTimeout(e.Request.Context(), tryTime)
			defer cancel()
			trial, err := backup.Try(ctx, e.App, e.Request.PathValue("name"))
			switch {
			case errors.Is(err, backup.ErrNoSuch):
				return e.NotFoundError("There is no such backup.", err)
			case errors.Is(err, backup.ErrRoom):
				return e.Error(http.StatusInsufficientStorage, "There is not enough room on the disk to try it.", nil)
			case errors.Is(err, context.DeadlineExceeded):
				return e.Error(http.StatusServiceUnavailable, "It is too large for this: try it with gonets backups try.", nil)
			case err != nil:
				return e.InternalServerError("", err)
			}
			return e.JSON(http.StatusOK, trial)
		}).Bind(apis.RequireSuperuserAuth())
		return e.Next()
	})
}
