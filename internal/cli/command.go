package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/printable"
	"gonets/internal/progress"
	"gonets/internal/secret"
)

// own marks the commands of Gonets that work on the data of an instance that exists already.
const own = "gonets/own"

// action is the work of a command of Gonets. ctx ends with the first Ctrl-C or SIGTERM. out removes what would control a
// terminal; an error goes to stderr.
type action func(ctx context.Context, out io.Writer, args []string) error

// running counts the running commands of Gonets, so that PocketBase closes the database after them.
type running struct {
	mu   sync.Mutex
	over bool   // the process is ending: no command begins any more
	stop func() // ends the context of the running command
	live sync.WaitGroup
}

// begin counts a command and returns its context, which a signal ends. ok is false when a signal came before.
func (r *running) begin() (context.Context, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return nil, false
	}
	r.live.Add(1)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	r.stop = stop
	return ctx, true
}

// end stops the running command and waits for it. The signal that ends the process may have come before the command
// listened for signals.
func (r *running) end() {
	r.mu.Lock()
	r.over = true
	if r.stop != nil {
		r.stop()
	}
	r.mu.Unlock()
	r.live.Wait()
}

// patience is how long the end of the process waits for an interrupted command: a little longer than the engine waits for
// mail servers.
const patience = 9500 * time.Millisecond

// command makes a command of Gonets. PocketBase has opened the data folder before; the command migrates the schema, and a
// signal ends its context instead of the process.
func (r *running) command(app core.App, use, short string, args cobra.PositionalArgs, do action) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		Annotations: map[string]string{own: ""},
		RunE: func(c *cobra.Command, args []string) error {
			ctx, ok := r.begin()
			if !ok {
				return &exitError{Code: exitStopped}
			}
			defer r.live.Done()
			if err := app.RunAllMigrations(); err != nil {
				return fmt.Errorf("bring the database up to date: %w", err)
			}
			if err := secret.Open(app); err != nil {
				return err
			}
			out := c.OutOrStdout()
			return do(ctx, cleaned{printable.Writer(out), out}, args)
		},
	}
}

// cleaned is the output of a command without what would control a terminal.
type cleaned struct {
	io.Writer
	raw io.Writer
}

// forProgram is the unchanged output, unless it is a terminal: an exported file has to be complete.
func forProgram(out io.Writer) io.Writer {
	if c, ok := out.(cleaned); ok && !progress.IsTerminal(c.raw) {
		return c.raw
	}
	return out
}

// waitFor has PocketBase keep the database open until the commands have ended: its own signal handler
// would close it under them.
func (r *running) waitFor(app core.App) {
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		ended := make(chan struct{})
		go func() {
			r.end()
			close(ended)
		}()
		select {
		case <-ended:
		case <-time.After(patience):
		}
		return e.Next()
	})
}

// checkFolder refuses a command of Gonets when the data folder does not exist: PocketBase would create it, and a mistyped
// --dir would look like an empty instance.
func checkFolder(c *cobra.Command, dir string) error {
	if _, ours := c.Annotations[own]; !ours {
		return nil
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("there is no data folder %s: name it with --dir, or start the service once with serve", dir)
	case err != nil:
		return fmt.Errorf("look at the data folder: %w", err)
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder: name the data folder with --dir", dir)
	}
	return nil
}

// writeJSON writes a value as JSON for programs. It is complete: characters that out would remove are escaped.
func writeJSON(out io.Writer, value any) error { return writeIndented(out, value, "  ") }

// writeLine writes a value as JSON in one line.
func writeLine(out io.Writer, value any) error { return writeIndented(out, value, "") }

func writeIndented(out io.Writer, value any, indent string) error {
	text, err := printable.JSON(value, indent)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, text)
	return err
}

// jsonFlag adds --json to a command.
func jsonFlag(c *cobra.Command, asJSON *bool) *cobra.Command {
	c.Flags().BoolVar(asJSON, "json", false, "answer in JSON, for programs")
	return c
}
