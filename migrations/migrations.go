// Package migrations holds the schema of Gonets as PocketBase Go migrations: collections, their
// fields, indexes and API rules, and the plain tables beside them.
//
// There is one file for each collection. It also has the plain tables that serve the collection, and
// registers how all of it is added and removed. The files run in the order of their names, so a
// collection comes after those that it refers to. Names and values are the contract of docs/api.md.
// What a rule cannot express (status transitions, frozen fields, references inside one owner) is
// enforced by the hooks package.
//
// # Adding a migration
//
// PocketBase records in each data folder, by file name, which migrations it has. So a change of the schema
// is a new file and never an edit of an existing one, which would reach new folders only.
//
//  1. Run "gonets migrate create NAME" in the root of the repository, and write the step up and the step
//     down in the file that it makes.
//  2. Run "go test ./migrations -update", which writes the new schema to testdata/schema.golden, and read
//     the difference. The tests also run every migration up, down and up again.
//
// Rows of existing folders are changed in the same step as the schema. All steps of one start are a single
// transaction.
package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
)

// steps runs several steps of a migration one after the other, and stops at the first error.
func steps(list ...func(core.App) error) func(core.App) error {
	return func(app core.App) error {
		for _, step := range list {
			if err := step(app); err != nil {
				return err
			}
		}
		return nil
	}
}

// statements runs plain SQL, one statement after the other.
func statements(list ...string) func(core.App) error {
	return func(app core.App) error {
		for _, sql := range list {
			if _, err := app.DB().NewQuery(sql).Execute(); err != nil {
				return fmt.Errorf("run %.60q: %w", sql, err)
			}
		}
		return nil
	}
}

// drop deletes a collection with all its records, indexes and triggers.
func drop(name string) func(core.App) error {
	return func(app core.App) error {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return fmt.Errorf("find the %s collection: %w", name, err)
		}
		if err := app.Delete(c); err != nil {
			return fmt.Errorf("delete the %s collection: %w", name, err)
		}
		return nil
	}
}
