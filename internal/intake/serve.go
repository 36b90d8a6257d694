package intake

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/feedback"
)

// Bind takes bounces by SMTP and LMTP while the application serves. The addresses are read when it begins to.
func Bind(app core.App, booker *feedback.Booker, at *Addresses) {
	s := &serving{app: app, booker: booker, at: at}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := s.start(); err != nil {
			return err
		}
		if err := e.Next(); err != nil {
			return errors.Join(err, s.stop())
		}
		return nil
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		_ = s.stop() // nothing depends on how the listeners end
		return e.Next()
	})
	// What is answered 250 must be in the database that is there afterwards. PocketBase restarts the process after a restore.
	app.OnBackupRestore().BindFunc(func(e *core.BackupEvent) error {
		if err := s.stop(); err != nil {
			return fmt.Errorf("stop taking bounces: %w", err)
		}
		if err := e.Next(); err != nil {
			return errors.Join(err, s.start())
		}
		return nil
	})
}

// serving is the servers of a process that serves.
type serving struct {
	app    core.App
	booker *feedback.Booker
	at     *Addresses

	mu      sync.Mutex
	running *Servers
}

func (s *serving) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		return nil
	}
	running, err := Listen(context.Background(), s.app, s.booker, *s.at)
	if err != nil {
		return err
	}
	s.running = running
	return nil
}

func (s *serving) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return nil
	}
	err := s.running.Close()
	s.running = nil
	return err
}
