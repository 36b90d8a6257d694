package delivery

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/audience"
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
	tallies map[*flow]*tally
	// looked are recipients of claims that were looked up in the stop list as of stopList, and
	// stopped those of them that are on it.
	looked   []*recipient
	stopList int64
	stopped  []skip
	epoch    int64
}

// skip is a recipient that is not mailed, and why.
type skip struct {
	r      *recipient
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

// tryTurn does the work of turn. known are the true states of the recipients, nil to trust what each
// recipient says of itself.
func (l *ledger) tryTurn(batch []*entry, known map[int64]State) (err error) {
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
	t := &turn{l: l, tx: tx, now: now, stamp: stamp(now), tallies: map[*flow]*tally{}}
	for _, e := range batch {
		e.claimed = false
		if e.settle != nil && as(e.settle, known, e.result.state) {
			t.settles = append(t.settles, e)
		}
		if e.claim != nil && as(e.claim, known, Sending) {
			t.claims = append(t.claims, e)
		}
	}
	for _, step := range []func() error{t.open, t.admit, t.settle, t.skipStopped, t.claim, t.suppress, t.record, t.count} {
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

// as says whether the recipient is in the state it believes to be in, and notes the one it goes to: a
// mailing that stops and goes on at once is loaded anew, and then two workers may have one recipient.
func as(r *recipient, known map[int64]State, to State) bool {
	if known == nil {
		return true
	}
	if known[r.id] != r.state {
		return false
	}
	known[r.id] = to
	return true
}

// open takes the write lock and reads what holds for the whole turn.
func (t *turn) open() error {
	if err := t.tx.Stmt(t.l.statements.open).QueryRow().Scan(&t.epoch, &t.stopList); err != nil {
		return fmt.Errorf("open a turn: %w", err)
	}
	return nil
}

// admit drops the claims of mailings that may not send any more and of addresses that have come on
// the stop list since they were loaded.
func (t *turn) admit() error {
	if len(t.claims) == 0 {
		return nil
	}
	open, err := t.openMailings()
	if err != nil {
		return err
	}
	admitted := t.claims[:0]
	stale := map[string][]*recipient{}
	for _, e := range t.claims {
		if !open[e.claim.flow.id] {
			continue
		}
		admitted = append(admitted, e)
		if e.claim.stopList != t.stopList {
			stale[e.claim.flow.owner] = append(stale[e.claim.flow.owner], e.claim)
		}
	}
	t.claims = admitted
	for owner, recipients := range stale {
		if err := t.lookUp(owner, recipients); err != nil {
			return err
		}
	}
	return nil
}

// lookUp looks the recipients up in the stop list of their owner, and takes those found from the
// claims.
func (t *turn) lookUp(owner string, recipients []*recipient) error {
	emails := make([]string, len(recipients))
	for i, r := range recipients {
		emails[i] = r.email
	}
	reasons, err := audience.Suppressed(t.l.db.Wrap(t.tx), owner, emails)
	if err != nil {
		return err
	}
	t.looked = append(t.looked, recipients...)
	t.claims = slices.DeleteFunc(t.claims, func(e *entry) bool {
		reason, stopped := reasons[e.claim.email]
		if stopped && e.claim.flow.owner == owner {
			t.stopped = append(t.stopped, skip{e.claim, reason})
			return true
		}
		return false
	})
	return nil
}

// openMailings are the mailings of the claims that are running.
func (t *turn) openMailings() (map[string]bool, error) {
	asked := map[string]bool{}
	list := []byte{'['}
	for _, e := range t.claims {
		if !asked[e.claim.flow.id] {
			asked[e.claim.flow.id] = true
			list = append(appendString(list, e.claim.flow.id), ',')
		}
	}
	rows, err := t.tx.Stmt(t.l.statements.statuses).Query(sql.Named("mailings", closeArray(list)))
	if err != nil {
		return nil, fmt.Errorf("read the statuses of mailings: %w", err)
	}
	defer rows.Close()
	open := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read the statuses of mailings: %w", err)
		}
		open[id] = true
	}
	return open, rows.Err()
}

// settle writes the results: the recipients' new states and the attempts.
func (t *turn) settle() error {
	if len(t.settles) == 0 {
		return nil
	}
	rows := make([]byte, 1, 320*len(t.settles))
	rows[0] = '['
	for _, e := range t.settles {
		id := ""
		if e.result.status != stats.NoAttempt {
			id = t.l.ids.next(t.now)
		}
		rows = append(appendSettled(rows, e.settle, &e.result, id), ',')
		t.tallied(e.settle, e.result.state)
		t.results = append(t.results, stats.Result{
			At: t.now, Owner: e.settle.flow.owner, Mailing: e.settle.flow.id, Email: e.settle.email,
			Status: e.result.status, Code: e.result.code, Enhanced: e.result.enhanced, Sent: one(e.result.state == Sent),
		})
	}
	return t.writeSettled(closeArray(rows), len(t.settles))
}

// skipStopped writes those who are skipped instead of claimed.
func (t *turn) skipStopped() error {
	if len(t.stopped) == 0 {
		return nil
	}
	rows := []byte{'['}
	for _, s := range t.stopped {
		o := skipped(s.r, s.reason)
		rows = append(appendSettled(rows, s.r, &o, ""), ',')
		t.tallied(s.r, Skipped)
	}
	return t.writeSettled(closeArray(rows), len(t.stopped))
}

func (t *turn) writeSettled(rows string, n int) error {
	if _, err := t.tx.Stmt(t.l.statements.attempts).Exec(sql.Named("rows", rows), sql.Named("now", t.stamp)); err != nil {
		return fmt.Errorf("write attempts: %w", err)
	}
	res, err := t.tx.Stmt(t.l.statements.settle).Exec(sql.Named("rows", rows))
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return expect(res, n)
}

// claim marks the recipients whose mail goes out next.
func (t *turn) claim() error {
	if len(t.claims) == 0 {
		return nil
	}
	ids := []byte{'['}
	for _, e := range t.claims {
		ids = append(strconv.AppendInt(ids, e.claim.id, 10), ',')
		t.tallied(e.claim, Sending)
	}
	res, err := t.tx.Stmt(t.l.statements.claim).Exec(sql.Named("ids", closeArray(ids)))
	if err != nil {
		return fmt.Errorf("claim recipients: %w", err)
	}
	return expect(res, len(t.claims))
}

// suppress puts addresses that do not exist on the stop list of the mailing's owner.
func (t *turn) suppress() error {
	for _, e := range t.settles {
		if e.result.reason != ReasonBadAddress {
			continue
		}
		f := e.settle.flow
		err := audience.Suppress(t.l.db.Wrap(t.tx), f.owner, e.settle.email, audience.ReasonBounced, f.id, e.result.response)
		if err != nil {
			return err
		}
	}
	return nil
}

// record adds the attempts to the rollups and the mails handed over to the usage of the day.
func (t *turn) record() error {
	if len(t.results) == 0 {
		return nil
	}
	rows, err := t.l.rollups.Rows(t.l.db.Wrap(t.tx), t.results)
	if err != nil {
		return err
	}
	if _, err := t.tx.Stmt(t.l.statements.rollups).Exec(sql.Named("rows", rows)); err != nil {
		return fmt.Errorf("record rollups: %w", err)
	}
	type user struct{ kind, id string }
	used := map[user]int{}
	for _, e := range t.settles {
		if s := e.result.state; s == Sent || s == Uncertain {
			used[user{"owner", e.settle.flow.owner}]++
			used[user{"sender", e.settle.flow.sender}]++
		}
	}
	day := utcDay(t.now)
	for u, n := range used {
		_, err := t.tx.Stmt(t.l.statements.use).Exec(
			sql.Named("kind", u.kind), sql.Named("id", u.id), sql.Named("day", day), sql.Named("mails", n))
		if err != nil {
			return fmt.Errorf("count the mails of the day: %w", err)
		}
	}
	return nil
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
		if n.sent+n.failed+n.uncertain+n.skipped == 0 {
			continue
		}
		if _, err := t.tx.Stmt(t.l.statements.complete).Exec(sql.Named("now", t.stamp), sql.Named("mailing", f.id)); err != nil {
			return fmt.Errorf("complete mailing %s: %w", f.id, err)
		}
	}
	return nil
}

// committed tells the recipients and the entries what is now true.
func (t *turn) committed() {
	t.l.epoch.Store(t.epoch)
	for _, e := range t.settles {
		e.settle.state, e.settle.tries = e.result.state, e.result.tries
	}
	for _, r := range t.looked {
		r.stopList = t.stopList
	}
	for _, s := range t.stopped {
		s.r.state = Skipped
	}
	for _, e := range t.claims {
		e.claim.state, e.claimed = Sending, true
	}
}

// tallied notes that a recipient goes from its state to another.
func (t *turn) tallied(r *recipient, to State) {
	n := t.tallies[r.flow]
	if n == nil {
		n = &tally{}
		t.tallies[r.flow] = n
	}
	n.add(r.state, -1)
	n.add(to, 1)
}

func (n *tally) add(s State, by int) {
	switch s {
	case Sent:
		n.sent += by
	case Failed:
		n.failed += by
	case Uncertain:
		n.uncertain += by
	case Skipped:
		n.skipped += by
	case Deferred:
		n.deferred += by
	}
}

// look reads the states of the recipients of a batch.
func (l *ledger) look(batch []*entry) (map[int64]State, error) {
	ids := []byte{'['}
	for _, e := range batch {
		for _, r := range []*recipient{e.settle, e.claim} {
			if r != nil {
				ids = append(strconv.AppendInt(ids, r.id, 10), ',')
			}
		}
	}
	rows, err := l.statements.known.Query(sql.Named("ids", closeArray(ids)))
	if err != nil {
		return nil, fmt.Errorf("look at recipients: %w", err)
	}
	defer rows.Close()
	known := map[int64]State{}
	for rows.Next() {
		var (
			id    int64
			state State
		)
		if err := rows.Scan(&id, &state); err != nil {
			return nil, fmt.Errorf("look at recipients: %w", err)
		}
		known[id] = state
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

// stamp is a time as PocketBase writes it.
func stamp(t time.Time) string { return t.UTC().Format(types.DefaultDateLayout) }

// utcDay is the day that daily limits count by.
func utcDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }
