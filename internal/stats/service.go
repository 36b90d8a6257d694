package stats

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Service answers figures from a cache. They are at most five seconds old. It is safe for concurrent use.
type Service struct {
	app  core.App
	memo *memo
	past *past
	many int // from how many clients on distinct addresses are counted in the background

	clients  versions // of the clients
	mailings versions // of the mailings
}

// New returns a service over the application's database.
func New(app core.App) *Service { return newService(app, time.Now) }

func newService(app core.App, now func() time.Time) *Service {
	return &Service{app: app, memo: newMemo(now), past: newPast(), many: manyClients}
}

// Close ends running computations.
func (s *Service) Close() { s.memo.close() }

// clientsChanged makes the next answer count the owner's clients again. Record hooks call it; code that writes clients by SQL
// may call it to show the change at once.
func (s *Service) clientsChanged(owner string) { s.clients.bump(owner) }

// mailingsChanged is the same for the owner's mailings, their names and statuses.
func (s *Service) mailingsChanged(owner string) { s.mailings.bump(owner) }

// Watch binds the record hooks that report committed changes to the service, and ends the service with the application.
// What the first who opens the home page would wait for is counted when the application begins to serve.
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
	watch("clients", s.clientsChanged)
	watch("mailings", s.mailingsChanged)

	s.app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		go func() { _, _ = s.serviceTally(s.memo.ctx) }() // an error is met again by who asks
		return e.Next()
	})
	s.app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		s.Close()
		return e.Next()
	})
}
