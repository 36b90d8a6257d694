package e2e

import (
	"slices"
	"sync"
	"testing"
	"time"

	"gonets/internal/outbox"
)

func Test02SendingTwiceMailsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3*time.Minute, outbox.Options{})
	owner := w.user("owner@gonets.example", "owner")
	w.addClients(owner, 50, numbered)
	message := owner.message(nil)

	t.Run("a request that is repeated with its Idempotency-Key gets the first answer", func(t *testing.T) {
		owner := owner.in(t)
		id := owner.mailing(message, nil)
		first := owner.with("Idempotency-Key", "once").verb(id, "send", nil).want(202)
		owner.reaches(id, "completed")
		again := owner.with("Idempotency-Key", "once").verb(id, "send", nil).want(202)
		if string(first.body) != string(again.body) {
			t.Errorf("first %s, then %s", first.body, again.body)
		}
		owner.with("Idempotency-Key", "twice").verb(id, "send", nil).want(409).problem()
		owner.verb(id, "send", nil).want(409).problem()
		w.in(t).balancedBooks(id)
	})

	w.outbox.Clear()
	t.Run("requests with one Idempotency-Key at once all get the first answer", func(t *testing.T) {
		owner := owner.in(t)
		id := owner.mailing(message, nil)
		answers := make([]string, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				answers[i] = string(owner.with("Idempotency-Key", "at once").verb(id, "send", nil).want(202).body)
			})
		}
		all.Wait()
		if slices.Sort(answers); answers[0] != answers[7] {
			t.Errorf("answers %q and %q", answers[0], answers[7])
		}
		owner.reaches(id, "completed")
		w.in(t).balancedBooks(id)
	})

	w.outbox.Clear()
	t.Run("of many clicks at once one launches", func(t *testing.T) {
		owner := owner.in(t)
		id := owner.mailing(message, nil)
		answers := make([]int, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = owner.verb(id, "send", nil).status })
		}
		all.Wait()
		slices.Sort(answers)
		if want := []int{202, 409, 409, 409, 409, 409, 409, 409}; !slices.Equal(answers, want) {
			t.Errorf("answers %v, want %v", answers, want)
		}
		owner.reaches(id, "completed")
		w.in(t).balancedBooks(id)
	})
}
