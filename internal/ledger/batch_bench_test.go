package ledger

import (
	"syscall"
	"testing"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/stats"
	"gonets/internal/verdict"
)

// BenchmarkBatch writes batches of 25 entries as they are when everything is sent: a result and the next claim each. It reports
// the processor time of an entry, which bears other work on the machine better than the time that passes.
func BenchmarkBatch(b *testing.B) {
	const size = 25
	k := newBooks(b, (b.N+1)*size)
	all := k.recipients()
	begin := processorTime(b)
	b.ResetTimer()
	for n := range b.N {
		entries := make([]*Entry, size)
		for i := range entries {
			entries[i] = &Entry{Claim: all[n*size+i]}
			if n > 0 {
				entries[i].Settle = all[(n-1)*size+i]
				entries[i].Result = verdict.Outcome{State: mailing.Sent, Status: stats.Success, Code: 250, Enhanced: "2.0.0", Response: "2.0.0 Ok"}
			}
		}
		if err := k.ledger.record(entries); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64((processorTime(b)-begin).Microseconds())/float64(b.N*size), "cpu-µs/entry")
}

// processorTime is the CPU time of this process so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
