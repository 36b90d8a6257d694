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
// This hook is called for every way to create a record by a request: directly, by registration, by a batch with upserts, by
// the first sign-in with OAuth2. PocketBase has read the body by then, and applied modifiers such as "id:autogenerate"; an
// empty field chooses no id.
func BindIDs(app core.App) {
	app.OnRecordCreateRequest().BindFunc(func(e *core.RecordRequestEvent) error {
		if e.Record.Id != "" && !e.HasSuperuserAuth() {
			return e.BadRequestError(chooseNoID+".", request.Refuse("id", "cannot_choose_id", chooseNoID))
		}
		return e.Next()
	})
}
