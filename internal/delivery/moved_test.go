package delivery

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

// launchChunk is how many clients a launch looks at in one transaction.
const launchChunk = 5_000

// TestAPersonWhoseAddressChangesDuringALaunchGetsOneMail has addresses move across the point up to which the
// recipients are written down, both ways, before each write of the launch.
func TestAPersonWhoseAddressChangesDuringALaunchGetsOneMail(t *testing.T) {
	t.Parallel()
	const clients, moving = launchChunk + 500, 5
	for n, passed := 1, false; !passed; n++ {
		t.Run(fmt.Sprint("before write ", n), func(t *testing.T) {
			w := newWorld(t)
			w.NewClients(clients)
			// Somebody has been here under another address long before.
			w.move(`SELECT id FROM clients ORDER BY email LIMIT 1`, "aaa")
			id := w.NewMailing(map[string]any{"sender": w.NewSender(smtptest.Start(t, smtptest.Script{}), nil)})
			app := &meanwhile{App: w.App, left: n, act: func() {
				w.move(fmt.Sprintf(`SELECT id FROM clients ORDER BY email LIMIT %d`, moving), "zzz")
				w.move(fmt.Sprintf(`SELECT id FROM clients WHERE email < 'zzz' ORDER BY email DESC LIMIT %d`, moving), "aaa")
			}}
			l, err := New(app).Launch(context.Background(), id, "")
			if err != nil {
				t.Fatal(err)
			}
			passed = app.left > 0
			var rows, people, known int
			err = w.App.ConcurrentDB().NewQuery(`
				SELECT COUNT(*), COUNT(DISTINCT client), COUNT(*) FILTER (WHERE client IN (SELECT id FROM clients))
				FROM recipients WHERE mailing = {:id}`).Bind(dbx.Params{"id": id}).Row(&rows, &people, &known)
			if err != nil || rows != clients || people != clients || known != clients || l.Total != clients {
				t.Errorf("%d recipients are %d people, of %d clients; launched %d; %v", rows, people, clients, l.Total, err)
			}
			w.Balanced(id)
		})
	}
}

// TestTwoPeopleWhoSwapAddressesDuringALaunchGetOneMailEach has the first and the last client swap addresses before
// each write of a launch, by way of a third address as people have to.
func TestTwoPeopleWhoSwapAddressesDuringALaunchGetOneMailEach(t *testing.T) {
	t.Parallel()
	const clients = launchChunk + 500
	for n, passed := 1, false; !passed; n++ {
		t.Run(fmt.Sprint("before write ", n), func(t *testing.T) {
			w := newWorld(t)
			w.NewClients(clients)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(smtptest.Start(t, smtptest.Script{}), nil)})
			var first, last struct {
				ID    string `db:"id"`
				Email string `db:"email"`
			}
			for order, one := range map[string]any{"": &first, "DESC": &last} {
				if err := w.App.ConcurrentDB().NewQuery(`SELECT id, email FROM clients ORDER BY email ` + order + ` LIMIT 1`).One(one); err != nil {
					t.Fatal(err)
				}
			}
			app := &meanwhile{App: w.App, left: n, act: func() {
				for _, step := range [][2]string{{first.ID, "between@example.org"}, {last.ID, first.Email}, {first.ID, last.Email}} {
					_, err := w.App.NonconcurrentDB().NewQuery(`UPDATE clients SET email = {:email} WHERE id = {:id}`).
						Bind(dbx.Params{"id": step[0], "email": step[1]}).Execute()
					if err != nil {
						t.Fatal(err)
					}
				}
			}}
			l, err := New(app).Launch(context.Background(), id, "")
			if err != nil {
				t.Fatal(err)
			}
			passed = app.left > 0
			var people, addresses int
			err = w.App.ConcurrentDB().NewQuery(`SELECT COUNT(DISTINCT client), COUNT(DISTINCT email) FROM recipients WHERE mailing = {:id}`).
				Bind(dbx.Params{"id": id}).Row(&people, &addresses)
			if err != nil || people != clients || addresses != clients || l.Total != clients {
				t.Errorf("%d people at %d addresses, of %d clients; launched %d; %v", people, addresses, clients, l.Total, err)
			}
			w.Balanced(id)
		})
	}
}

// TestExtendKnowsWhoHasMoved extends a mailing after addresses have changed, and while they change.
func TestExtendKnowsWhoHasMoved(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(20)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	w.untilStatus(id, mailing.Completed)
	w.move(`SELECT id FROM clients ORDER BY email LIMIT 5`, "zzz")
	if n, err := e.Joined(t.Context(), w.Record(id)); err != nil || n != 0 {
		t.Errorf("%d have joined, %v", n, err)
	}
	if q, err := e.Extend(t.Context(), id); err != nil || q.Recipients != 0 {
		t.Errorf("extended by %+v, %v", q, err)
	}
	w.NewClient("yyy@example.org")
	app := &meanwhile{App: w.App, left: 3, act: func() { // before the last write
		w.move(`SELECT id FROM clients WHERE email = 'yyy@example.org'`, "aaa")
		w.NewClient("aab@example.org") // joins later
		w.move(`SELECT id FROM clients ORDER BY email DESC LIMIT 5`, "aac")
	}}
	if q, err := New(app).Extend(t.Context(), id); err != nil || q.Recipients != 1 || app.left != 0 {
		t.Errorf("extended by %+v, %v, %d writes left", q, err, app.left)
	}
	if done := w.untilStatus(id, mailing.Completed); done.Sent != 21 {
		t.Errorf("%+v", done)
	}
	people := map[string]int{}
	for _, m := range p.Mails() {
		people[m.To[0]]++
	}
	if len(people) != 21 || len(p.Mails()) != 21 {
		t.Errorf("%d mails to %d addresses", len(p.Mails()), len(people))
	}
	w.Closes(id, p.Mails())
}

// move gives clients other addresses, which begin like this, by SQL as an import or the console does.
func (w *world) move(who, to string) {
	w.T.Helper()
	_, err := w.App.NonconcurrentDB().NewQuery(`UPDATE clients SET email = {:to} || id || '@example.org' WHERE id IN (` + who + `)`).
		Bind(dbx.Params{"to": to}).Execute()
	if err != nil {
		w.T.Fatal(err)
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
