package delivery

import (
	"context"
	"fmt"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/peer"
)

// TestAPersonWhoseAddressChangesDuringALaunchGetsOneMail has addresses move across the point up to which the
// recipients are written down, both ways, before each write of the launch.
func TestAPersonWhoseAddressChangesDuringALaunchGetsOneMail(t *testing.T) {
	t.Parallel()
	const clients, moving = chunkSize + 500, 5
	for n, passed := 1, false; !passed; n++ {
		t.Run(fmt.Sprint("before write ", n), func(t *testing.T) {
			w := newWorld(t)
			w.newClients(clients)
			// Somebody has been here under another address long before.
			w.move(`SELECT id FROM clients ORDER BY email LIMIT 1`, "aaa")
			id := w.newMailing(map[string]any{"sender": w.newSender(peer.Start(t, peer.Script{}), nil)})
			app := &meanwhile{App: w.app, left: n, act: func() {
				w.move(fmt.Sprintf(`SELECT id FROM clients ORDER BY email LIMIT %d`, moving), "zzz")
				w.move(fmt.Sprintf(`SELECT id FROM clients WHERE email < 'zzz' ORDER BY email DESC LIMIT %d`, moving), "aaa")
			}}
			l, err := New(app).Launch(context.Background(), id, "")
			if err != nil {
				t.Fatal(err)
			}
			passed = app.left > 0
			var rows, people, known int
			err = w.app.ConcurrentDB().NewQuery(`
				SELECT COUNT(*), COUNT(DISTINCT client), COUNT(*) FILTER (WHERE client IN (SELECT id FROM clients))
				FROM recipients WHERE mailing = {:id}`).Bind(dbx.Params{"id": id}).Row(&rows, &people, &known)
			if err != nil || rows != clients || people != clients || known != clients || l.Total != clients {
				t.Errorf("%d recipients are %d people, of %d clients; launched %d; %v", rows, people, clients, l.Total, err)
			}
			w.balanced(id)
		})
	}
}

// TestExtendKnowsWhoHasMoved extends a mailing after addresses have changed, and while they change.
func TestExtendKnowsWhoHasMoved(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), peer.Start(t, peer.Script{})
	w.newClients(20)
	id := w.newMailing(map[string]any{"sender": w.newSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	w.untilStatus(id, Completed)
	w.move(`SELECT id FROM clients ORDER BY email LIMIT 5`, "zzz")
	if n, err := e.Joined(t.Context(), w.record(id)); err != nil || n != 0 {
		t.Errorf("%d have joined, %v", n, err)
	}
	if q, err := e.Extend(t.Context(), id); err != nil || q.Recipients != 0 {
		t.Errorf("extended by %+v, %v", q, err)
	}
	w.newClient("yyy@example.org")
	app := &meanwhile{App: w.app, left: 3, act: func() { // before the last write
		w.move(`SELECT id FROM clients WHERE email = 'yyy@example.org'`, "aaa")
		w.newClient("aab@example.org") // joins later
		w.move(`SELECT id FROM clients ORDER BY email DESC LIMIT 5`, "aac")
	}}
	if q, err := New(app).Extend(t.Context(), id); err != nil || q.Recipients != 1 || app.left != 0 {
		t.Errorf("extended by %+v, %v, %d writes left", q, err, app.left)
	}
	if done := w.untilStatus(id, Completed); done.Sent != 21 {
		t.Errorf("%+v", done)
	}
	people := map[string]int{}
	for _, m := range p.Mails() {
		people[m.To[0]]++
	}
	if len(people) != 21 || len(p.Mails()) != 21 {
		t.Errorf("%d mails to %d addresses", len(p.Mails()), len(people))
	}
	w.closes(id, p.Mails())
}

// move gives clients other addresses, which begin like this, by SQL as an import or the console does.
func (w *world) move(who, to string) {
	w.t.Helper()
	_, err := w.app.NonconcurrentDB().NewQuery(`UPDATE clients SET email = {:to} || id || '@example.org' WHERE id IN (` + who + `)`).
		Bind(dbx.Params{"to": to}).Execute()
	if err != nil {
		w.t.Fatal(err)
	}
}
