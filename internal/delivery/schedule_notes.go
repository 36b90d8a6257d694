package delivery

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// lateBy is how much later than its time a mailing has to start for its timeline to tell why.
const lateBy = time.Minute

// missed is the start of a mailing if it has passed while nothing was running, else "". One that waited
// for something else has an event of that.
func (s *shift) missed(id, startsAt string) (string, error) {
	if startsAt > database.Stamp(s.began.Add(-lateBy)) {
		return "", nil
	}
	waited := false
	err := s.app.ConcurrentDB().NewQuery(`
		SELECT EXISTS (SELECT 1 FROM mailing_events WHERE ` + mailing.OfMailing + ` AND at > {:starts} AND kind <> 'occurrence')`).
		Bind(dbx.Params{"mailing": id, "starts": startsAt}).Row(&waited)
	if err != nil {
		return "", fmt.Errorf("read what mailing %s waited for: %w", id, err)
	}
	if waited {
		return "", nil
	}
	return startsAt, nil
}

// noteEnd notes that the end of a mailing has passed, once: nothing brings it to run again after that.
func (s *shift) noteEnd(id string, now time.Time) error {
	return s.app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		known := false
		err := db.NewQuery(`SELECT EXISTS (SELECT 1 FROM mailing_events WHERE ` + mailing.OfMailing + ` AND kind = 'ended')`).
			Bind(dbx.Params{"mailing": id}).Row(&known)
		if err != nil || known {
			return err
		}
		d, err := mailing.Left(db, id)
		if err != nil {
			return err
		}
		_, err = mailing.NoteAt(db, id, mailing.ByEngine, mailing.EventEnded, d, now)
		return err
	})
}
