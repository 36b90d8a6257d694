// Package metrics tells Prometheus how an instance does. What it reads costs the same with ten recipients and with millions of them.
package metrics

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/backup"
	"gonets/internal/build"
	"gonets/internal/database"
	"gonets/internal/delivery"
	"gonets/internal/limit"
	"gonets/internal/measure"
	"gonets/internal/results"
)

const (
	// fresh is how long what was read from the database is good for: several scrapers cost as much as one.
	fresh = 5 * time.Second
	// readTime bounds how long the database may take for it.
	readTime = 5 * time.Second
)

// figures are what is measured of an instance.
type figures struct {
	app     core.App
	engine  *delivery.Engine
	backups *backup.Watch

	mu    sync.Mutex
	at    time.Time // when stored was read
	known stored
}

// stored is what the database knows.
type stored struct {
	Total      int64     `db:"total"`
	Sent       int64     `db:"sent"`
	Failed     int64     `db:"failed"`
	Uncertain  int64     `db:"uncertain"`
	Skipped    int64     `db:"skipped"`
	Deferred   int64     `db:"deferred"`
	Bounced    int64     `db:"bounced"`
	Complained int64     `db:"complained"`
	Sending    int64     `db:"sending"` // recipients of running mailings whose emails are being submitted
	senders    []string  // ids, "" for PocketBase's own mail settings; at most measure.MostSenders
	since      time.Time // the launch of the mailing whose recipients wait longest; the zero time when nobody waits
}

// newFigures makes the figures of an instance and its engine.
func newFigures(app core.App, engine *delivery.Engine) *figures {
	return &figures{app: app, engine: engine, backups: backup.NewWatch(app)}
}

// Write writes all figures as Prometheus reads them. What cannot be read is left out, and the error returned at the end.
func (f *figures) Write(w io.Writer) error {
	state := f.engine.State()
	info := build.Of()
	gauge(w, "gonets_build_info", "Which version this is.", sample{fmt.Sprintf(`version=%q,commit=%q`, info.Version, info.Commit), 1})
	gauge(w, "gonets_ready", "1 while some process sends.", sample{value: truth(state.Sending != delivery.Nowhere)})
	gauge(w, "gonets_sending", "1 while this process sends.", sample{value: truth(state.Sending == delivery.Here)})
	gauge(w, "gonets_database_bytes", "The databases on disk.", sample{value: float64(database.Bytes(f.app.DataDir()))})
	f.writeBackup(w)
	s, err := f.stored()
	if err == nil {
		f.engine.Figures().Know(s.senders)
		s.write(w)
	}
	f.engine.Figures().Write(w)
	gauge(w, "gonets_breaker_open", "1 while the mail server of a sender cannot be used.", breakers(s.senders, f.engine.Servers())...)
	metrics.WriteProcessMetrics(w)
	return err
}

// breakers are the circuit breakers of all senders. What this process has not sent by is closed, as far as it knows.
func breakers(senders []string, servers []delivery.MailServer) []sample {
	open := map[string]bool{}
	for _, sender := range senders {
		open[sender] = false
	}
	for _, s := range servers {
		open[s.Sender] = s.Trouble != nil
	}
	var all []sample
	for _, sender := range slices.Sorted(maps.Keys(open)) {
		all = append(all, sample{fmt.Sprintf(`sender=%q`, measure.Label(sender)), truth(open[sender])})
	}
	return all
}

// writeBackup writes the age of the last backup: +Inf when there is none, nothing when that is not known.
func (f *figures) writeBackup(w io.Writer) {
	last, ok, err := f.backups.Last()
	if err != nil {
		f.app.Logger().Warn("the backups cannot be listed", "error", err)
		return
	}
	age := math.Inf(1)
	if ok {
		age = max(0, time.Since(last.Made).Seconds())
	}
	gauge(w, "gonets_backup_age_seconds", "How old the newest backup is; +Inf without one.", sample{value: age})
}

// write writes what the database knows.
func (s stored) write(w io.Writer) {
	// Both are read at once, but a mailing that was paused with emails under way keeps them for a moment.
	waiting := s.Total - s.Sent - s.Failed - s.Uncertain - s.Skipped - s.Deferred - s.Bounced
	sending := min(s.Sending, waiting)
	gauge(w, "gonets_recipients", "Recipients of all mailings that were launched, by state.",
		sample{`state="pending"`, float64(waiting - sending)}, sample{`state="sending"`, float64(sending)},
		sample{`state="deferred"`, float64(s.Deferred)}, sample{`state="sent"`, float64(s.Sent)}, sample{`state="failed"`, float64(s.Failed)},
		sample{`state="uncertain"`, float64(s.Uncertain)}, sample{`state="skipped"`, float64(s.Skipped)}, sample{`state="bounced"`, float64(s.Bounced)})
	gauge(w, "gonets_complaints", "Recipients who complained.", sample{value: float64(s.Complained)})
	waits := 0.0
	if !s.since.IsZero() {
		waits = max(0, time.Since(s.since).Seconds())
	}
	gauge(w, "gonets_oldest_waiting_seconds", "How long ago the mailing was launched whose recipients wait longest.", sample{value: waits})
}

// stored reads the counters of the mailings, not their recipients, at most once in fresh. The sums read a row for each mailing that
// was launched. Who is being mailed is counted by owner and day (internal/limit): recipients have no index by that.
func (f *figures) stored() (stored, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.at) < fresh {
		return f.known, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	var s stored
	err := f.app.ConcurrentDB().NewQuery(`
		SELECT COALESCE(SUM(total), 0) AS total, COALESCE(SUM(sent), 0) AS sent, COALESCE(SUM(failed), 0) AS failed,
			COALESCE(SUM(uncertain), 0) AS uncertain, COALESCE(SUM(skipped), 0) AS skipped, COALESCE(SUM(deferred), 0) AS deferred,
			COALESCE(SUM(bounced), 0) AS bounced, COALESCE(SUM(complained), 0) AS complained,
			COALESCE((SELECT SUM(in_flight) FROM usage
				WHERE kind = 'owner' AND id IN (SELECT owner FROM mailings WHERE status = 'running') AND day >= {:before}), 0) AS sending
		FROM mailings WHERE started_at <> ''`).
		WithContext(ctx).Bind(dbx.Params{"before": limit.DayBefore(time.Now())}).One(&s)
	if err != nil {
		return s, fmt.Errorf("read the counters of the mailings: %w", err)
	}
	oldest, err := results.LongestWaiting(ctx, f.app)
	if err != nil {
		return s, err
	}
	if oldest != nil {
		s.since = oldest.Since.Time()
	}
	err = f.app.ConcurrentDB().NewQuery(`SELECT id FROM senders ORDER BY created, id LIMIT {:most}`).
		WithContext(ctx).Bind(dbx.Params{"most": measure.MostSenders - 1}).Column(&s.senders)
	if err != nil {
		return s, fmt.Errorf("read the senders: %w", err)
	}
	if f.app.Settings().SMTP.Enabled {
		s.senders = append(s.senders, "")
	}
	f.known, f.at = s, time.Now()
	return s, nil
}

// sample is one value of a family, with its labels as Prometheus writes them.
type sample struct {
	labels string
	value  float64
}

// gauge writes a family of gauges; without samples nothing.
func gauge(w io.Writer, name, help string, samples ...sample) {
	if len(samples) == 0 {
		return
	}
	measure.Describe(w, name, "gauge", help)
	for _, s := range samples {
		if s.labels != "" {
			s.labels = "{" + s.labels + "}"
		}
		_, _ = fmt.Fprintf(w, "%s%s %g\n", name, s.labels, s.value)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
