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
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
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

// contestant is a way to send mails.
type contestant struct {
	name string
	// prepare does what does not count.
	prepare func(ctx context.Context, address string, t trial) (*start, error)
}

// start is a contestant that is ready to run.
type start struct {
	// send sends until ctx ends and returns how many mails the sink has accepted.
	send func(ctx context.Context) (mails int, err error)
	// clean removes what was prepared.
	clean func() error
}

// atOnce is a contestant that needs no preparation.
func atOnce(send func(ctx context.Context, address string, t trial) (int, error)) func(context.Context, string, trial) (*start, error) {
	return func(_ context.Context, address string, t trial) (*start, error) {
		return &start{
			send:  func(ctx context.Context) (int, error) { return send(ctx, address, t) },
			clean: func() error { return nil },
		}, nil
	}
}

// contestants begin with the ceiling, of which the others are shares.
var contestants = []contestant{
	{"raw blaster", atOnce(blast)},
	{"relay", atOnce(sendByRelay)},
	{"engine", prepareEngine},
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
	only := flag.String("only", "", "the one contestant to measure, as for a profile of it")
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
	if *only != "" {
		contestants = slices.DeleteFunc(contestants, func(c contestant) bool { return c.name != *only })
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
		fmt.Fprintf(table, "%s, mails/s\tCPU µs a mail\t", c.name)
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
		rate, cpu, err := measure(ctx, c, t)
		if err != nil {
			return fmt.Errorf("%s, %d connections, %s: %w", c.name, t.connections, t.latency, err)
		}
		rates = append(rates, rate)
		fmt.Fprintf(table, "%.0f\t%.1f\t", rate, cpu)
	}
	var shares []string
	for _, rate := range rates[1:] {
		shares = append(shares, fmt.Sprintf("%.2f", rate/rates[0]))
	}
	fmt.Fprintf(table, "%s\t\n", strings.Join(shares, " "))
	return ctx.Err()
}

// measure gives a contestant a fresh sink and returns its mails a second, and the processor time that one takes it in
// microseconds. Every mail that it thinks is sent must have
// been accepted by the sink, and none besides, but the one on each connection that the end of the trial cut off.
func measure(ctx context.Context, c contestant, t trial) (rate, cpu float64, err error) {
	s, err := startSink(ctx, t.latency)
	if err != nil {
		return 0, 0, err
	}
	ready, err := c.prepare(ctx, s.address, t)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, ready.clean()) }()
	timed, cancel := context.WithTimeout(ctx, t.length)
	defer cancel()
	begin, used := time.Now(), processorTime()
	mails, sendErr := ready.send(timed)
	took := time.Since(begin)
	used = processorTime() - used
	accepted, err := s.stop()
	switch {
	case sendErr != nil:
		return 0, 0, sendErr
	case err != nil:
		return 0, 0, err
	case accepted < mails || accepted > mails+t.connections:
		return 0, 0, fmt.Errorf("%d mails sent, %d accepted", mails, accepted)
	}
	return float64(mails) / took.Seconds(), float64(used.Microseconds()) / float64(max(1, mails)), nil
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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
