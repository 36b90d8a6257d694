package delivery

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"gonets/internal/apptest"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

// copyBooks copies the database as a backup does, without what belongs to the machine.
func copyBooks(t *testing.T, w *world, to string) {
	t.Helper()
	if _, err := w.App.ConcurrentDB().NewQuery(`VACUUM INTO '` + filepath.Join(to, "data.db") + `'`).Execute(); err != nil {
		t.Fatal(err)
	}
}

func TestARestoredBackupMailsNobodyTwice(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, slow)
	w.NewClients(300)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	later := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"name": "other"}), "status": "scheduled", "starts_at": "2099-01-01 00:00:00.000Z"})
	held := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"name": "third"}), "status": "paused"})
	e := New(w.App)
	e.Start(context.Background())
	w.launch(e, id)
	if _, err := p.WaitMails(t.Context(), 20); err != nil {
		t.Fatal(err)
	}
	backup := t.TempDir()
	copyBooks(t, w, backup)
	w.untilStatus(id, mailing.Completed)
	e.Stop(context.Background())
	if err := apptest.Close(w.App); err != nil {
		t.Fatal(err)
	}

	// The backup is put back.
	for _, name := range []string{"data.db", "data.db-wal", "data.db-shm"} {
		_ = os.Remove(filepath.Join(w.Dir, name))
	}
	if err := os.Rename(filepath.Join(backup, "data.db"), filepath.Join(w.Dir, "data.db")); err != nil {
		t.Fatal(err)
	}
	w.App = apptest.Open(t, w.Dir)
	e = w.start()
	for _, id := range []string{id, later, held} { // held may have been resumed after the backup
		if got := w.untilStatus(id, mailing.Paused); reasonCode(got) != mailing.WaitBackup {
			t.Errorf("paused because of %s", got.Reason)
		}
	}
	mailingtest.Once(t, p.Mails())
	w.Balanced(id)
	if done, err := e.Resume(later); err != nil || done.Status != mailing.Scheduled {
		t.Errorf("what had not begun resumes as %+v, %v", done, err)
	}

	// Resumed and stopped, it is trusted again.
	e.Stop(context.Background())
	e = w.start()
	if _, err := e.Resume(id); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(id, mailing.Completed)
}

func TestTheBooksAreTrusted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		books epoch
		file  string // "" is none
		held  bool
	}{
		"when nothing was ever sent":                  {epoch{"a", 0}, "", false},
		"when the file is as far":                     {epoch{"a", 5}, "a 5\n", false},
		"when the file could not follow":              {epoch{"a", 50}, "a 5\n", false},
		"but not when the file is ahead":              {epoch{"a", 4}, "a 5\n", true},
		"but not on a machine where they do not live": {epoch{"a", 5}, "", true},
		"but not when they are another instance's":    {epoch{"a", 5}, "b 3\n", true},
		"but not when the file cannot be read":        {epoch{"a", 5}, "???", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.NewMailing(map[string]any{"status": "scheduled"})
			_, err := w.App.NonconcurrentDB().NewQuery(`UPDATE engine SET instance = {:i}, epoch = {:n}`).
				Bind(map[string]any{"i": c.books.instance, "n": c.books.n}).Execute()
			if err != nil {
				t.Fatal(err)
			}
			if c.file != "" {
				if err := os.WriteFile(filepath.Join(w.Dir, epochFile), []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			e := New(w.App)
			for range 2 { // what was held once is not held again
				if err := e.pauseIfOlder(t.Context()); err != nil {
					t.Fatal(err)
				}
				if held := w.Record(id).GetString("status") == "paused"; held != c.held {
					t.Errorf("held %t, want %t", held, c.held)
				}
				if _, err := e.Resume(id); err != nil && c.held {
					t.Fatal(err)
				}
				c.held = false
			}
		})
	}
}
