package delivery

import (
	"context"
	"encoding/json"
	"testing"

	"gonets/internal/launch"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
)

// world is a base with an engine.
type world struct{ *mailingtest.World }

func newWorld(t testing.TB) *world {
	t.Helper()
	return &world{mailingtest.New(t)}
}

// start starts an engine that stops with the test.
func (w *world) start(options ...Option) *Engine {
	w.T.Helper()
	e := New(w.App, options...)
	e.Start(context.Background())
	w.T.Cleanup(func() { e.Stop(context.Background()) })
	return e
}

// launcher is an engine, or the verbs of somebody.
type launcher interface {
	Launch(ctx context.Context, id, key string) (launch.Launched, error)
}

// launch launches a mailing that can be launched.
func (w *world) launch(e launcher, id string) launch.Launched {
	w.T.Helper()
	l, err := e.Launch(context.Background(), id, "")
	if err != nil {
		w.T.Fatalf("launch: %v", err)
	}
	return l
}

// ProgressOf reads how far a mailing is, as its owner sees it.
func (e *Engine) ProgressOf(id string) (results.Progress, error) {
	p, err := results.ProgressOf(e.app, id)
	if err == nil {
		e.overlay(&p)
	}
	return p, err
}

// until waits for a condition on the progress of a mailing.
func (w *world) until(id, what string, holds func(results.Progress) bool) results.Progress {
	w.T.Helper()
	e := New(w.App)
	for wait := mailingtest.NewWait(); ; {
		p, err := e.ProgressOf(id)
		if err != nil {
			w.T.Fatal(err)
		}
		if holds(p) {
			return p
		}
		if wait.Over() {
			w.T.Fatalf("waited in vain until the mailing was %s: %+v, %s", what, p, p.Reason)
		}
	}
}

func (w *world) untilStatus(id string, status mailing.Status) results.Progress {
	w.T.Helper()
	return w.until(id, string(status), func(p results.Progress) bool { return p.Status == status })
}

// waits waits until the engine says that a mailing waits for this.
func (w *world) waits(e *Engine, id, code string) {
	w.T.Helper()
	for wait := mailingtest.NewWait(); ; {
		p, err := e.ProgressOf(id)
		if err != nil {
			w.T.Fatal(err)
		}
		if reasonCode(p) == code {
			return
		}
		if wait.Over() {
			w.T.Fatalf("waited in vain for %s: %s %s", code, p.Status, p.Reason)
		}
	}
}

// recipient reads one recipient of a mailing.
func (w *world) recipient(id, email string) results.Recipient {
	w.T.Helper()
	page, err := results.Recipients(context.Background(), w.App, id, results.Query{Search: email})
	if err != nil || len(page.Items) != 1 {
		w.T.Fatalf("recipient %s: %+v, %v", email, page, err)
	}
	return page.Items[0]
}

// reasonCode is the code of the reason why a mailing waits, "" when it does not.
func reasonCode(p results.Progress) string {
	var r mailing.Reason
	_ = json.Unmarshal(p.Reason, &r)
	return r.Code
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
