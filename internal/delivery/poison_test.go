package delivery

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// poisoned is an address whose rows the database refuses, for a reason that has to do with no other.
const poisoned = "person7@example0.com"

// TestARecipientThatCannotBeRecordedStopsNobodyElse has the database refuse one statement for one recipient
// only, in a mailing that runs beside another.
func TestARecipientThatCannotBeRecordedStopsNobodyElse(t *testing.T) {
	t.Parallel()
	refuseWhen := func(event, condition string) []string {
		return []string{`CREATE TRIGGER poison BEFORE ` + event + ` WHEN ` + condition + ` BEGIN SELECT RAISE(ABORT, 'poison'); END`}
	}
	for name, c := range map[string]struct {
		poison   []string
		script   smtptest.Script
		state    mailing.State
		reason   string
		attempts int
		mailed   int
	}{
		"the attempt": {
			poison: refuseWhen(`INSERT ON attempts`, `NEW.email = '`+poisoned+`'`),
			state:  mailing.Uncertain, reason: mailing.ReasonNotRecorded, mailed: 1,
		},
		"the number of the attempt is taken": {
			poison: []string{`INSERT INTO attempts (id, mailing, client, owner, email, status, created)
				SELECT {:attempt}, 'another00000000', 'x', 'x', 'x@example.org', 'success', '2026-01-01 00:00:00.000Z'`},
			state: mailing.Uncertain, reason: mailing.ReasonNotRecorded, mailed: 1,
		},
		"the result": {
			poison: refuseWhen(`UPDATE OF state ON recipients`, `NEW.state = 'sent' AND NEW.email = '`+poisoned+`'`),
			state:  mailing.Uncertain, reason: mailing.ReasonNotRecorded, attempts: 1, mailed: 1,
		},
		"the claim": {
			poison: refuseWhen(`UPDATE OF state ON recipients`, `NEW.state = 'sending' AND NEW.email = '`+poisoned+`'`),
			state:  mailing.Failed, reason: mailing.ReasonNotRecorded, attempts: 1,
		},
		"the stop list": {
			poison: refuseWhen(`INSERT ON suppressions`, `NEW.value = '`+poisoned+`'`),
			script: smtptest.Script{Rules: []smtptest.Rule{smtptest.To(poisoned, smtptest.RCPT, smtptest.Say("550 5.1.1 no such user"))}},
			state:  mailing.Failed, reason: mailing.ReasonNotRecorded, attempts: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const clients = 60
			w, p := newWorld(t), smtptest.Start(t, c.script)
			w.NewClients(clients)
			sender := w.NewSender(p, nil)
			id, other := w.NewMailing(map[string]any{"sender": sender}), w.NewMailing(map[string]any{"sender": sender})
			e := New(w.App)
			w.launch(e, id)
			for _, query := range c.poison {
				var recipient int64
				err := w.App.ConcurrentDB().NewQuery(`SELECT id FROM recipients WHERE mailing = {:id} AND email = {:email}`).
					Bind(dbx.Params{"id": id, "email": poisoned}).Row(&recipient)
				if err != nil {
					t.Fatal(err)
				}
				_, err = w.App.NonconcurrentDB().NewQuery(query).Bind(dbx.Params{"attempt": mailing.AttemptID(recipient, 1)}).Execute()
				if err != nil {
					t.Fatal(err)
				}
			}
			w.start()
			done := w.untilStatus(id, mailing.Completed)
			if done.Sent != clients-1 || done.Failed+done.Uncertain != 1 {
				t.Errorf("%+v", done)
			}
			r := w.recipient(id, poisoned)
			if r.State != c.state || r.Reason != c.reason {
				t.Errorf("it is %s because of %q, want %s because of %q", r.State, r.Reason, c.state, c.reason)
			}
			if n := len(w.Attempts(id)[poisoned]); n != c.attempts {
				t.Errorf("%d attempts, want %d", n, c.attempts)
			}
			if c.attempts > 0 && !strings.Contains(r.Response, "poison") {
				t.Errorf("the attempt does not say why: %q", r.Response)
			}
			mailed := map[string]int{}
			for _, m := range p.Mails() {
				mailed[m.To[0]]++
			}
			if mailed[poisoned] != c.mailed {
				t.Errorf("it was mailed %d times, want %d", mailed[poisoned], c.mailed)
			}
			w.Balanced(id)
			if c.attempts > 0 {
				w.AuditUsage()
			}
			w.launch(e, other)
			w.until(other, "through", func(p results.Progress) bool { return p.Sent >= clients-1 })
		})
	}
}

// TestSeveralRecipientsThatCannotBeRecordedStopNobodyElse has some in one mailing that cannot be claimed, some whose
// result cannot be written, and some whose attempt cannot.
func TestSeveralRecipientsThatCannotBeRecordedStopNobodyElse(t *testing.T) {
	t.Parallel()
	const clients, each = 200, 5
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(clients)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 10})})
	e := New(w.App)
	w.launch(e, id)
	poison := func(name, event, condition string, skip int) {
		t.Helper()
		_, err := w.App.NonconcurrentDB().NewQuery(fmt.Sprintf(`
			CREATE TABLE %[1]s AS SELECT email FROM recipients ORDER BY id LIMIT %[4]d OFFSET %[5]d;
			CREATE TRIGGER poison_%[1]s BEFORE %[2]s WHEN %[3]s AND NEW.email IN (SELECT email FROM %[1]s)
			BEGIN SELECT RAISE(ABORT, 'poison'); END`, name, event, condition, each, skip)).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	poison("claims", `UPDATE OF state ON recipients`, `NEW.state = 'sending'`, 10)
	poison("results", `UPDATE OF state ON recipients`, `NEW.state = 'sent'`, 10+each)
	poison("logged", `INSERT ON attempts`, `TRUE`, 10+2*each)
	w.start()
	done := w.untilStatus(id, mailing.Completed)
	if done.Sent != clients-3*each || done.Failed != each || done.Uncertain != 2*each {
		t.Errorf("%+v", done)
	}
	mailingtest.Once(t, p.Mails())
	if n := len(p.Mails()); n != clients-each {
		t.Errorf("%d mails", n)
	}
	w.Balanced(id)
}

// TestARecipientThatCannotBeTouchedStopsNobodyElse has a row that cannot be changed at all: there is nowhere
// to put a state. All others are mailed, and the mailing says what is the matter.
func TestARecipientThatCannotBeTouchedStopsNobodyElse(t *testing.T) {
	t.Parallel()
	for name, condition := range map[string]string{
		"from the start": `TRUE`, "when it is being mailed": `OLD.state = 'sending'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const clients = 40
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
			w.NewClients(clients)
			sender := w.NewSender(p, nil)
			id, other := w.NewMailing(map[string]any{"sender": sender}), w.NewMailing(map[string]any{"sender": sender})
			e := w.start()
			_, err := w.App.NonconcurrentDB().NewQuery(fmt.Sprintf(`CREATE TRIGGER poison BEFORE UPDATE ON recipients
				WHEN OLD.email = '%s' AND %s AND NEW.mailing = '%s' BEGIN SELECT RAISE(ABORT, 'poison'); END`, poisoned, condition, id)).Execute()
			if err != nil {
				t.Fatal(err)
			}
			w.launch(e, id)
			w.launch(e, other)
			w.untilStatus(other, mailing.Completed)
			if name == "from the start" {
				w.until(id, "sent to all others", func(p results.Progress) bool { return p.Sent == clients-1 })
			}
			w.waits(e, id, mailing.WaitDatabase)
			// When it can be written again the mailing comes to its end, without a second mail to anybody.
			if _, err := w.App.NonconcurrentDB().NewQuery(`DROP TRIGGER poison`).Execute(); err != nil {
				t.Fatal(err)
			}
			e.Stop(t.Context())
			e.Start(t.Context())
			if done := w.untilStatus(id, mailing.Completed); done.Sent+done.Uncertain != clients {
				t.Errorf("%+v", done)
			}
			got := map[string]int{}
			for _, m := range p.Mails() {
				got[m.To[0]]++
			}
			for to, n := range got {
				if n != 2 { // one of each mailing
					t.Errorf("%s was mailed %d times", to, n)
				}
			}
			w.Audit(id)
		})
	}
}

// TestAReadOnlyDatabaseIsNobodysFault has nothing be writable for a while.
func TestAReadOnlyDatabaseIsNobodysFault(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, slow)
	w.NewClients(500)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	if _, err := p.WaitMails(t.Context(), 50); err != nil {
		t.Fatal(err)
	}
	only := func(pragma string) {
		if _, err := w.App.NonconcurrentDB().NewQuery(`PRAGMA query_only = ` + pragma).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	only("ON")
	w.waits(e, id, mailing.WaitDatabase)
	only("OFF")
	if done := w.untilStatus(id, mailing.Completed); done.Sent != 500 {
		t.Errorf("%+v", done)
	}
	mailingtest.Once(t, p.Mails())
	w.Closes(id, p.Mails())
}

// TestAPoisonedRecipientDoesNotKeepASessionFromStarting has one who was being mailed when a process ended,
// and whose row cannot be changed.
func TestAPoisonedRecipientDoesNotKeepASessionFromStarting(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(20)
	sender := w.NewSender(p, nil)
	id, other := w.NewMailing(map[string]any{"sender": sender}), w.NewMailing(map[string]any{"sender": sender})
	e := New(w.App)
	w.launch(e, id)
	w.launch(e, other)
	for _, query := range []string{
		`UPDATE recipients SET state = 'sending' WHERE email IN ('` + poisoned + `', 'person8@example1.com') AND mailing = '` + id + `'`,
		`CREATE TRIGGER poison BEFORE UPDATE ON recipients WHEN OLD.email = '` + poisoned + `' AND OLD.mailing = '` + id + `' BEGIN SELECT RAISE(ABORT, 'poison'); END`,
	} {
		if _, err := w.App.NonconcurrentDB().NewQuery(query).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	w.start()
	if done := w.untilStatus(other, mailing.Completed); done.Sent != 20 {
		t.Errorf("%+v", done)
	}
	w.until(id, "sent to all others", func(p results.Progress) bool { return p.Sent == 18 && p.Uncertain == 1 })
}
