package stats

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Service answers questions about figures from its cache, which no answer leaves older than five
// seconds. It is safe for concurrent use.
type Service struct {
	app  core.App
	memo *memo
	many int // clients past which distinct addresses are counted in the background

	clients  versions // of what the counts of clients are made from
	mailings versions // of what the counts and names of mailings are made from
}

// New returns a service over the application's database.
func New(app core.App) *Service { return newService(app, time.Now) }

func newService(app core.App, now func() time.Time) *Service {
	return &Service{app: app, memo: newMemo(now), many: manyClients}
}

// Close ends computations that nobody waits for any more.
func (s *Service) Close() { s.memo.close() }

// ClientsChanged makes the next answer count the owner's clients anew. Record hooks call it; so
// should who writes clients by SQL and does not want to wait the five seconds.
func (s *Service) ClientsChanged(owner string) { s.clients.bump(owner) }

// MailingsChanged is the same for the owner's mailings, their names and statuses.
func (s *Service) MailingsChanged(owner string) { s.mailings.bump(owner) }

// Watch binds the record hooks that tell the service of changes, once they are committed, and ends
// the service with the application.
func (s *Service) Watch() {
	watch := func(collection string, changed func(owner string)) {
		note := func(e *core.RecordEvent) error {
			changed(e.Record.GetString("owner"))
			return e.Next()
		}
		s.app.OnRecordAfterCreateSuccess(collection).BindFunc(note)
		s.app.OnRecordAfterUpdateSuccess(collection).BindFunc(note)
		s.app.OnRecordAfterDeleteSuccess(collection).BindFunc(note)
	}
	watch("clients", s.ClientsChanged)
	watch("mailings", s.MailingsChanged)

	s.app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		s.Close()
		return e.Next()
	})
}
