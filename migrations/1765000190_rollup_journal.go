package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(statements(rollupJournalTable), statements(`DROP TABLE rollup_journal`))
}

// rollupJournalTable has what the batches of the ledger count, until it is added to the rollups: once a second while many
// connections send. A process that begins to send adds what an earlier one has left.
const rollupJournalTable = `
CREATE TABLE rollup_journal (
	id     INTEGER PRIMARY KEY,
	bucket INTEGER NOT NULL, -- the earliest of its rollups
	rows   TEXT    NOT NULL  -- JSON (internal/stats)
) STRICT`
