package mailingtest

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

// Attempt is an attempt as the database has it.
type Attempt struct {
	ID       string `db:"id"`
	Email    string `db:"email"`
	Status   string `db:"status"`
	Code     int    `db:"code"`
	Enhanced string `db:"enhanced_code"`
	Response string `db:"response"`
	Try      int    `db:"try"`
}

// Attempts are the attempts of a mailing by recipient, in the order in which they were recorded.
func (w *World) Attempts(id string) map[string][]Attempt {
	w.T.Helper()
	var rows []Attempt
	err := w.App.ConcurrentDB().NewQuery(`
		SELECT id, email, status, code, enhanced_code, response, try FROM attempts WHERE mailing = {:id} ORDER BY rowid`).
		Bind(dbx.Params{"id": id}).All(&rows)
	if err != nil {
		w.T.Fatal(err)
	}
	byEmail := map[string][]Attempt{}
	for _, r := range rows {
		byEmail[r.Email] = append(byEmail[r.Email], r)
	}
	return byEmail
}

// Audit checks everything that must be true of the database of a mailing at any moment: the counters
// (balanced), the last attempt of every recipient against its state, the rollups against the attempts
// by code and by result, and the mails of the day.
func (w *World) Audit(id string) {
	w.T.Helper()
	w.Balanced(id)
	w.auditRecipients(id)
	w.auditRollups(id)
	w.AuditUsage()
}

func (w *World) auditRecipients(id string) {
	w.T.Helper()
	var rows []struct {
		ID     int64         `db:"id"`
		Email  string        `db:"email"`
		State  mailing.State `db:"state"`
		Reason string        `db:"reason"`
		Tries  int           `db:"tries"`
		Next   int64         `db:"next_try_at"`
	}
	err := w.App.ConcurrentDB().
		NewQuery(`SELECT id, email, state, reason, tries, next_try_at FROM recipients WHERE mailing = {:id}`).
		Bind(dbx.Params{"id": id}).All(&rows)
	if err != nil {
		w.T.Fatal(err)
	}
	attempts := w.Attempts(id)
	var bounces []string
	if err := w.App.ConcurrentDB().NewQuery(`SELECT id FROM bounces WHERE mailing = {:id}`).Bind(dbx.Params{"id": id}).Column(&bounces); err != nil {
		w.T.Fatal(err)
	}
	for _, r := range rows {
		made := attempts[r.Email]
		var last Attempt
		if len(made) > 0 {
			last = made[len(made)-1]
		}
		if r.Tries != len(made) || r.Tries > 0 && last.ID != mailing.AttemptID(r.ID, r.Tries) {
			w.T.Errorf("%s counts %d tries; there are %d, the last is %q", r.Email, r.Tries, len(made), last.ID)
		}
		want := map[mailing.State]string{mailing.Sent: "success", mailing.Failed: "failure", mailing.Deferred: "failure", mailing.Uncertain: "uncertain"}[r.State]
		if r.Reason == mailing.ReasonAccepted {
			want = "uncertain"
		}
		if want != "" && last.Status != want {
			w.T.Errorf("%s is %s and its last attempt a %q (%s)", r.Email, r.State, last.Status, last.Response)
		}
		if r.State != mailing.Sending && (r.State == mailing.Deferred) != (r.Next > 0) {
			w.T.Errorf("%s is %s and has its next try at %d", r.Email, r.State, r.Next)
		}
		for i, a := range made {
			if successes := a.Status == "success"; successes && i < len(made)-1 && !slices.Contains(bounces, a.ID) {
				w.T.Errorf("%s was tried again after %d %s", r.Email, a.Code, a.Response)
			}
		}
	}
}

func (w *World) auditRollups(id string) {
	w.T.Helper()
	type sums struct {
		Code      int    `db:"code"`
		Enhanced  string `db:"enhanced_code"`
		Attempts  int    `db:"attempts"`
		Success   int    `db:"success"`
		Failure   int    `db:"failure"`
		Uncertain int    `db:"uncertain"`
	}
	read := func(query string) map[string]sums {
		var rows []sums
		if err := w.App.ConcurrentDB().NewQuery(query).Bind(dbx.Params{"id": id}).All(&rows); err != nil {
			w.T.Fatal(err)
		}
		by := map[string]sums{}
		for _, r := range rows {
			by[fmt.Sprint(r.Code, " ", r.Enhanced)] = r
		}
		return by
	}
	made := read(`
		SELECT code, enhanced_code, COUNT(*) AS attempts, SUM(status = 'success') AS success,
			SUM(status = 'failure') AS failure, SUM(status = 'uncertain') AS uncertain
		FROM attempts WHERE mailing = {:id} GROUP BY code, enhanced_code`)
	rolled := read(`
		SELECT code, enhanced_code, SUM(attempts) AS attempts, SUM(success) AS success,
			SUM(failure) AS failure, SUM(uncertain) AS uncertain
		FROM ` + Rollups + ` WHERE mailing = {:id} GROUP BY code, enhanced_code HAVING SUM(attempts) > 0`)
	for answer, m := range made {
		if rolled[answer] != m {
			w.T.Errorf("answer %s: attempts have %+v, rollups %+v", answer, m, rolled[answer])
		}
	}
	if len(rolled) != len(made) {
		w.T.Errorf("attempts have %d answers, rollups %d", len(made), len(rolled))
	}
	// Who was sent stays so in the rollups, whatever comes back.
	var rolledSent, sent, rolledComplained, complained int
	err := w.App.ConcurrentDB().NewQuery(`
		SELECT (SELECT COALESCE(SUM(sent), 0) FROM `+Rollups+` WHERE mailing = {:id}),
			(SELECT COUNT(*) FROM attempts WHERE mailing = {:id} AND status = 'success')
				+ (SELECT COALESCE(SUM(detail ->> 'uncertain'), 0) FROM mailing_events WHERE mailing = {:id} AND kind = 'accepted'),
			(SELECT COALESCE(SUM(complained), 0) FROM `+Rollups+` WHERE mailing = {:id}),
			(SELECT complained FROM mailings WHERE id = {:id})`).
		Bind(dbx.Params{"id": id}).Row(&rolledSent, &sent, &rolledComplained, &complained)
	if err != nil {
		w.T.Fatal(err)
	}
	if rolledSent != sent {
		w.T.Errorf("%d were sent, the rollups have %d", sent, rolledSent)
	}
	if rolledComplained != complained {
		w.T.Errorf("%d complained, the rollups have %d", complained, rolledComplained)
	}
}

// AuditUsage checks that the owner's and the senders' mails are as many as attempts may have handed over.
func (w *World) AuditUsage() {
	w.T.Helper()
	var handed, byOwner, bySender int
	err := w.App.ConcurrentDB().NewQuery(`
		SELECT (SELECT COUNT(*) FROM attempts WHERE status IN ('success', 'uncertain')),
			(SELECT COALESCE(SUM(mails), 0) FROM usage WHERE kind = 'owner'),
			(SELECT COALESCE(SUM(mails), 0) FROM usage WHERE kind = 'sender')`).Row(&handed, &byOwner, &bySender)
	if err != nil {
		w.T.Fatal(err)
	}
	if byOwner != handed || bySender != handed {
		w.T.Errorf("%d mails may have been handed over; counted for owners %d, for senders %d", handed, byOwner, bySender)
	}
}

// Accounted checks the mails that a server took against the database: one for everybody who is sent (as
// many as there were successes), at most one for each try that ended uncertain, none for anybody else.
func (w *World) Accounted(id string, mails []smtptest.Mail) {
	w.T.Helper()
	got := map[string]int{}
	for _, m := range mails {
		got[m.To[0]]++
	}
	attempts := w.Attempts(id)
	for email, made := range attempts {
		least, most := 0, 0
		for _, a := range made {
			switch a.Status {
			case "success":
				least++
				most++
			case "uncertain":
				most++
			}
		}
		if n := got[email]; n < least || n > most {
			w.T.Errorf("%s got %d mails; the ledger says between %d and %d", email, n, least, most)
		}
	}
	for email, n := range got {
		if attempts[email] == nil {
			w.T.Errorf("%s got %d mails and has no attempt", email, n)
		}
	}
}

// Closes checks the database of a mailing that has come to its end.
func (w *World) Closes(id string, mails []smtptest.Mail) {
	w.T.Helper()
	w.Audit(id)
	w.Accounted(id, mails)
	states := w.States(id)
	if left := states[mailing.Pending] + states[mailing.Sending] + states[mailing.Deferred]; left != 0 {
		w.T.Errorf("the mailing has ended and %d are left: %v", left, states)
	}
	if reason := w.Record(id).GetString("waiting_reason"); reason != "" && reason != "null" {
		w.T.Errorf("the mailing has ended and waits: %s", reason)
	}
}
