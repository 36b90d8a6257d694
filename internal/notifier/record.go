package notifier

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/notification"
)

const (
	// noteTime is how often the last success of a webhook is written.
	noteTime = 5 * time.Second
	// gatherTime is how long results wait for others, and enoughResults how many wait no longer.
	gatherTime    = 10 * time.Millisecond
	enoughResults = 200
)

// gather lets a few more results arrive before they are written: a transaction has a cost of its own, which they share. What is
// not written when the process is killed is told again.
func (s *session) gather() {
	switch n := len(s.unwritten); {
	case n >= enoughResults:
		s.write()
	case n > 0 && !s.gathering:
		s.gathering = true
		s.gathered.Reset(gatherTime)
	}
}

// write records what became of events, in one transaction. What cannot be written is written with the next results, and nobody
// is called until then.
func (s *session) write() {
	s.gathering = false
	s.gathered.Stop()
	if len(s.unwritten) == 0 {
		return
	}
	if err := s.app.RunInTransaction(func(tx core.App) error { return record(tx.NonconcurrentDB(), s.unwritten) }); err != nil {
		s.stuck = true
		s.app.Logger().Error("the answers of webhooks could not be recorded", "error", err)
		return
	}
	for _, d := range s.unwritten {
		if d.disable != "" {
			s.app.Logger().Warn("a webhook was switched off", "webhook", d.lane.ID, "reason", d.disable)
		}
	}
	s.unwritten, s.stuck = nil, false
}

// record writes the events and their webhooks.
func record(db dbx.Builder, all []settled) error {
	rows := make([][]any, len(all))
	last := map[*lane]settled{}
	for i, d := range all {
		rows[i] = []any{d.event.ID, d.state, d.event.Tries, d.event.FirstTry, d.due.UnixMilli(), d.answers}
		if before, has := last[d.lane]; !has || d.disable != "" || before.disable == "" {
			last[d.lane] = d
		}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("write answers: %w", err)
	}
	_, err = db.NewQuery(`
		UPDATE webhook_events AS e
		SET state = j.value ->> 1, tries = j.value ->> 2, first_try = j.value ->> 3, due = j.value ->> 4, answers = j.value ->> 5
		FROM json_each({:rows}) j
		WHERE e.id = j.value ->> 0`).Bind(dbx.Params{"rows": string(raw)}).Execute()
	if err != nil {
		return fmt.Errorf("write what became of events: %w", err)
	}
	for l, d := range last {
		if err := note(db, l, d); err != nil {
			return err
		}
	}
	return nil
}

// note writes how a webhook does. One that was changed meanwhile is not switched off.
func note(db dbx.Builder, l *lane, last settled) error {
	if last.disable != "" {
		return disable(db, l, last.disable, last.at)
	}
	succeeded := last.state == notification.Delivered
	failing := ""
	if !l.failing.IsZero() {
		failing = database.Stamp(l.failing)
	}
	if l.FailingSince == failing && (!succeeded || last.at.Sub(l.noted) < noteTime) {
		return nil
	}
	_, err := db.NewQuery(`
		UPDATE webhooks SET failing_since = {:failing}, last_success_at = IIF({:succeeded}, {:now}, last_success_at)
		WHERE id = {:id} AND updated = {:updated}`).
		Bind(dbx.Params{"failing": failing, "succeeded": succeeded, "now": database.Stamp(last.at), "id": l.ID, "updated": l.Updated}).Execute()
	if err != nil {
		return fmt.Errorf("note how webhook %s does: %w", l.ID, err)
	}
	l.FailingSince = failing
	if succeeded {
		l.noted = last.at
	}
	return nil
}

// disable switches a webhook off. What waits for it stays until it is switched on again.
func disable(db dbx.Builder, l *lane, reason string, now time.Time) error {
	_, err := db.NewQuery(`
		UPDATE webhooks SET active = FALSE, disabled_reason = {:reason}, updated = {:now} WHERE id = {:id} AND active AND updated = {:updated}`).
		Bind(dbx.Params{"reason": reason, "now": database.Stamp(now), "id": l.ID, "updated": l.Updated}).Execute()
	if err != nil {
		return fmt.Errorf("switch off webhook %s: %w", l.ID, err)
	}
	return nil
}
