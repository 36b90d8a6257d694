package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/bench/sink"
	"gonets/internal/delivery"
	"gonets/internal/mailing"
)

// sending is the result of one mailing, which the engine's process prints.
type sending struct {
	Recipients int
	Launch     time.Duration
	// LongestWait is the longest time that another write took while the mailing was launched.
	LongestWait time.Duration
	// Sending is the time from the launch to the last recorded result.
	Sending time.Duration
	// Processors is the CPU time of the engine while it sent, including that of the kernel.
	Processors time.Duration
	// PeakRSS is the highest memory of launch and sending, in bytes.
	PeakRSS int
}

func (s *sending) rate() float64 { return float64(s.Recipients) / s.Sending.Seconds() }

func (s *sending) perMail() time.Duration { return s.Processors / time.Duration(s.Recipients) }

// engineDir and the other flags of the engine's process.
type engineFlags struct{ dir, mailing, cpu, heap string }

// sendByEngine starts the engine in a process of its own, which launches and sends a mailing to so many recipients, and checks
// by the sink and the database that everybody got it once.
func sendByEngine(ctx context.Context, recipients int, t trial, profiles engineFlags) (*sending, error) {
	s, err := sink.Start(ctx, t.Options, recipients)
	if err != nil {
		return nil, err
	}
	in, err := newInstance(recipients, s.Address, t)
	if err != nil {
		_, stopErr := s.Stop()
		return nil, errors.Join(err, stopErr)
	}
	result, runErr := in.run(ctx, profiles)
	got, err := s.Stop()
	err = errors.Join(runErr, err)
	if err == nil {
		err = in.check(recipients, got)
	}
	return result, errors.Join(err, in.remove())
}

// run starts this program once more, as the engine.
func (in *instance) run(ctx context.Context, profiles engineFlags) (*sending, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	process := exec.CommandContext(ctx, self, "-engine", in.dir, "-mailing", in.mailing,
		"-cpuprofile", profiles.cpu, "-heapprofile", profiles.heap)
	var out bytes.Buffer
	process.Stdout, process.Stderr = &out, os.Stderr
	if err := process.Run(); err != nil {
		return nil, fmt.Errorf("the engine: %w", err)
	}
	result := &sending{}
	return result, json.Unmarshal(out.Bytes(), result)
}

// check compares the counts of the sink with the database.
func (in *instance) check(recipients int, got sink.Accepted) error {
	if got.Mails != recipients || got.Distinct != recipients {
		return fmt.Errorf("the sink has %d mails of %d recipients, not %d", got.Mails, got.Distinct, recipients)
	}
	app, err := openInstance(in.dir)
	if err != nil {
		return err
	}
	defer func() { _ = app.ResetBootstrapState() }()
	var status string
	var total, counted, rows, attempts, rolled int
	err = app.ConcurrentDB().NewQuery(`
		SELECT m.status, m.total, m.sent,
			(SELECT COUNT(*) FROM recipients WHERE mailing = m.id AND state = 'sent'),
			(SELECT COUNT(*) FROM attempts WHERE mailing = m.id AND status = 'success'),
			(SELECT SUM(sent) FROM rollups WHERE mailing = m.id)
		FROM mailings m WHERE m.id = {:id}`).
		Bind(dbx.Params{"id": in.mailing}).Row(&status, &total, &counted, &rows, &attempts, &rolled)
	if err != nil {
		return err
	}
	if status != "completed" || total != recipients || counted != total || rows != total || attempts != total || rolled != total {
		return fmt.Errorf("the ledger: %s, %d recipients, %d counted as sent, %d of state sent, %d attempts, %d in the rollups",
			status, total, counted, rows, attempts, rolled)
	}
	return nil
}

// beEngine runs in the engine's process: it launches the mailing, sends it, and prints the result.
func beEngine(ctx context.Context, f engineFlags) error {
	app, err := openInstance(f.dir)
	if err != nil {
		return err
	}
	defer func() { _ = app.ResetBootstrapState() }()
	engine := delivery.New(app)
	engine.Start(ctx)
	defer engine.Stop(context.WithoutCancel(ctx))

	others, err := startWriters(app, f.dir)
	if err != nil {
		return err
	}
	begin := time.Now()
	launched, err := engine.Launch(ctx, f.mailing, "")
	launch := time.Since(begin)
	longest, writeErr := others.stop()
	if err := errors.Join(err, writeErr); err != nil {
		return err
	}
	stopProfile, err := startProfile(f.cpu)
	if err != nil {
		return err
	}
	before := processorTime()
	took, err := untilCompleted(ctx, app, f.mailing)
	used := processorTime() - before
	stopProfile()
	if err != nil {
		return err
	}
	if err := writeHeap(f.heap); err != nil {
		return err
	}
	peak, err := peakRSS()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(sending{launched.Total, launch, longest, took, used, peak})
}

// untilCompleted waits for the end of a mailing and returns how long it ran, by the times in its record.
func untilCompleted(ctx context.Context, app core.App, id string) (time.Duration, error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := app.FindRecordById("mailings", id)
		if err != nil {
			return 0, err
		}
		if r.GetString("status") == string(mailing.Completed) {
			return r.GetDateTime("finished_at").Time().Sub(r.GetDateTime("started_at").Time()), nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-tick.C:
		}
	}
}
