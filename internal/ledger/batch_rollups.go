package ledger

import (
	"database/sql"
	"fmt"
	"time"

	"gonets/internal/stats"
)

// sumEvery is how long what is counted may be in the journal of rollups alone while connections are busy.
const sumEvery = time.Second

// record counts the attempts. As long as whoever has a result goes on with another recipient, further batches follow, and
// the journal is enough for a second; a mailing that is over has all of its rollups with its last result.
func (b *batch) record() error {
	var err error
	if b.counted, err = b.l.rollups.Count(b.l.db.Wrap(b.tx), b.results); err != nil {
		return err
	}
	goesOn := len(b.settles) > 0 && len(b.claims) >= len(b.settles)
	switch {
	case b.counted.IsEmpty() && b.l.journalled.IsEmpty():
		return nil
	case goesOn && b.now.Sub(b.l.summed) < sumEvery:
		return b.journal()
	}
	return b.sumUp()
}

// journal writes what was counted to the journal.
func (b *batch) journal() error {
	if b.counted.IsEmpty() {
		return nil
	}
	_, err := b.tx.Stmt(b.l.statements.journal).Exec(sql.Named("bucket", b.counted.Bucket()), sql.Named("rows", b.counted.Rows()))
	if err != nil {
		return fmt.Errorf("write the journal of rollups: %w", err)
	}
	return nil
}

// sumUp adds to the rollups what the journal has and what was counted. Statistics do without what the database refuses to
// count: states and attempts are what is true.
func (b *batch) sumUp() error {
	all := b.counted
	if !b.l.journalled.IsEmpty() {
		all = stats.Counted{}
		all.Add(b.l.journalled)
		all.Add(b.counted)
		if _, err := b.tx.Exec(stats.EmptyJournalSQL); err != nil {
			return fmt.Errorf("empty the journal of rollups: %w", err)
		}
	}
	add := func(rows string) error {
		_, err := b.tx.Stmt(b.l.statements.rollups).Exec(sql.Named("rows", rows))
		return err
	}
	err := add(all.Rows())
	if err != nil && ofOneEntry(err) {
		err = all.Each(func(rows string) error {
			err := add(rows)
			if err == nil || !ofOneEntry(err) {
				return err
			}
			b.l.log.Error("a rollup cannot be written; statistics go without it", "rollup", rows, "error", err)
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("record rollups: %w", err)
	}
	b.summedUp = true
	return nil
}

// sumUp adds to the rollups what the journal has.
func (l *Ledger) sumUp() error {
	if l.journalled.IsEmpty() {
		return nil
	}
	return l.writeBatch(nil)
}
