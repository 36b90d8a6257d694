package main

import (
	"net"
	"os"
	"slices"
	"strconv"
	"testing"

	"gonets/bench/contestant"
	"gonets/bench/sink"
	"gonets/internal/mtatest"
)

// TestMain lets this program be the engine too, which the benchmark starts as another process.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-engine" {
		main()
		return
	}
	os.Exit(m.Run())
}

// BenchmarkPostfix sends to a real Postfix with its queue on the same disk, which then discards what it has accepted: by smtp-source and
// by the engine in turn, each of them first in every other round. It reports the median of the rounds' ratios.
//
//	go test ./bench -run '^$' -bench Postfix -benchtime 9x
func BenchmarkPostfix(b *testing.B) {
	const mails = 5000
	load := contestant.Load{Connections: 50, Size: 4600}
	port := mtatest.Postfix(b, mtatest.Config{
		Settings: []string{
			"relay_transport = discard:", "default_process_limit = 100", "smtpd_client_connection_count_limit = 0",
			"in_flow_delay = 0", // smtp-source is not slowed down either
		},
	})
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	bySource := func() float64 {
		mtatest.Drained(b, port)
		took, err := contestant.SMTPSource(b.Context(), address, load, mails)
		if err != nil {
			b.Fatal(err)
		}
		return mails / took.Seconds()
	}
	byEngine := func() float64 {
		in, err := newInstance(mails, address, trial{Load: load})
		if err != nil {
			b.Fatal(err)
		}
		mtatest.Drained(b, port)
		s, err := in.run(b.Context(), engineFlags{})
		if err == nil {
			// Postfix has accepted whatever the ledger says: that it tells nobody how many they were is no reason not to compare the rest.
			err = in.check(mails, sink.Accepted{Mails: mails, Distinct: mails})
		}
		if err != nil {
			b.Fatal(err)
		}
		if err := in.remove(); err != nil {
			b.Fatal(err)
		}
		return s.rate()
	}
	var ratios []float64
	for round := range b.N {
		var source, engine float64
		if round%2 == 0 {
			source = bySource()
			engine = byEngine()
		} else {
			engine = byEngine()
			source = bySource()
		}
		b.Logf("smtp-source %.0f mails/s, the engine %.0f, %.2f of it", source, engine, engine/source)
		ratios = append(ratios, engine/source)
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "of-smtp-source")
	b.ReportMetric(0, "ns/op")
}
