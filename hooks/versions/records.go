// Package versions refuses changes of what somebody else has changed meanwhile.
package versions

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/hooks/request"
)

// changedMeanwhile is the answer to a change that was made to an older version of the record.
const changedMeanwhile = "The record was changed meanwhile: read it again"

// BindRecords lets a change name the version of the record that it was made to: `If-Match: "…"` with the record's
// updated (RFC 9110 § 13.1.1). One that somebody else has changed since is refused with 412, so that nobody overwrites
// what they have not seen. Without the header the last one wins, as in PocketBase.
//
// The versions are compared in the transaction of the change. It begins as late as possible, after all other hooks of the
// request, because other writers wait for it.
func BindRecords(app core.App) {
	app.OnRecordUpdateRequest().Bind(&hook.Handler[*core.RecordRequestEvent]{
		Id:       "gonetsIfMatch",
		Priority: 1000, // within the hooks that have none
		Func: func(e *core.RecordRequestEvent) error {
			version := e.Request.Header.Get("If-Match")
			if version == "" || version == "*" || e.Collection.Fields.GetByName("updated") == nil {
				return e.Next()
			}
			outer := e.App
			defer func() { e.App = outer }()
			return outer.RunInTransaction(func(tx core.App) error {
				e.App = tx
				same, err := isVersion(tx, e.Record.TableName(), e.Record.Id, version)
				if err != nil {
					return e.InternalServerError("", err)
				}
				if !same {
					return e.Error(http.StatusPreconditionFailed, changedMeanwhile+".", request.Refuse("updated", "changed_meanwhile", changedMeanwhile))
				}
				return e.Next()
			})
		},
	})
}

// isVersion reports whether a row of the database has the version that an If-Match names. The UPDATE changes nothing;
// it takes the lock of the database, so that no other process can write before the change.
func isVersion(tx core.App, table, id, version string) (bool, error) {
	at, err := types.ParseDateTime(strings.Trim(version, `" `))
	if err != nil || at.IsZero() {
		return false, nil
	}
	res, err := tx.DB().NewQuery(`UPDATE {{` + table + `}} SET [[id]] = [[id]] WHERE [[id]] = {:id} AND [[updated]] = {:version}`).
		Bind(dbx.Params{"id": id, "version": at.String()}).Execute()
	if err != nil {
		return false, fmt.Errorf("compare the version of %s %s: %w", table, id, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
