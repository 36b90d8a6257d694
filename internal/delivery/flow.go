package delivery

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"gonets/internal/compose"
	"gonets/internal/mailing"
	"gonets/internal/relay"
	"gonets/internal/suppression"
)

// flow is a running mailing. While it can send, its content and the recipients whose turn comes next are in
// memory; while it waits, nothing of that is.
type flow struct {
	LedgerMailing
	endsAt time.Time

	appURL string // what links begin with
	tokens *suppression.Tokens

	// Guarded by the desk's mutex:
	queue
	residence
	limits  MailingLimits
	guard   guard
	takenAt time.Time    // when the server first took a mail of it
	told    FirstAnswers // what it has said to mails whose results are recorded

	// long is true when a mail of it was too long for the server: none is announced any more before its
	// length is known.
	long atomic.Bool
}

// newFlow makes the queue of a mailing. quota counts the mails of its owner today; links in its mails begin with
// appURL.
func newFlow(m LedgerMailing, endsAt time.Time, quota *Meter, appURL string, tokens *suppression.Tokens) *flow {
	return &flow{
		LedgerMailing: m, endsAt: endsAt, limits: MailingLimits{Quota: quota}, told: m.first,
		appURL: strings.TrimRight(appURL, "/"), tokens: tokens,
	}
}

// queue are the recipients of a flow that are in memory.
type queue struct {
	// back are those that a worker gave back; they come first.
	back []*recipient
	// ready are those loaded and not yet taken, oldest first, and the suspect.
	ready []*recipient
	// parked wait until their domain may be mailed again.
	parked map[string][]*recipient
	nPark  int
	// held are the ids of all in memory, those with workers too: none is loaded twice.
	held map[int64]struct{}
	// bytes is about what those waiting take.
	bytes int
	// after is the id up to which the pending ones have been loaded.
	after int64
	// exhausted is true when there were none after that.
	exhausted bool
	loading   bool
	// gone is true when the mailing runs no more: nothing is given out and nothing taken back.
	gone bool
	// lost is how many of those held nothing can be written about; broken is true when the result of a mail
	// is among it.
	lost   int
	broken bool
}

// unused says whether nobody in memory waits or is with a worker; those of whom nothing can be written do not count.
func (q *queue) unused() bool { return len(q.held) <= q.lost }

// waiting is how many recipients could be given out.
func (q *queue) waiting() int { return len(q.back) + len(q.ready) + q.nPark }

// underWay is how many recipients are with a worker.
func (q *queue) underWay() int { return len(q.held) - q.lost - q.waiting() }

// rewind makes the next load begin with the first recipient again: some have become pending that
// were something else before.
func (f *flow) rewind() {
	f.after, _ = mailing.IDRange(f.no)
	f.exhausted = false
}

// miss makes the next load begin with r at the latest: it is not in memory any more. One that is deferred is
// found by its time.
func (f *flow) miss(r *recipient) {
	if r.state != mailing.Deferred && r.id <= f.after {
		f.after, f.exhausted = r.id-1, false
	}
}

// envelope is what goes around the mail to r; size is 0 while the mail is not written.
func (f *flow) envelope(r *recipient, size int64) relay.Envelope {
	return relay.Envelope{From: f.content.from, To: r.email, Size: size}
}

// write makes the mail for r in the memory of dst.
func (f *flow) write(dst []byte, r *recipient, now time.Time) (compose.Message, error) {
	a := compose.Addressee{Mailing: f.id, Client: r.client, Email: r.email, FullName: r.fullName}
	failed := compose.Message{Head: dst}
	if r.attributes != "" && r.attributes != "{}" && r.attributes != "null" {
		if err := json.Unmarshal([]byte(r.attributes), &a.Attributes); err != nil {
			return failed, fmt.Errorf("read the attributes of client %s: %w", r.client, err)
		}
	}
	if f.appURL != "" {
		unsubscribe, err := f.tokens.Make(suppression.PurposeUnsubscribe, f.id, r.client)
		if err != nil {
			return failed, err
		}
		view, err := f.tokens.Make(suppression.PurposeView, f.id, r.client)
		if err != nil {
			return failed, err
		}
		a.UnsubscribeURL, a.ViewURL = f.appURL+"/u/"+unsubscribe, f.appURL+"/v/"+view
	}
	return f.content.composer.Compose(dst, a, now)
}
