package records

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
)

// appendOnly are the collections that nobody changes, superusers included, with the answer to whoever tries. Attempts and
// bounces are written by SQL, without records and their hooks.
var appendOnly = map[string]string{
	"attempts": "Attempts are history: only the engine adds them, and nobody changes or deletes them.",
	"consents": "Consents are proof: they are logged as they come about, and nobody changes or deletes them.",
	"bounces":  "Bounces are history: only what comes back adds them, and nobody changes or deletes them.",
}

// BindHistory makes the logs of attempts and bounces append-only for everybody.
func BindHistory(app core.App) {
	for name := range appendOnly {
		refuseRecord := func(*core.RecordEvent) error { return isAppendOnly(name) }
		app.OnRecordCreate(name).BindFunc(refuseRecord)
		app.OnRecordUpdate(name).BindFunc(refuseRecord)
		app.OnRecordDelete(name).BindFunc(refuseRecord)
	}

	// The hook above stops a truncation as well, but not that of an empty log, and PocketBase would replace its message.
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(r *core.RequestEvent) error {
			if r.Request.Method == http.MethodDelete && r.Request.Pattern == "DELETE /api/collections/{collection}/truncate" && r.HasSuperuserAuth() {
				c, err := r.App.FindCachedCollectionByNameOrId(r.Request.PathValue("collection"))
				if err == nil && appendOnly[c.Name] != "" {
					return isAppendOnly(c.Name)
				}
			}
			return r.Next()
		})
		return e.Next()
	})
	app.OnCollectionDeleteRequest().BindFunc(func(e *core.CollectionRequestEvent) error {
		if appendOnly[e.Collection.Name] != "" {
			return isAppendOnly(e.Collection.Name)
		}
		return e.Next()
	})
}

func isAppendOnly(name string) *router.ApiError { return apis.NewForbiddenError(appendOnly[name], nil) }
