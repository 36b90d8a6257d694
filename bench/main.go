// Command bench measures how fast Gonets sends, and prints it as a share of the highest possible speed.
//
//	go run ./bench                          every number of connections and latency of the table
//	go run ./bench -connections 50 -latency 20ms -for 5s
//	go run ./bench -connections 50 -latency 0s -recipients 10000,1000000
//	go run ./bench -locks                   how long deletions of many rows delay other writes
//	go run ./bench -webhooks                how many events a second webhooks are told
//	go run ./bench -transactional           how long a transactional e-mail takes to be on disk
//	go run ./bench -million                 the work and the questions of an instance with a million clients
//	go run ./bench -charts docs/charts      the charts of docs/performance.md
//	go run ./bench -dkim rsa                e-mails that the engine signs
//	go run ./bench -lean                    with a sink that only finds the end of each e-mail
//
// All contestants send e-mails of one size to the same sink, which reads them as a mail server does, answers at once or after
// a latency, and discards them. Sink and engine are separate processes, so that their memory is measured separately; they
// share the processors, as with a mail server on the same machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"gonets/bench/contestant"
	"gonets/bench/sink"
)

// trial has the parameters of one line of the table.
type trial struct {
	contestant.Load
	sink.Options
	length time.Duration
	// dkim are the kinds of keys that the engine signs with: see dkimKeys.
	dkim string
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
	length := flag.Duration("for", 3*time.Second, "how long each contestant but the engine sends")
	sizes := flag.String("recipients", "0", "numbers of recipients of the engine's mailing, separated by commas; "+
		"0 is as many as the ceiling sent, but no more than 50000")
	size := flag.Int("size", 4600, "bytes of a mail")
	asSink := flag.Bool("sink", false, "be the sink: listen until standard input ends, then print what was accepted")
	lean := flag.Bool("lean", false, "have the sink look for the end of each mail and nothing else, instead of reading it as a mail server does")
	locks := flag.Bool("locks", false, "measure how long deletions and rules over many rows keep other writes waiting")
	webhooks := flag.Bool("webhooks", false, "measure how many events a second webhooks are told, by a receiver with the first latency; -recipients is their number")
	calls := flag.Bool("transactional", false, "measure how long a transactional e-mail takes to be on disk, beside a bare insert, idle and while a million, or -recipients, are launched")
	dkim := flag.String("dkim", "", "the keys that the engine signs with: rsa, ed25519 or rsa+ed25519; the ceiling is then that of the signatures, too")
	million := flag.Bool("million", false, "measure jobs and queries with a million clients, or with -recipients")
	charts := flag.String("charts", "", "measure how the cost grows, and draw it into SVG files in this folder")
	oneJob := flag.String("job", "", "do one of the jobs of -million")
	var engine engineFlags
	flag.StringVar(&engine.cpu, "cpuprofile", "", "file for a profile of the engine while it sends")
	flag.StringVar(&engine.heap, "heapprofile", "", "file for a profile of what the engine allocates")
	flag.StringVar(&engine.dir, "engine", "", "be the engine on this data folder")
	flag.StringVar(&engine.mailing, "mailing", "", "the mailing that the engine launches and sends")
	flag.Parse()
	waits, err := each(*latencies, time.ParseDuration)
	if err != nil {
		return err
	}
	counts, err := each(*connections, strconv.Atoi)
	if err != nil {
		return err
	}
	recipients, err := each(*sizes, strconv.Atoi)
	if err != nil {
		return err
	}
	first := trial{contestant.Load{Connections: counts[0], Size: *size}, sink.Options{Latency: waits[0], Lean: *lean}, *length, *dkim}
	switch {
	case *oneJob != "":
		return beJob(ctx, *oneJob)
	case *million:
		return measureMany(ctx, recipients[0], first)
	case *charts != "":
		return drawCharts(ctx, *charts, first)
	case *locks:
		return measureLocks(ctx, recipients[0])
	case *webhooks:
		return measureWebhooks(ctx, recipients[0], waits[0])
	case *calls:
		return measureTransactional(ctx, recipients[0], first)
	case *asSink:
		return sink.Serve(first.Options, recipients[0], os.Stdin, os.Stdout)
	case engine.dir != "":
		return beEngine(ctx, engine)
	}
	b := newTable()
	for _, latency := range waits {
		for _, n := range counts {
			for _, to := range recipients {
				t := first
				t.Latency, t.Connections = latency, n
				if err := b.line(ctx, t, to, engine); err != nil {
					return err
				}
			}
		}
	}
	return b.Flush()
}

// table is the output.
type table struct{ *tabwriter.Writer }

func newTable() table {
	t := table{tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)}
	fmt.Fprint(t, "connections\tlatency\t")
	for _, c := range contestant.All {
		fmt.Fprintf(t, "%s\t", c.Name)
	}
	fmt.Fprintln(t, "engine, mails/s\tof the ceiling\tof smtp-source\trecipients\tCPU a mail\tlaunch\tlongest wait\tpeak RSS\t")
	return t
}

// line runs a trial and prints it.
func (b table) line(ctx context.Context, t trial, recipients int, profiles engineFlags) error {
	r, err := compare(ctx, t, recipients, profiles)
	if err != nil {
		return err
	}
	s := r.engine
	fmt.Fprintf(b, "%d\t%s\t", t.Connections, t.Latency)
	for _, rate := range append(r.rates, s.rate()) {
		fmt.Fprintf(b, "%s\t", orNone("%.0f", rate))
	}
	ofSource := 0.0
	if source := r.source(); source > 0 {
		ofSource = s.rate() / source
	}
	fmt.Fprintf(b, "%.2f\t%s\t%d\t%d µs\t%.2f s\t%d ms\t%d MB\t\n", s.rate()/r.ceiling, orNone("%.2f", ofSource), s.Recipients, s.perMail().Microseconds(),
		s.Launch.Seconds(), s.LongestWait.Milliseconds(), s.PeakRSS>>20)
	return ctx.Err()
}

// comparison is what came of a trial.
type comparison struct {
	rates   []float64 // of the contestants, in mails/s; 0 for one that is not on this machine
	ceiling float64   // the highest of what the engine could reach
	engine  *sending
}

// source is the rate of smtp-source.
func (c *comparison) source() float64 { return c.rates[len(contestant.All)-1] }

// compare runs a trial with every contestant, and after them with the engine, which sends a whole mailing.
func compare(ctx context.Context, t trial, recipients int, profiles engineFlags) (*comparison, error) {
	r := &comparison{}
	for _, c := range contestant.All {
		rate, err := measure(ctx, c, t)
		if errors.Is(err, contestant.ErrMissing) {
			fmt.Fprintln(os.Stderr, "bench:", err)
			r.rates = append(r.rates, 0)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s, %d connections, %s: %w", c.Name, t.Connections, t.Latency, err)
		}
		r.rates = append(r.rates, rate)
	}
	r.ceiling = r.rates[0]
	if strings.Contains(t.dkim, "rsa") {
		signatures, err := signaturesPerSecond()
		if err != nil {
			return nil, err
		}
		r.ceiling = min(r.ceiling, signatures)
	}
	if recipients == 0 {
		recipients = min(int(r.ceiling*t.length.Seconds()), 50_000)
	}
	var err error
	if r.engine, err = sendByEngine(ctx, recipients, t, profiles); err != nil {
		return nil, fmt.Errorf("engine, %d connections, %s: %w", t.Connections, t.Latency, err)
	}
	return r, nil
}

// orNone writes a figure, or a dash if there is none.
func orNone(format string, value float64) string {
	if value == 0 {
		return "–"
	}
	return fmt.Sprintf(format, value)
}

// measure runs a contestant with a new sink and returns its e-mails a second. The sink must have accepted exactly the e-mails
// that the contestant counts, except one on each connection that the end of the trial interrupted.
func measure(ctx context.Context, c contestant.Contestant, t trial) (float64, error) {
	s, err := sink.Start(ctx, t.Options, 0)
	if err != nil {
		return 0, err
	}
	timed, cancel := context.WithTimeout(ctx, t.length)
	defer cancel()
	begin := time.Now()
	mails, sendErr := c.Send(timed, s.Address, t.Load)
	took := time.Since(begin)
	got, err := s.Stop()
	switch {
	case sendErr != nil:
		return 0, sendErr
	case err != nil:
		return 0, err
	case got.Mails < mails || got.Mails > mails+t.Connections:
		return 0, fmt.Errorf("%d mails sent, %d accepted", mails, got.Mails)
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
