package mailbox_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"gonets/internal/arrival"
	"gonets/internal/mailbox"
	"gonets/internal/relay"
)

// heap keeps of every email no more than its key, and looks at how much memory is in use meanwhile.
type heap struct {
	noted map[string]mailbox.Note
	peak  uint64
}

func (h *heap) Noted(_ context.Context, keys []string) (map[string]mailbox.Note, error) {
	notes := map[string]mailbox.Note{}
	for _, key := range keys {
		if note, ok := h.noted[key]; ok {
			notes[key] = note
		}
	}
	return notes, nil
}

func (h *heap) Take(_ context.Context, mail arrival.Mail) (arrival.Outcome, error) {
	h.noted[mail.Key] = mailbox.Note{Outcome: arrival.Booked}
	if len(h.noted)%500 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		h.peak = max(h.peak, m.HeapInuse)
	}
	return arrival.Booked, nil
}

// BenchmarkMailbox reads a mailbox of 50 000 bounces of 3 KB (150 MB) from a real Dovecot: emails/s, and the most memory in
// use, which does not grow with the emails because one is in memory at a time.
func BenchmarkMailbox(b *testing.B) {
	const emails = 50_000
	boxes, account := dovecot(b)
	lines := strings.Repeat(strings.Repeat("x", 70)+"\n", 42)
	for n := range emails {
		boxes.Deliver(b, account.Username, email(n, "bounce")+lines)
	}
	for _, kind := range []mailbox.Kind{mailbox.IMAP, mailbox.POP3} {
		b.Run(string(kind), func(b *testing.B) {
			a := variant(account, boxes, kind, relay.TLSImplicit)
			a.Timeout = 2 * time.Minute // Dovecot has to list the files first
			for b.Loop() {
				h := &heap{noted: map[string]mailbox.Note{}}
				begun := time.Now()
				done, err := mailbox.Read(b.Context(), a, h)
				if err != nil {
					b.Fatal(err)
				}
				if done != (mailbox.Pass{Booked: emails}) || len(h.noted) != emails {
					b.Fatalf("the pass was %+v", done)
				}
				b.ReportMetric(emails/time.Since(begun).Seconds(), "emails/s")
				b.ReportMetric(float64(h.peak)/(1<<20), "MB-heap")
			}
		})
	}
}
