package delivery

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"gonets/internal/apptest"
	"gonets/internal/launch"
	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

// holdLaunches keeps every launch of the instance waiting until the returned function is called.
func (w *world) holdLaunches() (release func()) {
	w.T.Helper()
	f := flock.New(filepath.Join(w.Dir, launch.LockFile))
	if ours, err := f.TryLock(); err != nil || !ours {
		w.T.Fatal("somebody launches already", err)
	}
	return func() {
		if err := f.Unlock(); err != nil {
			w.T.Fatal(err)
		}
	}
}

func TestRequestsWithOneKeyAtTheSameTimeGetOneAnswer(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(3)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	other := apptest.Open(t, w.Dir) // as another process has it
	release := w.holdLaunches()
	answers, failed := make([]launch.Launched, 8), make([]error, 8)
	var all sync.WaitGroup
	for i := range answers {
		app := w.App
		if i%2 > 0 {
			app = other
		}
		all.Go(func() { answers[i], failed[i] = New(app).Launch(t.Context(), id, "the key") })
	}
	release()
	all.Wait()
	for i, got := range answers {
		if want := (launch.Launched{ID: id, Status: mailing.Running, Total: 3}); failed[i] != nil || got != want {
			t.Errorf("request %d got %+v, %v", i, got, failed[i])
		}
	}
	_, err := New(w.App).Launch(t.Context(), id, "another key")
	refusedWith(t, err, 409, "wrong_state")
}

func TestRequestsWithOneKeyThatIsRefusedAreAllRefused(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := New(w.App)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			_, err := e.Launch(t.Context(), id, "the key")
			refusedWith(t, err, 400, "audience_empty")
		})
	}
	all.Wait()
	w.NewClients(2) // the same request works once there is somebody
	if got, err := e.Launch(t.Context(), id, "the key"); err != nil || got.Total != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWorkGoesOnWithoutTheClientAndEndsWithTheEngine(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(2)
	left, leave := context.WithCancel(t.Context())
	leave()
	first, second := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)}), w.NewMailing(nil)
	e := New(w.App)
	ctx, done := e.By(mailing.CommandLine).Detached(left)
	if _, err := e.Launch(ctx, first, ""); err != nil {
		t.Fatal(err)
	}
	done()

	ctx, done = e.Detached(left)
	release := w.holdLaunches()
	defer release()
	ended := make(chan error, 1)
	go func() {
		_, err := e.Launch(ctx, second, "")
		done()
		ended <- err
	}()
	e.Stop(t.Context())
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a launch goes on after the engine was stopped")
	}
	if m := w.Record(second); m.GetString("status") != "created" || m.GetString("launching_at") != "" {
		t.Errorf("the mailing is %s, claimed at %q", m.GetString("status"), m.GetString("launching_at"))
	}
	ctx, done = e.Detached(t.Context())
	defer done()
	if ctx.Err() == nil {
		t.Error("something begins after the stop")
	}
}
