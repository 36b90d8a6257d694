package dispatch

import (
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"gonets/internal/compose"
	"gonets/internal/ledger"
	"gonets/internal/limit"
	"gonets/internal/mailing"
	"gonets/internal/relay"
	"gonets/internal/returnpath"
	"gonets/internal/suppression"
	"gonets/internal/verdict"
)

// Queue is a running mailing, or the transactional e-mails of one owner by one sender (calls.go). While it can send, its content and the recipients whose turn comes next are in
// memory; while it waits, nothing of that is.
type Queue struct {
	ledger.Mailing
	endsAt time.Time

	appURL string // what links begin with, without a slash at its end
	tokens *suppression.Tokens

	// Guarded by the dispatcher's mutex:
	loaded
	contentState
	limits   limit.Mailing
	failures limit.Failures
	takenAt  time.Time            // when the server first took a mail of it
	recorded verdict.FirstAnswers // what it has said to mails whose results are recorded

	// long is true when a mail of it was too long for the server: none is announced any more before its
	// length is known.
	long atomic.Bool
}

// NewQueue makes the queue of a mailing. quota counts the mails of its owner today; links in its mails begin with
// appURL.
func NewQueue(m ledger.Mailing, endsAt time.Time, quota *limit.Meter, appURL string, tokens *suppression.Tokens) *Queue {
	return &Queue{
		Mailing: m, endsAt: endsAt, limits: limit.Mailing{Quota: quota}, recorded: m.First,
		appURL: appURL, tokens: tokens,
	}
}

// loaded are the recipients of a queue that are in memory.
type loaded struct {
	// back are those that a worker gave back; they come first.
	back []*recipient
	// ready are those loaded and not yet taken, oldest first, and the suspect.
	ready []*recipient
	// parked wait until their domain may be mailed again.
	parked map[string][]*recipient
	nPark  int
	// inMemory are the ids of all in memory, those with workers too: none is loaded twice.
	inMemory map[int64]struct{}
	// bytes is about what those waiting take.
	bytes int
	// after is the id up to which the pending ones have been loaded.
	after int64
	// exhausted is true when there were none after that.
	exhausted bool
	loading   bool
	// stopped is true when the mailing runs no more: nothing is given out and nothing taken back.
	stopped bool
	// unrecordable is how many of those held nothing can be written about; broken is true when the result of a mail
	// is among it.
	unrecordable int
	broken       bool
}

// unused says whether nobody in memory waits or is with a worker; those of whom nothing can be written do not count.
func (q *loaded) unused() bool { return len(q.inMemory) <= q.unrecordable }

// waiting is how many recipients could be given out.
func (q *loaded) waiting() int { return len(q.back) + len(q.ready) + q.nPark }

// mayTry says whether one more mail may be under way. A mailing pauses when its server calls every address unknown;
// transactional e-mails do not wait for each other.
func (q *Queue) mayTry() bool { return q.IsTransactional() || q.recorded.MayTry(q.underWay()) }

// underWay is how many recipients are with a worker.
func (q *loaded) underWay() int { return len(q.inMemory) - q.unrecordable - q.waiting() }

// rewind makes the next load begin with the first recipient again: some have become pending that
// were something else before.
func (q *Queue) rewind() {
	q.after, _ = mailing.IDRange(q.No)
	q.exhausted = false
}

// loadAgain makes the next load begin with r at the latest: it is not in memory any more. One that is deferred is
// found by its time.
func (q *Queue) loadAgain(r *recipient) {
	if r.State != mailing.Deferred && r.ID <= q.after {
		q.after, q.exhausted = r.ID-1, false
	}
}

// envelope is what goes around the mail to r; size is 0 while the mail is not written.
func (q *Queue) envelope(r *recipient, size int64) relay.Envelope {
	switch {
	case r.from != "":
	case r.call != nil:
		r.from = r.call.EnvelopeFrom()
	default:
		if r.from = q.content.from; !q.content.path.IsZero() {
			r.from = q.content.path.Of(q.content.signer, r.ID)
		}
	}
	return relay.Envelope{From: r.from, To: r.Email, Size: size, EightBit: r.call != nil && r.call.EightBit}
}

// write makes the mail for r in the memory of dst.
func (q *Queue) write(dst []byte, r *recipient, now time.Time) (compose.Email, error) {
	a := compose.Addressee{
		Mailing: q.ID, Client: r.Client, MessageID: returnpath.MessageID(q.content.signer, r.ID), Email: r.Email, FullName: r.fullName,
	}
	failed := compose.Email{Head: dst}
	if r.attributes != "" && r.attributes != "{}" && r.attributes != "null" {
		if err := json.Unmarshal([]byte(r.attributes), &a.Attributes); err != nil {
			return failed, fmt.Errorf("read the attributes of client %s: %w", r.Client, err)
		}
	}
	if q.appURL != "" {
		unsubscribe, err := q.tokens.Make(suppression.PurposeUnsubscribe, q.ID, r.Client)
		if err != nil {
			return failed, err
		}
		view, err := q.tokens.Make(suppression.PurposeView, q.ID, r.Client)
		if err != nil {
			return failed, err
		}
		a.UnsubscribeURL, a.ViewURL = q.appURL+"/u/"+unsubscribe, q.appURL+"/v/"+view
	}
	return q.content.composer.Compose(dst, a, now)
}
