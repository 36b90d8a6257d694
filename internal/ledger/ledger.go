// Package ledger writes what becomes of recipients. One goroutine does all writing, batch by batch: each batch is one
// transaction that records results and claims the recipients that are mailed next.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/limit"
	"gonets/internal/measure"
	"gonets/internal/stats"
	"gonets/internal/verdict"
)

// Ledger records what becomes of the recipients of running mailings. One goroutine does all writing, batch by
// batch: each batch is one transaction that records every result that has arrived and claims every
// recipient that a connection is ready for. So a commit is shared by as many as wait for it, and
// whoever has been claimed is known to the disk before the first byte of the mail leaves.
type Ledger struct {
	app core.App
	db  *dbx.DB // the one that writes
	log *slog.Logger

	// entries is where workers submit entries. It has room for one entry of every connection of a large
	// instance, so that handing in seldom waits.
	entries chan *Entry
	done    chan struct{}

	statements *statements
	rollups    *stats.Recorder
	// journalled is what the journal of rollups has; it is added to the rollups a second after summed, when that was done last.
	journalled stats.Counted
	summed     time.Time
	// Batches is how many batches were written.
	Batches atomic.Int64
	// Workers is how many workers submit entries.
	Workers atomic.Int64
	// ended and took are when the last batch ended and how long it took.
	ended time.Time
	took  time.Duration
	// Trouble is called when a batch fails, and with nil when one succeeds after that.
	Trouble func(error)
	// Figures counts what is written; an engine sets its own, which outlive the ledger.
	Figures *measure.Delivery
}

// Entry is what one worker submits: the result of a recipient, the claim of the next one, or both.
type Entry struct {
	// Settle is the recipient whose result is known, or nil.
	Settle *Recipient
	Result verdict.Outcome
	// Claim is the recipient whose mail goes out next, or nil.
	Claim *Recipient
	// Claimed says, once done, whether the mail may go out. It may not when the mailing was paused
	// or cancelled meanwhile, or the address has come on the stop list.
	Claimed bool
	// Limited says, once done, whose daily limit had no room for the claim; "" when that is not why.
	Limited limit.UsageKind
	// written is true once nothing is left to be done, settled once that is so for settle.
	written, settled bool
	// SettleLost and ClaimLost say, once done, that nothing could be written about settle or about claim.
	SettleLost, ClaimLost bool
	// Err is why nothing was written, when the ledger was closed before it could.
	Err error
	// Done gets one value when the entry is recorded. It has room for it.
	Done chan struct{}
}

var errLedgerClosed = errors.New("the ledger is closed")

// ledgerRoom is the capacity of the ledger's channel.
const ledgerRoom = 1024

// New makes a ledger. Run writes what is submitted; Discard frees one that is not run.
func New(app core.App) (*Ledger, error) {
	db, ok := app.NonconcurrentDB().(*dbx.DB)
	if !ok {
		return nil, errors.New("the ledger was opened inside a transaction")
	}
	s, err := prepare(db.DB())
	if err != nil {
		return nil, err
	}
	return &Ledger{
		app: app, db: db, log: app.Logger(), statements: s, rollups: stats.NewRecorder(),
		entries: make(chan *Entry, ledgerRoom), done: make(chan struct{}),
		Trouble: func(error) {}, Figures: measure.New(),
	}, nil
}

// Run writes batches until close. When a batch fails, a full disk for example, it is tried again, for
// the results in it are true; nothing is sent meanwhile, because nothing is claimed. When ctx ends it
// gives up trying.
func (l *Ledger) Run(ctx context.Context) {
	defer close(l.done)
	defer l.statements.close()
	entries := make([]*Entry, 0, ledgerRoom)
	for {
		first, ok := l.next(ctx)
		if !ok {
			break
		}
		entries = l.gather(append(entries[:0], first))
		err := l.write(ctx, entries)
		for _, e := range entries {
			e.Err = err
			e.Done <- struct{}{}
		}
	}
	if err := l.sumUp(); err != nil { // the journal keeps it for the next process
		l.log.Error("the journal of rollups could not be summed up", "error", err)
	}
}

// next waits for the next entry. ok is false when the ledger is closed. Meanwhile it adds to the rollups what the journal has.
func (l *Ledger) next(ctx context.Context) (first *Entry, ok bool) {
	for !l.journalled.IsEmpty() && ctx.Err() == nil {
		select {
		case first, ok = <-l.entries:
			return first, ok
		case <-time.After(time.Until(l.summed.Add(sumEvery))):
			_ = l.write(ctx, nil) // it logs why it fails, and fails for good only when ctx has ended
		}
	}
	first, ok = <-l.entries
	return first, ok
}

// gather adds the entries that have arrived, and gives others a moment to arrive: a transaction has a cost of
// its own, which entries share. The moment is no longer than the last batch
// took, so that no more than half of the time is spent waiting, and it ends when half of the workers
// have submitted, for then waiting only holds them up.
func (l *Ledger) gather(entries []*Entry) []*Entry {
	entries = l.more(entries)
	wait := min(l.took, longestWait) - time.Since(l.ended)
	if wait <= 0 {
		return entries
	}
	enough := min(int(l.Workers.Load())/2, cap(entries))
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for len(entries) < enough {
		select {
		case e, ok := <-l.entries:
			if !ok {
				return entries
			}
			entries = append(entries, e)
		case <-timer.C:
			return l.more(entries)
		}
	}
	return l.more(entries)
}

// longestWait is little beside the way to a mail server and back.
const longestWait = 2 * time.Millisecond

// more adds the entries that have arrived meanwhile.
func (l *Ledger) more(entries []*Entry) []*Entry {
	for len(entries) < cap(entries) {
		select {
		case e, ok := <-l.entries:
			if !ok {
				return entries
			}
			entries = append(entries, e)
		default:
			return entries
		}
	}
	return entries
}

// write writes the entries, however often it takes.
func (l *Ledger) write(ctx context.Context, entries []*Entry) error {
	wait := 50 * time.Millisecond
	for failed := false; ; failed = true {
		begin := time.Now()
		err := l.record(entries)
		l.ended = time.Now()
		l.took = l.ended.Sub(begin)
		if err == nil {
			l.Figures.Batch(l.took, len(entries))
			if failed {
				l.Trouble(nil)
			}
			return nil
		}
		l.log.Error("the ledger could not be written", "error", err, "entries", len(entries))
		l.Trouble(err)
		entries = notWritten(entries)
		select {
		case <-ctx.Done():
			return errors.Join(errLedgerClosed, err)
		case <-time.After(wait):
			wait = min(2*wait, 2*time.Second)
		}
	}
}

// Submit gives an entry to the ledger. It is recorded when a value comes from e.done.
func (l *Ledger) Submit(e *Entry) {
	e.Claimed, e.Err = false, nil
	e.written, e.settled, e.SettleLost, e.ClaimLost = false, false, false, false
	l.entries <- e
}

// Close ends run after what was submitted has been written. Nothing may be submitted after it.
func (l *Ledger) Close() {
	close(l.entries)
	<-l.done
}

// Discard frees what a ledger that never ran has prepared.
func (l *Ledger) Discard() { l.statements.close() }

// plainNames writes dbx's {:name} the way SQLite does.
var plainNames = strings.NewReplacer("{:", ":", "}", "")

// statements are the prepared statements of a batch.
type statements struct {
	admit, admitFlows, rows, attempt, sent, settle, claim, claimAgain, count, countCall, countFlow, use, rollups, journal *sql.Stmt

	all []*sql.Stmt // to be closed
}

func prepare(db *sql.DB) (*statements, error) {
	s := &statements{}
	for _, p := range []struct {
		stmt **sql.Stmt
		sql  string
	}{
		{&s.admit, admitSQL},
		{&s.admitFlows, admitFlowsSQL},
		{&s.rows, rowsSQL},
		{&s.attempt, attemptSQL},
		{&s.sent, sentSQL},
		{&s.settle, settleSQL},
		{&s.claim, claimSQL},
		{&s.claimAgain, claimAgainSQL},
		{&s.count, countSQL},
		{&s.countCall, countCallSQL},
		{&s.countFlow, countFlowSQL},
		{&s.use, limit.UseSQL},
		{&s.rollups, stats.Upsert},
		{&s.journal, stats.JournalSQL},
	} {
		stmt, err := db.Prepare(plainNames.Replace(p.sql))
		if err != nil {
			s.close()
			return nil, fmt.Errorf("prepare %.60q: %w", p.sql, err)
		}
		*p.stmt = stmt
		s.all = append(s.all, stmt)
	}
	return s, nil
}

func (s *statements) close() {
	for _, stmt := range s.all {
		_ = stmt.Close()
	}
}
