package delivery

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/apptest"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

// TestStopDoesNotWaitForWhoHoldsTheDatabase has somebody in this process, as a backup is, or in another one
// hold the database while mails are under way.
func TestStopDoesNotWaitForWhoHoldsTheDatabase(t *testing.T) {
	t.Parallel()
	for name, sameProcess := range map[string]bool{"in this process": true, "in another": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), smtptest.Start(t, slow)
			w.NewClients(2000)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
			e := New(w.App)
			e.Start(context.Background())
			w.launch(e, id)
			if _, err := p.WaitMails(t.Context(), 50); err != nil {
				t.Fatal(err)
			}
			release := w.holdDatabase(sameProcess)
			var stops sync.WaitGroup
			for range 2 { // whoever calls it
				stops.Go(func() {
					if e.Stop(context.Background()) {
						t.Error("it says that everything has ended")
					}
				})
			}
			stopped := make(chan struct{})
			go func() { stops.Wait(); close(stopped) }()
			select {
			case <-stopped:
			case <-time.After(StopTime + mailingtest.LongestWait): // it would be for ever
				t.Error("it does not stop")
			}
			release()
			// What has to be true is so nonetheless.
			w.start()
			done := w.untilStatus(id, mailing.Completed)
			if done.Sent+done.Uncertain != 2000 || done.Uncertain > 10 {
				t.Errorf("%+v", done)
			}
			mailingtest.Once(t, p.Mails())
			w.Closes(id, p.Mails())
		})
	}
}

// holdDatabase holds the write lock until the returned function is called.
func (w *world) holdDatabase(sameProcess bool) (release func()) {
	w.T.Helper()
	app := w.App
	if !sameProcess {
		app = apptest.Open(w.T, w.Dir)
	}
	tx, err := app.NonconcurrentDB().(*dbx.DB).Begin()
	if err != nil {
		w.T.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(); err != nil {
			w.T.Error(err)
		}
	}
}
