package migrations

import m "github.com/pocketbase/pocketbase/migrations"

func init() {
	m.Register(
		statements(engineTable, engineRow, stopListGrew, stopListChanged),
		statements(`DROP TRIGGER suppressions_grew`, `DROP TRIGGER suppressions_changed`, `DROP TABLE engine`),
	)
}

// engineTable is one row with what the engine must know over restarts.
//
// instance and epoch tell these books from older ones (a restored backup). stop_list counts the
// changes of suppressions, whichever process makes them: the ledger compares it in the transaction
// that lets a mail go out, and only when it moved looks the address up again.
const engineTable = `
CREATE TABLE engine (
	id        INTEGER PRIMARY KEY CHECK (id = 1),
	instance  TEXT    NOT NULL,
	epoch     INTEGER NOT NULL DEFAULT 0,
	stop_list INTEGER NOT NULL DEFAULT 0
) STRICT`

const engineRow = `INSERT INTO engine (id, instance) VALUES (1, lower(hex(randomblob(8))))`

const stopListGrew = `
CREATE TRIGGER suppressions_grew AFTER INSERT ON suppressions
BEGIN UPDATE engine SET stop_list = stop_list + 1; END`

const stopListChanged = `
CREATE TRIGGER suppressions_changed AFTER UPDATE ON suppressions
BEGIN UPDATE engine SET stop_list = stop_list + 1; END`
