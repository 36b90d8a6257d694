package dispatch

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/launch"
	"gonets/internal/ledger"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
)

func TestPagesAreReadFromIndexes(t *testing.T) {
	t.Parallel()
	w := mailingtest.New(t)
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

// TestClientsWithManyAttributesAreLoadedInSmallPages.
func TestClientsWithManyAttributesAreLoadedInSmallPages(t *testing.T) {
	t.Parallel()
	w, p := mailingtest.New(t), smtptest.Start(t, smtptest.Script{DropBodies: true})
	w.NewClients(300)
	_, err := w.App.NonconcurrentDB().NewQuery(`UPDATE clients SET attributes = json_object('notes', printf('%.15000c', 'x'))`).Execute()
	if err != nil {
		t.Fatal(err)
	}
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	v := launch.New(w.App, func() {})
	if _, err := v.Launch(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	s := &Shared{App: w.App}
	var no int64
	if err := w.App.DB().NewQuery(`SELECT no FROM contents WHERE mailing = {:id}`).Bind(dbx.Params{"id": id}).Row(&no); err != nil {
		t.Fatal(err)
	}
	q := &Queue{Mailing: ledger.Mailing{ID: id, Owner: w.Owner, No: no}}
	q.rewind()
	loaded, pages := 0, 0
	for end := false; !end; pages++ {
		page, err := s.loadPending(t.Context(), q, q.after)
		if err != nil {
			t.Fatal(err)
		}
		bytes := 0
		for _, r := range page.recipients {
			bytes += r.size()
		}
		if bytes > queueBytes+16<<10 {
			t.Errorf("a page of %d bytes", bytes)
		}
		loaded += len(page.recipients)
		q.after, end = page.last, page.end
	}
	if loaded != 300 || pages < 8 {
		t.Errorf("%d recipients in %d pages", loaded, pages)
	}
}
