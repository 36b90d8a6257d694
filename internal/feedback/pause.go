package feedback

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
)

// fewest is how many e-mails a mailing must have handed over before it pauses itself: of few, one bounce is a large part.
const fewest = 200

// figures are what a mailing has handed over, and what came back of it.
type figures struct {
	Handed     int `db:"handed"`
	Bounced    int `db:"bounced"`
	Complained int `db:"complained"`
}

// pause pauses a running mailing past the percentage of bounces or of complaints that the operator allows, in the
// transaction that counts them. What had come back before somebody last resumed the mailing does not count.
func (t *booking) pause(id string) error {
	var is struct {
		figures
		Bounces    float64 `db:"pause_bounce_percent"`
		Complaints float64 `db:"pause_complaint_percent"`
	}
	err := t.db.NewQuery(`
		SELECT m.sent + m.uncertain + m.bounced AS handed, m.bounced, m.complained, i.pause_bounce_percent, i.pause_complaint_percent
		FROM mailings m, (SELECT pause_bounce_percent, pause_complaint_percent FROM instance LIMIT 1) i
		WHERE m.id = {:id} AND m.status = 'running'`).
		Bind(dbx.Params{"id": id}).One(&is)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it does not run
	}
	if err != nil {
		return fmt.Errorf("read what came back of mailing %s: %w", id, err)
	}
	if reasonOf(is.figures, is.Bounces, is.Complaints) == "" {
		return nil
	}
	before, err := t.atResume(id)
	if err != nil {
		return err
	}
	since := figures{is.Handed - before.Handed, is.Bounced - before.Bounced, is.Complained - before.Complained}
	code := reasonOf(since, is.Bounces, is.Complaints)
	if code == "" {
		return nil
	}
	n := since.Bounced
	if code == mailing.WaitComplaints {
		n = since.Complained
	}
	t.app.Logger().Warn("a mailing was paused for what came back", "mailing", id, "reason", code, "of", since.Handed, "came back", n)
	return mailing.PauseFor(t.db, id, mailing.NewReason(code, fmt.Sprintf("%d of %d", n, since.Handed), time.Time{}),
		mailing.Detail{"back": n, "handed": since.Handed})
}

// reasonOf is the code of the reason to pause, or "".
func reasonOf(f figures, bounces, complaints float64) string {
	past := func(n int, percent float64) bool { return percent > 0 && float64(n)*100 > percent*float64(f.Handed) }
	switch {
	case f.Handed < fewest:
		return ""
	case past(f.Complained, complaints):
		return mailing.WaitComplaints
	case past(f.Bounced, bounces):
		return mailing.WaitBounces
	}
	return ""
}

// atResume are the figures of a mailing when somebody last resumed it: zero if nobody did.
func (t *booking) atResume(id string) (f figures, err error) {
	var found []figures
	err = t.db.NewQuery(`
		SELECT COALESCE(detail ->> 'handed', 0) AS handed, COALESCE(detail ->> 'bounced', 0) AS bounced, COALESCE(detail ->> 'complained', 0) AS complained
		FROM mailing_events WHERE ` + mailing.OfMailing + ` AND kind = 'resumed' ORDER BY id DESC LIMIT 1`).
		Bind(dbx.Params{"mailing": id}).All(&found)
	if err != nil {
		return f, fmt.Errorf("read the timeline of mailing %s: %w", id, err)
	}
	if len(found) > 0 {
		f = found[0]
	}
	return f, nil
}
