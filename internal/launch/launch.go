// Package launch lets mailings start: it keeps their message, writes one row for each recipient, and sees to it that
// nobody is written twice, whatever is clicked or killed when.
package launch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/calendar"
	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/message"
)

// Verbs are the verbs that let mailings start, beside all others.
type Verbs struct {
	mailing.Verbs
	detached *detached
}

// New makes the verbs of the engine itself. wake makes it poll the mailings now.
func New(app core.App, wake func()) Verbs {
	return Verbs{Verbs: mailing.Verbs{App: app, Wake: wake}, detached: newDetached()}
}

// Launched is the answer to a launch.
type Launched struct {
	ID     string         `json:"id"`
	Status mailing.Status `json:"status"`
	Total  int            `json:"total"`
}

// Launch starts a mailing: it keeps the message and the audience as they are, and returns when the mailing runs.
// Whoever sends takes it up within half a second.
//
// key is the Idempotency-Key of the request, "" for none: another launch with the same key gets the
// first answer, now or when the first one has it. It fails with a *denial.Error when the mailing cannot be sent;
// then nothing is changed.
func (v *Verbs) Launch(ctx context.Context, id, key string) (Launched, error) {
	for {
		var before Launched
		state, err := answered(v.App.ConcurrentDB(), id, "send", key, &before)
		switch {
		case err != nil || state == requestAnswered:
			return before, err
		case state == requestUnderWay:
			if err := pauseBetween(ctx, requestPoll); err != nil {
				return Launched{}, fmt.Errorf("wait for the first request to launch mailing %s: %w", id, err)
			}
			continue
		}
		launched, err := v.launch(ctx, &pending{v: v, id: id, key: key})
		if !errors.Is(err, errSameRequest) {
			return launched, err
		}
	}
}

// LaunchDue launches a mailing whose starts_at has come. missed is starts_at if nothing was running then, else "".
func (v *Verbs) LaunchDue(ctx context.Context, id, missed string) error {
	_, err := v.launch(ctx, &pending{v: v, id: id, missed: missed})
	return err
}

// launch does the work of Launch.
func (v *Verbs) launch(ctx context.Context, l *pending) (Launched, error) {
	done, err := launching(ctx, v.App.DataDir())
	if err != nil {
		return Launched{}, err
	}
	defer done()

	total, err := l.run(ctx)
	if err != nil {
		return Launched{}, err
	}
	v.Wake()
	return Launched{ID: l.id, Status: mailing.Running, Total: total}, nil
}

// pending is one launch under way.
type pending struct {
	v       *Verbs
	id      string
	key     string
	missed  string // starts_at, if nothing was running then; else ""
	mailing *core.Record
	mark    string // in mailings.launching_at: this launch and no other
	snapshot
}

func (l *pending) run(ctx context.Context) (total int, err error) {
	if err := l.claim(); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			// Whatever ended ctx, the mailing must not stay claimed.
			err = errors.Join(err, l.v.takeBack(context.WithoutCancel(ctx), l.id))
		}
	}()
	if err := l.keepMessage(ctx); err != nil {
		return 0, err
	}
	if err := l.snapshot.write(ctx); err != nil {
		return 0, err
	}
	switch {
	case l.pending+l.skipped == 0:
		return 0, errAudienceEmpty
	case l.pending == 0:
		return 0, errAudienceSuppressed
	}
	err = l.commit()
	return l.pending + l.skipped, err
}

// claim makes this the one launch of the mailing.
func (l *pending) claim() error {
	l.mark = database.Stamp(time.Now())
	claimed := false
	err := l.v.App.RunInTransaction(func(tx core.App) error {
		res, err := tx.NonconcurrentDB().NewQuery(`
			UPDATE mailings SET launching_at = {:mark}
			WHERE id = {:id} AND status IN ('created', 'scheduled') AND launching_at = '' AND blocked = FALSE`).
			Bind(dbx.Params{"mark": l.mark, "id": l.id}).Execute()
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 { // asked here, because a moment later that request may have been refused and forgotten
			state, err := answered(tx.NonconcurrentDB(), l.id, "send", l.key, &Launched{})
			if err == nil && state != requestUnknown {
				err = errSameRequest
			}
			return err
		}
		claimed = true
		return begun(tx, l.id, "send", l.key)
	})
	if err != nil {
		return fmt.Errorf("claim mailing %s: %w", l.id, err)
	}
	if !claimed {
		return l.v.whyNot("send", l.id)
	}
	return nil
}

// errLaunching refuses what cannot be done while a launch is under way.
var errLaunching = denial.New(http.StatusConflict, "launching", "", "the mailing is being launched already")

// whyNot says why a mailing could not be claimed for a verb.
func (v *Verbs) whyNot(verb, id string) error {
	m, err := mailing.Find(v.App, id)
	switch {
	case err != nil:
		return err
	case m.GetBool("blocked"):
		return mailing.ErrBlocked
	case m.GetString("launching_at") != "":
		return errLaunching
	}
	return mailing.WrongState(verb, mailing.Status(m.GetString("status")))
}

// keepMessage checks everything that can be checked before the recipients are known, and copies the message.
func (l *pending) keepMessage(ctx context.Context) error {
	app := l.v.App
	var err error
	if l.mailing, err = mailing.Find(l.v.App, l.id); err != nil {
		return err
	}
	if calendar.Repeat(l.mailing.GetString("repeat")).Repeats() {
		return denial.BadRequest("repeats", "repeat", "the mailing repeats: schedule it, or send it once without repeating")
	}
	if err := l.v.check(ctx, l.mailing, time.Now()); err != nil {
		return err
	}
	kept, err := message.Keep(ctx, app, l.mailing)
	if err != nil {
		return err
	}
	if err := neverUsed(app, l.id); err != nil {
		return err
	}
	var no int64
	err = app.NonconcurrentDB().NewQuery(`
		INSERT INTO contents (mailing, owner, sender, letter) VALUES ({:mailing}, {:owner}, {:sender}, {:letter}) RETURNING no`).
		Bind(dbx.Params{
			"mailing": l.id, "owner": l.mailing.GetString("owner"), "sender": l.mailing.GetString("sender"), "letter": kept,
		}).Row(&no)
	if err != nil {
		return fmt.Errorf("write the contents of mailing %s: %w", l.id, err)
	}
	l.snapshot = newSnapshot(app, l.mailing, no, 0)
	return nil
}

// stoppedMeanwhile says why a mailing that was being launched may not run: while it was scheduled, it was
// paused or cancelled.
func stoppedMeanwhile(tx core.App, id string) error {
	status, err := mailing.StatusOf(tx.NonconcurrentDB(), id)
	if err != nil {
		return err
	}
	return mailing.WrongState("send", status)
}

// commit makes the mailing run, if nobody has blocked it or its owner since the launch began.
func (l *pending) commit() error {
	return l.v.App.RunInTransaction(func(tx core.App) error {
		if err := mailing.MayContinue(tx.NonconcurrentDB(), l.id); err != nil {
			return err
		}
		if err := l.snapshot.addMoved(tx); err != nil {
			return err
		}
		answer := Launched{ID: l.id, Status: mailing.Running, Total: l.pending + l.skipped}
		now := database.Stamp(time.Now())
		res, err := tx.NonconcurrentDB().NewQuery(`
			UPDATE mailings
			SET status = 'running', launching_at = '', started_at = {:now}, finished_at = '', waiting_reason = NULL, updated = {:now},
				total = {:total}, skipped = {:skipped}, sent = 0, failed = 0, uncertain = 0, deferred = 0,
				bounced = 0, complained = 0
			WHERE id = {:id} AND launching_at = {:mark} AND status IN ('created', 'scheduled')`).
			Bind(dbx.Params{"now": now, "total": answer.Total, "skipped": l.skipped, "id": l.id, "mark": l.mark}).Execute()
		if err != nil {
			return fmt.Errorf("start mailing %s: %w", l.id, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, stoppedMeanwhile(tx, l.id))
		}
		d := mailing.Detail{"total": answer.Total, "skipped": l.skipped}
		if l.missed != "" {
			d["due"] = l.missed
		}
		if _, err := mailing.Note(tx.NonconcurrentDB(), l.id, l.v.Actor, mailing.EventLaunched, d); err != nil {
			return err
		}
		if err := l.snapshot.close(tx.NonconcurrentDB()); err != nil {
			return err
		}
		return remember(tx, l.id, "send", l.key, answer)
	})
}
