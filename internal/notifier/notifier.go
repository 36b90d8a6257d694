// Package notifier calls webhooks with what notifications wait for them.
package notifier

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/endpoint"
	"gonets/internal/notification"
)

const (
	// pollTime is how often events and webhooks are looked for: other processes write them too.
	pollTime = 500 * time.Millisecond
	// maxOfOwner and maxCalls are how many calls are under way at the same time, of one owner and of all.
	maxOfOwner = 10
	maxCalls   = 100
	// graceTime is how long calls that are under way are waited for at the end. Those that are broken off are made again.
	graceTime = 2 * time.Second
	// sweepTime is how often old events are deleted.
	sweepTime = 10 * time.Minute
)

// Notifier calls webhooks.
type Notifier struct {
	app  core.App
	now  func() time.Time
	poll time.Duration
}

// New returns a notifier that calls nobody before Run.
func New(app core.App) *Notifier { return &Notifier{app: app, now: time.Now, poll: pollTime} }

// Run calls webhooks until ctx ends. Only one process may: the one that holds the engine's lock (delivery.Engine.Beside).
// An event whose call is not recorded when the process is killed is sent again.
func (n *Notifier) Run(ctx context.Context) {
	s := newSession(n)
	defer s.client.Close()
	var sweep sync.WaitGroup
	defer sweep.Wait()
	sweep.Go(func() { n.sweep(ctx) })
	ticker := time.NewTicker(n.poll)
	defer ticker.Stop()
	s.follow(ctx)
	for {
		s.fill(ctx)
		s.begin()
		select {
		case <-ctx.Done():
			s.end()
			return
		case <-ticker.C:
			s.follow(ctx)
			s.write()
		case <-s.gathered.C:
			s.write()
		case first := <-s.results:
			// The next calls begin before the results are on the disk.
			s.take(first)
			s.begin()
			s.gather()
		}
	}
}

// sweep deletes old events from time to time, and logs which webhooks were switched off meanwhile for want of room.
func (n *Notifier) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepTime)
	defer ticker.Stop()
	for since := n.now(); ; {
		now := n.now()
		overfull, err := notification.Overfull(ctx, n.app, since, now)
		switch {
		case err == nil:
			since = now
		case ctx.Err() == nil:
			n.app.Logger().Error("the webhooks for which too many events wait could not be listed", "error", err)
		}
		for _, webhook := range overfull {
			n.app.Logger().Warn("a webhook was switched off", "webhook", webhook, "reason", "too_many_waiting")
		}
		if err := notification.Forget(ctx, n.app, now); err != nil && ctx.Err() == nil {
			n.app.Logger().Error("old events of webhooks could not be deleted", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// session is one Run. All of it belongs to its goroutine, but results.
type session struct {
	*Notifier
	client *endpoint.Client
	lanes  map[string]*lane
	order  []*lane // in which they get calls
	calls  int     // under way
	owners map[string]int

	// callCtx ends later than the context of Run, by graceTime.
	callCtx context.Context
	cancel  context.CancelFunc
	// results has room for all calls, so that none waits at the end.
	results chan result
	// unwritten are results that are to be written when gathered says so; stuck is true when they could not be.
	unwritten []settled
	gathered  *time.Timer
	gathering bool
	stuck     bool
	networks  string
}

// result is a call that has ended.
type result struct {
	lane   *lane
	event  *event
	answer endpoint.Answer
	broken bool // broken off by the end of the session
}

func newSession(n *Notifier) *session {
	s := &session{
		Notifier: n, client: endpoint.NewClient(), lanes: map[string]*lane{}, owners: map[string]int{}, results: make(chan result, maxCalls),
		gathered: time.NewTimer(time.Hour),
	}
	s.gathered.Stop()
	s.callCtx, s.cancel = context.WithCancel(context.Background())
	return s
}

// begin begins as many calls as there may be, one of each webhook in turn.
func (s *session) begin() {
	if s.stuck {
		return // the database cannot be written: nothing would be recorded
	}
	for begun := true; begun; {
		begun = false
		for _, l := range s.order {
			if s.calls >= maxCalls {
				return
			}
			if s.owners[l.Owner] >= maxOfOwner {
				continue
			}
			if e := l.next(s.now()); e != nil {
				s.call(l, e)
				begun = true
			}
		}
	}
}

func (s *session) call(l *lane, e *event) {
	s.calls++
	s.owners[l.Owner]++
	target, at := l.target, s.now()
	go func() {
		a := target.post(s.callCtx, s.client, endpoint.Message{ID: e.Message, At: at, Body: notification.Body(e.Type, time.UnixMilli(e.At), e.Data)})
		s.results <- result{lane: l, event: e, answer: a, broken: !a.OK() && s.callCtx.Err() != nil}
	}()
}

// take takes a result and those that have arrived too, and judges what became of their events.
func (s *session) take(first result) {
	for r := first; ; {
		s.calls--
		if s.owners[r.lane.Owner]--; s.owners[r.lane.Owner] == 0 {
			delete(s.owners, r.lane.Owner)
		}
		delete(r.lane.calls, r.event.ID)
		if !r.broken {
			s.unwritten = append(s.unwritten, r.lane.settle(r.event, r.answer, s.now()))
		}
		select {
		case r = <-s.results:
		default:
			return
		}
	}
}

// end waits for the calls that are under way, breaks off those that take longer, and records the others.
func (s *session) end() {
	late := time.AfterFunc(graceTime, s.cancel)
	defer late.Stop()
	defer s.cancel()
	for s.calls > 0 {
		s.take(<-s.results)
	}
	s.write()
}

// follow reads which webhooks have events that are due, and what has changed of the others.
func (s *session) follow(ctx context.Context) {
	if err := s.allow(ctx); err != nil {
		s.failed(ctx, "the networks of webhooks could not be read", err)
		return
	}
	due, err := s.due(ctx)
	if err != nil {
		s.failed(ctx, "the webhooks could not be looked up", err)
		return
	}
	wanted := map[string]bool{}
	for _, w := range due {
		wanted[w.ID] = true
		l := s.lanes[w.ID]
		if l == nil {
			l = &lane{calls: map[int64]*event{}}
			s.lanes[w.ID] = l
			s.order = append(s.order, l)
		}
		if l.row != w || l.isRotating != w.isRotating(s.now()) {
			l.read(s.app, w, s.now())
		}
		l.more = true
	}
	for id, l := range s.lanes {
		if wanted[id] {
			continue
		}
		l.queue, l.loaded = nil, 0 // it was deleted or switched off, or nothing is due
		if len(l.calls) == 0 && l.rest.Before(s.now()) {
			delete(s.lanes, id)
			s.order = slices.DeleteFunc(s.order, func(other *lane) bool { return other == l })
		}
	}
}

func (s *session) failed(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		s.app.Logger().Error(what, "error", err)
	}
}

// allow lets the client reach the networks of the instance.
func (s *session) allow(ctx context.Context) error {
	text, err := networksOf(ctx, s.app)
	if err != nil || text == s.networks {
		return err
	}
	s.networks = text
	networks, err := endpoint.ParseNetworks(text)
	s.client.Allow(networks) // none, if they cannot be read
	return err
}

// networksOf reads instance.webhook_networks.
func networksOf(ctx context.Context, app core.App) (text string, err error) {
	if err := app.ConcurrentDB().NewQuery(`SELECT webhook_networks FROM instance LIMIT 1`).WithContext(ctx).Row(&text); err != nil {
		return "", fmt.Errorf("read the networks that webhooks may call: %w", err)
	}
	return text, nil
}

// dueSQL goes from one webhook with waiting events to the next in idx_webhook_events_waiting, however many events there are.
const dueSQL = `
WITH RECURSIVE waiting(webhook) AS (
	SELECT MIN(webhook) FROM webhook_events WHERE state = 'waiting'
	UNION ALL
	SELECT (SELECT MIN(webhook) FROM webhook_events WHERE state = 'waiting' AND webhook > waiting.webhook) FROM waiting WHERE waiting.webhook IS NOT NULL
)
SELECT w.id, w.owner, w.url, w.updated, w.rotated_at, w.failing_since FROM waiting CROSS JOIN webhooks w ON w.id = waiting.webhook
WHERE w.active AND EXISTS (SELECT 1 FROM webhook_events e WHERE e.webhook = w.id AND e.state = 'waiting' AND e.due <= {:now})`

func (s *session) due(ctx context.Context) (all []row, err error) {
	err = s.app.ConcurrentDB().NewQuery(dueSQL).WithContext(ctx).Bind(dbx.Params{"now": s.now().UnixMilli()}).All(&all)
	if err != nil {
		return nil, fmt.Errorf("find what is due: %w", err)
	}
	return all, nil
}
