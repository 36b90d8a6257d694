package ledger

import (
	"database/sql"
	"fmt"
	"strconv"

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
		sent, others   = []byte{'['}, []byte{'['}
		nSent, nOthers int
	)
	for _, e := range b.settles {
		if err := b.attempt(e); err != nil {
			return err
		}
		b.tallied(e.Settle, e.Result.State)
		if e.Result.State == mailing.Sent && e.Settle.State == mailing.Sending {
			sent = append(strconv.AppendInt(sent, e.Settle.ID, 10), ',')
			nSent++
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
	if err := b.update(b.l.statements.sent, "ids", sent, nSent); err != nil {
		return err
	}
	return b.update(b.l.statements.settle, "rows", others, nOthers)
}

// update runs a statement over a JSON array of n elements, if there are any. It fails with
// errUnexpected when it changes another number of rows.
func (b *batch) update(stmt *sql.Stmt, name string, array []byte, n int) error {
	if n == 0 {
		return nil
	}
	res, err := b.tx.Stmt(stmt).Exec(sql.Named(name, database.CloseArray(array)))
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return expect(res, n)
}

// attempt writes an attempt to the log and notes it for the rollups.
func (b *batch) attempt(e *Entry) error {
	r, o := e.Settle, &e.Result
	if !o.Attempted() {
		return nil
	}
	_, err := b.tx.Stmt(b.l.statements.attempt).Exec(
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

// record adds the attempts to the rollups.
func (b *batch) record() error {
	if len(b.results) == 0 {
		return nil
	}
	rollups, err := b.l.rollups.Rows(b.l.db.Wrap(b.tx), b.results)
	if err != nil {
		return err
	}
	if _, err := b.tx.Stmt(b.l.statements.rollups).Exec(sql.Named("rows", rollups)); err != nil {
		return fmt.Errorf("record rollups: %w", err)
	}
	return nil
}
