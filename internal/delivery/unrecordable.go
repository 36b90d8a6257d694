package delivery

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"gonets/internal/excerpt"
	"gonets/internal/mailing"
	"gonets/internal/stats"
)

// ofOneEntry says whether an error of a turn may be the fault of a single entry: a constraint, a trigger, a
// value that does not fit. Everything else (a full disk, a lock, a database that is read-only, closed or
// broken) would meet any other entry as well, and is waited out.
func ofOneEntry(err error) bool {
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff { // the primary result code
		case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_RANGE:
			return true
		case sqlite3.SQLITE_ERROR:
			// Of the schema, or of a value: malformed JSON, an integer that overflows.
			return !strings.Contains(e.Error(), "no such") && !strings.Contains(e.Error(), "has no column")
		}
		return false
	}
	for _, whole := range []error{sql.ErrConnDone, sql.ErrTxDone, driver.ErrBadConn, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, whole) {
			return false
		}
	}
	return !strings.Contains(err.Error(), "sql: database is closed")
}

// record writes the entries that are not written yet, in one turn if it can. When one of them makes the turn
// fail, it halves them until that one stands alone; what became of it is then noted as far as it can be, and
// the others are written as if nothing had happened. It fails only for trouble of the database as a whole:
// some entries may be written by then, and it can be called again.
func (l *ledger) record(batch []*entry) error {
	err := l.turn(batch)
	if err == nil {
		for _, e := range batch {
			e.written = true
		}
		return nil
	}
	if !ofOneEntry(err) {
		return err
	}
	if len(batch) == 1 {
		return l.recordAlone(batch[0], err)
	}
	half := len(batch) / 2
	return errors.Join(l.record(batch[:half]), l.record(batch[half:]))
}

// notWritten are the entries that are not written yet.
func notWritten(batch []*entry) []*entry {
	var left []*entry
	for _, e := range batch {
		if !e.written {
			left = append(left, e)
		}
	}
	return left
}

// recordAlone writes an entry that fails by itself: its result and its claim apart, and whichever of the two
// fails again as not recorded.
func (l *ledger) recordAlone(e *entry, cause error) error {
	if e.settle != nil && e.claim != nil {
		result := &entry{settle: e.settle, result: e.result}
		if !e.settled {
			if err := l.record([]*entry{result}); err != nil {
				return err
			}
			e.settled, e.result, e.settleLost = true, result.result, result.settleLost
		}
		claim := &entry{claim: e.claim}
		if err := l.record([]*entry{claim}); err != nil {
			return err
		}
		e.claimed, e.limited, e.claimLost = claim.claimed, claim.limited, claim.claimLost
		e.written = true
		return nil
	}
	r := e.claim
	if e.settle != nil {
		r = e.settle
	}
	l.log.Error("what becomes of a recipient cannot be recorded; the others go on",
		"mailing", r.mailing.id, "recipient", r.id, "state", r.state, "error", cause)
	o, ok, err := l.setAside(r, e.result, e.settle != nil, cause)
	if err != nil {
		return err
	}
	e.written = true
	if e.settle != nil {
		e.result, e.settleLost = o, !ok
	} else {
		e.claimLost = !ok
	}
	return nil
}

// setAside brings a recipient into a final state that says that its result, or its claim, could not be
// recorded: uncertain if its mail may have been taken, else failed. It adds an attempt that says why, or if
// that is what fails, none. It returns false when not even the state can be written.
func (l *ledger) setAside(r *LedgerRecipient, result Outcome, tried bool, cause error) (Outcome, bool, error) {
	o := Outcome{
		State: mailing.Failed, Reason: mailing.ReasonNotRecorded, Status: stats.Failure,
		Response: Clip(fmt.Sprintf("not recorded: %v", cause)),
	}
	if tried {
		o.Code, o.Enhanced, o.Duration = result.Code, result.Enhanced, result.Duration
		if result.Response != "" {
			o.Response = Clip(excerpt.Of(result.Response, maxResponse/2) + " – " + o.Response)
		}
		if result.HandedOver() {
			o.State, o.Status = mailing.Uncertain, stats.Uncertain
		}
	}
	silent := o
	silent.Status = stats.NoAttempt
	for _, o := range []Outcome{o, silent} {
		err := l.turn([]*entry{{settle: r, result: o}})
		if err == nil {
			return o, true, nil
		}
		if !ofOneEntry(err) {
			return o, false, err
		}
		l.log.Error("the note that it could not be recorded failed too", "recipient", r.id, "error", err)
	}
	return o, false, nil
}
