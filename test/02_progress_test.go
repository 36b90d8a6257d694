package e2e

import (
	"testing"
	"time"

	"gonets/internal/outbox"
)

func Test02ProgressIsToldToThoseWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	const total = 250
	w := newWorld(t, 3*time.Minute, outbox.Options{Latency: slowly})
	owner, other, manager := w.user("owner@gonets.example", "owner"), w.user("other@gonets.example", "owner"), w.user("manager@gonets.example", "manager")
	const topic = "gonets/mailings"
	mine, foreign, managers, guest := owner.subscribe(topic), other.subscribe(topic), manager.subscribe(topic), w.nobody.subscribe(topic)
	w.addClients(owner, total, numbered)
	w.addClients(other, 1, numbered)

	id := owner.mailing(owner.message(nil), nil)
	owner.verb(id, "send", nil).want(202)
	for _, s := range []*stream{mine, managers} {
		seen := s.follow(id)
		last := seen[len(seen)-1]
		if last.Sent != total || last.Total != total {
			t.Errorf("at the end the progress is %+v", last)
		}
		if len(seen) < 3 {
			t.Errorf("the progress was told %d times: the page does not move", len(seen))
		}
		for i := 1; i < len(seen); i++ {
			if seen[i].Sent < seen[i-1].Sent {
				t.Errorf("the progress goes back: %+v after %+v", seen[i], seen[i-1])
			}
		}
	}

	// Others hear of their own mailings only, a guest of none: the first event they get is not of this one.
	theirs := other.mailing(other.message(nil), nil)
	other.verb(theirs, "send", nil).want(202)
	for _, p := range foreign.follow(theirs) {
		if p.ID != theirs {
			t.Errorf("another owner is told of %+v", p)
		}
	}
	managers.follow(theirs)
	select {
	case e := <-guest.events:
		t.Errorf("a guest is told %s", e.data)
	default:
	}
}

// progress is the payload of the topic gonets/mailings.
type progress struct {
	mailing
	PerSecond *float64 `json:"per_second"`
}

// follow collects what is told of mailings until one is completed.
func (s *stream) follow(mailing string) []progress {
	s.c.t.Helper()
	var seen []progress
	for {
		var p progress
		e := s.next("gonets/mailings")
		reply{t: s.c.t, request: "progress", body: e.data}.into(&p)
		if p.PerSecond == nil {
			s.c.t.Errorf("no per_second in %s", e.data)
		}
		seen = append(seen, p)
		if p.ID == mailing && p.Status == "completed" {
			return seen
		}
	}
}
