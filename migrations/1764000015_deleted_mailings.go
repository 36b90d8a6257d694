package migrations

import m "github.com/pocketbase/pocketbase/migrations"

// deleted_mailings lists deleted mailings whose recipients and attempts have still to go: they go in
// chunks, after the answer, and at the next start if the process ended meanwhile.
func init() {
	m.Register(
		statements(`CREATE TABLE deleted_mailings (mailing TEXT PRIMARY KEY) WITHOUT ROWID`),
		statements(`DROP TABLE deleted_mailings`),
	)
}
