package doctor

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/demo"
)

// alerting are the codes of findings that superusers are told of when they are errors. The others are about what was never set up.
var alerting = map[string]bool{
	"sending": true, "mail_server": true, "last_backup": true, "disk": true, "database": true, "certificate": true, "clock": true, "version": true,
}

const (
	// checkEvery is how often problems are looked for.
	checkEvery = time.Minute
	// lasting is how long a problem has to last before it is told, and how long it has to be over.
	lasting = 5 * time.Minute
	// mailAgain is when an e-mail that could not be sent is tried again.
	mailAgain = 10 * time.Minute
	// mostTold bounds the superusers who are told, and mostDetail what is told of one problem, in bytes.
	mostTold, mostDetail = 50, 1000
)

// Alerts tell superusers of problems by e-mail: once when they have lasted, and once when they are over. What was told is in the
// database, so a restart tells nothing twice, nor do two processes; while the database cannot be written it is kept in memory.
type Alerts struct {
	app      core.App
	health   *Health
	lasting  time.Duration
	mailFrom time.Time // no e-mail before: the last one could not be sent

	unstored map[string]*unstored // problems since the database could not be written
}

// unstored is a problem that could not be written to the database.
type unstored struct {
	since time.Time
	told  bool
}

// NewAlerts makes the alerts of a service.
func NewAlerts(app core.App, health *Health) *Alerts {
	return &Alerts{app: app, health: health, lasting: lasting, unstored: map[string]*unstored{}}
}

// Run looks for problems until ctx ends. A demo has none.
func (a *Alerts) Run(ctx context.Context) {
	if demo.OutboxOf(a.app) != nil {
		return
	}
	ticker := time.NewTicker(checkEvery)
	defer ticker.Stop()
	for {
		a.look(ctx, time.Now())
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// look makes all checks and tells what has to be told.
func (a *Alerts) look(ctx context.Context, now time.Time) {
	problems := map[string]Finding{}
	for _, f := range a.health.Report(ctx).Checks {
		if f.Level == levelError && alerting[f.Code] {
			problems[strings.TrimSuffix(f.Code+" "+f.Subject, " ")] = f
		}
	}
	if err := a.note(problems, now); err != nil {
		a.app.Logger().Warn("the problems of the service could not be stored", "error", err)
		a.tellUnstored(problems, now)
		return
	}
	if now.Before(a.mailFrom) {
		return
	}
	if err := a.tell(problems, now); err != nil {
		a.app.Logger().Warn("the superusers could not be told of a problem", "error", err)
		a.mailFrom = now.Add(mailAgain)
	}
}

// note writes which problems there are, and the size of the database once a day.
func (a *Alerts) note(problems map[string]Finding, now time.Time) error {
	return a.app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		for name, f := range problems {
			since, told := now, int64(0)
			if u := a.unstored[name]; u != nil {
				since = u.since
				if u.told {
					told = now.UnixMilli()
				}
			}
			_, err := db.NewQuery(`
				INSERT INTO health_problems (name, detail, since, seen, told) VALUES ({:name}, {:detail}, {:since}, {:now}, {:told})
				ON CONFLICT (name) DO UPDATE SET detail = excluded.detail, seen = excluded.seen, told = MAX(told, excluded.told)`).
				Bind(dbx.Params{"name": name, "detail": stored(f), "since": since.UnixMilli(), "now": now.UnixMilli(), "told": told}).Execute()
			if err != nil {
				return err
			}
		}
		if err := noteSize(db, a.app.DataDir(), now); err != nil {
			return err
		}
		clear(a.unstored)
		return nil
	})
}

// tell sends one e-mail about the problems that have lasted and those that are over. Each is claimed in the database before, so that
// of two processes one tells it; the claim is given back when the e-mail cannot be sent.
func (a *Alerts) tell(problems map[string]Finding, now time.Time) error {
	if !a.app.Settings().SMTP.Enabled {
		return nil // nothing can be sent; it is told when that has changed
	}
	db, params := a.app.NonconcurrentDB(), dbx.Params{"now": now.UnixMilli(), "before": now.Add(-a.lasting).UnixMilli()}
	var begun, ended []told
	err := db.NewQuery(`
		UPDATE health_problems SET told = {:now} WHERE told = 0 AND since <= {:before} AND seen = {:now} RETURNING name, detail, since, told`).
		Bind(params).All(&begun)
	if err != nil {
		return err
	}
	if _, err := db.NewQuery(`DELETE FROM health_problems WHERE told = 0 AND seen <= {:before}`).Bind(params).Execute(); err != nil {
		return err
	}
	// A problem that is over is claimed by a negative time.
	err = db.NewQuery(`UPDATE health_problems SET told = -told WHERE told > 0 AND seen <= {:before} RETURNING name, detail, since, told`).
		Bind(params).All(&ended)
	if err != nil || len(begun)+len(ended) == 0 {
		return err
	}
	sent := a.mail(begun, ended, problems)
	for _, p := range begun {
		if sent != nil {
			_, err := db.NewQuery(`UPDATE health_problems SET told = 0 WHERE name = {:name}`).Bind(dbx.Params{"name": p.Name}).Execute()
			sent = errors.Join(sent, err)
		}
	}
	for _, p := range ended {
		then := `DELETE FROM health_problems WHERE name = {:name} AND told < 0`
		if sent != nil {
			then = `UPDATE health_problems SET told = -told WHERE name = {:name} AND told < 0`
		}
		if _, err := db.NewQuery(then).Bind(dbx.Params{"name": p.Name}).Execute(); err != nil {
			return errors.Join(sent, err)
		}
	}
	return sent
}

// told is a problem as the database has it.
type told struct {
	Name   string `db:"name"`
	Detail string `db:"detail"` // the finding, see stored
	Since  int64  `db:"since"`
	Told   int64  `db:"told"`
}

// tellUnstored tells of problems that have lasted while the database could not be written.
func (a *Alerts) tellUnstored(problems map[string]Finding, now time.Time) {
	var begun []told
	for name, f := range problems {
		u := a.unstored[name]
		if u == nil {
			u = &unstored{since: now}
			var known told
			if a.app.ConcurrentDB().NewQuery(`SELECT since, told FROM health_problems WHERE name = {:name}`).Bind(dbx.Params{"name": name}).One(&known) == nil {
				u.since, u.told = time.UnixMilli(known.Since), known.Told > 0
			}
			a.unstored[name] = u
		}
		if !u.told && now.Sub(u.since) >= a.lasting {
			begun = append(begun, told{Name: name, Detail: stored(f), Since: u.since.UnixMilli()})
		}
	}
	if len(begun) == 0 || now.Before(a.mailFrom) || !a.app.Settings().SMTP.Enabled {
		return
	}
	if err := a.mail(begun, nil, problems); err != nil {
		a.app.Logger().Warn("the superusers could not be told of a problem", "error", err)
		a.mailFrom = now.Add(mailAgain)
		return
	}
	for _, p := range begun {
		a.unstored[p.Name].told = true
	}
}
