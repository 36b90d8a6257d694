package results

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// present are the clients that listen now.
func (p *publisher) present() []*listener {
	var present []*listener
	clients := p.app.SubscriptionsBroker().Clients()
	for id, client := range clients {
		var names []string
		for name := range client.Subscriptions(ProgressTopic) {
			if name == ProgressTopic || strings.HasPrefix(name, ProgressTopic+"?") {
				names = append(names, name)
			}
		}
		if len(names) == 0 {
			delete(p.listeners, id)
			continue
		}
		l := p.listeners[id]
		if l == nil {
			l = &listener{app: p.app, client: client, unread: map[string]news{}}
			p.listeners[id] = l
		}
		l.names = names
		present = append(present, l)
	}
	maps.DeleteFunc(p.listeners, func(id string, _ *listener) bool { return clients[id] == nil })
	return present
}

// ProgressTopic is the realtime topic on which the progress of mailings is told.
const ProgressTopic = "gonets/mailings"

// Progress is how far a mailing is, as the realtime topic tells it.
type Progress struct {
	ID         string         `db:"id" json:"id"`
	Owner      string         `db:"owner" json:"-"`
	Status     mailing.Status `db:"status" json:"status"`
	Total      int            `db:"total" json:"total"`
	Sent       int            `db:"sent" json:"sent"`
	Failed     int            `db:"failed" json:"failed"`
	Uncertain  int            `db:"uncertain" json:"uncertain"`
	Skipped    int            `db:"skipped" json:"skipped"`
	Deferred   int            `db:"deferred" json:"deferred"`
	Bounced    int            `db:"bounced" json:"bounced"`
	Complained int            `db:"complained" json:"complained"`
	PerSecond  float64        `db:"-" json:"per_second"`
	Reason     types.JSONRaw  `db:"waiting_reason" json:"waiting_reason"`
	Updated    string         `db:"updated" json:"-"`
}

// settled is how many recipients have been tried to their end.
func (p *Progress) settled() int { return p.Sent + p.Failed + p.Uncertain + p.Bounced }

// ProgressOf reads how far a mailing is.
func ProgressOf(app core.App, id string) (Progress, error) {
	var rows []Progress
	err := app.ConcurrentDB().NewQuery(progressSQL + `WHERE id = {:id}`).Bind(dbx.Params{"id": id}).All(&rows)
	if err != nil {
		return Progress{}, fmt.Errorf("read the progress of mailing %s: %w", id, err)
	}
	if len(rows) == 0 {
		return Progress{}, mailing.ErrNotFound
	}
	return rows[0], nil
}

const progressSQL = `
SELECT id, owner, status, total, sent, failed, uncertain, skipped, deferred, bounced, complained, COALESCE(waiting_reason, 'null') AS waiting_reason, updated
FROM mailings
`

// Publish tells the subscribers in this process how mailings get on, whichever process sends them,
// until ctx ends; overlay adds what is not in the database. Twice a second it looks in the database at the mailings that run, by
// idx_mailings_status, and at those that changed, by idx_mailings_updated.
func Publish(ctx context.Context, app core.App, overlay func(*Progress)) {
	p := publisher{app: app, overlay: overlay, last: map[string]string{}, rates: map[string]*rate{}, listeners: map[string]*listener{}}
	p.since = database.Stamp(time.Now())
	// No ticker: after a slow poll the next tick would follow at once, and be a third message in a second.
	timer := time.NewTimer(publishEvery)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-timer.C:
			timer.Reset(publishEvery)
			if err := p.look(ctx, now); err != nil && ctx.Err() == nil {
				app.Logger().Error("publish progress", "error", err)
			}
		}
	}
}

// publishEvery is how often progress is told at most.
const publishEvery = 500 * time.Millisecond

// publisher remembers what it has told.
type publisher struct {
	app       core.App
	overlay   func(*Progress)
	since     string            // changes before this have been seen
	last      map[string]string // the last message about each mailing that changed lately
	rates     map[string]*rate
	listeners map[string]*listener
}

func (p *publisher) look(ctx context.Context, now time.Time) error {
	listeners := p.present()
	if len(listeners) == 0 {
		p.since = database.Stamp(now)
		clear(p.last)
		clear(p.rates)
		return nil
	}
	var rows []Progress
	// A second's overlap: two processes may commit in another order than they read the clock.
	err := p.app.ConcurrentDB().NewQuery(progressSQL + `WHERE updated >= {:since} OR status = 'running' LIMIT 1000`).
		WithContext(ctx).Bind(dbx.Params{"since": p.since}).All(&rows)
	if err != nil {
		return fmt.Errorf("read the progress of mailings: %w", err)
	}
	p.since = database.Stamp(now.Add(-time.Second))
	seen := map[string]bool{}
	for i := range rows {
		m := &rows[i]
		seen[m.ID] = true
		m.PerSecond = p.rate(m, now)
		p.overlay(m)
		if err := p.tell(m, listeners); err != nil {
			return err
		}
	}
	maps.DeleteFunc(p.last, func(id string, _ string) bool { return !seen[id] })
	maps.DeleteFunc(p.rates, func(id string, _ *rate) bool { return !seen[id] })
	return nil
}

// tell sends a mailing's progress to those who may see it, if it changed.
func (p *publisher) tell(m *Progress, listeners []*listener) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode progress: %w", err)
	}
	if p.last[m.ID] == string(raw) {
		return nil
	}
	p.last[m.ID] = string(raw)
	for _, l := range listeners {
		if l.maySee(m.Owner) {
			l.post(m, raw)
		}
	}
	return nil
}

// rate measures recipients a second over the last few seconds.
type rate struct {
	at      []time.Time
	settled []int
}

// rateSpan is how many polls back a rate reaches: five seconds.
const rateSpan = 10

func (p *publisher) rate(m *Progress, now time.Time) float64 {
	if m.Status != mailing.Running {
		delete(p.rates, m.ID)
		return 0
	}
	r := p.rates[m.ID]
	if r == nil {
		r = &rate{}
		p.rates[m.ID] = r
	}
	r.at, r.settled = append(r.at, now), append(r.settled, m.settled())
	if len(r.at) > rateSpan {
		r.at, r.settled = r.at[1:], r.settled[1:]
	}
	span := now.Sub(r.at[0]).Seconds()
	if span <= 0 {
		return 0
	}
	tenths := float64(m.settled()-r.settled[0]) / span * 10
	return float64(int(max(0, tenths)+0.5)) / 10
}
