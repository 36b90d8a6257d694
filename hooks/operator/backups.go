package operator

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/request"
	"gonets/internal/backup"
)

// tryTime is how long a trial of a backup may take for a request, which the server answers within five minutes. The command has no
// limit.
const tryTime = 4 * time.Minute

// afterOthers is the priority of a handler that comes after those that add to the event.
const afterOthers = 1000

// BindBackups has backups made beside the writes of others, and adds POST /api/gonets/backups/{name}/try for superusers, which tells
// whether a backup can be restored. One at a time: it reads a whole database.
func BindBackups(app core.App) {
	app.OnBackupCreate().Bind(&hook.Handler[*core.BackupEvent]{
		Priority: afterOthers,
		// In place of PocketBase's own, which stops all writes, and lets go of SQLite's locks (database.Copy).
		Func: func(e *core.BackupEvent) error { return backup.Make(e.Context, e.App, e.Name, e.Exclude) },
	})
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
			if denied, ok := request.Denied(err, ""); ok {
				return denied
			}
			switch {
			case errors.Is(err, backup.ErrNoSuch):
				return e.NotFoundError("There is no such backup.", err)
			case errors.Is(err, context.DeadlineExceeded):
				return e.Error(http.StatusServiceUnavailable, "It is too large for this: try it with gonets backups try.", nil)
			case err != nil:
				return e.InternalServerError("", err)
			}
			return e.JSON(http.StatusOK, trial)
		}).Bind(apis.RequireSuperuserAuth())
		e.Router.BindFunc(explainBackup)
		return e.Next()
	})
}

// explainBackup says why a backup could not be made, or the backups not listed, if whoever asked for it can do something about it:
// PocketBase's routes keep the error to themselves, or answer it as S3 gave it.
func explainBackup(e *core.RequestEvent) error {
	err := e.Next()
	if err == nil || e.Request.URL.Path != "/api/backups" {
		return err
	}
	var answer *router.ApiError
	if !errors.As(err, &answer) {
		return err
	}
	cause, _ := answer.RawData().(error)
	if _, said, found := strings.Cut(answer.Message, "Raw error: \n"); found && e.Request.Method == http.MethodGet {
		cause = backup.ExplainPlace(e.App, errors.New(said), "backups_unreadable")
	}
	if denied, ok := request.Denied(cause, ""); ok {
		return denied
	}
	return err
}
