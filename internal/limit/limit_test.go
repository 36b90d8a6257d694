package limit

import (
	"testing"
	"time"
)

func TestABucketGivesOutItsRateAndNoBurst(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	b := NewBucket(20, now)
	given := 0
	for range 3000 { // three seconds, by milliseconds
		if b.Wait(now) == 0 {
			b.Take()
			given++
		}
		now = now.Add(time.Millisecond)
	}
	if given < 60 || given > 62 {
		t.Errorf("%d tokens in three seconds at 20 a second", given)
	}
	now = now.Add(time.Hour)
	burst := 0
	for b.Wait(now) == 0 {
		b.Take()
		burst++
	}
	if burst > 2 {
		t.Errorf("%d at once after a rest", burst)
	}
	if NewBucket(0, now).Wait(now) != 0 {
		t.Error("no rate is no limit")
	}
}

func TestAMeterCountsWhatIsUnderWayAndBeginsAnewEachDay(t *testing.T) {
	t.Parallel()
	stored := map[string]int{"2026-03-01": 7}
	m := &Meter{limit: 10, reload: func(day string) (int, error) { return stored[day], nil }}
	evening := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	for range 3 {
		if _, ok := m.take(evening); !ok {
			t.Fatal("closed too early")
		}
	}
	next, ok := m.open(evening)
	if ok || !next.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("open %t, next %s", ok, next)
	}
	m.settle(true)
	if _, ok := m.open(evening); ok {
		t.Error("open although the mail was handed over")
	}
	m.settle(false)
	if _, ok := m.open(evening); !ok {
		t.Error("closed although one was not handed over")
	}
	if _, ok := m.open(evening.Add(2 * time.Hour)); !ok {
		t.Error("closed on the next day")
	}
}
