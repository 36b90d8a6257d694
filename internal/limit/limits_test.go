package limit

import (
	"testing"
	"time"

	"gonets/internal/mailing"
)

func full() *Meter {
	return &Meter{limit: 1, reload: func(string) (int, error) { return 1, nil }}
}

func unlimited() *Meter { return &Meter{} }

// TestOneFunctionSaysWhatKeepsAMail has several limits reached at once: the reason is that of the first in the order
// in which they are worth telling.
func TestOneFunctionSaysWhatKeepsAMail(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	midnight := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	empty := func() *Bucket {
		b := NewBucket(1, now)
		b.Take()
		return b
	}
	server, refused := NewBreaker(FirstPause), NewBreaker(FirstPause)
	server.Strike(nil, now, mailing.WaitServer, "connection refused")
	refused.Strike(1, now, mailing.WaitSender, "550 not you")
	for _, c := range []struct {
		name      string
		sender    Sender
		mailing   Mailing
		connected bool
		want      string
		ofSender  bool
	}{
		{"nothing", Sender{Rate: NewBucket(0, now), Day: unlimited()}, Mailing{Quota: unlimited()}, false, "", false},
		{"the server", Sender{Server: server, Rate: empty(), Day: full()}, Mailing{Breaker: refused, Quota: full()}, false, mailing.WaitServer, true},
		{"not the server, when connected", Sender{Server: server, Rate: empty(), Day: full()}, Mailing{Breaker: refused, Quota: full()}, true, mailing.WaitSender, false},
		{"the day of the sender", Sender{Rate: empty(), Day: full()}, Mailing{Quota: full()}, false, mailing.WaitSenderLimit, true},
		{"the quota of the owner", Sender{Rate: empty(), Day: unlimited()}, Mailing{Quota: full()}, false, mailing.WaitOwnerQuota, false},
		{"the rate", Sender{Rate: empty(), Day: unlimited()}, Mailing{Quota: unlimited()}, false, mailing.WaitRate, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, block := range []Block{c.sender.BlockedBy(&c.mailing, now, c.connected), c.sender.Take(&c.mailing, now, c.connected)} {
				if block.Code != c.want || block.Blocks() && block.OfSender != c.ofSender {
					t.Errorf("blocked by %+v", block)
				}
				if block.Blocks() && (block.Reason().Code != c.want || !block.Until.After(now) || block.Until.After(midnight)) {
					t.Errorf("until %s, shown as %+v", block.Until, block.Reason())
				}
			}
		})
	}
}

func TestABreakerWaitsTwiceAsLongAfterEachFailure(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	b := NewBreaker(FirstPause)
	if b.Open() || b.Wait(now) != 0 {
		t.Error("it is open before anything has failed")
	}
	for _, want := range []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 64 * time.Second, longestPause, longestPause} {
		if !b.Strike(nil, now, mailing.WaitServer, "") {
			t.Fatal("a failure is not counted")
		}
		if b.Strike(nil, now, mailing.WaitServer, "") {
			t.Error("what was begun together with it is counted too")
		}
		wait := b.Wait(now)
		if wait < want*9/10 || wait > want*11/10 {
			t.Errorf("it waits %s, want about %s", wait, want)
		}
		now = now.Add(wait)
		b.Try(t, now.Add(time.Hour))
		if b.Wait(now) != time.Hour {
			t.Errorf("a second try after %s", b.Wait(now))
		}
		if b.Strike(1, now, mailing.WaitServer, "") {
			t.Error("a failure of something else counts as that of the try")
		}
	}
	b.Abandon()
	if b.Wait(now) != 0 {
		t.Error("it waits for a try that was given up")
	}
	b.Reset()
	if b.Open() || b.Reason() != nil {
		t.Error("it is open although it works")
	}
}
