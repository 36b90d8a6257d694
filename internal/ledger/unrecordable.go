package ledger

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
	"gonets/internal/verdict"
)

// ofOneEntry says whether an error of a batch may be the fault of a single entry: a constraint, a trigger, a
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
	for _, general := range []error{sql.ErrConnDone, sql.ErrTxDone, driver.ErrBadConn, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, general) {
			return false
		}
	}
	return !strings.Contains(err.Error(), "sql: database is closed")
}

// record writes the entries that are not written yet, in one transaction if it can. When one of them makes the batch
// fail, it halves them until that one stands alone; what became of it is then noted as far as it can be, and
// the others are written as if nothing had happened. It fails only for trouble of the database as a whole:
// some entries may be written by then, and it can be called again.
func (l *Ledger) record(entries []*Entry) error {
	err := l.writeBatch(entries)
	if err == nil {
		for _, e := range entries {
			e.written = true
		}
		return nil
	}
	if !ofOneEntry(err) || len(entries) == 0 {
		return err
	}
	if len(entries) == 1 {
		return l.recordAlone(entries[0], err)
	}
	half := len(entries) / 2
	return errors.Join(l.record(entries[:half]), l.record(entries[half:]))
}

// notWritten are the entries that are not written yet.
func notWritten(entries []*Entry) []*Entry {
	var left []*Entry
	for _, e := range entries {
		if !e.written {
			left = append(left, e)
		}
	}
	return left
}

// recordAlone writes an entry that fails by itself: its result and its claim apart, and whichever of the two
// fails again as not recorded.
func (l *Ledger) recordAlone(e *Entry, cause error) error {
	if e.Settle != nil && e.Claim != nil {
		result := &Entry{Settle: e.Settle, Result: e.Result}
		if !e.settled {
			if err := l.record([]*Entry{result}); err != nil {
				return err
			}
			e.settled, e.Result, e.SettleLost = true, result.Result, result.SettleLost
		}
		claim := &Entry{Claim: e.Claim}
		if err := l.record([]*Entry{claim}); err != nil {
			return err
		}
		e.Claimed, e.Limited, e.ClaimLost = claim.Claimed, claim.Limited, claim.ClaimLost
		e.written = true
		return nil
	}
	r := e.Claim
	if e.Settle != nil {
		r = e.Settle
	}
	l.log.Error("what becomes of a recipient cannot be recorded; the others go on",
		"mailing", r.Mailing.ID, "recipient", r.ID, "state", r.State, "error", cause)
	o, ok, err := l.setAside(r, e.Result, e.Settle != nil, cause)
	if err != nil {
		return err
	}
	e.written = true
	if e.Settle != nil {
		e.Result, e.SettleLost = o, !ok
	} else {
		e.ClaimLost = !ok
	}
	return nil
}

// setAside brings a recipient into a final state that says that its result, or its claim, could not be
// recorded: uncertain if its mail may have been taken, else failed. It adds an attempt that says why, or if
// that is what fails, none. It returns false when not even the state can be written.
func (l *Ledger) setAside(r *Recipient, result verdict.Outcome, tried bool, cause error) (verdict.Outcome, bool, error) {
	o := verdict.Outcome{
		State: mailing.Failed, Reason: mailing.ReasonNotRecorded, Status: stats.Failure,
		Response: verdict.Clip(fmt.Sprintf("not recorded: %v", cause)),
	}
	if tried {
		o.Code, o.Enhanced, o.Duration = result.Code, result.Enhanced, result.Duration
		if result.Response != "" {
			o.Response = verdict.Clip(excerpt.Of(result.Response, verdict.MaxResponse/2) + " – " + o.Response)
		}
		if result.HandedOver() {
			o.State, o.Status = mailing.Uncertain, stats.Uncertain
		}
	}
	silent := o
	silent.Status = stats.NoAttempt
	for _, o := range []verdict.Outcome{o, silent} {
		err := l.writeBatch([]*Entry{{Settle: r, Result: o}})
		if err == nil {
			return o, true, nil
		}
		if !ofOneEntry(err) {
			return o, false, err
		}
		l.log.Error("the note that it could not be recorded failed too", "recipient", r.ID, "error", err)
	}
	return o, false, nil
}
