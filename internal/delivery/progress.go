package delivery

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/mailing"
	"gonets/internal/results"
)

// noteLedger notes that the database cannot be written, or with nil that they can again.
func (e *Engine) noteLedger(err error) {
	now := time.Now()
	before := e.unwritable.Load()
	if err != nil {
		since := now
		if before != nil {
			since = before.since
		}
		e.unwritable.Store(&unwritable{mailing.NewReason(mailing.WaitDatabase, err.Error(), time.Time{}), since})
		return
	}
	e.unwritable.Store(nil)
	if before != nil {
		if err := mailing.NoteUnwritten(e.app, before.Reason, before.since, now); err != nil {
			e.app.Logger().Error("note what has happened", "error", err)
		}
	}
}

// unwritable is why the database cannot be written, and since when.
type unwritable struct {
	*mailing.Reason
	since time.Time
}

// waitsForDatabase is the reason for which a mailing waits, nil if it does not run or the database can be written. It cannot
// be stored where other reasons are.
func (e *Engine) waitsForDatabase(s mailing.Status) *mailing.Reason {
	if u := e.unwritable.Load(); u != nil && s == mailing.Running {
		return u.Reason
	}
	return nil
}

// overlay adds the reason to the progress of a mailing.
func (e *Engine) overlay(p *results.Progress) {
	if r := e.waitsForDatabase(p.Status); r != nil {
		p.Reason = types.JSONRaw(r.Column().(string))
	}
}

// Overlay adds it to the record of a mailing.
func (e *Engine) Overlay(record *core.Record) {
	if r := e.waitsForDatabase(mailing.Status(record.GetString("status"))); r != nil {
		record.Set("waiting_reason", r)
	}
}
