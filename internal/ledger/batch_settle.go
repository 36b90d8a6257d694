package ledger

import (
	"database/sql"
	"fmt"
	"strconv"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/stats"
	"gonets/internal/suppression"
	"gonets/internal/verdict"
)

// settle writes the results: the recipients' new states and the attempts. Those who are skipped instead
// of claimed are among them.
func (t *batch) settle() error {
	var (
		sent, others   = []byte{'['}, []byte{'['}
		nSent, nOthers int
	)
	for _, e := range t.settles {
		if err := t.attempt(e); err != nil {
			return err
		}
		t.tallied(e.Settle, e.Result.State)
		if e.Result.State == mailing.Sent && e.Settle.State == mailing.Sending {
			sent = append(strconv.AppendInt(sent, e.Settle.Id, 10), ',')
			nSent++
			continue
		}
		others = append(appendSettled(others, e.Settle, &e.Result), ',')
		nOthers++
	}
	for _, s := range t.stopped {
		o := verdict.Skipped(s.reason)
		t.tallied(s.r, mailing.Skipped)
		others = append(appendSettled(others, s.r, &o), ',')
		nOthers++
	}
	if err := t.update(t.l.statements.sent, "ids", sent, nSent); err != nil {
		return err
	}
	return t.update(t.l.statements.settle, "rows", others, nOthers)
}

// update runs a statement over a JSON array of n elements, if there are any. It fails with
// errUnexpected when it changes another number of rows.
func (t *batch) update(stmt *sql.Stmt, name string, array []byte, n int) error {
	if n == 0 {
		return nil
	}
	res, err := t.tx.Stmt(stmt).Exec(sql.Named(name, database.CloseArray(array)))
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return expect(res, n)
}

// attempt writes an attempt to the log and notes it for the rollups.
func (t *batch) attempt(e *Entry) error {
	r, o := e.Settle, &e.Result
	if !o.Attempted() {
		return nil
	}
	_, err := t.tx.Stmt(t.l.statements.attempt).Exec(
		mailing.AttemptID(r.Id, r.Tries+1), r.Mailing.Id, r.Client, r.Mailing.Owner, r.Email,
		string(o.Status), o.Code, o.Enhanced, o.Response, r.Tries+1, o.Duration.Milliseconds(), t.stamp)
	if err != nil {
		return fmt.Errorf("write an attempt: %w", err)
	}
	t.results = append(t.results, stats.Result{
		At: t.now, Owner: r.Mailing.Owner, Mailing: r.Mailing.Id, Email: r.Email,
		Status: o.Status, Code: o.Code, Enhanced: o.Enhanced, Sent: One(o.State == mailing.Sent),
	})
	return nil
}

// suppress puts addresses that do not exist on the stop list of the mailing's owner, unless it is the
// server that is not to be believed.
func (t *batch) suppress() error {
	doubted, err := t.doubt()
	if err != nil {
		return err
	}
	for _, e := range t.settles {
		if e.Result.Reason != mailing.ReasonBadAddress || doubted[e.Settle.Mailing] {
			continue
		}
		f := e.Settle.Mailing
		err := suppression.Add(t.l.db.Wrap(t.tx), f.Owner, e.Settle.Email, suppression.ReasonBounced, f.Id, e.Result.Response)
		if err != nil {
			return err
		}
	}
	return nil
}

// record adds the attempts to the rollups.
func (t *batch) record() error {
	if len(t.results) == 0 {
		return nil
	}
	rollups, err := t.l.rollups.Rows(t.l.db.Wrap(t.tx), t.results)
	if err != nil {
		return err
	}
	if _, err := t.tx.Stmt(t.l.statements.rollups).Exec(sql.Named("rows", rollups)); err != nil {
		return fmt.Errorf("record rollups: %w", err)
	}
	return nil
}
