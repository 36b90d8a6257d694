package ledger

import (
	"context"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/stats"
	"gonets/internal/verdict"
)

var taken = verdict.Outcome{State: mailing.Sent, Status: stats.Success, Code: 250, Enhanced: "2.0.0", Response: "2.0.0 Ok"}

// send plays one connection that settles each of the recipients together with the claim of the next; it has the last in flight.
func (b *books) send(all []*Recipient) {
	b.T.Helper()
	for i, r := range all {
		e := &Entry{Claim: r}
		if i > 0 {
			e.Settle, e.Result = all[i-1], taken
		}
		if err := b.ledger.record([]*Entry{e}); err != nil {
			b.T.Fatal(err)
		}
	}
}

// counted is how many recipients the rollups have as sent, and how many rows the journal has.
func (b *books) counted() (sent, journal int) {
	b.T.Helper()
	err := b.App.NonconcurrentDB().NewQuery(`
		SELECT (SELECT COALESCE(SUM(sent), 0) FROM rollups), (SELECT COUNT(*) FROM rollup_journal)`).Row(&sent, &journal)
	if err != nil {
		b.T.Fatal(err)
	}
	return sent, journal
}

func TestRollupsAreSummedUpOnceASecondAndAtTheEnd(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 10)
	all := b.recipients()
	b.ledger.summed = time.Now().Add(time.Hour) // that second does not end while the test runs
	b.send(all)
	if sent, journal := b.counted(); sent != 0 || journal != 9 {
		t.Errorf("while the connection goes on: %d in the rollups, %d rows in the journal", sent, journal)
	}
	b.Balanced(b.id)

	if err := b.ledger.record([]*Entry{{Settle: all[9], Result: taken}}); err != nil {
		t.Fatal(err)
	}
	if sent, journal := b.counted(); sent != 10 || journal != 0 {
		t.Errorf("with the last result: %d in the rollups, %d rows in the journal", sent, journal)
	}
	b.Audit(b.id)

	b = newBooks(t, 10)
	b.ledger.summed = time.Now().Add(-sumEvery)
	b.send(b.recipients()[:2])
	if sent, journal := b.counted(); sent != 1 || journal != 0 {
		t.Errorf("after a second: %d in the rollups, %d rows in the journal", sent, journal)
	}
}

// TestALedgerSumsUpWhileNothingArrives: the connections may wait for their servers for minutes.
func TestALedgerSumsUpWhileNothingArrives(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 3)
	b.ledger.summed = time.Now()
	b.send(b.recipients())
	go b.ledger.Run(context.Background())
	defer b.ledger.Close()
	deadline := time.After(time.Minute)
	for {
		if sent, journal := b.counted(); sent == 2 && journal == 0 {
			return
		}
		select {
		case <-deadline:
			t.Fatal("the journal has not been summed up")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestTheNextProcessSumsUpWhatTheJournalHas(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 10)
	b.ledger.summed = time.Now().Add(time.Hour)
	b.send(b.recipients()[:5])
	// A value that no version writes must not keep anybody from being sent.
	if _, err := b.App.NonconcurrentDB().NewQuery(`INSERT INTO rollup_journal (bucket, rows) VALUES (900, '[["damaged"]]')`).Execute(); err != nil {
		t.Fatal(err)
	}

	next, err := New(b.App)
	if err != nil {
		t.Fatal(err)
	}
	if err := Recover(t.Context(), b.App, next); err != nil {
		t.Fatal(err)
	}
	go next.Run(context.Background())
	next.Close()
	if sent, journal := b.counted(); sent != 4 || journal != 0 {
		t.Errorf("%d in the rollups, %d rows in the journal", sent, journal)
	}
	b.Audit(b.id)
}

func TestARollupThatCannotBeWrittenIsLeftOut(t *testing.T) {
	t.Parallel()
	b := newBooks(t, 10)
	_, err := b.App.NonconcurrentDB().NewQuery(`
		CREATE TRIGGER poison BEFORE INSERT ON rollups WHEN NEW.domain = 'example0.com' BEGIN SELECT RAISE(ABORT, 'poison'); END`).Execute()
	if err != nil {
		t.Fatal(err)
	}
	all := b.recipients()
	b.send(all)
	if err := b.ledger.record([]*Entry{{Settle: all[9], Result: taken}}); err != nil {
		t.Fatal(err)
	}
	states := b.States(b.id)
	var missing, rolled int
	err = b.App.NonconcurrentDB().NewQuery(`
		SELECT (SELECT COUNT(*) FROM recipients WHERE email LIKE '%@example0.com'), (SELECT SUM(sent) FROM `+mailingtest.Rollups+`)`).
		Bind(dbx.Params{}).Row(&missing, &rolled)
	if err != nil {
		t.Fatal(err)
	}
	if states[mailing.Sent] != 10 || missing == 0 || missing == 10 || rolled != 10-missing {
		t.Errorf("%v; %d recipients in the domain that cannot be counted, %d in the rollups", states, missing, rolled)
	}
}
