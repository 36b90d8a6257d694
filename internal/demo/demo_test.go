package demo

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/audience"
	"gonets/internal/database"
	"gonets/internal/outbox"
	"gonets/internal/stats"

	_ "gonets/migrations"
)

// filled is a data folder with the whole demo, which tests read and do not change.
var filled core.App

// noon is when the demo of the tests is started for the first time.
var noon = time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gonets-demo")
	if err != nil {
		panic(err)
	}
	if filled, err = fill(dir, noon); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = apptest.Close(filled)
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func fill(dir string, now time.Time) (core.App, error) {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: database.Connect})
	if err := app.Bootstrap(); err != nil {
		return nil, err
	}
	if err := app.RunAllMigrations(); err != nil {
		return nil, err
	}
	box, err := outbox.Start(context.Background(), outbox.Options{})
	if err != nil {
		return nil, err
	}
	defer box.Close()
	if err := Configure(app, box, "http://127.0.0.1:8090", true); err != nil {
		return nil, err
	}
	return app, Fill(context.Background(), app, now)
}

// column reads the first column of a query.
func column[T any](t *testing.T, app core.App, sql string, params ...dbx.Params) []T {
	t.Helper()
	q := app.DB().NewQuery(sql)
	for _, p := range params {
		q.Bind(p)
	}
	var values []T
	if err := q.Column(&values); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return values
}

// none fails for every row that a query finds.
func none(t *testing.T, what, sql string) {
	t.Helper()
	for _, found := range column[string](t, filled, sql) {
		t.Errorf("%s: %s", what, found)
	}
}

func number(t *testing.T, sql string, params ...dbx.Params) int {
	t.Helper()
	return column[int](t, filled, sql, params...)[0]
}

func TestTheBooksBalance(t *testing.T) {
	for _, tc := range []struct{ name, sql string }{
		{"the counters are the states of the recipients", `
			SELECT m.name FROM mailings m
			WHERE m.total <> (SELECT COUNT(*) FROM recipients r WHERE r.mailing = m.id)
				OR m.sent <> (SELECT COUNT(*) FROM recipients r WHERE r.mailing = m.id AND r.state = 'sent')
				OR m.failed <> (SELECT COUNT(*) FROM recipients r WHERE r.mailing = m.id AND r.state = 'failed')
				OR m.uncertain <> (SELECT COUNT(*) FROM recipients r WHERE r.mailing = m.id AND r.state = 'uncertain')
				OR m.skipped <> (SELECT COUNT(*) FROM recipients r WHERE r.mailing = m.id AND r.state = 'skipped')
				OR m.bounced <> (SELECT COUNT(*) FROM recipients r WHERE r.mailing = m.id AND r.state = 'bounced')
				OR m.complained <> (SELECT COUNT(*) FROM recipients r WHERE r.mailing = m.id AND r.state = 'sent' AND r.reason = 'complained')
				OR m.deferred <> 0`},
		{"nobody is left in a mailing that has ended", `
			SELECT name FROM mailings WHERE status IN ('completed', 'cancelled') AND total <> sent + failed + uncertain + skipped + bounced`},
		{"a recipient has as many attempts as tries", `
			SELECT r.email FROM recipients r
			WHERE r.tries <> (SELECT COUNT(*) FROM attempts a WHERE a.mailing = r.mailing AND a.email = r.email)`},
		{"the last attempt of a recipient says its state", `
			SELECT r.email FROM recipients r LEFT JOIN attempts a ON a.mailing = r.mailing AND a.email = r.email AND a.try = r.tries
			WHERE CASE
				WHEN r.state IN ('pending', 'skipped') THEN r.tries > 0
				WHEN r.reason = 'accepted' THEN a.status IS NOT 'uncertain'
				WHEN r.state IN ('sent', 'bounced') THEN a.status IS NOT 'success'
				WHEN r.state = 'failed' THEN a.status IS NOT 'failure'
				ELSE a.status IS NOT r.state
			END OR a.client <> r.client`},
		{"the rollups are the attempts", `
			SELECT m.name FROM mailings m
			WHERE (SELECT COUNT(*) FROM attempts a WHERE a.mailing = m.id) <> (SELECT COALESCE(SUM(attempts), 0) FROM rollups r WHERE r.mailing = m.id)
				OR (SELECT COUNT(*) FROM attempts a WHERE a.mailing = m.id AND a.status = 'failure') <> (SELECT COALESCE(SUM(failure), 0) FROM rollups r WHERE r.mailing = m.id)
				OR m.sent + m.bounced <> (SELECT COALESCE(SUM(sent), 0) FROM rollups r WHERE r.mailing = m.id)`},
		{"what came back is in the log, in the rollups and with the recipients", `
			SELECT m.name FROM mailings m
			WHERE m.bounced <> (SELECT COUNT(*) FROM bounces b WHERE b.mailing = m.id AND b.kind <> 'complaint')
				OR m.complained <> (SELECT COUNT(*) FROM bounces b WHERE b.mailing = m.id AND b.kind = 'complaint')
				OR m.bounced <> (SELECT COALESCE(SUM(bounced), 0) FROM rollups r WHERE r.mailing = m.id)
				OR m.complained <> (SELECT COALESCE(SUM(complained), 0) FROM rollups r WHERE r.mailing = m.id)`},
		{"nothing came back before it was sent, and nothing long after", `
			SELECT b.email FROM bounces b JOIN attempts a ON a.mailing = b.mailing AND a.email = b.email AND a.status = 'success'
			WHERE b.created <= a.created OR unixepoch(b.created) > unixepoch(a.created) + 60`},
		{"who complained or does not exist any more came on the stop list then", `
			SELECT b.email FROM bounces b LEFT JOIN suppressions s ON s.owner = b.owner AND s.value = b.email
			WHERE b.kind IN ('hard', 'complaint') AND (s.created IS NOT b.created
				OR s.reason IS NOT IIF(b.kind = 'hard', 'bounced', 'complained') OR s.mailing <> b.mailing)`},
		{"an address that does not exist came on the stop list", `
			SELECT email FROM attempts WHERE enhanced_code IN ('5.1.1', '5.1.2')
			EXCEPT SELECT value FROM suppressions WHERE reason = 'bounced'`},
		{"nobody was mailed after coming on the stop list", `
			SELECT a.email FROM attempts a JOIN suppressions s ON s.owner = a.owner AND s.value = a.email
			WHERE a.created > s.created`},
		{"nobody was mailed before becoming a client", `
			SELECT a.email FROM attempts a JOIN clients c ON c.id = a.client WHERE a.created < c.created`},
		{"the status of a client mirrors the stop list", `
			SELECT c.email FROM clients c LEFT JOIN suppressions s ON s.owner = c.owner AND s.kind = 'address' AND s.value = c.email
			WHERE c.status <> CASE s.reason WHEN 'bounced' THEN 'bounced' WHEN 'complained' THEN 'complained'
				WHEN 'unsubscribed' THEN 'unsubscribed' WHEN 'manual' THEN 'unsubscribed' ELSE 'active' END`},
		{"a launched mailing has its message", `
			SELECT name FROM mailings WHERE total > 0 AND id NOT IN (SELECT mailing FROM contents)`},
		{"nothing lies in the future but what is planned", `
			SELECT 'client ' || email FROM clients WHERE created > '2026-03-18 12:00:00.000Z'
			UNION ALL SELECT 'stop ' || value FROM suppressions WHERE created > '2026-03-18 12:00:00.000Z'
			UNION ALL SELECT 'attempt ' || email FROM attempts WHERE created > '2026-03-18 12:00:00.000Z'
			UNION ALL SELECT 'bounce ' || email FROM bounces WHERE created > '2026-03-18 12:00:00.000Z'
			UNION ALL SELECT 'message ' || name FROM messages WHERE updated > '2026-03-18 12:00:00.000Z'`},
		{"all addresses are of domains that do not exist", `
			SELECT email FROM clients WHERE email NOT LIKE '%@%.example'`},
	} {
		t.Run(tc.name, func(t *testing.T) { none(t, "not so for", tc.sql) })
	}
}

func TestThereIsSomethingOfEverything(t *testing.T) {
	for _, tc := range []struct {
		name, sql string
		least     int
	}{
		{"clients of Anna", `SELECT COUNT(*) FROM clients c JOIN users u ON u.id = c.owner WHERE u.email = 'anna@kofeynya.example'`, 300},
		{"clients of Olivia", `SELECT COUNT(*) FROM clients c JOIN users u ON u.id = c.owner WHERE u.email = 'olivia@brandt.example'`, 300},
		{"completed mailings", `SELECT COUNT(*) FROM mailings WHERE status = 'completed'`, 10},
		{"a cancelled mailing", `SELECT COUNT(*) FROM mailings WHERE status = 'cancelled'`, 1},
		{"a paused mailing that does not know of somebody", `SELECT COUNT(*) FROM mailings WHERE status = 'paused' AND uncertain > 0`, 1},
		{"scheduled mailings", `SELECT COUNT(*) FROM mailings WHERE status = 'scheduled' AND starts_at > '2026-03-23'`, 2},
		{"drafts", `SELECT COUNT(*) FROM mailings WHERE status = 'created'`, 2},
		{"failures", `SELECT SUM(failed) FROM mailings`, 10},
		{"uncertain recipients", `SELECT SUM(uncertain) FROM mailings`, 4},
		{"second tries", `SELECT COUNT(*) FROM attempts WHERE try = 2 AND status = 'success'`, 2},
		{"recipients taken as sent", `SELECT COUNT(*) FROM recipients WHERE reason = 'accepted'`, 1},
		{"opt-outs", `SELECT COUNT(*) FROM suppressions WHERE reason = 'unsubscribed'`, 10},
		{"complaints", `SELECT COUNT(*) FROM bounces WHERE kind = 'complaint'`, 3},
		{"hard bounces", `SELECT COUNT(*) FROM bounces WHERE kind = 'hard'`, 5},
		{"soft bounces", `SELECT COUNT(*) FROM bounces WHERE kind = 'soft'`, 5},
		{"blocks", `SELECT COUNT(*) FROM bounces WHERE kind = 'block'`, 3},
		{"unconfirmed subscriptions", `SELECT COUNT(*) FROM subscriptions WHERE status = 'pending'`, 2},
		{"messages", `SELECT COUNT(*) FROM messages`, 12},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := number(t, tc.sql); got < tc.least {
				t.Errorf("%d, want at least %d", got, tc.least)
			}
		})
	}
}

func TestTheStatisticsAreThoseOfTheBooks(t *testing.T) {
	service := stats.New(filled)
	t.Cleanup(service.Close)
	manager, err := filled.FindAuthRecordByEmail("users", mark.Email)
	if err != nil {
		t.Fatal(err)
	}
	got, err := service.Statistics(t.Context(), stats.ViewerOf(manager), stats.Query{From: "2026-02-01", To: "2026-03-19", TZ: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	attempts, sent := number(t, `SELECT COUNT(*) FROM attempts`), number(t, `SELECT SUM(sent + bounced) FROM mailings`)
	if bounced := number(t, `SELECT COUNT(*) FROM bounces WHERE kind <> 'complaint'`); int(got.Totals.Bounced) != bounced {
		t.Errorf("%d bounced, want %d", got.Totals.Bounced, bounced)
	}
	if int(got.Totals.Attempts) != attempts || int(got.Totals.Sent) != sent {
		t.Errorf("%d attempts and %d sent, want %d and %d", got.Totals.Attempts, got.Totals.Sent, attempts, sent)
	}
}

func TestTheDraftCanBeSentToSomeThreeHundred(t *testing.T) {
	for _, email := range []string{anna.Email, olivia.Email} {
		id := column[string](t, filled, `SELECT m.id FROM mailings m JOIN users u ON u.id = m.owner WHERE m.status = 'created' AND u.email = {:email}`,
			dbx.Params{"email": email})[0]
		draft, err := filled.FindRecordById("mailings", id)
		if err != nil {
			t.Fatal(err)
		}
		count, err := audience.OfMailing(draft).Count(t.Context(), filled, draft.GetString("owner"))
		if err != nil {
			t.Fatal(err)
		}
		if count.Count < 250 || count.Count > 350 {
			t.Errorf("%s's draft goes to %d", email, count.Count)
		}
	}
}

func TestTheSameMomentMakesTheSameData(t *testing.T) {
	again, err := fill(t.TempDir(), noon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = apptest.Close(again) })
	// Users have ids of PocketBase's making, so owners are left out.
	for _, table := range []string{
		`SELECT id || email || attributes || status || created FROM clients ORDER BY id`,
		`SELECT id || email || response || created FROM attempts ORDER BY id`,
		`SELECT id || name || sent || started_at FROM mailings ORDER BY id`,
		`SELECT value || reason || created FROM suppressions ORDER BY value`,
		`SELECT id || email || kind || diagnostic || created FROM bounces ORDER BY id`,
	} {
		one, other := column[string](t, filled, table), column[string](t, again, table)
		if strings.Join(one, "\n") != strings.Join(other, "\n") {
			t.Errorf("not the same: %s", table)
		}
	}
}
