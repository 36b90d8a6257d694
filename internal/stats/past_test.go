package stats

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// TestWhatIsKeptOfThePastIsAsIfItWereRead lets days pass in which results are recorded and statistics read, and compares them with
// those of a service that has kept nothing.
func TestWhatIsKeptOfThePastIsAsIfItWereRead(t *testing.T) {
	w := newWorld(t)
	random := rand.New(rand.NewPCG(1, 2))
	ranges := []Query{{}, {TZ: "Asia/Kathmandu"}, {From: "2026-02-20", To: "2026-03-01"}, {From: "2026-03-01T12:20:00Z", To: "2026-03-03T11:00:00+03:00"}, {Mailing: w.mailing(t, w.anna, "news", "running").Id}}
	for range 60 {
		w.clock.advance(time.Duration(random.IntN(100)) * time.Minute)
		now := w.clock.now()
		var results []Result
		for n := range 1 + random.IntN(5) {
			results = append(results, Result{
				At: now, Owner: w.anna.Id, Mailing: []string{pad("news"), pad("other")}[n%2], Email: fmt.Sprintf("a@d%d.example", random.IntN(70)),
				Status: []Status{Success, Failure, Uncertain}[random.IntN(3)], Code: 250 + 300*random.IntN(2), Bounced: random.IntN(2),
			})
		}
		record(t, w, results...)
		fresh := newService(w, w.clock.now)
		for _, q := range ranges {
			if random.IntN(2) == 0 {
				continue
			}
			want, err := fresh.Statistics(t.Context(), ViewerOf(w.anna), q)
			if err != nil {
				t.Fatal(err)
			}
			w.clock.advance(freshFor)
			if got := w.statistics(t, w.anna, q); !reflect.DeepEqual(got, want) {
				t.Fatalf("at %s, %+v:\n%+v\nwant\n%+v", now, q, got, want)
			}
		}
		fresh.Close()
	}
	if w.stats.past.entries == 0 {
		t.Error("nothing was kept")
	}
}

func TestThePastIsReadAgainAfterTheClockWasSetBack(t *testing.T) {
	w := newWorld(t)
	read := func() int64 {
		t.Helper()
		w.clock.advance(freshFor)
		return w.statistics(t, w.anna, Query{From: "2026-02-20", To: "2026-03-02"}).Totals.Sent
	}
	record(t, w, sentTo(noon, w.anna.Id, "m", "a@example.org"))
	w.clock.advance(2 * time.Hour)
	if n := read(); n != 1 {
		t.Fatalf("%d sent", n)
	}
	w.clock.advance(-2 * time.Hour)
	record(t, w, sentTo(w.clock.now(), w.anna.Id, "m", "b@example.org"))
	if n := read(); n != 2 {
		t.Errorf("%d sent, want 2", n)
	}
}

func TestThePastThatIsKeptIsBounded(t *testing.T) {
	within, err := Query{}.span(noon)
	if err != nil {
		t.Fatal(err)
	}
	p := newPast()
	of := func(domains int, used time.Time) settled {
		s := newSums(within)
		for i := range domains {
			of(s.domains, fmt.Sprint(i)).Attempts = 1
		}
		return settled{s, within.to, noon, used}
	}
	p.keep("too large", of(mostPast/2, noon))
	if len(p.sums) > 0 {
		t.Error("more than half of all room was taken by one")
	}
	for i := range 5 {
		p.keep(fmt.Sprint(i), of(mostPast/3, noon.Add(time.Duration(i)*time.Second)))
	}
	p.keep("4", of(mostPast/3, noon.Add(9*time.Second)))
	if _, ok := p.sums["4"]; len(p.sums) != 2 || !ok || p.entries > mostPast {
		t.Errorf("%d are kept with %d entries", len(p.sums), p.entries)
	}
	short, err := Query{From: "2026-03-01", To: "2026-03-01"}.span(noon)
	if err != nil {
		t.Fatal(err)
	}
	for i := range mostPast / aloneEntries {
		p.keep(fmt.Sprint("short ", i), settled{newSums(short), short.to, noon, noon.Add(time.Hour)})
	}
	if n := len(p.sums); n == 0 || n > mostPast/aloneEntries-1 {
		t.Errorf("%d ranges without figures are kept", n)
	}
}
