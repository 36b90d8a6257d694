package delivery

import (
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// A mailing that is being extended may be taken up by a retry meanwhile. Those who are being added are
// not part of it until the extension has been committed: it may still be taken back, and what it had
// sent by then would be forgotten.
func TestWhoIsBeingAddedIsNotMailedYet(t *testing.T) {
	t.Parallel()
	refuse := smtptest.To("person0@example0.com", smtptest.RCPT, smtptest.Say("550 5.2.1 disabled"))
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{refuse}})
	w.NewClients(5)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	w.untilStatus(id, mailing.Completed)

	w.NewClient("new@example.org")
	// An extension has written her row and not committed yet.
	_, err := w.App.NonconcurrentDB().NewQuery(`
		INSERT INTO recipients (id, mailing, client, email, state)
		SELECT (k.no << {:bits}) + k.last + 1, k.mailing, c.id, c.email, 'pending'
		FROM contents k JOIN clients c ON c.email = 'new@example.org' WHERE k.mailing = {:id}`).
		Bind(dbx.Params{"bits": mailing.IDBits, "id": id}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Retry(t.Context(), id, []mailing.State{mailing.Failed}); err != nil {
		t.Fatal(err)
	}
	w.until(id, "through", func(results.Progress) bool { return len(w.Attempts(id)["person0@example0.com"]) == 2 })
	w.untilStatus(id, mailing.Completed)
	if made := w.Attempts(id)["new@example.org"]; made != nil {
		t.Errorf("mailed before its time: %+v", made)
	}
	w.Set(id, `launching_at = '2026-01-01 00:00:00.000Z'`) // as when the process had ended here
	w.Eventually("the extension is taken back", func() bool { return w.Record(id).GetString("launching_at") == "" })
	if _, err := e.Extend(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.until(id, "extended", func(p results.Progress) bool { return p.Status == mailing.Completed && p.Sent == 5 })
	mailingtest.Once(t, p.Mails())
	w.Closes(id, p.Mails())
}
