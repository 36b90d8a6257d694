package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"gonets/internal/dispatch"
	"gonets/internal/ledger"
	"gonets/internal/limit"
	"gonets/internal/memory"
)

// session is what exists while this process is the one that sends: the ledger, a dispatcher for each sender,
// a queue for each running mailing.
type session struct {
	*Engine
	shared *dispatch.Shared
	ledger *ledger.Ledger
	log    *slog.Logger
	// soft ends when nothing new may be begun, hard when what is under way has to be given up.
	soft, hard context.Context

	began       time.Time
	dispatchers map[string]*dispatch.Dispatcher
	queues      map[string]*dispatch.Queue // by the id of the mailing or the key of the flow
	quotas      map[string]*limit.Meter

	// launches are those that starts_at began; starting names their mailings.
	launches sync.WaitGroup
	mu       sync.Mutex
	starting map[string]bool

	counted   int64 // batches of the ledger that the epoch has followed
	countedAt time.Time
}

// pollEvery is how often the engine looks what has changed in the database: half of the two seconds
// within which every verb takes effect would do.
const pollEvery = 500 * time.Millisecond

// newSession settles what an earlier process left, and opens the ledger.
func (e *Engine) newSession(soft, hard context.Context) (*session, error) {
	if err := e.pauseIfOlder(soft); err != nil {
		return nil, coded{err, StateEpoch}
	}
	if err := e.ClearInterrupted(soft); err != nil {
		// Of one mailing, perhaps, which is tried again with every poll and keeps no other from being sent.
		e.app.Logger().Error("remove what interrupted launches left", "error", err)
	}
	l, err := ledger.New(e.app)
	if err != nil {
		return nil, err
	}
	l.Trouble, l.Figures = e.noteLedger, e.figures
	if err := ledger.Recover(soft, e.app, l); err != nil {
		l.Discard()
		return nil, err
	}
	s := &session{
		Engine: e, ledger: l, log: e.app.Logger(), soft: soft, hard: hard, began: time.Now(),
		dispatchers: map[string]*dispatch.Dispatcher{}, queues: map[string]*dispatch.Queue{}, quotas: map[string]*limit.Meter{}, starting: map[string]bool{},
	}
	s.shared = &dispatch.Shared{
		App: e.app, Ledger: l, Deferral: e.deferral, Pause: e.pause, Stay: e.stay,
		Memory: memory.Of(e.app), Log: s.log, Soft: soft, Hard: hard,
	}
	return s, nil
}

// run sends until the soft context ends; then it waits for what is under way.
func (s *session) run() error {
	// The ledger has an owner that outlives all who submit: it is closed last.
	books := context.WithoutCancel(s.hard)
	books, giveUp := context.WithCancel(books)
	defer giveUp()
	go s.ledger.Run(books)
	// From the start: whoever waits for a database that cannot be written must not keep us from stopping.
	stop := context.AfterFunc(s.hard, func() { time.AfterFunc(lastWriteTime, giveUp) })
	defer func() {
		defer stop()
		s.launches.Wait()
		for _, d := range s.dispatchers {
			d.Wait()
		}
		s.ledger.Close()
		if err := s.countEpoch(); err != nil {
			s.log.Error("the epoch file is behind the database", "error", err)
		}
	}()

	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		if err := s.poll(time.Now()); err != nil && s.soft.Err() == nil {
			s.log.Error("look at the mailings", "error", err)
		}
		if !s.untilPoll(ticker.C) {
			return context.Cause(s.soft)
		}
	}
}

// untilPoll waits until everything is to be polled again. Meanwhile it takes up the transactional e-mails of calls as they
// come: a burst of them must not have everything polled for each. It returns false when the soft context has ended.
func (s *session) untilPoll(tick <-chan time.Time) bool {
	for {
		select {
		case <-s.soft.Done():
			return false
		case <-s.wake:
			return true
		case <-tick:
			return true
		case <-s.called:
			if err := s.pollFlows(time.Now()); err != nil && s.soft.Err() == nil {
				s.log.Error("look at the transactional e-mails", "error", err)
			}
		}
	}
}

// poll brings what is in memory in line with the database. A part that fails does not keep the others
// from their work.
func (s *session) poll(now time.Time) error {
	defer s.noteServers()
	return errors.Join(
		s.startDue(now),
		s.endOverdue(now),
		s.pollFlows(now),
		s.pollMailings(now),
		s.finishStopped(),
		s.ClearInterrupted(s.soft),
		s.keepEpoch(now),
	)
}

// pollMailings takes up mailings that began to run, and drops those that run no more.
func (s *session) pollMailings(now time.Time) error {
	rows, err := s.runningMailings()
	if err != nil {
		s.unreadable.Store(&blockedBy{err})
		return err
	}
	s.unreadable.Store(nil)
	var errs []error
	running := map[string]bool{}
	for i := range rows {
		m := &rows[i]
		running[m.ID] = true
		if err := s.update(m, now); err != nil {
			errs = append(errs, fmt.Errorf("mailing %s: %w", m.ID, err))
		}
	}
	for id, q := range s.queues {
		if !running[id] && !q.IsTransactional() {
			s.dropQueue(id)
		}
	}
	return errors.Join(errs...)
}

// update sees to one running mailing.
func (s *session) update(m *runningMailing, now time.Time) error {
	if m.Denied() != "" {
		return s.pauseDenied(m)
	}
	d, reason, err := s.dispatcherOf(m.Sender, m.ID, now)
	if err != nil {
		return err
	}
	if reason == nil && !m.Usable {
		return s.pauseNotAllowed(m)
	}
	q := s.queues[m.ID]
	if reason == nil && q == nil {
		if q, err = s.addQueue(m, d); err != nil {
			return err
		}
	}
	if q != nil {
		if g := d.FailureLimit(q); g.Cause != "" {
			return s.pauseTripped(q, g)
		}
	}
	if reason == nil {
		s.quotas[m.Owner].SetLimit(m.DailyQuota)
		due, err := d.LoadDue(q, m.Deferred, now)
		if err != nil {
			return err
		}
		if reason, err = s.reasonOf(m, q, d, now, due); err != nil {
			return err
		}
	}
	return s.showReason(m, reason)
}
