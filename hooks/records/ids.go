package records

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
)

// chooseNoID is the answer to a request that names the id of the record that it creates.
const chooseNoID = "The id of a new record is chosen by the server: leave it out"

// BindIDs keeps everybody but superusers from choosing the id of a new record. Recipients, attempts and
// events are found by the id of their mailing or client, and outlive it: whoever creates a record with
// such an id would take over another owner's history. A restore by a superuser needs the old ids.
//
// Every way to create a record by a request ends here: a plain one, a registration, a batch with its
// upserts, the first sign-in with OAuth2. PocketBase has read the body by now, a form with its address
// too, and has applied modifiers such as "id:autogenerate"; a field that is empty has chosen nothing.
func BindIDs(app core.App) {
	app.OnRecordCreateRequest().BindFunc(func(e *core.RecordRequestEvent) error {
		if e.Record.Id != "" && !e.HasSuperuserAuth() {
			return e.BadRequestError(chooseNoID+".", request.Refuse("id", "cannot_choose_id", chooseNoID))
		}
		return e.Next()
	})
}
