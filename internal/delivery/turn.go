package delivery

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/stats"
)

// errUnexpected says that a recipient was not in the state that the engine had left it in: somebody
// else wrote the books. Then the turn is done again with a look at each of its recipients.
var errUnexpected = errors.New("a recipient is not in the expected state")

// turn is the transaction that writes a batch of entries.
type turn struct {
	l     *ledger
	tx    *sql.Tx
	now   time.Time
	stamp string // now as PocketBase writes it

	settles []*entry
	claims  []*entry
	results []stats.Result
	tallies map[*LedgerMailing]*tally
	// looked are recipients of claims that were looked up in the stop list as of stopList, and
	// stopped those of them that are on it.
	looked   []*LedgerRecipient
	stopList int64
	stopped  []skip
	// landed are recipients that are no longer in flight, whatever becomes of their results.
	landed []*LedgerRecipient
	// first is what the first answers of the mailings say, after this turn.
	first map[*LedgerMailing]FirstAnswers
	// owners and senders are the daily limits of the mailings of the claims.
	owners, senders map[string]*allowance
}

// skip is a recipient that is not mailed, and why.
type skip struct {
	r      *LedgerRecipient
	reason string
}

// tally is what a turn adds to the counters of one mailing.
type tally struct{ sent, failed, uncertain, skipped, deferred int }

// turn writes the batch in one transaction, or nothing of it.
func (l *ledger) turn(batch []*entry) error {
	err := l.tryTurn(batch, nil)
	if !errors.Is(err, errUnexpected) {
		return err
	}
	l.log.Warn("the books were changed by somebody else; looking at each recipient")
	known, err := l.look(batch)
	if err != nil {
		return err
	}
	return l.tryTurn(batch, known)
}

// tryTurn does the work of turn. known is how the recipients truly stand, nil to trust what each recipient
// says of itself.
func (l *ledger) tryTurn(batch []*entry, known map[int64]standing) (err error) {
	tx, err := l.db.DB().Begin()
	if err != nil {
		return fmt.Errorf("begin a turn: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreDone(tx.Rollback()))
		}
	}()
	now := time.Now()
	t := &turn{l: l, tx: tx, now: now, stamp: database.Stamp(now), tallies: map[*LedgerMailing]*tally{}}
	for _, e := range batch {
		e.claimed, e.limited = false, ""
		if e.settle != nil && !e.settled && e.settle.claimedOn != "" {
			t.landed = append(t.landed, e.settle)
		}
		if e.settle != nil && !e.settled && as(e.settle, known, standing{e.result.State, e.settle.tries + one(e.result.Attempted())}) {
			t.settles = append(t.settles, e)
		}
		if e.claim != nil && as(e.claim, known, standing{mailing.Sending, e.claim.tries}) {
			t.claims = append(t.claims, e)
		}
	}
	for _, step := range []func() error{t.admit, t.settle, t.claim, t.suppress, t.record, t.use, t.count} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit a turn: %w", err)
	}
	t.committed()
	return nil
}

// standing is how a recipient stands in the books.
type standing struct {
	state mailing.State
	tries int
}

// as says whether the recipient stands as it believes to, and notes how it will: a mailing that stops and
// goes on at once is loaded anew, and then two workers may have one recipient.
func as(r *LedgerRecipient, known map[int64]standing, to standing) bool {
	if known == nil {
		return true
	}
	if known[r.id] != (standing{r.state, r.tries}) {
		return false
	}
	known[r.id] = to
	return true
}

// count brings the counters of the mailings up to date and completes those with nobody left.
func (t *turn) count() error {
	for f, n := range t.tallies {
		if *n == (tally{}) {
			continue
		}
		_, err := t.tx.Stmt(t.l.statements.count).Exec(
			sql.Named("sent", n.sent), sql.Named("failed", n.failed), sql.Named("uncertain", n.uncertain),
			sql.Named("skipped", n.skipped), sql.Named("deferred", n.deferred),
			sql.Named("now", t.stamp), sql.Named("mailing", f.id))
		if err != nil {
			return fmt.Errorf("count the recipients of mailing %s: %w", f.id, err)
		}
	}
	return nil
}

// committed tells the recipients and the entries what is now true.
func (t *turn) committed() {
	t.l.turns.Add(1)
	for _, e := range t.settles {
		r := e.settle
		r.state = e.result.State
		r.tries += one(e.result.Attempted())
		r.forgiven += one(e.result.Forgiven)
	}
	for f, first := range t.first {
		f.first = first
	}
	for _, r := range t.landed {
		r.claimedOn = ""
	}
	for _, r := range t.looked {
		r.stopList = t.stopList
	}
	for _, s := range t.stopped {
		s.r.state = mailing.Skipped
	}
	for _, e := range t.claims {
		e.claim.state, e.claim.claimedOn, e.claimed = mailing.Sending, utcDay(t.now), true
	}
}

// tallied notes that a recipient goes from its state to another.
func (t *turn) tallied(r *LedgerRecipient, to mailing.State) {
	n := t.tallies[r.mailing]
	if n == nil {
		n = &tally{}
		t.tallies[r.mailing] = n
	}
	n.add(r.state, -1)
	n.add(to, 1)
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

// look reads how the recipients of a batch stand.
func (l *ledger) look(batch []*entry) (map[int64]standing, error) {
	ids := []byte{'['}
	for _, e := range batch {
		for _, r := range []*LedgerRecipient{e.settle, e.claim} {
			if r != nil {
				ids = append(strconv.AppendInt(ids, r.id, 10), ',')
			}
		}
	}
	rows, err := l.statements.known.Query(sql.Named("ids", database.CloseArray(ids)))
	if err != nil {
		return nil, fmt.Errorf("look at recipients: %w", err)
	}
	defer rows.Close()
	known := map[int64]standing{}
	for rows.Next() {
		var (
			id int64
			is standing
		)
		if err := rows.Scan(&id, &is.state, &is.tries); err != nil {
			return nil, fmt.Errorf("look at recipients: %w", err)
		}
		known[id] = is
	}
	return known, rows.Err()
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
