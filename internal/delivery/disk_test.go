package delivery

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

func TestAFullDiskStopsAndSaysSoAndLosesNobody(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, slow)
	w.NewClients(2000)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	if _, err := p.WaitMails(t.Context(), 50); err != nil {
		t.Fatal(err)
	}
	// The database may not grow any more.
	var pages int
	if err := w.App.NonconcurrentDB().NewQuery(`PRAGMA page_count`).Row(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		if _, err := w.App.NonconcurrentDB().NewQuery(fmt.Sprintf(`PRAGMA max_page_count = %d`, n)).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages)
	w.waits(e, id, mailing.WaitDatabase)
	mailed := len(p.Mails())
	if states := w.States(id); mailed > states[mailing.Sent]+states[mailing.Sending] {
		t.Errorf("%d were mailed, the ledger knows of %v", mailed, states)
	}

	limit(1 << 30)
	done := w.untilStatus(id, mailing.Completed)
	if done.Sent != 2000 {
		t.Errorf("%+v", done)
	}
	if n := mailingtest.Once(t, p.Mails()); n != 2000 {
		t.Errorf("%d were mailed", n)
	}
	if now, err := e.ProgressOf(id); err != nil || reasonCode(now) != "" {
		t.Errorf("%s, %v", now.Reason, err)
	}
	w.Balanced(id)
}

// TestALockedDatabaseStopsAndSaysSoAndLosesNobody has another process that does not let go of the database
// for longer than SQLite waits.
func TestALockedDatabaseStopsAndSaysSoAndLosesNobody(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, slow)
	w.NewClients(2000)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	if _, err := p.WaitMails(t.Context(), 50); err != nil {
		t.Fatal(err)
	}
	other, err := database.Connect(filepath.Join(w.Dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	w.waits(e, id, mailing.WaitDatabase)
	if mailed, states := len(p.Mails()), w.States(id); mailed > states[mailing.Sent]+states[mailing.Sending] {
		t.Errorf("%d were mailed, the ledger knows of %v", mailed, states)
	}
	if said := e.BlockedBy(); !strings.Contains(said, "locked") {
		t.Errorf("the engine says %q", said)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if done := w.untilStatus(id, mailing.Completed); done.Sent != 2000 {
		t.Errorf("%+v", done)
	}
	if n := mailingtest.Once(t, p.Mails()); n != 2000 {
		t.Errorf("%d were mailed", n)
	}
	w.Balanced(id)
}
