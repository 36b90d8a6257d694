package launch

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/suppression"
)

// chunkSize is how many clients one transaction of a launch looks at: some hundredths of a second in
// which others cannot write.
const chunkSize = 5_000

// snapshot writes down who gets a mailing.
type snapshot struct {
	app     core.App
	mailing *core.Record
	no      int64 // of its contents
	first   int64 // id of the first recipient that it adds
	last    int64 // number of the last recipient given out
	began   int64 // when it began to add recipients, in Unix milliseconds
	pending int   // recipients added who are to be mailed
	skipped int   // recipients added who are on the stop list

	moved audience.Cursor // names those who have moved, if there is a filter
}

func newSnapshot(app core.App, record *core.Record, no, last int64) snapshot {
	begin, _ := mailing.IDRange(no)
	return snapshot{app: app, mailing: record, no: no, first: begin + last + 1, last: last}
}

// write adds everybody of the audience whom the mailing does not have yet, in chunks, so that no other
// write waits long.
func (s *snapshot) write(ctx context.Context) error {
	owner := s.mailing.GetString("owner")
	selection, err := audience.OfMailing(s.mailing).Query(s.app, owner)
	if err != nil {
		return refuseAudience(fmt.Errorf("select the audience of mailing %s: %w", s.mailing.Id, err))
	}
	// Whoever was erased a moment ago is known by the status of the client only, as is who is so no more.
	if err := suppression.FinishMirror(ctx, s.app, owner); err != nil {
		return fmt.Errorf("bring the clients of mailing %s in line with the stop list: %w", s.mailing.Id, err)
	}
	at := audience.Cursor{ID: s.first}
	s.began = time.Now().Add(-clockSlack).UnixMilli()
	if s.last == 0 {
		at.Since = s.began
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if at, err = selection.Find(ctx, s.app, at, chunkSize); err != nil {
			return refuseAudience(err)
		}
		var chunk audience.Chunk
		begin := time.Now()
		err := s.app.RunInTransaction(func(tx core.App) (err error) {
			chunk, err = selection.InsertChunk(tx.NonconcurrentDB(), s.mailing.Id, at, chunkSize)
			return err
		})
		if err != nil {
			return fmt.Errorf("take down the recipients of mailing %s: %w", s.mailing.Id, err)
		}
		s.add(chunk)
		at = chunk.Next
		if chunk.Done {
			s.moved, err = selection.FindMoved(ctx, s.app, at, s.began)
			return refuseAudience(err)
		}
		// Another process that waits to write does not queue: SQLite has it look again and again, ever
		// less often. Half of the time the lock is free, so that it soon finds it so.
		select {
		case <-ctx.Done():
		case <-time.After(min(time.Since(begin), longestBreak)):
		}
	}
}

// add counts the recipients of a chunk.
func (s *snapshot) add(c audience.Chunk) {
	s.pending += c.Pending
	s.skipped += c.Skipped
	first, _ := mailing.IDRange(s.no)
	s.last = c.Next.ID - first - 1
}

// addMoved adds whom the chunks have missed because their addresses changed meanwhile, in the transaction that
// makes the mailing run.
func (s *snapshot) addMoved(tx core.App) error {
	selection, err := audience.OfMailing(s.mailing).Query(s.app, s.mailing.GetString("owner"))
	if err != nil {
		return fmt.Errorf("select the audience of mailing %s: %w", s.mailing.Id, err)
	}
	first, _ := mailing.IDRange(s.no)
	at := s.moved
	at.ID = first + s.last + 1
	chunk, err := selection.InsertMoved(tx.NonconcurrentDB(), s.mailing.Id, at, s.first, s.began)
	if err != nil {
		return fmt.Errorf("complete the recipients of mailing %s: %w", s.mailing.Id, err)
	}
	s.add(chunk)
	return nil
}

// clockSlack is what the clock of another process, or a leap of ours, may be off.
const clockSlack = time.Second

// longestBreak bounds what a launch loses when a chunk takes long because the machine is busy.
const longestBreak = 50 * time.Millisecond

// close notes how far numbers are given out; what lies beyond belongs to an interrupted launch.
func (s *snapshot) close(db dbx.Builder) error {
	_, err := db.NewQuery(`UPDATE contents SET last = {:last} WHERE no = {:no}`).
		Bind(dbx.Params{"last": s.last, "no": s.no}).Execute()
	if err != nil {
		return fmt.Errorf("close the snapshot of mailing %s: %w", s.mailing.Id, err)
	}
	return nil
}

// neverUsed refuses to launch a mailing while there are rows of a deleted one that had its id: their recipients
// would count as its own.
func neverUsed(app core.App, id string) error {
	used := false
	err := app.NonconcurrentDB().NewQuery(`
		SELECT EXISTS (SELECT 1 FROM contents WHERE mailing = {:id}) OR EXISTS (SELECT 1 FROM recipients WHERE mailing = {:id})`).
		Bind(dbx.Params{"id": id}).Row(&used)
	if err != nil {
		return fmt.Errorf("look for earlier recipients of mailing %s: %w", id, err)
	}
	if used {
		return denial.New(http.StatusConflict, "id_used_before", "",
			"a deleted mailing had the same id, and its recipients are still being removed: try again in a minute")
	}
	return nil
}
