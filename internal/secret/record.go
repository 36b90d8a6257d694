package secret

import (
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// Bind takes the secrets of senders out of their records before these are saved: superusers can filter by
// every field of a record, also through relations.
func Bind(app core.App) {
	app.OnRecordCreateExecute("senders").BindFunc(keep)
	app.OnRecordUpdateExecute("senders").BindFunc(keep)
	app.OnRecordDeleteExecute("senders").BindFunc(func(e *core.RecordEvent) error {
		return database.InTransaction(e, func() error {
			if err := Remove(e.App, e.Record.Id); err != nil {
				return err
			}
			return e.Next()
		})
	})
}

// keep saves the record without its secrets, and these where they belong. An empty one leaves what is kept,
// unless what it was for is emptied too: the user name, or domain and selector.
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
			if err := Set(e.App, e.Record.Id, name, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// emptied says whether fields of which one had a value are all empty now.
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
