package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gonets/internal/database"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/stats"
	"gonets/internal/verdict"
)

// errUnexpected says that a recipient was not in the state that the engine had left it in: somebody
// else wrote the database. Then the batch is done again with a check of each of its recipients.
var errUnexpected = errors.New("a recipient is not in the expected state")

// batch is the transaction that writes a batch of entries.
type batch struct {
	l     *Ledger
	tx    *sql.Tx
	now   time.Time
	stamp string // now as PocketBase writes it

	settles []*Entry
	claims  []*Entry
	results []stats.Result
	counted stats.Counted // of results
	// summedUp says that the rollups have what the journal had and what was counted.
	summedUp bool
	tallies  map[*Mailing]*tally
	calls    map[string]*callTally // of transactional e-mails, by call
	// looked are recipients of claims that were looked up in the stop list as of StopList, and
	// stopped those of them that are on it.
	looked   []*Recipient
	stopList int64
	stopped  []skip
	// returned are recipients that are no longer in flight, whatever becomes of their results.
	returned []*Recipient
	// first is what the first answers of the mailings say, after this batch.
	first map[*Mailing]verdict.FirstAnswers
	// owners and senders are the daily limits of the mailings of the claims.
	owners, senders map[string]*limit.Allowance
}

// skip is a recipient that is not mailed, and why.
type skip struct {
	r      *Recipient
	reason string
}

// tally is what a batch adds to the counters of one mailing.
type tally struct{ sent, failed, uncertain, skipped, deferred int }

// writeBatch writes the batch in one transaction, or nothing of it.
func (l *Ledger) writeBatch(entries []*Entry) error {
	err := l.tryBatch(entries, nil)
	if !errors.Is(err, errUnexpected) {
		return err
	}
	l.log.Warn("recipients were changed by another process; each is read again")
	stored, err := l.readRows(entries)
	if err != nil {
		return err
	}
	return l.tryBatch(entries, stored)
}

// tryBatch does the work of writeBatch. stored are the rows of the recipients as they are; nil trusts what is in memory.
func (l *Ledger) tryBatch(entries []*Entry, stored map[int64]rowState) (err error) {
	tx, err := l.db.DB().Begin()
	if err != nil {
		return fmt.Errorf("begin a batch: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreDone(tx.Rollback()))
		}
	}()
	now := time.Now()
	b := &batch{l: l, tx: tx, now: now, stamp: database.Stamp(now), tallies: map[*Mailing]*tally{}, calls: map[string]*callTally{}}
	for _, e := range entries {
		e.Claimed, e.Limited = false, ""
		if e.Settle != nil && !e.settled && e.Settle.claimedOn != "" {
			b.returned = append(b.returned, e.Settle)
		}
		if e.Settle != nil && !e.settled && matches(e.Settle, stored, rowState{e.Result.State, e.Settle.Tries + one(e.Result.Attempted())}) {
			b.settles = append(b.settles, e)
		}
		if e.Claim != nil && matches(e.Claim, stored, rowState{mailing.Sending, e.Claim.Tries}) {
			b.claims = append(b.claims, e)
		}
	}
	for _, step := range []func() error{b.admit, b.settle, b.claim, b.suppress, b.record, b.use, b.tell, b.count} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit a batch: %w", err)
	}
	b.committed()
	return nil
}

// rowState is what decides in the row of a recipient.
type rowState struct {
	state mailing.State
	tries int
}

// matches reports whether memory matches the row of a recipient, and records its new state: a mailing that stops and
// goes on at once is loaded anew, and then two workers may have one recipient.
func matches(r *Recipient, stored map[int64]rowState, to rowState) bool {
	if stored == nil {
		return true
	}
	if stored[r.ID] != (rowState{r.State, r.Tries}) {
		return false
	}
	stored[r.ID] = to
	return true
}

// count brings the counters of the mailings up to date and completes those with nobody left.
func (b *batch) count() error {
	if err := b.countCalls(); err != nil {
		return err
	}
	for m, n := range b.tallies {
		if *n == (tally{}) || m.IsTransactional() {
			continue
		}
		_, err := b.tx.Stmt(b.l.statements.count).Exec(
			sql.Named("sent", n.sent), sql.Named("failed", n.failed), sql.Named("uncertain", n.uncertain),
			sql.Named("skipped", n.skipped), sql.Named("deferred", n.deferred),
			sql.Named("now", b.stamp), sql.Named("mailing", m.ID))
		if err != nil {
			return fmt.Errorf("count the recipients of mailing %s: %w", m.ID, err)
		}
	}
	return nil
}

// committed tells the recipients and the entries what is now true.
func (b *batch) committed() {
	b.l.Batches.Add(1)
	if b.summedUp {
		b.l.journalled, b.l.summed = stats.Counted{}, b.now
	} else {
		b.l.journalled.Add(b.counted)
	}
	for _, e := range b.settles {
		r := e.Settle
		if e.Result.Attempted() {
			b.l.Figures.Attempt(r.Mailing.Sender, e.Result.Class())
		}
		r.State = e.Result.State
		r.Tries += one(e.Result.Attempted())
		r.Forgiven += one(e.Result.Forgiven)
	}
	for m, first := range b.first {
		m.First = first
	}
	for _, r := range b.returned {
		r.claimedOn = ""
	}
	for _, r := range b.looked {
		r.StopList = b.stopList
	}
	for _, s := range b.stopped {
		s.r.State = mailing.Skipped
	}
	for _, e := range b.claims {
		e.Claim.State, e.Claim.claimedOn, e.Claimed = mailing.Sending, limit.UTCDay(b.now), true
	}
}

// tallied notes that a recipient goes from its state to another.
func (b *batch) tallied(r *Recipient, to mailing.State) {
	n := b.tallies[r.Mailing]
	if n == nil {
		n = &tally{}
		b.tallies[r.Mailing] = n
	}
	n.add(r.State, -1)
	n.add(to, 1)
	if r.Call != "" {
		b.talliedCall(r, to)
	}
}

func (n *tally) add(s mailing.State, by int) {
	switch s {
	case mailing.Sent:
		n.sent += by
	case mailing.Failed:
		n.failed += by
	case mailing.Uncertain:
		n.uncertain += by
	case mailing.Skipped:
		n.skipped += by
	case mailing.Deferred:
		n.deferred += by
	}
}

// readRows reads how the recipients of a batch stand.
func (l *Ledger) readRows(entries []*Entry) (map[int64]rowState, error) {
	ids := []byte{'['}
	for _, e := range entries {
		for _, r := range []*Recipient{e.Settle, e.Claim} {
			if r != nil {
				ids = append(strconv.AppendInt(ids, r.ID, 10), ',')
			}
		}
	}
	rows, err := l.statements.rows.Query(sql.Named("ids", database.CloseArray(ids)))
	if err != nil {
		return nil, fmt.Errorf("look at recipients: %w", err)
	}
	defer rows.Close()
	stored := map[int64]rowState{}
	for rows.Next() {
		var (
			id int64
			is rowState
		)
		if err := rows.Scan(&id, &is.state, &is.tries); err != nil {
			return nil, fmt.Errorf("look at recipients: %w", err)
		}
		stored[id] = is
	}
	return stored, rows.Err()
}

func expect(res sql.Result, n int) error {
	changed, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if changed != int64(n) {
		return fmt.Errorf("%w: %d rows instead of %d", errUnexpected, changed, n)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// named makes a parameter of a prepared statement.
func named(name, value string) sql.NamedArg { return sql.Named(name, value) }
