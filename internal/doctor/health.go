package doctor

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/backup"
	"gonets/internal/build"
	"gonets/internal/delivery"
	"gonets/internal/recall"
)

const (
	// healthFresh is how long a report is good for.
	healthFresh = 5 * time.Second
	// healthTime bounds one report.
	healthTime = 20 * time.Second
)

// Health reports how a running service does. Unlike Examine it connects to no mail server and reads no recipient.
type Health struct {
	app          core.App
	engine       *delivery.Engine
	watch        *backup.Watch
	certificates *recall.Value[Finding]

	mu   sync.Mutex
	at   time.Time
	last Report
}

// Report is how a service does.
type Report struct {
	OK      bool       `json:"ok"` // no check found an error
	Version build.Info `json:"version"`
	Checks  []Finding  `json:"checks"`
}

// NewHealth makes the health of the service that an engine belongs to.
func NewHealth(app core.App, engine *delivery.Engine) *Health {
	return &Health{
		app: app, engine: engine, watch: backup.NewWatch(app),
		certificates: recall.New(func() Finding {
			address, err := url.Parse(app.Settings().Meta.AppURL)
			if err != nil {
				address = &url.URL{}
			}
			return certificateOf(context.Background(), address)
		}),
	}
}

// Report makes all checks, or returns the last report when it is seconds old. A check that cannot be made is a finding too.
func (h *Health) Report(ctx context.Context) Report {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.at) < healthFresh {
		return h.last
	}
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	d := doctor{app: h.app, engine: h.engine, watch: h.watch, certificates: h.certificates}
	for _, check := range []func(context.Context) error{
		d.sending, d.oldestWaiting, d.breakers, d.mailSettings, d.waysIn, d.publicAddress, d.certificate, d.backups, d.lastBackup,
		d.disk, d.size, d.clock, d.version, d.superuser, d.manager,
	} {
		if err := check(ctx); err != nil {
			d.findings = append(d.findings, Finding{
				Code: "database", Level: levelError, Reason: "unreadable", Detail: err.Error(),
				Do: "look at the log; restart the service, and if that does not help restore the last backup",
			})
			break
		}
	}
	h.last = Report{OK: healthy(d.findings), Version: build.Of(), Checks: d.findings}
	h.at = time.Now()
	return h.last
}

// healthy reports whether no finding is an error.
func healthy(findings []Finding) bool {
	return !slices.ContainsFunc(findings, func(f Finding) bool { return f.Level == levelError })
}
