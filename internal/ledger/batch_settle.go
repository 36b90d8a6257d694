package ledger

import (
	"database/sql"
	"fmt"
	"slices"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/stats"
	"gonets/internal/undelivered"
	"gonets/internal/verdict"
)

// settle writes the results: the recipients' new states and the attempts. Those who are skipped instead
// of claimed are among them.
func (b *batch) settle() error {
	var (
		insert  = b.tx.Stmt(b.l.statements.attempt)
		sent    []int64
		others  = []byte{'['}
		nOthers int
	)
	for _, e := range b.settles {
		if err := b.attempt(insert, e); err != nil {
			return err
		}
		b.tallied(e.Settle, e.Result.State)
		if e.Result.State == mailing.Sent && e.Settle.State == mailing.Sending {
			sent = append(sent, e.Settle.ID)
			continue
		}
		others = append(appendSettled(others, e.Settle, &e.Result), ',')
		nOthers++
	}
	for _, s := range b.stopped {
		o := verdict.Skipped(s.reason)
		b.tallied(s.r, mailing.Skipped)
		others = append(appendSettled(others, s.r, &o), ',')
		nOthers++
	}
	if err := b.updateRuns(b.l.statements.sent, sent); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return b.update(b.l.statements.settle, others, nOthers)
}

// updateRuns runs a statement over the ids, once for each run of ids that follow each other: those of one mailing mostly
// do. It fails with errUnexpected when it changes another number of rows.
func (b *batch) updateRuns(stmt *sql.Stmt, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	stmt = b.tx.Stmt(stmt)
	for len(ids) > 0 {
		n := 1
		for n < len(ids) && ids[n] == ids[n-1]+1 {
			n++
		}
		res, err := stmt.Exec(ids[0], ids[n-1])
		if err != nil {
			return err
		}
		if err := expect(res, n); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// update runs a statement over a JSON array of n rows, if there are any. It fails with
// errUnexpected when it changes another number of rows.
func (b *batch) update(stmt *sql.Stmt, rows []byte, n int) error {
	if n == 0 {
		return nil
	}
	res, err := b.tx.Stmt(stmt).Exec(named("rows", database.CloseArray(rows)))
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return expect(res, n)
}

// attempt writes an attempt to the log and notes it for the rollups.
func (b *batch) attempt(insert *sql.Stmt, e *Entry) error {
	r, o := e.Settle, &e.Result
	if !o.Attempted() {
		return nil
	}
	_, err := insert.Exec(
		mailing.AttemptID(r.ID, r.Tries+1), r.belongsTo(), r.Client, r.Mailing.Owner, r.Email,
		string(o.Status), o.Code, o.Enhanced, o.Response, r.Tries+1, o.Duration.Milliseconds(), b.stamp)
	if err != nil {
		return fmt.Errorf("write an attempt: %w", err)
	}
	b.results = append(b.results, stats.Result{
		At: b.now, Owner: r.Mailing.Owner, Mailing: r.Mailing.ID, Email: r.Email,
		Status: o.Status, Code: o.Code, Enhanced: o.Enhanced, Sent: one(o.State == mailing.Sent),
	})
	return nil
}

// suppress puts addresses on the stop list of the mailing's owner that do not exist, or were refused too often, unless it is
// the server that is not to be believed.
func (b *batch) suppress() error {
	doubted, err := b.doubt()
	if err != nil {
		return err
	}
	for _, e := range b.settles {
		m := e.Settle.Mailing
		class, ok := e.Result.Undelivered()
		if !ok || doubted[m] {
			continue
		}
		err := undelivered.Record(b.l.db.Wrap(b.tx), undelivered.Failure{
			Owner: m.Owner, Mailing: e.Settle.belongsTo(), Email: e.Settle.Email, Class: class, Note: e.Result.Response, SentAt: b.now,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
