package stats

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
)

// world is an application with two owners, a manager and a superuser, a clock, and the service.
type world struct {
	*tests.TestApp
	clock                      *clock
	stats                      *Service
	anna, boris, manager, root *core.Record
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{TestApp: newApp(tb), clock: newClock(noon)}
	w.stats = newService(w, w.clock.now)
	w.stats.Watch()
	w.anna, w.boris, w.manager = w.find(tb, "users", "anna"), w.find(tb, "users", "boris"), w.find(tb, "users", "maria")
	w.root = w.find(tb, core.CollectionNameSuperusers, "root")
	return w
}

// find returns who TestMain added.
func (w *world) find(tb testing.TB, collection, name string) *core.Record {
	tb.Helper()
	r, err := w.FindRecordById(collection, pad(name))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func (w *world) save(tb testing.TB, collection string, fields map[string]any) *core.Record {
	tb.Helper()
	r, err := save(w, collection, fields)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func (w *world) mailing(tb testing.TB, owner *core.Record, name, status string) *core.Record {
	tb.Helper()
	return w.save(tb, "mailings", map[string]any{"id": pad(name), "owner": owner.Id, "name": name, "status": status})
}

func (w *world) client(tb testing.TB, owner *core.Record, email string) *core.Record {
	tb.Helper()
	return w.save(tb, "clients", map[string]any{"owner": owner.Id, "email": email, "status": "active"})
}

func (w *world) statistics(t *testing.T, who *core.Record, q Query) Statistics {
	t.Helper()
	s, err := w.stats.Statistics(t.Context(), ViewerOf(who), q)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) home(t *testing.T, who *core.Record) Home {
	t.Helper()
	h, err := w.stats.Home(t.Context(), ViewerOf(who))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestStatisticsSumByDayDomainAnswerAndMailing(t *testing.T) {
	w := newWorld(t)
	news := w.mailing(t, w.anna, "news", "completed")
	yesterday := noon.AddDate(0, 0, -1)
	record(t, w,
		sentTo(yesterday, w.anna.Id, news.Id, "a@one.example"),
		sentTo(noon, w.anna.Id, news.Id, "b@one.example"),
		sentTo(noon, w.anna.Id, news.Id, "c@two.example"),
		Result{At: noon, Owner: w.anna.Id, Mailing: news.Id, Email: "d@one.example", Status: Failure, Code: 550, Enhanced: "5.1.1"},
		Result{At: noon, Owner: w.anna.Id, Mailing: "deleted", Email: "e@one.example", Status: Uncertain},
		Result{At: noon, Owner: w.anna.Id, Mailing: "deleted", Email: "e@one.example", Status: NoAttempt, Sent: 1},
		sentTo(noon.AddDate(0, 0, 1), w.anna.Id, news.Id, "later@one.example"),
		sentTo(noon, w.boris.Id, "other", "a@one.example"),
	)

	got := w.statistics(t, w.anna, Query{From: "2026-02-27", To: "2026-03-01"})
	want := Statistics{
		From: time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), TZ: "UTC",
		Totals: Counts{Attempts: 5, Success: 3, Failure: 1, Uncertain: 1, Sent: 4},
		Days: []DayCounts{
			{"2026-02-27", Counts{}},
			{"2026-02-28", Counts{Attempts: 1, Success: 1, Sent: 1}},
			{"2026-03-01", Counts{Attempts: 4, Success: 2, Failure: 1, Uncertain: 1, Sent: 3}},
		},
		Domains: []DomainCounts{
			{"one.example", Counts{Attempts: 4, Success: 2, Failure: 1, Uncertain: 1, Sent: 3}},
			{"two.example", Counts{Attempts: 1, Success: 1, Sent: 1}},
		},
		Codes: []CodeCounts{
			{250, "2.0.0", Counts{Attempts: 3, Success: 3, Sent: 3}},
			{0, "", Counts{Attempts: 1, Uncertain: 1, Sent: 1}},
			{550, "5.1.1", Counts{Attempts: 1, Failure: 1}},
		},
		Mailings: []MailingCounts{
			{news.Id, "news", w.anna.Id, Counts{Attempts: 4, Success: 3, Failure: 1, Sent: 3}},
			{"deleted", "", w.anna.Id, Counts{Attempts: 1, Uncertain: 1, Sent: 1}},
		},
		Reasons: []ReasonCount{},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestADayIsTheViewersOwn(t *testing.T) {
	w := newWorld(t)
	// Half past nine in the evening of UTC, and a quarter past midnight of the next day in Nepal.
	late := time.Date(2026, 2, 28, 18, 30, 0, 0, time.UTC)
	record(t, w, sentTo(late, w.anna.Id, "m1", "a@example.org"), sentTo(late.Add(-quarter-1), w.anna.Id, "m1", "a@example.org"))

	for zone, want := range map[string]string{
		"UTC":            "[{2026-02-28 {2 2 0 0 2 0 0 0 0 0}} {2026-03-01 {0 0 0 0 0 0 0 0 0 0}}]",
		"Asia/Kathmandu": "[{2026-02-28 {1 1 0 0 1 0 0 0 0 0}} {2026-03-01 {1 1 0 0 1 0 0 0 0 0}}]",
	} {
		got := w.statistics(t, w.anna, Query{From: "2026-02-28", To: "2026-03-01", TZ: zone})
		if fmt.Sprint(got.Days) != want {
			t.Errorf("%s: %v, want %s", zone, got.Days, want)
		}
	}
}

func TestOnlyTheLargestDomainsAreNamed(t *testing.T) {
	w := newWorld(t)
	var results []Result
	for i := range mostGroups + 10 {
		for range i + 1 {
			results = append(results, sentTo(noon, w.anna.Id, "m1", fmt.Sprintf("a@d%02d.example", i)))
		}
	}
	record(t, w, results...)

	got := w.statistics(t, w.anna, Query{}).Domains
	if len(got) != mostGroups+1 {
		t.Fatalf("%d domains, want %d and the others", len(got), mostGroups)
	}
	if got[0].Domain != "d59.example" || got[mostGroups-1].Domain != "d10.example" {
		t.Errorf("from %s to %s", got[0].Domain, got[mostGroups-1].Domain)
	}
	if last := got[mostGroups]; last.Domain != otherDomain || last.Sent != 55 {
		t.Errorf("the others are %+v, want 1+…+10", last)
	}
}

func TestWhoMaySeeWhichStatistics(t *testing.T) {
	w := newWorld(t)
	annas, boriss := w.mailing(t, w.anna, "annas", "completed"), w.mailing(t, w.boris, "boriss", "completed")
	record(t, w,
		sentTo(noon, w.anna.Id, annas.Id, "a@example.org"),
		sentTo(noon, w.boris.Id, boriss.Id, "a@example.org"), sentTo(noon, w.boris.Id, boriss.Id, "b@example.org"),
		sentTo(noon, "gone", "gone", "a@example.org"))

	const notFound = -1
	for _, tc := range []struct {
		name  string
		who   *core.Record
		query Query
		sent  int64
	}{
		{"an owner sees own ones", w.anna, Query{}, 1},
		{"an owner may name oneself", w.anna, Query{Owner: w.anna.Id}, 1},
		{"an owner does not see another's", w.anna, Query{Owner: w.boris.Id}, notFound},
		{"an owner sees an own mailing's", w.anna, Query{Mailing: annas.Id}, 1},
		{"an owner does not see another's mailing", w.anna, Query{Mailing: boriss.Id}, notFound},
		{"nor one that does not exist", w.anna, Query{Mailing: "nothing"}, notFound},
		{"a manager sees everybody's, of those who are gone too", w.manager, Query{}, 4},
		{"a manager may ask for one owner's", w.manager, Query{Owner: w.boris.Id}, 2},
		{"a manager may ask for one mailing's", w.manager, Query{Mailing: annas.Id}, 1},
		{"a mailing is not another owner's", w.manager, Query{Mailing: annas.Id, Owner: w.boris.Id}, notFound},
		{"a user that does not exist", w.manager, Query{Owner: "nobody"}, notFound},
		{"a superuser sees everybody's", w.root, Query{}, 4},
		{"somebody who has not signed in sees nothing", nil, Query{}, notFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := w.stats.Statistics(t.Context(), ViewerOf(tc.who), tc.query)
			if tc.sent == notFound {
				if !errors.Is(err, ErrNotFound) {
					t.Errorf("got %+v, %v, want not found", got.Totals, err)
				}
				return
			}
			if err != nil || got.Totals.Sent != tc.sent {
				t.Errorf("got %d sent, %v, want %d", got.Totals.Sent, err, tc.sent)
			}
		})
	}
}

func TestAMailingWithTheIdOfADeletedOneHasNoneOfItsFigures(t *testing.T) {
	w := newWorld(t)
	boriss := w.mailing(t, w.boris, "same", "completed")
	record(t, w,
		sentTo(noon, w.anna.Id, boriss.Id, "a@example.org"), // Anna's mailing of that id is deleted
		sentTo(noon, w.boris.Id, boriss.Id, "b@example.org"), sentTo(noon, w.boris.Id, boriss.Id, "c@example.org"))
	for who, viewer := range map[string]*core.Record{"boris": w.boris, "the manager": w.manager} {
		if got, err := w.stats.Statistics(t.Context(), ViewerOf(viewer), Query{Mailing: boriss.Id}); err != nil || got.Totals.Sent != 2 {
			t.Errorf("%s sees %d sent, %v", who, got.Totals.Sent, err)
		}
	}
	hers, err := w.stats.Statistics(t.Context(), ViewerOf(w.anna), Query{})
	if err != nil || len(hers.Mailings) != 1 || hers.Mailings[0].Name != "" {
		t.Errorf("Anna sees %+v, %v", hers.Mailings, err)
	}
}

func TestHomeCountsTheServiceAndOnesOwn(t *testing.T) {
	w := newWorld(t)
	w.mailing(t, w.anna, "m1", "running")
	w.mailing(t, w.anna, "m2", "completed")
	w.mailing(t, w.boris, "m3", "running")
	for _, email := range []string{"a@example.org", "b@example.org"} {
		w.client(t, w.anna, email)
	}
	w.client(t, w.boris, "a@example.org")
	w.save(t, "messages", map[string]any{"owner": w.boris.Id, "name": "News"})
	w.save(t, "suppressions", map[string]any{"owner": w.boris.Id, "kind": "address", "value": "x@example.org", "reason": "manual"})
	if _, err := w.NonconcurrentDB().NewQuery(`UPDATE clients SET created = '2020-01-01 00:00:00.000Z' WHERE email = 'b@example.org'`).Execute(); err != nil {
		t.Fatal(err)
	}

	all := Tally{Mailings: 3, ActiveMailings: 2, UniqueRecipients: 2}
	for _, tc := range []struct {
		name string
		who  *core.Record
		mine *Own
	}{
		{"anybody", nil, nil},
		{"an owner", w.anna, &Own{Tally: Tally{Mailings: 2, ActiveMailings: 1, UniqueRecipients: 2}, NewMailings: 2, NewRecipients: 1}},
		{"another", w.boris, &Own{Tally: Tally{Mailings: 1, ActiveMailings: 1, UniqueRecipients: 1}, Messages: 1, Suppressions: 1, NewMailings: 1, NewRecipients: 1}},
		{"a manager counts own ones too", w.manager, &Own{}},
		{"a superuser owns nothing", w.root, &Own{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, want := w.home(t, tc.who), (Home{Tally: all, Mine: tc.mine}); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v %+v, want %+v %+v", got, got.Mine, want, want.Mine)
			}
		})
	}
}

func TestAChangeThroughTheApplicationShowsAtOnce(t *testing.T) {
	w := newWorld(t)
	m := w.mailing(t, w.anna, "m1", "created")
	record(t, w, sentTo(noon, w.anna.Id, m.Id, "a@example.org"))
	w.home(t, w.anna)
	w.statistics(t, w.anna, Query{})

	c := w.client(t, w.anna, "a@example.org")
	if got := w.home(t, w.anna); got.UniqueRecipients != 1 || got.Mine.UniqueRecipients != 1 {
		t.Errorf("a new client: %+v, mine %+v", got, got.Mine)
	}
	if err := w.Delete(c); err != nil {
		t.Fatal(err)
	}
	if got := w.home(t, w.anna); got.UniqueRecipients != 0 || got.Mine.UniqueRecipients != 0 {
		t.Errorf("a deleted client: %+v, mine %+v", got, got.Mine)
	}
	m.Set("status", "running")
	m.Set("name", "March")
	if err := w.Save(m); err != nil {
		t.Fatal(err)
	}
	if got := w.home(t, w.anna); got.ActiveMailings != 1 || got.Mine.ActiveMailings != 1 {
		t.Errorf("a running mailing: %+v, mine %+v", got, got.Mine)
	}
	if got := w.statistics(t, w.anna, Query{}).Mailings[0].Name; got != "March" {
		t.Errorf("a renamed mailing is called %q", got)
	}
}

func TestWhatNoHookTellsOfShowsWithinFiveSeconds(t *testing.T) {
	w := newWorld(t)
	w.home(t, w.anna)
	w.statistics(t, w.anna, Query{})

	// As another process does, or the engine.
	record(t, w, sentTo(noon, w.anna.Id, "m1", "a@example.org"))
	if _, err := w.DB().Insert("clients", dbx.Params{"id": pad("c"), "owner": w.anna.Id, "email": "a@example.org"}).Execute(); err != nil {
		t.Fatal(err)
	}

	w.clock.advance(5*time.Second - 1)
	if got := w.home(t, w.anna).UniqueRecipients + w.statistics(t, w.anna, Query{}).Totals.Sent; got != 0 {
		t.Errorf("the cache was not used: %d", got)
	}
	w.clock.advance(1)
	if got := w.home(t, w.anna); got.UniqueRecipients != 1 || got.Mine.UniqueRecipients != 1 {
		t.Errorf("after five seconds: %+v, mine %+v", got, got.Mine)
	}
	if got := w.statistics(t, w.anna, Query{}).Totals.Sent; got != 1 {
		t.Errorf("after five seconds: %d sent", got)
	}
}

func TestPastManyClientsDistinctAddressesMayBeAMinuteOld(t *testing.T) {
	w := newWorld(t)
	w.stats.many = 1
	w.client(t, w.anna, "a@example.org")
	w.client(t, w.anna, "b@example.org")
	if got := w.home(t, nil).UniqueRecipients; got != 2 {
		t.Errorf("of one owner: %d, want 2", got)
	}
	w.client(t, w.boris, "b@example.org")
	w.home(t, nil)
	w.client(t, w.anna, "c@example.org")
	if got := w.home(t, w.anna); got.UniqueRecipients != 2 || got.Mine.UniqueRecipients != 3 {
		t.Errorf("got %d, mine %d, want 2 for now, mine 3", got.UniqueRecipients, got.Mine.UniqueRecipients)
	}
	w.clock.advance(manyClientsFresh)
	if got := w.home(t, nil).UniqueRecipients; got != 3 {
		t.Errorf("after a minute %d, want 3", got)
	}
}

// BenchmarkStatistics reads a million rollups of a year: an owner who never stops.
func BenchmarkStatistics(b *testing.B) {
	w := newWorld(b)
	_, err := w.NonconcurrentDB().NewQuery(`
		WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
		INSERT INTO rollups (owner, bucket, mailing, domain, code, enhanced_code, attempts, success, failure, uncertain, sent)
		SELECT {:owner}, {:from} + i / 30 * 900, 'mailing' || (i / 3000), 'domain' || (i % 300) || '.example',
			CASE i % 11 WHEN 0 THEN 550 ELSE 250 END, CASE i % 11 WHEN 0 THEN '5.1.1' ELSE '2.0.0' END, 10, 10, 0, 0, 10
		FROM n`).Bind(dbx.Params{"owner": w.anna.Id, "from": noon.AddDate(-1, 0, 0).Unix()}).Execute()
	if err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]Query{
		"a year, a million rollups": {From: "2025-03-01", To: "2026-03-01"},
		"a month of it":             {From: "2025-10-01", To: "2025-10-31"},
	} {
		for _, who := range []*core.Record{w.anna, w.manager} {
			b.Run(name+" for the "+who.GetString("role"), func(b *testing.B) {
				for b.Loop() {
					w.clock.advance(freshFor)
					if _, err := w.stats.Statistics(b.Context(), ViewerOf(who), q); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
