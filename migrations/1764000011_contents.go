package migrations

import m "github.com/pocketbase/pocketbase/migrations"

func init() { m.Register(statements(contentsTable), statements(`DROP TABLE contents`)) }

// contentsTable holds what a launch froze: the letter as JSON, and through which sender it goes
// (empty: PocketBase's own mail settings). no is never used twice, for the recipients of a deleted
// mailing may still be on their way out. last is the number of the last recipient given out.
const contentsTable = `
CREATE TABLE contents (
	no      INTEGER PRIMARY KEY AUTOINCREMENT,
	mailing TEXT    NOT NULL UNIQUE,
	owner   TEXT    NOT NULL,
	sender  TEXT    NOT NULL DEFAULT '',
	letter  TEXT    NOT NULL,
	last    INTEGER NOT NULL DEFAULT 0
) STRICT`
