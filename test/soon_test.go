package e2e

import (
	"context"
	"time"
)

// soon is within what time a verb must take effect: within 2 s.
const soon = 2 * time.Second

// slowly is a latency at which a mailing of hundreds can be watched: a hundred mails a second over ten connections.
const slowly = 100 * time.Millisecond

// mustCome waits until this many more mails have come.
func (w *world) mustCome(n int) {
	w.t.Helper()
	if err := w.outbox.Wait(w.ctx, w.outbox.Total()+n); err != nil {
		w.t.Fatal(err)
	}
}

// mustStopSoon does something that must stop all mail, and fails the test when a mail comes later than soon.
func (w *world) mustStopSoon(act func()) {
	w.t.Helper()
	asked := time.Now()
	act()
	grew, total := time.Now(), w.outbox.Total()
	eventually(w.ctx, w.t, "no more mail comes", func() bool {
		if now := w.outbox.Total(); now != total {
			grew, total = time.Now(), now
		}
		// Running, there would be a mail every ten milliseconds.
		return time.Since(grew) > time.Second
	})
	if took := grew.Sub(asked); took > soon+slowly {
		w.t.Errorf("mail went on for %v", took)
	}
}

// mustStartSoon does something that must let mail go on, and fails the test when none comes.
func (w *world) mustStartSoon(act func()) {
	w.t.Helper()
	total := w.outbox.Total()
	ctx, cancel := context.WithTimeout(w.ctx, soon+slowly)
	defer cancel()
	act()
	if err := w.outbox.Wait(ctx, total+1); err != nil {
		w.t.Errorf("no mail comes: %v", err)
	}
}
