package stats

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// A batch of the ledger changes a rollup for each domain and answer in it, which takes a tenth of its time. So the ledger
// writes what a batch counts as one row of a journal, and adds what the journal has to the rollups once a second.
const (
	// JournalSQL writes what was counted: {:bucket} and {:rows} are those of Counted.
	JournalSQL = `INSERT INTO rollup_journal (bucket, rows) VALUES ({:bucket}, {:rows})`
	// EmptyJournalSQL is for the transaction that adds to the rollups what the journal has.
	EmptyJournalSQL = `DELETE FROM rollup_journal`
)

// ReadJournal returns what the journal has. Rows that cannot be read are damaged, and are left out.
func ReadJournal(db dbx.Builder) (counted Counted, damaged int, err error) {
	var all []string
	if err := db.NewQuery(`SELECT rows FROM rollup_journal ORDER BY id`).Column(&all); err != nil {
		return Counted{}, 0, fmt.Errorf("read the journal of rollups: %w", err)
	}
	for _, rows := range all {
		if err := counted.readRollups(rows); err != nil {
			damaged++
		}
	}
	return counted, damaged, nil
}
