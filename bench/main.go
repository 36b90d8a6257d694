// Command bench measures how fast mail leaves this machine, and prints it as a share of the fastest that could be.
//
//	go run ./bench                          every number of connections and latency of the table
//	go run ./bench -connections 50 -latency 20ms -for 5s
//
// All contestants send mails of one size to the same sink, which answers at once or after a latency and throws the
// mails away. The sink is a process of its own, so that the memory of a contestant is its own; it shares the
// processors with them, as a mail server on the same machine would.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// trial is one line of the table.
type trial struct {
	connections int
	latency     time.Duration
	length      time.Duration
	// size is that of a mail in bytes.
	size int
}

// contestant is a way to send mails. It sends until ctx ends and returns how many the sink has accepted.
type contestant struct {
	name string
	send func(ctx context.Context, address string, t trial) (mails int, err error)
}

// contestants begin with the ceiling, of which the others are shares.
var contestants = []contestant{
	{"raw blaster", blast},
	{"relay", sendByRelay},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	connections := flag.String("connections", "10,50", "numbers of connections, separated by commas")
	latencies := flag.String("latency", "0s,20ms", "latencies of the sink's replies, separated by commas")
	length := flag.Duration("for", 3*time.Second, "how long each contestant sends")
	size := flag.Int("size", 4600, "bytes of a mail")
	profile := flag.String("cpuprofile", "", "file for a profile of all contestants, without the sink")
	asSink := flag.Bool("sink", false, "be the sink: listen until standard input ends, then print what was accepted")
	flag.Parse()
	waits, err := each(*latencies, time.ParseDuration)
	if err != nil {
		return err
	}
	counts, err := each(*connections, strconv.Atoi)
	if err != nil {
		return err
	}
	if *asSink {
		return serveSink(waits[0], os.Stdin, os.Stdout)
	}
	if *profile != "" {
		file, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "connections\tlatency\t")
	for _, c := range contestants {
		fmt.Fprintf(table, "%s, mails/s\t", c.name)
	}
	fmt.Fprintln(table, "of the ceiling\t")
	for _, latency := range waits {
		for _, n := range counts {
			if err := line(ctx, table, trial{n, latency, *length, *size}); err != nil {
				return err
			}
		}
	}
	return table.Flush()
}

// line runs a trial with every contestant and prints it.
func line(ctx context.Context, table *tabwriter.Writer, t trial) error {
	fmt.Fprintf(table, "%d\t%s\t", t.connections, t.latency)
	var rates []float64
	for _, c := range contestants {
		rate, err := measure(ctx, c, t)
		if err != nil {
			return fmt.Errorf("%s, %d connections, %s: %w", c.name, t.connections, t.latency, err)
		}
		rates = append(rates, rate)
		fmt.Fprintf(table, "%.0f\t", rate)
	}
	var shares []string
	for _, rate := range rates[1:] {
		shares = append(shares, fmt.Sprintf("%.2f", rate/rates[0]))
	}
	fmt.Fprintf(table, "%s\t\n", strings.Join(shares, " "))
	return ctx.Err()
}

// measure gives a contestant a fresh sink and returns its mails a second. Every mail that it thinks is sent must have
// been accepted by the sink, and none besides, but the one on each connection that the end of the trial cut off.
func measure(ctx context.Context, c contestant, t trial) (float64, error) {
	s, err := startSink(ctx, t.latency)
	if err != nil {
		return 0, err
	}
	timed, cancel := context.WithTimeout(ctx, t.length)
	defer cancel()
	begin := time.Now()
	mails, sendErr := c.send(timed, s.address, t)
	took := time.Since(begin)
	accepted, err := s.stop()
	switch {
	case sendErr != nil:
		return 0, sendErr
	case err != nil:
		return 0, err
	case accepted < mails || accepted > mails+t.connections:
		return 0, fmt.Errorf("%d mails sent, %d accepted", mails, accepted)
	}
	return float64(mails) / took.Seconds(), nil
}

// each parses a list that is separated by commas.
func each[T any](list string, parse func(string) (T, error)) ([]T, error) {
	var values []T
	for word := range strings.SplitSeq(list, ",") {
		value, err := parse(strings.TrimSpace(word))
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}
