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

// overlay says of a running mailing that it waits for the database to become writable. That cannot be
// written down where other reasons are.
func (e *Engine) overlay(p *results.Progress) {
	if r := e.unwritable.Load(); r != nil && p.Status == mailing.Running {
		p.Reason = types.JSONRaw(r.Column().(string))
	}
}

// Overlay is overlay for the record of a mailing.
func (e *Engine) Overlay(record *core.Record) {
	if r := e.unwritable.Load(); r != nil && mailing.Status(record.GetString("status")) == mailing.Running {
		record.Set("waiting_reason", r)
	}
}
