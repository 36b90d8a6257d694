package delivery

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"gonets/internal/stats"
)

// BenchmarkTurn writes turns of several sizes: each recipient is claimed in one and settled in the next.
//
//	go test ./internal/delivery -run - -bench Turn -benchtime 20000x
func BenchmarkTurn(b *testing.B) {
	for _, size := range []int{1, 10, 25, 50, 200} {
		b.Run(fmt.Sprintf("of %d", size), func(b *testing.B) {
			books := newBooks(b, b.N+size)
			all := books.recipients()
			var entries []*entry
			var last []*recipient
			at, turns := time.Now(), 0
			before := processorTime()
			b.ResetTimer()
			for now := range slices.Chunk(all, size) {
				entries = entries[:0]
				for i, r := range now {
					e := &entry{claim: r}
					if i < len(last) {
						e.settle = last[i]
						e.result = outcome{
							state: Sent, status: stats.Success, code: 250, enhanced: "2.0.0", tries: 1,
							response: "250 2.0.0 Ok: queued as 4Xk2B93TqYz" + last[i].client[8:], duration: 12 * time.Millisecond,
						}
					}
					entries = append(entries, e)
				}
				if err := books.ledger.turn(entries); err != nil {
					b.Fatal(err)
				}
				last = now
				turns++
			}
			b.StopTimer()
			b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(len(all)), "cpu-µs/recipient")
			b.ReportMetric(float64(time.Since(at).Microseconds())/float64(turns), "µs/turn")
		})
	}
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
