// Package dispatch decides who is mailed next and by which connection. Each sender has a dispatcher, with a queue for each
// of its running mailings and a worker for each connection.
package dispatch

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/ledger"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/memory"
	"gonets/internal/message"
	"gonets/internal/sender"
	"gonets/internal/verdict"
)

// Dispatcher gives out the recipients of all running mailings of one sender to the workers of that sender,
// in turn, so that a mailing to ten people never waits behind one to a million. It knows the
// sender's limits and the state of its mail server, and starts workers as there is work.
type Dispatcher struct {
	*Shared
	sender string // id of the sender, "" for PocketBase's own mail settings

	// running are the workers and the loads under way. Each may begin the other, so they are waited for
	// together: with all of them ended nobody is left to begin one.
	running sync.WaitGroup

	mu          sync.Mutex
	account     *sender.Account
	mailings    ring
	flows       ring          // of transactional e-mails, one for each owner
	inARow      int           // transactional e-mails given out since the last of a mailing
	changed     chan struct{} // closed and replaced whenever next may find something new
	workers     int           // workers
	connections int           // workers with a connection
	noNewBefore time.Time     // no further connection before: the server does not want more of them
	answeredAt  time.Time     // when a mail was last answered
	limits      limit.Sender
	domains     map[string]*limit.Bucket
}

// Shared is what all dispatchers of an engine have in common.
type Shared struct {
	App      core.App
	Ledger   *ledger.Ledger
	Deferral verdict.Deferral
	Pause    time.Duration // of a breaker, after the first failure
	Stay     time.Duration // of a mailing in memory while others wait for room
	Memory   *memory.Messages
	Calls    message.Calls // of transactional e-mails
	Log      *slog.Logger
	// Soft ends when nothing new may be begun, hard when what is under way has to be given up.
	Soft, Hard context.Context
}

// Sizes that trade memory against trips to the database.
const (
	pageSize = 1000
	lowWater = pageSize / 2
	// perConnection is how many waiting recipients are worth one more connection.
	perConnection = 4
	// maxParked bounds how far a queue looks ahead for a domain that may be mailed.
	maxParked = 2 * pageSize
	// idleTime is how long a connection is kept without work.
	idleTime = 8 * time.Second
	// refusedTime is how long no further connection is tried when the server refuses more of them.
	refusedTime = 15 * time.Second
)

// New makes the dispatcher of a sender, "" for PocketBase's own mail settings. today counts the mails of the sender.
func New(s *Shared, sender string, a *sender.Account, today *limit.Meter) *Dispatcher {
	d := &Dispatcher{
		Shared: s, sender: sender, changed: make(chan struct{}), domains: map[string]*limit.Bucket{},
		limits: limit.Sender{Server: limit.NewBreaker(s.Pause), Day: today},
	}
	d.SetAccount(a)
	return d
}

// SetAccount changes how the sender sends. Workers with a connection of the old account make a new one.
func (d *Dispatcher) SetAccount(a *sender.Account) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	d.account = a
	d.limits.Rate = limit.NewBucket(a.RatePerSecond, now)
	clear(d.domains)
	d.limits.Server.Reset() // what was wrong may have been set right
	d.noNewBefore = time.Time{}
	d.announce()
}

// SetDailyLimit takes effect with the next mail; 0 is no limit.
func (d *Dispatcher) SetDailyLimit(limit int) { d.limits.Day.SetLimit(limit) }

// Wait waits for the end of all workers, which comes when nothing new may be begun.
func (d *Dispatcher) Wait() { d.running.Wait() }

// announce wakes all who wait in next. The mutex is held.
func (d *Dispatcher) announce() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// Add lets a mailing take part.
func (d *Dispatcher) Add(q *Queue) {
	d.mu.Lock()
	defer d.mu.Unlock()
	q.inMemory = map[int64]struct{}{}
	q.parked = map[string][]*recipient{}
	q.limits.Breaker = limit.NewBreaker(d.Pause)
	q.rewind()
	among := d.ringOf(q)
	among.queues = append(among.queues, q)
}

// Remove takes a mailing out. What workers have of it they finish.
func (d *Dispatcher) Remove(q *Queue) {
	d.mu.Lock()
	defer d.mu.Unlock()
	among := d.ringOf(q)
	among.queues = slices.DeleteFunc(among.queues, func(other *Queue) bool { return other == q })
	q.stopped = true
	d.unload(q)
}

// next waits for the next recipient. It returns nil when nothing came for a while or nothing new may
// be begun. A worker that is not connected gets nothing while the server is in trouble, except one to
// try.
func (d *Dispatcher) next(connected bool) *recipient {
	idle := time.NewTimer(idleTime)
	defer idle.Stop()
	for d.Soft.Err() == nil {
		r, wait, changed := d.pickOrWait(connected)
		if r != nil {
			return r
		}
		var due <-chan time.Time
		if wait > 0 {
			due = time.After(wait)
		}
		select {
		case <-changed:
		case <-due:
		case <-idle.C:
			return nil
		case <-d.Soft.Done():
		}
	}
	return nil
}

// pickOrWait is pick, with what tells of the next change.
func (d *Dispatcher) pickOrWait(connected bool) (r *recipient, wait time.Duration, changed <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, wait = d.pick(time.Now(), connected)
	return r, wait, d.changed
}

// nextAtOnce returns the next recipient if there is one at once and the worker's account is the present
// one.
func (d *Dispatcher) nextAtOnce(a *sender.Account) *recipient {
	if d.Soft.Err() != nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.account != a {
		return nil
	}
	r, _ := d.pick(time.Now(), true)
	return r
}

// pick returns the next recipient, or how long it takes until there may be one, 0 when that is not
// known. The mutex is held.
func (d *Dispatcher) pick(now time.Time, connected bool) (*recipient, time.Duration) {
	soonest := time.Duration(0)
	for _, among := range d.inOrder() {
		r, block := d.pickOf(among, now, connected)
		if r != nil {
			return r, 0
		}
		wait := block.Until.Sub(now)
		if block.OfSender {
			return nil, wait
		}
		if wait > 0 && (soonest == 0 || wait < soonest) {
			soonest = wait
		}
	}
	return nil, soonest
}

// connectTime is longer than any try to connect: while the server is in trouble there is one at a time.
const connectTime = time.Hour

// nextOf returns the next recipient of one queue that may be mailed now, with a mail of the day taken, or what blocks
// it. The mutex is held.
func (d *Dispatcher) nextOf(q *Queue, now time.Time, connected bool) (*recipient, limit.Block) {
	if block := d.limits.Take(&q.limits, now, connected); block.Blocks() {
		return nil, block
	}
	r, wait := d.nextByDomain(q, now)
	if r == nil {
		d.limits.Settle(&q.limits, false)
	}
	return r, limit.Block{Code: mailing.WaitRate, Until: now.Add(wait)}
}

// nextByDomain returns the next recipient whose domain may be mailed now, or how long it takes.
func (d *Dispatcher) nextByDomain(q *Queue, now time.Time) (*recipient, time.Duration) {
	if d.account.DomainRatePerSecond <= 0 {
		return q.pop(), 0
	}
	soonest := time.Duration(0)
	for domain, parked := range q.parked {
		wait := d.domain(domain, now).Wait(now)
		if wait > 0 {
			if soonest == 0 || wait < soonest {
				soonest = wait
			}
			continue
		}
		d.domain(domain, now).Take()
		if len(parked) == 1 {
			delete(q.parked, domain)
		} else {
			q.parked[domain] = parked[1:]
		}
		q.nPark--
		return parked[0], 0
	}
	for q.nPark < maxParked {
		r := q.pop()
		if r == nil {
			break
		}
		domain := address.Domain(r.Email)
		wait := d.domain(domain, now).Wait(now)
		if wait == 0 && q.parked[domain] == nil {
			d.domain(domain, now).Take()
			return r, 0
		}
		q.parked[domain] = append(q.parked[domain], r)
		q.nPark++
		if wait > 0 && (soonest == 0 || wait < soonest) {
			soonest = wait
		}
	}
	return nil, soonest
}

func (d *Dispatcher) domain(name string, now time.Time) *limit.Bucket {
	b := d.domains[name]
	if b == nil {
		b = limit.NewBucket(d.account.DomainRatePerSecond, now)
		d.domains[name] = b
	}
	return b
}

// pop takes the next recipient regardless of limits, nil when there is none.
func (q *loaded) pop() *recipient {
	from := &q.back
	if len(*from) == 0 {
		from = &q.ready
	}
	if len(*from) == 0 {
		return nil
	}
	r := (*from)[0]
	(*from)[0] = nil
	*from = (*from)[1:]
	return r
}
