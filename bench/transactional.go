package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/bench/sink"
	"gonets/internal/delivery"
	"gonets/internal/transactional"
)

// idleCalls is how many calls are made while nothing else happens, and callPause the time between two.
const (
	idleCalls = 2000
	callPause = 2 * time.Millisecond
)

// measureTransactional prints how long a call of one transactional e-mail takes until it is on disk, beside the insert of a bare
// row into the same database: while nothing else happens, and while a mailing is launched to n clients (0 for a million). The
// call is that of the API without HTTP.
func measureTransactional(ctx context.Context, n int, t trial) (err error) {
	if n == 0 {
		n = manyRows
	}
	s, err := sink.Start(ctx, t.Options, 0)
	if err != nil {
		return err
	}
	defer func() { _, _ = s.Stop() }()
	inst, err := newInstance(n, s.Address, t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, inst.remove()) }()
	app, err := openInstance(inst.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, app.ResetBootstrapState()) }()
	c, err := newCaller(app)
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "\tcalls\tcall, median\t99 %\tbare insert, median\t99 %\tcall / insert\t")
	for range idleCalls {
		if err := c.both(ctx); err != nil {
			return err
		}
	}
	c.print(out, "idle")

	engine := delivery.New(app)
	engine.Start(ctx)
	defer engine.Stop(context.WithoutCancel(ctx))
	launched := make(chan error, 1)
	go func() {
		_, err := engine.Launch(ctx, inst.mailing, "")
		launched <- err
	}()
	for {
		select {
		case err := <-launched:
			if err != nil {
				return err
			}
			c.print(out, fmt.Sprintf("while %d are launched", n))
			return out.Flush()
		default:
			if err := c.both(ctx); err != nil {
				return err
			}
		}
	}
}

// caller makes calls and inserts in turn.
type caller struct {
	app         core.App
	service     *transactional.Service
	call        transactional.Call
	made        int
	calls, rows []time.Duration
}

func newCaller(app core.App) (*caller, error) {
	c := &caller{app: app, service: transactional.New(app, func() {})}
	c.call = transactional.Call{
		Source: transactional.FromAPI, Subject: "Order {{ number }}", HTML: "<p>Hello {{ client.first_name }}, your order {{ number }} is on its way.</p>",
		Data: map[string]any{"number": 7},
	}
	err := errors.Join(
		app.DB().NewQuery(`SELECT id FROM users LIMIT 1`).Row(&c.call.Owner),
		app.DB().NewQuery(`SELECT id FROM senders LIMIT 1`).Row(&c.call.Sender),
		execute(app, `UPDATE users SET transactional_quota = 1000000`, nil),
		execute(app, `CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT NOT NULL)`, nil),
	)
	return c, err
}

// both makes one call and inserts one row.
func (c *caller) both(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.made++
	call := c.call
	call.To = []transactional.Recipient{{Email: fmt.Sprintf("customer%d@example.org", c.made), FullName: "Ann Example"}}
	begin := time.Now()
	if _, err := c.service.Submit(ctx, call); err != nil {
		return err
	}
	c.calls = append(c.calls, time.Since(begin))
	time.Sleep(callPause)
	begin = time.Now()
	if err := execute(c.app, `INSERT INTO bare (text) VALUES ({:text})`, dbx.Params{"text": call.HTML}); err != nil {
		return err
	}
	c.rows = append(c.rows, time.Since(begin))
	time.Sleep(callPause)
	return nil
}

// print writes a line, and forgets the times.
func (c *caller) print(out *tabwriter.Writer, name string) {
	call, slowCall := middleAndSlow(c.calls)
	row, slowRow := middleAndSlow(c.rows)
	fmt.Fprintf(out, "%s\t%d\t%s\t%s\t%s\t%s\t%.2f\t\n", name, len(c.calls), call, slowCall, row, slowRow, float64(call)/float64(max(row, 1)))
	c.calls, c.rows = nil, nil
}

// middleAndSlow are the median and the 99th percentile.
func middleAndSlow(times []time.Duration) (middle, slow time.Duration) {
	if len(times) == 0 {
		return 0, 0
	}
	slices.Sort(times)
	return times[len(times)/2].Round(time.Microsecond), times[len(times)*99/100].Round(time.Microsecond)
}
