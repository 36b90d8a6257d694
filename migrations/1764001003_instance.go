package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(
			add("instance", instance), instanceRecord,
			statements(secretsTable, engineTable, engineRow, tasksTable, tasksDue, tasksOwner, storedFilesTable, storedFilesOwner),
		),
		steps(
			statements(`DROP TABLE stored_files`, `DROP TABLE tasks`, `DROP TABLE engine`, `DROP TABLE secrets`),
			drop("instance"),
		),
	)
}

// instance has one record: the decisions of the operator. It has no rules, so only superusers can
// read and change it.
func instance(c *collection) {
	c.Fields.Add(
		&core.SelectField{
			Name: "registration", Values: []string{"open", "approval", "closed"}, MaxSelect: 1, Required: true, Presentable: true,
			Help: "open: anybody may register and send; approval: sending waits for a manager's yes; closed: superusers add users",
		},
		counter("new_user_daily_quota", "Mails a UTC day for those who register themselves; 0 means no limit"),
		counter("attempts_kept_days", "Older attempts are deleted; 0 keeps them for ever"),
		created(), updated(),
		counter("storage_limit_mb", "Megabytes of pictures, attachments and import reports that each owner may keep; 0 means 2048"),
		&core.BoolField{
			Name: "default_sender_open",
			Help: "Everyone may send mailings by the mail settings of this application; otherwise only with a sender that they may use",
		},
	)
}

func instanceRecord(app core.App) error {
	c, err := app.FindCollectionByNameOrId("instance")
	if err != nil {
		return err
	}
	r := core.NewRecord(c)
	r.Load(map[string]any{
		"registration": "open", "new_user_daily_quota": 500, "attempts_kept_days": 0, "storage_limit_mb": 2048, "default_sender_open": true,
	})
	if err := app.Save(r); err != nil {
		return fmt.Errorf("add the record of the instance: %w", err)
	}
	return nil
}

// secretsTable has the keys that the instance makes for itself when it first needs them: hexadecimal, by
// name. A plain table is not shown by the API and the admin UI. It is in the database so that a restored
// backup accepts the links in e-mails that were sent before it.
const secretsTable = `
CREATE TABLE secrets (
	name  TEXT PRIMARY KEY NOT NULL,
	value TEXT NOT NULL
) WITHOUT ROWID`

// engineTable is one row with what the engine must know after a restart.
//
// instance and epoch tell this database from an older copy of it (a restored backup). stop_list counts the
// changes of suppressions, whichever process makes them. The transaction that claims a recipient compares
// it with the last known value, and checks the address again only if it has changed.
const engineTable = `
CREATE TABLE engine (
	id        INTEGER PRIMARY KEY CHECK (id = 1),
	instance  TEXT    NOT NULL,
	epoch     INTEGER NOT NULL DEFAULT 0,
	stop_list INTEGER NOT NULL DEFAULT 0
) STRICT`

const engineRow = `INSERT INTO engine (id, instance) VALUES (1, lower(hex(randomblob(8))))`

// tasksTable has the background work that is left to do, and its progress (internal/task). Times are Unix
// milliseconds.
const tasksTable = `
CREATE TABLE tasks (
	id         INTEGER PRIMARY KEY,
	kind       TEXT    NOT NULL,
	collection TEXT    NOT NULL DEFAULT '',
	record     TEXT    NOT NULL DEFAULT '',
	owner      TEXT    NOT NULL DEFAULT '',
	added_at   INTEGER NOT NULL,
	due_at     INTEGER NOT NULL DEFAULT 0,
	generation INTEGER NOT NULL DEFAULT 0, -- how often it was added before it was done
	stage      INTEGER NOT NULL DEFAULT 0,
	cursor     TEXT    NOT NULL DEFAULT '',
	found      INTEGER NOT NULL DEFAULT FALSE, -- rows were changed since stage 0
	UNIQUE (kind, collection, record, owner)
) STRICT`

const tasksDue = `CREATE INDEX idx_tasks_due ON tasks (due_at, id)`

const tasksOwner = `CREATE INDEX idx_tasks_owner ON tasks (owner, kind)`

// storedFilesTable has the size of every file that counts towards the storage limit of its owner
// (internal/storage).
const storedFilesTable = `
CREATE TABLE stored_files (
	collection TEXT    NOT NULL,
	record     TEXT    NOT NULL,
	name       TEXT    NOT NULL,
	owner      TEXT    NOT NULL,
	bytes      INTEGER NOT NULL,
	PRIMARY KEY (collection, record, name)
) STRICT, WITHOUT ROWID`

const storedFilesOwner = `CREATE INDEX idx_stored_files_owner ON stored_files (owner, bytes)`

// removeStoredFiles is a trigger of a collection with files. It removes the sizes of a deleted record's
// files from stored_files, also when SQL deletes the row.
func removeStoredFiles(collection string) string {
	return `
CREATE TRIGGER stored_files_of_` + collection + ` AFTER DELETE ON ` + collection + `
BEGIN DELETE FROM stored_files WHERE collection = '` + collection + `' AND record = OLD.id; END`
}
