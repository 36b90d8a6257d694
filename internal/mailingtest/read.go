package mailingtest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/mailing"
	"gonets/internal/smtptest"
	"gonets/internal/suppression"
)

// States counts the recipients of a mailing by state.
func (w *World) States(id string) map[mailing.State]int {
	w.T.Helper()
	var rows []struct {
		State mailing.State `db:"state"`
		N     int           `db:"n"`
	}
	err := w.App.ConcurrentDB().NewQuery(`SELECT state, COUNT(*) AS n FROM recipients WHERE mailing = {:id} GROUP BY state`).
		Bind(dbx.Params{"id": id}).All(&rows)
	if err != nil {
		w.T.Fatal(err)
	}
	states := map[mailing.State]int{}
	for _, r := range rows {
		states[r.State] = r.N
	}
	return states
}

// Once checks that nobody was mailed twice, and returns how many were mailed.
func Once(t testing.TB, mails []smtptest.Mail) int {
	t.Helper()
	seen := map[string]int{}
	for _, m := range mails {
		seen[m.To[0]]++
	}
	for to, n := range seen {
		if n > 1 {
			t.Errorf("%s was mailed %d times", to, n)
		}
	}
	return len(seen)
}

// Record reads a mailing.
func (w *World) Record(id string) *core.Record {
	w.T.Helper()
	m, err := w.App.FindRecordById("mailings", id)
	if err != nil {
		w.T.Fatal(err)
	}
	return m
}

// Suppressed says whether the owner must not mail the address any more.
func (w *World) Suppressed(email string) bool {
	w.T.Helper()
	found, err := suppression.Reasons(w.App.ConcurrentDB(), w.Owner, []string{email})
	if err != nil {
		w.T.Fatal(err)
	}
	return found[email] != ""
}

// Eventually waits for a condition.
func (w *World) Eventually(what string, holds func() bool) {
	w.T.Helper()
	for nap := NewWait(); !holds(); {
		if nap.Over() {
			w.T.Fatalf("waited in vain: %s", what)
		}
	}
}

// Timeline reads what happened to a mailing.
func (w *World) Timeline(id string) []mailing.Event {
	w.T.Helper()
	events, err := mailing.Timeline(w.T.Context(), w.App, w.Record(id))
	if err != nil {
		w.T.Fatal(err)
	}
	return events
}

// Told is a timeline in short: "created · scheduled by owner · …".
func (w *World) Told(id string) string {
	w.T.Helper()
	var words []string
	for _, e := range w.Timeline(id) {
		s := string(e.Kind)
		if e.Actor != nil {
			s += " by " + string(e.Actor.Kind)
		}
		words = append(words, s)
	}
	return strings.Join(words, " · ")
}

// Last is the last event of a kind, with its detail.
func (w *World) Last(id string, kind mailing.EventKind) (mailing.Event, map[string]any) {
	w.T.Helper()
	events := w.Timeline(id)
	for _, e := range slices.Backward(events) {
		if e.Kind == kind {
			d := map[string]any{}
			if err := json.Unmarshal(e.More, &d); err != nil {
				w.T.Fatal(err)
			}
			return e, d
		}
	}
	w.T.Fatalf("nothing was %s: %s", kind, w.Told(id))
	return mailing.Event{}, nil
}

// Rollups are the rollups with what the journal is to add to them.
const Rollups = `(
	SELECT mailing, code, enhanced_code, attempts, success, failure, uncertain, sent, complained FROM rollups
	UNION ALL
	SELECT j.value ->> 2, j.value ->> 4, j.value ->> 5, j.value ->> 6, j.value ->> 7, j.value ->> 8, j.value ->> 9, j.value ->> 10, j.value ->> 12
	FROM rollup_journal, json_each(rollup_journal.rows) j
)`

// Balanced checks that the counters of a mailing say what its recipients do, and that attempts and
// rollups agree with them.
func (w *World) Balanced(id string) {
	w.T.Helper()
	m := w.Record(id)
	states := w.States(id)
	all := 0
	for _, n := range states {
		all += n
	}
	got := map[mailing.State]int{mailing.Sent: m.GetInt("sent"), mailing.Failed: m.GetInt("failed"), mailing.Uncertain: m.GetInt("uncertain"), mailing.Skipped: m.GetInt("skipped"), mailing.Deferred: m.GetInt("deferred"), mailing.Bounced: m.GetInt("bounced")}
	for state, n := range got {
		if n != states[state] {
			w.T.Errorf("the mailing counts %d %s, there are %d", n, state, states[state])
		}
	}
	if m.GetInt("total") != all {
		w.T.Errorf("the mailing counts %d recipients, there are %d", m.GetInt("total"), all)
	}
	left := states[mailing.Pending] + states[mailing.Sending] + states[mailing.Deferred]
	if m.GetInt("total") != m.GetInt("sent")+m.GetInt("failed")+m.GetInt("uncertain")+m.GetInt("skipped")+m.GetInt("bounced")+left {
		w.T.Errorf("the counters do not balance: %d, %d left", m.GetInt("total"), left)
	}
	var attempts, rolled int
	err := w.App.ConcurrentDB().NewQuery(`
		SELECT (SELECT COUNT(*) FROM attempts WHERE mailing = {:id}),
			(SELECT COALESCE(SUM(attempts), 0) FROM `+Rollups+` WHERE mailing = {:id})`).
		Bind(dbx.Params{"id": id}).Row(&attempts, &rolled)
	if err != nil {
		w.T.Fatal(err)
	}
	if attempts != rolled {
		w.T.Errorf("%d attempts, %d in the rollups", attempts, rolled)
	}
}

// StopList is the owner's stop list, as "address reason".
func (w *World) StopList() []string {
	w.T.Helper()
	var list []string
	err := w.App.ConcurrentDB().NewQuery(`SELECT value || ' ' || reason FROM suppressions WHERE owner = {:owner} ORDER BY value`).
		Bind(dbx.Params{"owner": w.Owner}).Column(&list)
	if err != nil {
		w.T.Fatal(err)
	}
	return list
}

// Bounced counts the clients whose status says so.
func (w *World) Bounced() (n int) {
	w.T.Helper()
	if err := w.App.ConcurrentDB().NewQuery(`SELECT COUNT(*) FROM clients WHERE status = 'bounced'`).Row(&n); err != nil {
		w.T.Fatal(err)
	}
	return n
}
