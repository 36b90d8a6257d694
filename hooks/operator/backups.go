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

// BindBackups has backups made beside the writes of others, adds POST /api/gonets/backups/{name}/try for superusers, which tells
// whether a backup can be restored, and has a backup tried before it is restored.
func BindBackups(app core.App) {
	app.OnBackupCreate().Bind(&hook.Handler[*core.BackupEvent]{
		Priority: afterOthers,
		// In place of PocketBase's own, which stops all writes, and lets go of SQLite's locks (database.Copy).
		Func: func(e *core.BackupEvent) error { return backup.Make(e.Context, e.App, e.Name, e.Exclude) },
	})
	var t trials
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.POST("/api/gonets/backups/{name}/try", func(e *core.RequestEvent) error {
			var trial backup.Trial
			err := t.run(e, func(ctx context.Context) (err error) {
				trial, err = backup.Try(ctx, e.App, e.Request.PathValue("name"))
				return err
			})
			if err != nil {
				return err
			}
			return e.JSON(http.StatusOK, trial)
		}).Bind(apis.RequireSuperuserAuth())
		e.Router.BindFunc(t.beforeRestore, explainBackup)
		return e.Next()
	})
}

// trials are made one at a time: each reads a whole database.
type trials struct{ one sync.Mutex }

// run tries a backup, and returns the answer when that fails.
func (t *trials) run(e *core.RequestEvent, try func(context.Context) error) error {
	if !t.one.TryLock() {
		return e.TooManyRequestsError("A backup is being tried already.", nil)
	}
	defer t.one.Unlock()
	ctx, cancel := context.WithTimeout(e.Request.Context(), tryTime)
	defer cancel()
	err := try(ctx)
	if denied, ok := request.Denied(err, ""); ok {
		return denied
	}
	switch {
	case errors.Is(err, backup.ErrNoSuch):
		return e.NotFoundError("There is no such backup.", err)
	case errors.Is(err, context.DeadlineExceeded):
		return e.Error(http.StatusServiceUnavailable, "It is too large for this: try it with gonets backups try, and restore it by hand.", nil)
	case err != nil:
		return e.InternalServerError("", err)
	}
	return nil
}

// beforeRestore tries a backup that PocketBase is about to restore.
func (t *trials) beforeRestore(e *core.RequestEvent) error {
	rest, found := strings.CutPrefix(e.Request.URL.Path, "/api/backups/")
	name, restore := strings.CutSuffix(rest, "/restore")
	if !found || !restore || e.Request.Method != http.MethodPost || !e.HasSuperuserAuth() {
		return e.Next()
	}
	if err := t.run(e, func(ctx context.Context) error { return backup.Restorable(ctx, e.App, name) }); err != nil {
		return err
	}
	return e.Next()
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
