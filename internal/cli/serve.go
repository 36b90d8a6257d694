package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/feedback"
	"gonets/internal/intake"
)

// serveCommand is PocketBase's command with the servers that take bounces.
func serveCommand(app core.App) *cobra.Command {
	c := cmd.NewServeCommand(app, true)
	s := &bounceServers{app: app}
	c.Flags().StringVar(&s.at.SMTP, "bounce-listen", "", "take bounces by SMTP at HOST:PORT (docs/bounces.md)")
	c.Flags().StringVar(&s.at.LMTP, "bounce-lmtp", "", "take bounces by LMTP at HOST:PORT")
	s.bind()
	return c
}

// bounceServers are the servers that take bounces while serve runs.
type bounceServers struct {
	app core.App
	at  intake.Addresses

	mu      sync.Mutex
	running *intake.Servers
}

func (s *bounceServers) bind() {
	s.app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := s.start(); err != nil {
			return err
		}
		if err := e.Next(); err != nil {
			return errors.Join(err, s.stop())
		}
		return nil
	})
	s.app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		_ = s.stop() // nothing depends on how the listeners end
		return e.Next()
	})
	// What is answered 250 must be in the database that is there afterwards. PocketBase restarts the process after a restore.
	s.app.OnBackupRestore().BindFunc(func(e *core.BackupEvent) error {
		if err := s.stop(); err != nil {
			return fmt.Errorf("stop taking bounces: %w", err)
		}
		if err := e.Next(); err != nil {
			return errors.Join(err, s.start())
		}
		return nil
	})
}

func (s *bounceServers) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		return nil
	}
	running, err := intake.Listen(context.Background(), s.app, feedback.New(s.app), s.at)
	if err != nil {
		return err
	}
	s.running = running
	return nil
}

func (s *bounceServers) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return nil
	}
	err := s.running.Close()
	s.running = nil
	return err
}
