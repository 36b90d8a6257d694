// Package listening runs servers beside the one of HTTP while the application serves.
package listening

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"

	"github.com/pocketbase/pocketbase/core"
)

// Bind calls start when the application begins to serve, and closes what it returns when the application ends. what is what the
// server does, for errors: "take bounces". A nil io.Closer is a server that is not wanted.
func Bind(app core.App, what string, start func(*core.ServeEvent) (io.Closer, error)) {
	s := &server{start: start}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		s.event = e
		if err := s.open(); err != nil {
			return err
		}
		if err := e.Next(); err != nil {
			return errors.Join(err, s.close())
		}
		return nil
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		_ = s.close() // nothing depends on how the listeners end
		return e.Next()
	})
	// What is answered 250 must be in the database that is there afterwards. PocketBase restarts the process after a restore.
	app.OnBackupRestore().BindFunc(func(e *core.BackupEvent) error {
		if err := s.close(); err != nil {
			return fmt.Errorf("stop to %s: %w", what, err)
		}
		if err := e.Next(); err != nil {
			return errors.Join(err, s.open())
		}
		return nil
	})
}

// server is a server of a process that serves.
type server struct {
	start func(*core.ServeEvent) (io.Closer, error)
	event *core.ServeEvent // that began it

	mu      sync.Mutex
	running io.Closer
}

func (s *server) open() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil || s.event == nil {
		return nil
	}
	running, err := s.start(s.event)
	if err != nil {
		return err
	}
	s.running = running
	return nil
}

func (s *server) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return nil
	}
	err := s.running.Close()
	s.running = nil
	return err
}

// Hostname is the name of the service in greetings: that of meta.appURL.
func Hostname(app core.App) string {
	address, err := url.Parse(app.Settings().Meta.AppURL)
	if err != nil {
		return "localhost"
	}
	return cmp.Or(address.Hostname(), "localhost")
}
