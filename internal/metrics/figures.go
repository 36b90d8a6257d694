// Package metrics tells Prometheus how an instance does. What it reads costs the same with ten recipients and with millions of them.
package metrics

import (
	"context"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/backup"
	"gonets/internal/build"
	"gonets/internal/database"
	"gonets/internal/delivery"
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
	gauge(w, fmt.Sprintf(`gonets_build_info{version=%q,commit=%q}`, info.Version, info.Commit), 1)
	gauge(w, "gonets_ready", truth(state.Sending != delivery.Nowhere))
	gauge(w, "gonets_sending", truth(state.Sending == delivery.Here))
	for _, s := range f.engine.Servers() {
		gauge(w, fmt.Sprintf(`gonets_breaker_open{sender=%q}`, measure.Label(s.Sender)), truth(s.Trouble != nil))
	}
	f.engine.Figures().Write(w)
	gauge(w, "gonets_database_bytes", float64(database.Bytes(f.app.DataDir())))
	f.writeBackup(w)
	err := f.writeStored(w)
	metrics.WriteProcessMetrics(w)
	return err
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
	gauge(w, "gonets_backup_age_seconds", age)
}

func (f *figures) writeStored(w io.Writer) error {
	s, err := f.stored()
	if err != nil {
		return err
	}
	for _, of := range []struct {
		state string
		n     int64
	}{
		{"pending", s.Total - s.Sent - s.Failed - s.Uncertain - s.Skipped - s.Deferred - s.Bounced},
		{"deferred", s.Deferred},
		{"sent", s.Sent},
		{"failed", s.Failed},
		{"uncertain", s.Uncertain},
		{"skipped", s.Skipped},
		{"bounced", s.Bounced},
	} {
		gauge(w, fmt.Sprintf(`gonets_recipients{state=%q}`, of.state), float64(of.n))
	}
	gauge(w, "gonets_complaints", float64(s.Complained))
	waits := 0.0
	if !s.since.IsZero() {
		waits = max(0, time.Since(s.since).Seconds())
	}
	gauge(w, "gonets_oldest_waiting_seconds", waits)
	return nil
}

// stored reads the counters of the mailings, not their recipients, at most once in fresh. The sums read a row for each mailing that
// was launched.
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
			COALESCE(SUM(bounced), 0) AS bounced, COALESCE(SUM(complained), 0) AS complained
		FROM mailings WHERE started_at <> ''`).
		WithContext(ctx).One(&s)
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
	f.known, f.at = s, time.Now()
	return s, nil
}

func gauge(w io.Writer, name string, value float64) { metrics.WriteGaugeFloat64(w, name, value) }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
