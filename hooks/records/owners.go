// Package records keeps the records of Gonets valid, whoever writes them: what the rules of a collection cannot say is
// checked here, with an error that names the field.
package records

import (
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/sender"
)

// owned are the collections whose records belong to the one user that their field owner names.
// (attempts name their owner too, but as plain text: they are history.)
var owned = []string{
	"clients", "lists", "subscriptions", "filters", "suppressions",
	"messages", "images", "mailings", "imports", "brands", "forms", "webhooks",
}

// BindOwners gives every owned record an owner, the signed-in user when none is named, and keeps it from changing.
func BindOwners(app core.App) {
	// The create rule allows a missing owner. A superuser has to name one: the field is required.
	app.OnRecordCreateRequest(owned...).BindFunc(func(e *core.RecordRequestEvent) error {
		if request.IsUser(e.Auth) {
			request.SetDefault(e.Record, "owner", e.Auth.Id)
		}
		return e.Next()
	})

	app.OnRecordValidate(owned...).BindFunc(func(e *core.RecordEvent) error {
		if was := e.Record.Original().GetString("owner"); was != "" && request.Changed(e.Record, "owner") {
			return request.Refuse("owner", "cannot_change", "The owner of a record never changes")
		}
		return e.Next()
	})
}

// BindBoundedLists refuses a record with more references or values than its field takes, before the other checks read them
// from the database.
func BindBoundedLists(app core.App) {
	bounded := func(e *core.RecordRequestEvent) error {
		bad := request.Refusals{}
		for _, field := range e.Collection.Fields {
			most := 0
			switch f := field.(type) {
			case *core.RelationField:
				most = max(1, f.MaxSelect)
			case *core.SelectField:
				most = max(1, f.MaxSelect)
			default:
				continue
			}
			if len(e.Record.GetStringSlice(field.GetName())) > most {
				bad.Add(field.GetName(), "validation_too_many_values", fmt.Sprintf("Select no more than %d", most))
			}
		}
		if err := bad.Err(); err != nil {
			return e.BadRequestError("Too much is selected.", err)
		}
		return e.Next()
	}
	app.OnRecordCreateRequest().BindFunc(bounded)
	app.OnRecordUpdateRequest().BindFunc(bounded)
}

// BindPartialUpdates makes an update write only the columns that it changes. PocketBase writes them
// all, so that an edit, or the removal of a deleted reference, would overwrite counters that the engine has
// changed meanwhile, or unblock a user who was blocked while saving a profile.
//
// messages, images and imports are left out: nothing else writes to them, and PocketBase deletes the files that a save does
// not name, so that it must also write the names.
func BindPartialUpdates(app core.App) {
	collections := []string{"clients", "lists", "subscriptions", "filters", "suppressions", "mailings", "users", "mailboxes", "bounce_hooks", "webhooks"}

	app.OnRecordUpdate(collections...).BindFunc(func(e *core.RecordEvent) error {
		e.Record.IgnoreUnchangedFields(true)
		return e.Next()
	})

	// A record is compared with what was read. After a save it is compared with what was saved, so that the same record
	// can be saved again.
	remember := func(e *core.RecordEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		return e.Record.PostScan()
	}
	app.OnRecordAfterCreateSuccess(collections...).BindFunc(remember)
	app.OnRecordAfterUpdateSuccess(collections...).BindFunc(remember)
}

// checkSender notes the field as an invalid reference unless the record's owner may use the sender that it
// names. A missing sender and one of others get the same answer.
func checkSender(bad request.Refusals, app core.App, record *core.Record, field string) error {
	if record.GetString("owner") == "" || record.GetString(field) == "" || !request.Changed(record, field) {
		return nil
	}
	may, err := sender.MayUse(app.DB(), record.GetString("owner"), record.GetString(field))
	if err != nil && !errors.Is(err, sender.ErrNone) {
		return err
	}
	if !may {
		bad.Add(field, "invalid_reference", "There is no such sender among those that the owner may use")
	}
	return nil
}
