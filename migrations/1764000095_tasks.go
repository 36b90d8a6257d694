package migrations

import m "github.com/pocketbase/pocketbase/migrations"

func init() {
	m.Register(
		statements(tasksTable, tasksDue, tasksOwner, tasksOfDeletedMailings, `DROP TABLE deleted_mailings`),
		statements(
			`CREATE TABLE deleted_mailings (mailing TEXT PRIMARY KEY) WITHOUT ROWID`,
			`INSERT INTO deleted_mailings (mailing) SELECT DISTINCT record FROM tasks WHERE kind = 'delete' AND collection = 'mailings'`,
			`DROP TABLE tasks`,
		),
	)
}

// tasksTable is what is left to be done in many rows, and how far it has come (internal/task). Times are
// Unix milliseconds.
const tasksTable = `
CREATE TABLE tasks (
	id         INTEGER PRIMARY KEY,
	kind       TEXT    NOT NULL,
	collection TEXT    NOT NULL DEFAULT '',
	record     TEXT    NOT NULL DEFAULT '',
	owner      TEXT    NOT NULL DEFAULT '',
	added_at   INTEGER NOT NULL,
	due_at     INTEGER NOT NULL DEFAULT 0,
	generation INTEGER NOT NULL DEFAULT 0, -- how often it was added while it was not done
	stage      INTEGER NOT NULL DEFAULT 0,
	cursor     TEXT    NOT NULL DEFAULT '',
	found      INTEGER NOT NULL DEFAULT FALSE, -- rows were changed since stage 0
	UNIQUE (kind, collection, record, owner)
) STRICT`

const tasksDue = `CREATE INDEX idx_tasks_due ON tasks (due_at, id)`

const tasksOwner = `CREATE INDEX idx_tasks_owner ON tasks (owner, kind)`

// tasksOfDeletedMailings takes over the mailings whose rows have still to go.
const tasksOfDeletedMailings = `
INSERT INTO tasks (kind, collection, record, added_at)
SELECT 'delete', 'mailings', mailing, CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM deleted_mailings`
