package records

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
)

// BindAttempts makes the log of attempts append-only for everybody, superusers too. The engine
// writes it by SQL, without records and their hooks.
func BindAttempts(app core.App) {
	refuseRecord := func(*core.RecordEvent) error { return attemptsAreAppendOnly() }
	app.OnRecordCreate("attempts").BindFunc(refuseRecord)
	app.OnRecordUpdate("attempts").BindFunc(refuseRecord)
	app.OnRecordDelete("attempts").BindFunc(refuseRecord)

	// The hook above stops a truncation as well, but not that of an empty log, and PocketBase would replace its message.
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(r *core.RequestEvent) error {
			if r.Request.Method == http.MethodDelete && r.Request.Pattern == "DELETE /api/collections/{collection}/truncate" &&
				r.HasSuperuserAuth() && isCollection(r.App, r.Request.PathValue("collection"), "attempts") {
				return attemptsAreAppendOnly()
			}
			return r.Next()
		})
		return e.Next()
	})
	app.OnCollectionDeleteRequest().BindFunc(func(e *core.CollectionRequestEvent) error {
		if e.Collection.Name == "attempts" {
			return attemptsAreAppendOnly()
		}
		return e.Next()
	})
}

func attemptsAreAppendOnly() *router.ApiError {
	return apis.NewForbiddenError("Attempts are history: only the engine adds them, and nobody changes or deletes them.", nil)
}

// isCollection reports whether a name or id in a path is that of the collection.
func isCollection(app core.App, nameOrID, name string) bool {
	c, err := app.FindCachedCollectionByNameOrId(nameOrID)
	return err == nil && c.Name == name
}
