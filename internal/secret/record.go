package secret

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// Bind removes the secrets of senders from their records before they are saved: superusers can filter by every field of a
// record, also through relations.
func Bind(app core.App) {
	app.OnRecordCreateExecute("senders").BindFunc(keep)
	app.OnRecordUpdateExecute("senders").BindFunc(keep)
	app.OnRecordDeleteExecute("senders").BindFunc(func(e *core.RecordEvent) error {
		return database.InTransaction(e, func() error {
			if err := remove(e.App, e.Record.Id); err != nil {
				return err
			}
			return e.Next()
		})
	})
}

// keep saves the record without its secrets, and the secrets in their table. An empty secret keeps the stored one, unless
// the fields that it belongs to become empty too: the user name, or domain and selector.
func keep(e *core.RecordEvent) error {
	given := map[string]string{}
	for _, name := range Names {
		if value := e.Record.GetString(name); value != "" {
			given[name] = value
			e.Record.Set(name, "")
		}
	}
	if _, set := given[Password]; !set && emptied(e.Record, "username") {
		given[Password] = ""
	}
	if _, set := given[DKIMKey]; !set && emptied(e.Record, "dkim_domain", "dkim_selector") {
		given[DKIMKey] = ""
	}
	return database.InTransaction(e, func() error {
		if err := e.Next(); err != nil {
			return err
		}
		for name, value := range given {
			if err := set(e.App, e.Record.Id, name, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// emptied reports whether all fields are empty now, and one was not before.
func emptied(record *core.Record, fields ...string) bool {
	had := false
	for _, field := range fields {
		if record.GetString(field) != "" {
			return false
		}
		had = had || record.Original().GetString(field) != ""
	}
	return had
}
