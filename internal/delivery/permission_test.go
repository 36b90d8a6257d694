package delivery

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

// meanwhile is an app in which something else happens right before the n-th write of who uses it: in the
// window between a check and what it was for.
type meanwhile struct {
	core.App
	left int
	act  func()
}

func (m *meanwhile) count() {
	if m.left--; m.left == 0 {
		m.act()
	}
}

func (m *meanwhile) NonconcurrentDB() dbx.Builder {
	m.count()
	return m.App.NonconcurrentDB()
}

func (m *meanwhile) RunInTransaction(fn func(tx core.App) error) error {
	m.count()
	return m.App.RunInTransaction(fn)
}

// blockOwner blocks the owner as the route does.
func (w *world) blockOwner() {
	w.T.Helper()
	err := w.App.RunInTransaction(func(tx core.App) error {
		_, err := tx.NonconcurrentDB().NewQuery(`UPDATE users SET blocked = TRUE WHERE id = {:id}`).Bind(dbx.Params{"id": w.Owner}).Execute()
		if err != nil {
			return err
		}
		return mailing.PauseOf(tx, w.Owner)
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// TestABlockIsNeverTooLate blocks the owner or the mailing before each write of each verb that lets mails
// go out. Whenever it comes, the mailing does not run afterwards.
func TestABlockIsNeverTooLate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status string // of the mailing before, "" is created
		verb   func(e *Engine, id string) error
	}{
		"launch": {"", func(e *Engine, id string) error { _, err := e.Launch(context.Background(), id, ""); return err }},
		"resume": {"paused", func(e *Engine, id string) error { _, err := e.Resume(id); return err }},
		"retry": {"completed", func(e *Engine, id string) error {
			_, err := e.Retry(context.Background(), id, []mailing.State{mailing.Failed})
			return err
		}},
		"extend": {"completed", func(e *Engine, id string) error { _, err := e.Extend(context.Background(), id); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for what, block := range map[string]func(w *world, id string){
				"owner": func(w *world, _ string) { w.blockOwner() },
				"mailing": func(w *world, id string) {
					if _, err := New(w.App).Block(id, "spam"); err != nil {
						w.T.Fatal(err)
					}
				},
			} {
				for n, passed := 1, false; !passed; n++ {
					w := newWorld(t)
					w.NewClients(3)
					id := w.NewMailing(map[string]any{"sender": w.NewSender(smtptest.Start(t, smtptest.Script{}), nil)})
					if c.status != "" {
						w.launch(New(w.App), id)
						w.settleAll(id, c.status)
						w.NewClient("new@example.org")
					}
					app := &meanwhile{App: w.App, left: n, act: func() { block(w, id) }}
					err := c.verb(New(app), id)
					if passed = app.left > 0; passed { // the verb has no such write
						continue
					}
					var refused *denial.Error
					if err != nil && !errors.As(err, &refused) {
						t.Errorf("blocked %s before write %d: %v", what, n, err)
					}
					if status := w.Record(id).GetString("status"); status == string(mailing.Running) {
						t.Errorf("blocked %s before write %d: the mailing is running; the verb said %v", what, n, err)
					}
					if l := w.Record(id).GetString("launching_at"); l != "" {
						t.Errorf("blocked %s before write %d: the mailing stays claimed", what, n)
					}
					w.Balanced(id)
				}
			}
		})
	}
}

// settleAll has the recipients of a running mailing fail, and brings it into a status.
func (w *world) settleAll(id, status string) {
	w.T.Helper()
	state := mailing.State(map[string]mailing.State{"completed": mailing.Failed, "paused": mailing.Pending}[status])
	for _, query := range []string{
		`UPDATE recipients SET state = {:state} WHERE mailing = {:id}`,
		`UPDATE mailings SET status = {:status}, failed = IIF({:state} = 'failed', total, 0) WHERE id = {:id}`,
	} {
		_, err := w.App.NonconcurrentDB().NewQuery(query).
			Bind(dbx.Params{"state": string(state), "status": status, "id": id}).Execute()
		if err != nil {
			w.T.Fatal(err)
		}
	}
}

// TestAMailingOfAnOwnerWhoMayNotSendIsPausedAndSaysWhy has it run although no verb let it.
func TestAMailingOfAnOwnerWhoMayNotSendIsPausedAndSaysWhy(t *testing.T) {
	t.Parallel()
	for change, code := range map[string]string{
		"blocked = TRUE": mailing.WaitOwnerBlocked, "awaiting_approval = TRUE": mailing.WaitApproval, "verified = FALSE": mailing.WaitUnverified,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), smtptest.Start(t, slow)
			w.NewClients(2000)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
			e := w.start()
			w.launch(e, id)
			if _, err := p.WaitMails(t.Context(), 10); err != nil {
				t.Fatal(err)
			}
			if _, err := w.App.NonconcurrentDB().NewQuery(`UPDATE users SET ` + change).Execute(); err != nil {
				t.Fatal(err)
			}
			if got := w.untilStatus(id, mailing.Paused); reasonCode(got) != code {
				t.Errorf("it is paused because of %s, want %s", got.Reason, code)
			}
			_, err := e.Resume(id)
			refusedWith(t, err, 403, code)
			w.Balanced(id)
		})
	}
}

func TestABlockedMailingIsNotDuplicatedByItsOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.NewMailing(nil)
	e := New(w.App)
	if _, err := e.Block(id, "spam"); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []mailing.ActorKind{mailing.ActorOwner, mailing.ActorManager} {
		_, err := e.By(mailing.Actor{Kind: kind, ID: w.Owner}).Duplicate(id)
		refusedWith(t, err, 403, "blocked")
	}
	if _, err := e.By(mailing.Actor{Kind: mailing.ActorSuperuser}).Duplicate(id); err != nil {
		t.Errorf("a superuser: %v", err)
	}
}

// TestAScheduledMailingIsNotHeldForABlockThatIsGone has the block lifted between the look and the pause.
func TestAScheduledMailingIsNotHeldForABlockThatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.NewMailing(map[string]any{"status": "scheduled", "starts_at": database.Stamp(time.Now().Add(time.Hour))})
	s := &session{Engine: New(w.App)}
	if err := s.pauseUnlessAllowed(id, mailing.NewReason(mailing.WaitBlocked, "", time.Time{})); err != nil {
		t.Fatal(err)
	}
	if status := w.Record(id).GetString("status"); status != string(mailing.Scheduled) {
		t.Errorf("it is %s although nothing is blocked", status)
	}
}
