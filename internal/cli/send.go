package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"gonets/internal/delivery"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/printable"
	"gonets/internal/progress"
)

// sendCommand sends a mailing and follows it to its end.
//
// Beside a running server it only launches and follows; alone it sends by itself. Both are the same here: the engine of
// this process waits for the lock on the data folder, and the database has the progress, whoever sends.
func sendCommand(app core.App, r *running) *cobra.Command {
	var asJSON, dryRun bool
	c := r.command(app, "send MAILING_ID", "Send a mailing and follow it to its end", cobra.ExactArgs(1),
		func(ctx context.Context, out io.Writer, args []string) error {
			id := args[0]
			engine := delivery.New(app, delivery.Only(id))
			if dryRun {
				return tellPlan(ctx, engine, out, id, asJSON)
			}
			s := sending{app: app, engine: engine, id: id, out: out, display: progress.New(os.Stderr)}
			if asJSON {
				s.display = progress.Reasons(os.Stderr) // the answer on stdout is for a program
			}
			m, err := s.run(ctx)
			if m == nil {
				return err
			}
			if asJSON {
				err = errors.Join(err, writeJSON(out, m))
			} else if err == nil {
				_, err = fmt.Fprintln(out, summary(m))
			}
			if err != nil {
				return err
			}
			return verdict(m)
		})
	c.Long = `Send a mailing and follow it to its end.

Beside a running server it launches and follows; alone it sends by itself. One that was interrupted
goes on where it was, a paused one is resumed. Ctrl-C pauses the mailing.

Exit codes: 0 all sent, 1 could not run, 3 finished but some recipients failed or are uncertain,
4 stopped before the end.`
	c.Flags().BoolVar(&dryRun, "dry-run", false, "check and count, send nothing")
	return jsonFlag(c, &asJSON)
}

// tellPlan writes what a launch would do.
func tellPlan(ctx context.Context, engine *delivery.Engine, out io.Writer, id string, asJSON bool) error {
	plan, err := engine.Plan(ctx, id)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(out, plan)
	}
	atLeast := ""
	if plan.Capped {
		atLeast = "at least "
	}
	_, err = fmt.Fprintf(out, "Would send to %s%d of %d recipients; %d are on the stop list. Nothing was sent.\n",
		atLeast, plan.Total-plan.Skipped, plan.Total, plan.Skipped)
	return err
}

// sending is one mailing being sent and followed.
type sending struct {
	app     core.App
	engine  *delivery.Engine
	id      string
	out     io.Writer
	display progress.Display
}

// poll is how often the progress is read.
const poll = 200 * time.Millisecond

// still is how long the counters may stay the same, without a stored reason, before the engine is asked for one. A sending
// service stores its progress every half second.
const still = 2 * time.Second

// run launches or resumes the mailing, and returns it as it is in the end. The mailing is nil when it could not be
// launched.
func (s *sending) run(ctx context.Context) (*mailingLine, error) {
	if err := s.begin(ctx); err != nil {
		if ctx.Err() != nil && !refused(err) {
			return nil, &exitError{exitStopped, errors.New("stopped before the mailing was launched; nothing was sent")}
		}
		return nil, err
	}
	s.engine.Start(context.WithoutCancel(ctx))
	defer s.engine.Stop(context.WithoutCancel(ctx))
	m, err := s.follow(ctx)
	s.display.End()
	if err != nil || ctx.Err() == nil {
		return m, err
	}
	// Ctrl-C. Somebody may have ended the mailing meanwhile: then there is nothing to pause.
	if _, err := s.engine.By(mailing.CommandLine).Pause(s.id); err != nil && !refused(err) {
		return nil, err
	}
	s.engine.Stop(context.WithoutCancel(ctx))
	return readMailing(context.WithoutCancel(ctx), s.app, s.id)
}

// begin launches the mailing, or resumes it.
func (s *sending) begin(ctx context.Context) error {
	m, err := readMailing(ctx, s.app, s.id)
	if err != nil {
		return err
	}
	switch mailing.Status(m.Status) {
	case mailing.Running:
		return nil
	case mailing.Paused:
		_, err = s.engine.By(mailing.CommandLine).Resume(s.id)
	default:
		_, err = s.engine.By(mailing.CommandLine).Launch(ctx, s.id, "")
	}
	return err
}

// follow shows the progress of the mailing, or what it waits for, until it stops running or ctx ends.
func (s *sending) follow(ctx context.Context) (*mailingLine, error) {
	left, moved := -1, time.Now()
	for {
		m, err := readMailing(context.WithoutCancel(ctx), s.app, s.id)
		if err != nil {
			return nil, err
		}
		if m.left() != left {
			left, moved = m.left(), time.Now()
		}
		why := waitsFor(m.Reason)
		if why == "" && time.Since(moved) > still {
			why = printable.Line(s.engine.BlockedBy())
		}
		s.display.Show(progress.Counts{Status: m.Status, Total: m.Total, Left: m.left(), Failed: m.Failed, Uncertain: m.Uncertain}, why)
		if mailing.Status(m.Status) != mailing.Running {
			return m, nil
		}
		select {
		case <-ctx.Done():
			return m, nil
		case <-time.After(poll):
		}
	}
}

func refused(err error) bool {
	var r *denial.Error
	return errors.As(err, &r)
}

// verdict is the exit code for a mailing at its end.
func verdict(m *mailingLine) error {
	switch {
	case mailing.Status(m.Status) != mailing.Completed:
		return &exitError{Code: exitStopped}
	case m.Failed+m.Uncertain > 0:
		return &exitError{Code: exitIncomplete}
	}
	return nil
}

// summary is one sentence about the end of a mailing.
func summary(m *mailingLine) string {
	s := fmt.Sprintf("%d of %d sent", m.Sent, m.Total)
	for _, part := range []struct {
		n    int
		word string
	}{{m.Failed, "failed"}, {m.Uncertain, "uncertain"}, {m.Skipped, "skipped"}, {m.Bounced, "bounced"}, {m.left(), "left"}} {
		if part.n > 0 {
			s += fmt.Sprintf(", %d %s", part.n, part.word)
		}
	}
	switch {
	case m.Blocked:
		return "Blocked by a manager: " + s + "."
	case mailing.Status(m.Status) == mailing.Paused:
		return "Paused: " + s + ". Send it again to go on."
	case mailing.Status(m.Status) == mailing.Cancelled:
		return "Cancelled: " + s + "."
	}
	return "Completed: " + s + "."
}
