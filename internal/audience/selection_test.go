package audience

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

// launch inserts all chunks of an audience, and returns the recipients as "address state reason".
func launch(t testing.TB, app core.App, a Audience, owner, mailing string, limit int) (pending, skipped int) {
	t.Helper()
	s, err := a.Query(app, owner)
	if err != nil {
		t.Fatal(err)
	}
	at := Cursor{ID: firstID(t, app)}
	for {
		if at, err = s.Find(t.Context(), app, at, limit); err != nil {
			t.Fatal(err)
		}
		var chunk Chunk
		err := app.RunInTransaction(func(tx core.App) error {
			var err error
			chunk, err = s.InsertChunk(tx.DB(), mailing, at, limit)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		pending, skipped = pending+chunk.Pending, skipped+chunk.Skipped
		if chunk.Done {
			return pending, skipped
		}
		at = chunk.Next
	}
}

// firstID is an id from which on the table recipients is empty.
func firstID(t testing.TB, app core.App) (id int64) {
	t.Helper()
	if err := app.DB().NewQuery(`SELECT COALESCE(MAX(id), 0) + 1000 FROM recipients`).Row(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func recipients(t testing.TB, app core.App, mailing string) []string {
	t.Helper()
	var rows []string
	err := app.DB().NewQuery(`
		SELECT replace(email, '@example.com', '') || ' ' || state || COALESCE(' ' || NULLIF(reason, ''), '')
		FROM recipients WHERE mailing = {:mailing} ORDER BY email`).
		Bind(dbx.Params{"mailing": mailing}).Column(&rows)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestAudience(t *testing.T) {
	app := apptest.New(t)
	owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	client := func(name, attributes string) string {
		return clienttest.Client(t, app, owner, name+"@example.com", map[string]any{"attributes": attributes})
	}
	anna, boris, clara := client("anna", `{"city":"Омск"}`), client("boris", `{"city":"Тула"}`), client("clara", `{"city":"Омск"}`)
	dora := client("dora", `{}`)
	foreign := clienttest.Client(t, app, other, "foreign@example.com")
	clienttest.Client(t, app, other, "anna@example.com")

	first, second := clienttest.List(t, app, owner, anna, boris), clienttest.List(t, app, owner, anna)
	clienttest.Subscribe(t, app, owner, second, clara, "pending")
	clienttest.Subscribe(t, app, owner, second, dora, "unsubscribed")
	theirs := clienttest.List(t, app, other, foreign)

	for i, c := range []struct {
		name string
		of   Audience
		want string
	}{
		{"everyone is all clients of the owner", Audience{Kind: Everyone}, "anna, boris, clara, dora"},
		{"a filter narrows everyone", Audience{Kind: Everyone, Filter: `attributes.city = "Омск"`}, "anna, clara"},
		{"a list is its confirmed subscriptions", Audience{Kind: Lists, Lists: []string{second}}, "anna"},
		{"a client on two lists is there once", Audience{Kind: Lists, Lists: []string{first, second}}, "anna, boris"},
		{"a filter narrows lists", Audience{Kind: Lists, Lists: []string{first}, Filter: `attributes.city = "Тула"`}, "boris"},
		{"another's list is nobody", Audience{Kind: Lists, Lists: []string{theirs}}, ""},
		{"no list is nobody", Audience{Kind: Lists}, ""},
		{"the picked are those named", Audience{Kind: Picked, Recipients: []string{dora, anna}}, "anna, dora"},
		{"a filter does not narrow the picked", Audience{Kind: Picked, Recipients: []string{dora}, Filter: `email = "x"`}, "dora"},
		{"another's client cannot be picked", Audience{Kind: Picked, Recipients: []string{foreign}}, ""},
		{"nobody picked is nobody", Audience{Kind: Picked}, ""},
		{"a filter with OR stays inside the owner", Audience{Kind: Everyone, Filter: `email = "x" || email != "y"`}, "anna, boris, clara, dora"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for limit := 1; limit <= 5; limit += 2 {
				mailing := fmt.Sprintf("mailing%04d%04d", i, limit)
				pending, skipped := launch(t, app, c.of, owner, mailing, limit)
				got := strings.ReplaceAll(strings.Join(recipients(t, app, mailing), ", "), " pending", "")
				if got != c.want || skipped != 0 || pending != len(strings.Fields(c.want)) {
					t.Errorf("in chunks of %d: %q, %d pending, %d skipped; want %q", limit, got, pending, skipped, c.want)
				}
			}
		})
	}
}

func TestSuppressedClientsAreSkippedWithTheReason(t *testing.T) {
	app := apptest.New(t)
	owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	for _, name := range []string{"anna", "boris", "clara"} {
		clienttest.Client(t, app, owner, name+"@example.com")
	}
	clienttest.Client(t, app, owner, "dora@example.com", map[string]any{"status": "complained"})
	clienttest.Client(t, app, owner, "eve@bad.example", map[string]any{"status": ""})
	clienttest.Client(t, app, owner, "finn@notbad.example")
	for _, s := range []struct{ owner, kind, value, reason string }{
		{owner, "address", "anna@example.com", "bounced"},
		{owner, "domain", "bad.example", "manual"},
		{owner, "domain", "clara@example.com", "manual"}, // no domain: means nobody
		{owner, "address", "bad.example", "manual"},
		{other, "address", "boris@example.com", "unsubscribed"}, // another's stop list
	} {
		clienttest.Record(t, app, "suppressions", map[string]any{"owner": s.owner, "kind": s.kind, "value": s.value, "reason": s.reason})
	}

	pending, skipped := launch(t, app, Audience{Kind: Everyone}, owner, "mailing00000001", 2)
	got := recipients(t, app, "mailing00000001")
	want := []string{
		"anna skipped bounced", "boris pending", "clara pending", "dora skipped complained",
		"eve@bad.example skipped manual", "finn@notbad.example pending",
	}
	if !slices.Equal(got, want) || pending != 3 || skipped != 3 {
		t.Fatalf("%d pending, %d skipped: %q", pending, skipped, got)
	}
}

func TestRecipientsAreNumberedFromTheCursorOn(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	for i := range 7 {
		clienttest.Client(t, app, owner, fmt.Sprintf("client%d@example.com", i))
	}
	everyone, err := Audience{Kind: Everyone}.Query(app, owner)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, mailing string
		from          int64
	}{
		{"in an empty table", "mailingEmpty000", 1},
		{"far after the last of the table", "mailingAfter000", 2 << 32},
		{"before those of a later mailing", "mailingBefore00", 1 << 32},
		{"right after the last of the table", "mailingRight000", 2<<32 + 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := Cursor{ID: c.from}
			for done := false; !done; {
				chunk, err := everyone.InsertChunk(app.NonconcurrentDB(), c.mailing, at, 3)
				if err != nil {
					t.Fatal(err)
				}
				at, done = chunk.Next, chunk.Done
			}
			var ids []int64
			err := app.DB().NewQuery(`SELECT id FROM recipients WHERE mailing = {:mailing} ORDER BY email`).
				Bind(dbx.Params{"mailing": c.mailing}).Column(&ids)
			if err != nil {
				t.Fatal(err)
			}
			want := make([]int64, 7)
			for i := range want {
				want[i] = c.from + int64(i)
			}
			if !slices.Equal(ids, want) || at.ID != c.from+7 {
				t.Errorf("numbers %d, and %d is the next; want %d", ids, at.ID, want)
			}
		})
	}
}

func TestChunkCanBeRepeated(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	clienttest.Client(t, app, owner, "anna@example.com")
	launch(t, app, Audience{Kind: Everyone}, owner, "mailing00000001", 10)
	if _, err := app.DB().NewQuery(`UPDATE recipients SET state = 'sent'`).Execute(); err != nil {
		t.Fatal(err)
	}
	clienttest.Client(t, app, owner, "boris@example.com")
	if pending, skipped := launch(t, app, Audience{Kind: Everyone}, owner, "mailing00000001", 10); pending != 1 || skipped != 0 {
		t.Errorf("%d pending, %d skipped the second time", pending, skipped)
	}
	if got := recipients(t, app, "mailing00000001"); !slices.Equal(got, []string{"anna sent", "boris pending"}) {
		t.Errorf("%q", got)
	}
}

// named is an audience with a name for a benchmark.
type named struct {
	name string
	Audience
}

func benchmarked(list string) []named {
	return []named{
		{"everyone", Audience{Kind: Everyone}},
		{"a list of half", Audience{Kind: Lists, Lists: []string{list}}},
		{"a filter", Audience{Kind: Everyone, Filter: `attributes.city = "Москва" && attributes.age > 20`}},
	}
}

// BenchmarkLaunch snapshots the audiences of an owner with a million clients:
// go test ./internal/audience -run - -bench Launch -benchtime 1x
func BenchmarkLaunch(b *testing.B) {
	const n = 1_000_000
	app := apptest.New(b)
	owner := clienttest.Owner(b, app, "owner@example.com")
	list := clienttest.List(b, app, owner)
	clienttest.Fill(b, app, owner, list, n)
	for _, of := range benchmarked(list) {
		b.Run(of.name, func(b *testing.B) {
			for i := range b.N {
				start := time.Now()
				pending, _ := launch(b, app, of.Audience, owner, fmt.Sprintf("m%014d", i), 20_000)
				b.ReportMetric(float64(n)/time.Since(start).Seconds(), "clients/s")
				b.ReportMetric(float64(pending), "recipients")
				if _, err := app.NonconcurrentDB().NewQuery("DELETE FROM recipients").Execute(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
