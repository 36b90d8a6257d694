package secret

import (
	"maps"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// Bind removes secrets from their records before they are saved: superusers can filter by every field of a record, also through
// relations.
func Bind(app core.App) {
	collections := slices.Collect(maps.Keys(belonging))
	app.OnRecordCreateExecute(collections...).BindFunc(keep)
	app.OnRecordUpdateExecute(collections...).BindFunc(keep)
	app.OnRecordDeleteExecute(collections...).BindFunc(func(e *core.RecordEvent) error {
		return database.InTransaction(e, func() error {
			if err := remove(e.App, e.Record.Collection().Name, e.Record.Id); err != nil {
				return err
			}
			return e.Next()
		})
	})
}

// keep saves the record without its secrets, and the secrets in their table. An empty secret keeps the stored one, unless
// the fields that it belongs to become empty too.
func keep(e *core.RecordEvent) error {
	collection := e.Record.Collection().Name
	given := map[string]string{}
	for _, f := range belonging[collection] {
		if value := e.Record.GetString(f.name); value != "" {
			given[f.name] = value
			e.Record.Set(f.name, "")
		} else if len(f.with) > 0 && emptied(e.Record, f.with...) {
			given[f.name] = ""
		}
	}
	return database.InTransaction(e, func() error {
		if err := e.Next(); err != nil {
			return err
		}
		for name, value := range given {
			if err := set(e.App, collection, e.Record.Id, name, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// Has reports whether a record that is about to be saved will have the secret: it is given, or stored and not taken away.
func Has(app core.App, record *core.Record, name string) (bool, error) {
	if record.GetString(name) != "" {
		return true, nil
	}
	if record.IsNew() {
		return false, nil
	}
	stored, err := Of(app, record.Collection().Name, record.Id)
	return stored[name] != "", err
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
