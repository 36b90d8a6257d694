package intake

import (
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/excerpt"
)

// writeEvery is how often the status of one mailbox or webhook is written at most: a status changes with every email.
const writeEvery = 5 * time.Second

// longestError is the maximum length of last_error in characters.
const longestError = 1000

// statuses writes how mailboxes and webhooks are doing into their records.
type statuses struct {
	app       core.App
	statement string // with the parameters at, error and id

	mu sync.Mutex
	of map[string]*status
	// closed is true when nothing is written any more: the database is closed after it.
	closed bool
}

// status is what is known of one record. At is when it worked last; zero if it has not since the process began.
type status struct {
	at      time.Time
	failure string
	written time.Time
	later   *time.Timer // writes what came too soon after the last write; nil if there is nothing
}

// The statements change no updated: a record that the operator has changed is read anew by its updated.
const (
	mailboxStatus = `UPDATE mailboxes SET last_error = {:error}, last_read_at = CASE {:at} WHEN '' THEN last_read_at ELSE {:at} END WHERE id = {:id}`
	hookStatus    = `UPDATE bounce_hooks SET last_error = {:error}, last_seen_at = CASE {:at} WHEN '' THEN last_seen_at ELSE {:at} END WHERE id = {:id}`
)

func newStatuses(app core.App, statement string) *statuses {
	return &statuses{app: app, statement: statement, of: map[string]*status{}}
}

// note tells how a record is doing: failure is "" if it works. It is written now, or within writeEvery.
func (s *statuses) note(id string, at time.Time, failure string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	of := s.of[id]
	if of == nil {
		of = &status{}
		s.of[id] = of
	}
	if failure == "" {
		of.at = at
	}
	of.failure = excerpt.Of(failure, longestError)
	switch wait := writeEvery - at.Sub(of.written); {
	case of.later != nil:
	case wait <= 0:
		s.write(id, of)
	default:
		of.later = time.AfterFunc(wait, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if of.later != nil && !s.closed {
				s.write(id, of)
			}
		})
	}
}

// write writes the status of a record, which may have been deleted.
func (s *statuses) write(id string, of *status) {
	of.later, of.written = nil, time.Now()
	at := ""
	if !of.at.IsZero() {
		worked, _ := types.ParseDateTime(of.at)
		at = worked.String()
	}
	_, err := s.app.NonconcurrentDB().NewQuery(s.statement).Bind(dbx.Params{"id": id, "at": at, "error": of.failure}).Execute()
	if err != nil {
		s.app.Logger().Error("the state of a way in of bounces could not be written", "id", id, "error", err)
	}
}

// close writes what was to be written later, and nothing any more.
func (s *statuses) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for id, of := range s.of {
		if of.later != nil {
			of.later.Stop()
			s.write(id, of)
		}
	}
}

// forget drops what is known of a record, when it is read in another way from now on.
func (s *statuses) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if of := s.of[id]; of != nil {
		if of.later != nil {
			of.later.Stop()
			s.write(id, of)
		}
		delete(s.of, id)
	}
}
