package ledger

import (
	"context"
	"testing"

	"modernc.org/sqlite"

	"gonets/internal/mailing"
	"gonets/internal/stats"
	"gonets/internal/verdict"
)

// TestABatchNeedsNoMemoryOfTheProcess: when the slots of the connection are used up, whether a row costs twice as much depends
// on how full the pages of the process's allocator happen to be.
func TestABatchNeedsNoMemoryOfTheProcess(t *testing.T) {
	t.Parallel()
	const batches, size = 40, 25
	b := newBooks(t, batches*size)
	all := b.recipients()
	before := b.missedSlots(t)
	for n := range batches {
		var entries []*Entry
		for i := range size {
			e := &Entry{Claim: all[n*size+i]}
			if n > 0 {
				e.Settle = all[(n-1)*size+i]
				e.Result = verdict.Outcome{State: mailing.Sent, Status: stats.Success, Code: 250, Enhanced: "2.0.0", Response: "2.0.0 Ok"}
			}
			entries = append(entries, e)
		}
		if err := b.ledger.record(entries); err != nil {
			t.Fatal(err)
		}
	}
	if missed := b.missedSlots(t) - before; missed > batches*size/2 {
		t.Errorf("%d entries took %d times memory of the process", batches*size, missed)
	}
}

// missedSlots is how often the writing connection found none of its slots free.
func (b *books) missedSlots(t *testing.T) (missed int) {
	t.Helper()
	conn, err := b.ledger.db.DB().Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(connection any) (err error) {
		_, missed, err = connection.(sqlite.DBStatus).Status(sqlite.DBStatusLookasideMissFull, false)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return missed
}
