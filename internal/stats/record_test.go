package stats

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// stored is a rollup as the table has it.
type stored struct {
	Owner        string `db:"owner"`
	Bucket       int64  `db:"bucket"`
	Mailing      string `db:"mailing"`
	Domain       string `db:"domain"`
	Code         int    `db:"code"`
	EnhancedCode string `db:"enhanced_code"`
	Counts
}

func allRollups(t *testing.T, app core.App) []stored {
	t.Helper()
	var rows []stored
	if err := app.DB().NewQuery(`SELECT * FROM rollups ORDER BY owner, bucket, mailing, domain, code, enhanced_code`).All(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// record adds results in a transaction, as the ledger does.
func record(tb testing.TB, app core.App, results ...Result) {
	tb.Helper()
	err := app.RunInTransaction(func(tx core.App) error { return Record(tx.DB(), results) })
	if err != nil {
		tb.Fatal(err)
	}
}

// sentTo is a mail that was taken.
func sentTo(at time.Time, owner, mailing, email string) Result {
	return Result{At: at, Owner: owner, Mailing: mailing, Email: email, Status: Success, Code: 250, Enhanced: "2.0.0", Sent: 1}
}

func TestResultsAreSummedByQuarterMailingDomainAndAnswer(t *testing.T) {
	app := newApp(t)
	record(t, app,
		sentTo(noon, "anna", "m1", "a@Example.org"),
		sentTo(noon.Add(quarter-1), "anna", "m1", "b@example.org"),
		sentTo(noon.Add(quarter), "anna", "m1", "c@example.org"),
		sentTo(noon, "anna", "m2", "a@example.org"),
		sentTo(noon, "boris", "m3", "a@example.org"),
		Result{At: noon, Owner: "anna", Mailing: "m1", Email: `"odd@name"@example.org`, Status: Failure, Code: 550, Enhanced: "5.1.1"},
		Result{At: noon, Owner: "anna", Mailing: "m1", Email: "d@example.org", Status: Uncertain},
	)
	record(t, app)
	// What the owner takes as sent adds no attempt.
	record(t, app, Result{At: noon, Owner: "anna", Mailing: "m1", Email: "d@example.org", Status: NoAttempt, Sent: 1},
		sentTo(noon, "anna", "m1", "e@example.org"))

	at, next := noon.Unix(), noon.Add(quarter).Unix()
	want := []stored{
		{"anna", at, "m1", "example.org", 0, "", Counts{Attempts: 1, Uncertain: 1, Sent: 1}},
		{"anna", at, "m1", "example.org", 250, "2.0.0", Counts{Attempts: 3, Success: 3, Sent: 3}},
		{"anna", at, "m1", "example.org", 550, "5.1.1", Counts{Attempts: 1, Failure: 1}},
		{"anna", at, "m2", "example.org", 250, "2.0.0", Counts{Attempts: 1, Success: 1, Sent: 1}},
		{"anna", next, "m1", "example.org", 250, "2.0.0", Counts{Attempts: 1, Success: 1, Sent: 1}},
		{"boris", at, "m3", "example.org", 250, "2.0.0", Counts{Attempts: 1, Success: 1, Sent: 1}},
	}
	if got := allRollups(t, app); !reflect.DeepEqual(got, want) {
		t.Errorf("rollups\n%+v\nwant\n%+v", got, want)
	}
}

func TestManyDomainsShareOneRollup(t *testing.T) {
	app := newApp(t)
	recorders := map[string]func(core.App, []Result) error{
		"one recorder for all": func() func(core.App, []Result) error {
			r := NewRecorder()
			return func(tx core.App, results []Result) error { return r.Record(tx.DB(), results) }
		}(),
		"a new one each time, as after a restart": func(tx core.App, results []Result) error {
			return Record(tx.DB(), results)
		},
	}
	for name, record := range recorders {
		t.Run(name, func(t *testing.T) {
			const turns, perTurn = 40, 50
			for turn := range turns {
				results := []Result{sentTo(noon, name, "m1", "first@known.example")}
				for i := range perTurn {
					results = append(results, sentTo(noon, name, "m1", fmt.Sprintf("a@d%d-%d.example", turn, i)))
				}
				if err := app.RunInTransaction(func(tx core.App) error { return record(tx, results) }); err != nil {
					t.Fatal(err)
				}
			}

			counts := map[string]int64{}
			var total int64
			for _, r := range allRollups(t, app) {
				if r.Owner == name {
					counts[r.Domain] += r.Sent
					total += r.Sent
				}
			}
			if len(counts) != mostDomains+1 {
				t.Errorf("%d domains, want %d and the others", len(counts), mostDomains)
			}
			if got := counts["known.example"]; got != turns {
				t.Errorf("a domain known before the bound was reached has %d, want %d", got, turns)
			}
			if got, want := counts[otherDomain], int64(turns*perTurn-mostDomains+1); got != want {
				t.Errorf("%d went to other domains, want %d", got, want)
			}
			if want := int64(turns * (perTurn + 1)); total != want {
				t.Errorf("%d sent in all, want %d: none may be lost", total, want)
			}
		})
	}
}

func TestEachMailingAndQuarterHasABoundOfItsOwn(t *testing.T) {
	app := newApp(t)
	r := NewRecorder()
	var results []Result
	for i := range mostDomains + 1 {
		results = append(results, sentTo(noon, "anna", "m1", fmt.Sprintf("a@d%d.example", i)))
	}
	own := []Result{
		sentTo(noon, "anna", "m2", "a@own.example"),
		sentTo(noon.Add(quarter), "anna", "m1", "a@own.example"),
		sentTo(noon.Add(-quarter), "anna", "m1", "a@own.example"), // arrives late
	}
	for _, batch := range [][]Result{results, own} {
		if err := app.RunInTransaction(func(tx core.App) error { return r.Record(tx.DB(), batch) }); err != nil {
			t.Fatal(err)
		}
	}
	got := 0
	for _, r := range allRollups(t, app) {
		if r.Domain == "own.example" {
			got++
		}
	}
	if got != len(own) {
		t.Errorf("%d are counted by name, want %d", got, len(own))
	}
}

func TestATransactionRolledBackRecordsNothing(t *testing.T) {
	app := newApp(t)
	r := NewRecorder()
	failed := errors.New("the ledger failed later")
	err := app.RunInTransaction(func(tx core.App) error {
		if err := r.Record(tx.DB(), []Result{sentTo(noon, "anna", "m1", "a@example.org")}); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	if rows := allRollups(t, app); len(rows) > 0 {
		t.Errorf("recorded %+v", rows)
	}
	err = app.RunInTransaction(func(tx core.App) error {
		return r.Record(tx.DB(), []Result{sentTo(noon, "anna", "m1", "a@example.org")})
	})
	if rows := allRollups(t, app); err != nil || len(rows) != 1 || rows[0].Sent != 1 {
		t.Errorf("recorded %+v, %v", rows, err)
	}
}

// BenchmarkRecord is a turn of the ledger's: 50 results of one mailing in its own transaction.
func BenchmarkRecord(b *testing.B) {
	for _, tc := range []struct {
		name    string
		domains int
	}{
		{"50 results in 8 domains", 8},
		{"50 results in a quarter-hour that is full", 500_000},
	} {
		b.Run(tc.name, func(b *testing.B) {
			app := newApp(b)
			n, r := 0, NewRecorder()
			results := make([]Result, 50)
			for b.Loop() {
				for i := range results {
					n++
					results[i] = sentTo(noon, "ownerownerowner", "mailingmailing1", fmt.Sprintf("a%d@domain%d.example", n, n*7919%tc.domains))
				}
				if err := app.RunInTransaction(func(tx core.App) error { return r.Record(tx.DB(), results) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("a transaction of one small write", func(b *testing.B) {
		app := newApp(b)
		record(b, app, sentTo(noon, "anna", "m1", "a@example.org"))
		for b.Loop() {
			if err := app.RunInTransaction(func(tx core.App) error {
				_, err := tx.DB().NewQuery(`UPDATE rollups SET sent = sent + 1`).Execute()
				return err
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
