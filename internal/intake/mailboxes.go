package intake

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/denial"
	"gonets/internal/feedback"
	"gonets/internal/mailbox"
)

// pollTime is how often the records are looked at: other processes change them too.
const pollTime = 2 * time.Second

// Mailboxes reads the mailboxes of the collection, each by a goroutine of its own.
type Mailboxes struct {
	app    core.App
	booker *feedback.Booker
	states *statuses

	mu sync.Mutex
	// reads is the mailboxes that are read, by id; nil if this process reads none.
	reads map[string]*reading
}

// reading is a mailbox that is being read.
type reading struct {
	box     box
	watcher *mailbox.Watcher
	cancel  context.CancelFunc
	ended   chan struct{}

	mu sync.Mutex
	// asked are those who wait for the next pass. Said is the last error that was logged.
	asked []chan<- Result
	said  string
}

// NewMailboxes returns mailboxes that nobody reads before Run.
func NewMailboxes(app core.App, booker *feedback.Booker) *Mailboxes {
	return &Mailboxes{app: app, booker: booker, states: newStatuses(app, mailboxStatus)}
}

// Run reads the mailboxes until ctx ends. Only one process may: the one that holds the engine's lock (delivery.Engine.Beside).
func (m *Mailboxes) Run(ctx context.Context) {
	m.mu.Lock()
	m.reads = map[string]*reading{}
	m.states = newStatuses(m.app, mailboxStatus)
	m.mu.Unlock()
	defer m.states.close()
	defer m.end()
	ticker := time.NewTicker(pollTime)
	defer ticker.Stop()
	for {
		if err := m.follow(ctx); err != nil && ctx.Err() == nil {
			m.app.Logger().Error("the mailboxes of bounces could not be looked up", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// follow begins to read mailboxes that are new, and ends to read those that are gone, inactive or changed.
func (m *Mailboxes) follow(ctx context.Context) error {
	active, err := boxes(ctx, m.app, `active`, nil)
	if err != nil {
		return err
	}
	wanted := map[string]box{}
	for _, b := range active {
		wanted[b.ID] = b
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, r := range m.reads {
		if wanted[id] != r.box {
			r.stop()
			delete(m.reads, id)
			m.states.forget(id)
		}
	}
	for id, b := range wanted {
		if m.reads[id] != nil {
			continue
		}
		if err := m.begin(ctx, b); err != nil {
			m.states.note(id, time.Now(), "The password of the mailbox cannot be read: "+err.Error()+". Set it again.")
		}
	}
	return nil
}

func (m *Mailboxes) begin(ctx context.Context, b box) error {
	account, err := b.account(m.app)
	if err != nil {
		return err
	}
	r := &reading{box: b, watcher: mailbox.NewWatcher(account, newLedger(m.booker, b.ID)), ended: make(chan struct{})}
	r.watcher.Report = func(done mailbox.Pass, err error, _ time.Duration) { m.report(r, done, err) }
	ctx, r.cancel = context.WithCancel(ctx)
	m.reads[b.ID] = r
	go func() {
		defer close(r.ended)
		r.watcher.Run(ctx)
	}()
	return nil
}

func (r *reading) stop() {
	r.cancel()
	<-r.ended
	r.answer(Result{Stage: string(mailbox.StageConnect), Error: "The settings of the mailbox were changed meanwhile: read it again."})
}

// end ends all that is read.
func (m *Mailboxes) end() {
	m.mu.Lock()
	reads := m.reads
	m.reads = nil
	m.mu.Unlock()
	for _, r := range reads {
		r.cancel()
	}
	for _, r := range reads {
		r.stop()
	}
}

// report notes how a pass ended.
func (m *Mailboxes) report(r *reading, done mailbox.Pass, err error) {
	result := resultOf(done, err)
	m.states.note(r.box.ID, time.Now(), result.Error)
	if r.isNews(result.Error) && err != nil {
		m.app.Logger().Warn("a mailbox of bounces cannot be read", "mailbox", r.box.ID, "error", result.Error)
	}
	r.answer(result)
}

// isNews is true for an error that was not said last: a mailbox that cannot be read is tried again and again.
func (r *reading) isNews(said string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	news := said != r.said
	r.said = said
	return news
}

// ask adds somebody who waits for the end of the next pass.
func (r *reading) ask() <-chan Result {
	answer := make(chan Result, 1) // answered once, without waiting
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, answer)
	return answer
}

func (r *reading) answer(result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, asked := range r.asked {
		asked <- result
	}
	r.asked = nil
}

// Result is how a mailbox was read or tried, for the operator.
type Result struct {
	OK bool `json:"ok"`
	// Stage is where it failed, as in mailbox.Stage, and Error what happened, in words, with those of the mail server.
	Stage string `json:"stage"`
	Error string `json:"error"`
	// The emails of one pass: bounces that were booked, those booked before, those that wait for their email to be settled,
	// others, and how many were deleted.
	Booked  int `json:"booked"`
	Known   int `json:"known"`
	Later   int `json:"later"`
	NotOurs int `json:"not_ours"`
	Deleted int `json:"deleted"`
}

func resultOf(done mailbox.Pass, err error) Result {
	r := Result{OK: err == nil, Booked: done.Booked, Known: done.Known, Later: done.Later, NotOurs: done.NotOurs, Deleted: done.Deleted}
	var trouble *mailbox.Trouble
	switch {
	case errors.As(err, &trouble):
		r.Stage, r.Error = string(trouble.Stage), trouble.Words()
	case err != nil:
		r.Error = err.Error()
	case done.TooLong > 0:
		r.Error = fmt.Sprintf("%d emails are longer than 64 MB. They stay where they are: by IMAP they could be read.", done.TooLong)
	}
	return r
}

// The errors of Read, beside errNoMailbox.
var (
	errInactive   = denial.New(http.StatusConflict, "mailbox_inactive", "active", "the mailbox is not active: switch it on, then it is read at once")
	errNotReading = denial.New(http.StatusConflict, "mailbox_read_elsewhere", "mailbox",
		"the mailboxes are read by another process of Gonets, or not yet: it reads this one by itself within five minutes")
	errStillReading = denial.New(http.StatusConflict, "mailbox_still_read", "mailbox", "the mailbox is still being read: there is much in it, or its server is slow")
)

// Read has a mailbox read now and waits for the end of the pass, or until ctx ends.
func (m *Mailboxes) Read(ctx context.Context, id string) (Result, error) {
	b, err := boxOf(ctx, m.app, id)
	if err != nil {
		return Result{}, err
	}
	if !b.Active {
		return Result{}, errInactive
	}
	for {
		m.mu.Lock()
		reads, r := m.reads != nil, m.reads[id]
		m.mu.Unlock()
		switch {
		case !reads:
			return Result{}, errNotReading
		case r != nil && r.box == b:
			answer := r.ask()
			r.watcher.ReadNow()
			select {
			case result := <-answer:
				return result, nil
			case <-ctx.Done():
				return Result{}, errStillReading
			}
		}
		// It was switched on or changed a moment ago.
		select {
		case <-ctx.Done():
			return Result{}, errStillReading
		case <-time.After(pollTime / 10):
		}
		if b, err = boxOf(ctx, m.app, id); err != nil {
			return Result{}, err
		}
	}
}

// Test logs in to a mailbox and opens its folder, and changes nothing. The mailbox need not be active.
func (m *Mailboxes) Test(ctx context.Context, id string) (Result, error) {
	b, err := boxOf(ctx, m.app, id)
	if err != nil {
		return Result{}, err
	}
	account, err := b.account(m.app)
	if err != nil {
		return Result{}, err
	}
	return resultOf(mailbox.Pass{}, mailbox.Test(ctx, account)), nil
}
