package dispatch

import (
	"context"
	"fmt"
	"time"

	"gonets/internal/compose"
	"gonets/internal/ledger"
	"gonets/internal/sender"
	"gonets/internal/suppression"
	"gonets/internal/transactional"
	"gonets/internal/verdict"
)

// Transactional e-mails of one owner by one sender are one queue, a flow: its recipients come from the table of calls, in the
// order of the calls, and each e-mail is written from the content of its own call. So limits, circuit breakers, workers and
// the ledger are the same as those of mailings.

// openFlow takes the memory for the recipients of a flow.
func (s *Shared) openFlow(ctx context.Context) (*content, error) {
	share, err := s.Memory.Contents.Take(ctx, transactional.WaitingBytes)
	if err != nil {
		return nil, err
	}
	return &content{share: share, remove: func() {}}, nil
}

// loadCalls loads what read reads of a flow, without those who are on the stop list.
func (s *Shared) loadCalls(ctx context.Context, q *Queue, after int64, read func() ([]transactional.Waiting, error)) (page, error) {
	p := page{last: after, end: true}
	// Read before the page: what comes on the stop list after this is found when it is claimed.
	var stopList int64
	if err := s.App.ConcurrentDB().NewQuery(ledger.StopListSQL).WithContext(ctx).Row(&stopList); err != nil {
		return p, fmt.Errorf("read the state of the stop list: %w", err)
	}
	waiting, err := read()
	if err != nil || len(waiting) == 0 {
		return p, err
	}
	p.last, p.end = waiting[len(waiting)-1].ID, len(waiting) < transactional.WaitingPage
	rows, emails := make([]*recipient, len(waiting)), make([]string, len(waiting))
	for i := range waiting {
		w := &waiting[i]
		emails[i] = w.Email
		rows[i] = &recipient{queue: q, found: true, call: w, Recipient: ledger.Recipient{
			ID: w.ID, Email: w.Email, Tries: w.Tries, Forgiven: w.Forgiven, State: w.State, StopList: stopList, Mailing: &q.Mailing, Call: w.Call,
		}}
	}
	stopped, err := suppression.ReasonsFor(s.App.ConcurrentDB(), q.Owner, emails, true)
	if err != nil {
		return p, err
	}
	p.recipients, err = s.withoutStopped(rows, stopped)
	return p, err
}

// writeCall makes the transactional e-mail to r in the memory of dst, as the account signs it.
func (s *Shared) writeCall(dst []byte, r *recipient, a *sender.Account) (compose.Email, error) {
	email, err := s.Calls.Compose(s.Hard, s.App, dst, r.call.To(), a, time.Now())
	if err != nil && !verdict.IsOfMessage(err) {
		s.Log.Error("make a transactional e-mail", "call", r.Call, "error", err)
	}
	return email, err
}

// unmade is what becomes of a recipient whose mail could not be made; untouched if that is only for now.
func (w *worker) unmade(r *recipient, err error) verdict.Outcome {
	now := time.Now()
	switch {
	case r.call != nil && !verdict.IsOfMessage(err):
		return verdict.Unreadable(err, w.dispatcher.context(r, false, now, now))
	case verdict.IsUnreadable(err):
		w.dispatcher.unreadable(r.queue, now, err)
		return verdict.Untouched()
	}
	return verdict.Unwritten(err)
}
