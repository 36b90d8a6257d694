package relay_test

import (
	"bytes"
	"testing"

	"gonets/internal/peer"
	"gonets/internal/relay"
)

// BenchmarkDelivery is one connection's mails of 4.6 KB, overlapped and in lockstep. Both ends run here.
func BenchmarkDelivery(b *testing.B) {
	body := bytes.Repeat([]byte("a line of a mail that has seventy-six characters, as encoders make them\r\n"), 63)
	for _, bc := range []struct {
		name     string
		lockstep bool
	}{{"overlapped", false}, {"lockstep", true}} {
		b.Run(bc.name, func(b *testing.B) {
			p := peer.Start(b, peer.Script{DropBodies: true, Lockstep: bc.lockstep})
			ctx := b.Context()
			c, err := relay.Dial(ctx, server(p))
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			e := envelope(1)
			if err := c.Begin(e); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if answer, err := c.Begun(ctx); err != nil || !answer.Open() {
					b.Fatal(outcome(answer, err))
				}
				if answer, err := c.Finish(ctx, body, &e); err != nil || !answer.Success() {
					b.Fatal(outcome(answer, err))
				}
			}
		})
	}
}
