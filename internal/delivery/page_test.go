package delivery

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

func TestPagesAreReadFromIndexes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.NewClients(2000)
	if _, err := w.App.NonconcurrentDB().NewQuery(`ANALYZE`).Execute(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		query  string
		params dbx.Params
		want   []string
	}{
		"pending": {
			pendingPage,
			dbx.Params{"owner": "o", "after": 1, "bits": mailing.IDBits, "no": 1, "limit": 10},
			[]string{"r USING INTEGER PRIMARY KEY", "c USING COVERING INDEX idx_clients_launch"},
		},
		"due": {
			duePage,
			dbx.Params{"owner": "o", "mailing": "m", "bits": mailing.IDBits, "no": 1, "now": 1, "limit": 10},
			[]string{"r USING INDEX idx_recipients_rare_state", "c USING COVERING INDEX idx_clients_launch"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var steps []struct {
				Detail string `db:"detail"`
			}
			if err := w.App.ConcurrentDB().NewQuery(`EXPLAIN QUERY PLAN ` + c.query).Bind(c.params).All(&steps); err != nil {
				t.Fatal(err)
			}
			var plan []string
			for _, s := range steps {
				plan = append(plan, s.Detail)
			}
			for _, want := range c.want {
				if !strings.Contains(strings.Join(plan, "\n"), want) {
					t.Errorf("no %q in\n%s", want, strings.Join(plan, "\n"))
				}
			}
		})
	}
}

func TestWhoChangedTheAddressOrIsGoneIsStillKnown(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	moved, gone := w.NewClient("moved@example.org"), w.NewClient("gone@example.org")
	w.NewClient("stays@example.org")
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	w.launch(New(w.App), id)
	m, err := w.App.FindRecordById("clients", moved)
	if err != nil {
		t.Fatal(err)
	}
	m.Set("email", "new@example.org")
	m.Set("full_name", "Moved Away")
	if err := w.App.Save(m); err != nil {
		t.Fatal(err)
	}
	g, err := w.App.FindRecordById("clients", gone)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.App.Delete(g); err != nil {
		t.Fatal(err)
	}
	w.start()
	done := w.untilStatus(id, mailing.Completed)
	if done.Sent != 2 || done.Skipped != 1 {
		t.Errorf("%+v", done)
	}
	if r := w.recipient(id, "gone@example.org"); r.Reason != mailing.ReasonDeleted {
		t.Errorf("%+v", r)
	}
	for _, mail := range p.Mails() {
		if mail.To[0] == "moved@example.org" && !strings.Contains(string(mail.Body), "Moved Away") {
			t.Errorf("the name is missing in\n%s", mail.Body)
		}
	}
}
