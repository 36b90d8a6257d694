package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

// The secrets of the instance: keys that it makes for itself on first use, hex, by name. A plain
// table, so that neither the API nor the admin UI shows them; in the database, so that a backup
// brings back the links in mails that were sent before it.
func init() {
	m.Register(
		statements(`
			CREATE TABLE secrets (
				name  TEXT PRIMARY KEY NOT NULL,
				value TEXT NOT NULL
			) WITHOUT ROWID`),
		statements(`DROP TABLE secrets`),
	)
}
