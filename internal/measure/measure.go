// Package measure counts what the engine does, for monitoring. Counting is cheap enough for the path of each e-mail.
package measure

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// Class is what became of an attempt.
type Class int

// Classes of attempts.
const (
	Success   Class = iota // the mail server has accepted the e-mail
	Temporary              // it has refused it for now (4xx)
	Permanent              // it has refused it (5xx)
	NoReply                // the connection broke, or none could be made, before the e-mail could have been accepted
	Uncertain              // it broke after that
	classes
)

var classNames = [classes]string{"success", "temporary", "permanent", "no_reply", "uncertain"}

// MostSenders bounds the values of the label sender. Attempts by any further sender count as those of "other".
const MostSenders = 200

// defaultSender is the label of PocketBase's own mail settings.
const defaultSender = "default"

// Delivery counts what the ledgers of a process write. Its methods may be called from several goroutines.
type Delivery struct {
	// Each family of figures is a set of its own, so that its description can be written before it.
	attempts, ofSeconds, ofEntries *metrics.Set

	seconds *metrics.PrometheusHistogram
	entries *metrics.PrometheusHistogram

	mu      sync.Mutex
	senders map[string]*[classes]*metrics.Counter
}

// New makes counters that stand at zero.
func New() *Delivery {
	d := &Delivery{attempts: metrics.NewSet(), ofSeconds: metrics.NewSet(), ofEntries: metrics.NewSet(), senders: map[string]*[classes]*metrics.Counter{}}
	d.seconds = d.ofSeconds.NewPrometheusHistogramExt("gonets_ledger_batch_seconds", metrics.ExponentialBuckets(0.001, 2, 14)) // to 8 s
	d.entries = d.ofEntries.NewPrometheusHistogramExt("gonets_ledger_batch_entries", metrics.ExponentialBuckets(1, 2, 11))     // to 1024
	return d
}

// Know makes the counters of senders that have not sent yet: what counts from zero tells Prometheus that it has grown.
func (d *Delivery) Know(senders []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, sender := range senders {
		if d.senders[sender] == nil && len(d.senders) < MostSenders {
			d.add(sender)
		}
	}
}

// Batch counts a batch of the ledger that was written.
func (d *Delivery) Batch(took time.Duration, entries int) {
	d.seconds.Update(took.Seconds())
	d.entries.Update(float64(entries))
}

// Attempt counts an attempt by a sender; "" is PocketBase's own mail settings.
func (d *Delivery) Attempt(sender string, class Class) {
	d.mu.Lock()
	counters := d.senders[sender]
	if counters == nil {
		counters = d.add(sender)
	}
	d.mu.Unlock()
	counters[class].Inc()
}

// add makes the counters of a sender. The mutex is held.
func (d *Delivery) add(sender string) *[classes]*metrics.Counter {
	label := Label(sender)
	if len(d.senders) >= MostSenders {
		label = "other"
	}
	counters := new([classes]*metrics.Counter)
	for class, name := range classNames {
		counters[class] = d.attempts.GetOrCreateCounter(fmt.Sprintf(`gonets_attempts_total{sender=%q,class=%q}`, label, name))
	}
	d.senders[sender] = counters
	return counters
}

// Label is the value of the label sender: the id of a sender, which has letters and digits only.
func Label(sender string) string {
	if sender == "" {
		return defaultSender
	}
	return sender
}

// Write writes all counters as Prometheus reads them.
func (d *Delivery) Write(w io.Writer) {
	d.mu.Lock()
	isAny := len(d.senders) > 0
	d.mu.Unlock()
	if isAny {
		Describe(w, "gonets_attempts_total", "counter", "Attempts of this process to submit an email, by sender and by what became of them.")
		d.attempts.WritePrometheus(w)
	}
	Describe(w, "gonets_ledger_batch_seconds", "histogram", "How long a transaction that writes results took.")
	d.ofSeconds.WritePrometheus(w)
	Describe(w, "gonets_ledger_batch_entries", "histogram", "Results and claims in one transaction.")
	d.ofEntries.WritePrometheus(w)
}

// Describe writes what stands before the samples of a family of figures: what it means, and its type.
func Describe(w io.Writer, name, kind, help string) {
	_, _ = fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}
