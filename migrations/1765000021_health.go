package migrations

import m "github.com/pocketbase/pocketbase/migrations"

// healthProblemsTable has the problems that the operator has been told of, or will be told of when they last (internal/doctor).
// name is the code of the finding and what it is about. Times are Unix milliseconds; seen is when it was found last, told when the
// superusers were told, 0 when they were not.
const healthProblemsTable = `
CREATE TABLE health_problems (
	name   TEXT    PRIMARY KEY NOT NULL,
	detail TEXT    NOT NULL DEFAULT '',
	since  INTEGER NOT NULL,
	seen   INTEGER NOT NULL,
	told   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID`

// healthSizesTable has the size of the databases once a UTC day, for their growth. Days are numbers since 1970.
const healthSizesTable = `
CREATE TABLE health_sizes (
	day   INTEGER PRIMARY KEY,
	bytes INTEGER NOT NULL
) STRICT`

func init() {
	m.Register(
		statements(healthProblemsTable, healthSizesTable),
		statements(`DROP TABLE health_sizes`, `DROP TABLE health_problems`),
	)
}
