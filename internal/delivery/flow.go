package delivery

import (
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"gonets/internal/audience"
	"gonets/internal/compose"
	"gonets/internal/relay"
)

// flow is a running mailing in memory: its letter, and the recipients whose turn comes next.
type flow struct {
	id     string // of the mailing
	owner  string
	sender string // "" is PocketBase's own mail settings
	no     int64  // of its contents
	endsAt time.Time
	quota  *meter       // mails of the owner today
	first  firstAnswers // belongs to the ledger

	composer *compose.Composer
	from     string // of the envelope
	appURL   string // what links begin with
	tokens   *audience.Tokens

	// Guarded by the desk's mutex:
	queue
	guard   guard
	rest    rest
	takenAt time.Time // when the server first took a mail of it

	// long is true when a mail of it was too long for the server: none is announced any more before its
	// length is known.
	long atomic.Bool
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

// empty forgets those that wait. They are still held.
func (q *queue) empty() { q.back, q.ready, q.parked, q.nPark = nil, nil, nil, 0 }

// waiting is how many recipients could be given out.
func (q *queue) waiting() int { return len(q.back) + len(q.ready) + q.nPark }

// rewind makes the next load begin with the first recipient again: some have become pending that
// were something else before.
func (f *flow) rewind() {
	f.after, _ = idRange(f.no)
	f.exhausted = false
}

// envelope is what goes around the mail to r; size is 0 while the mail is not written.
func (f *flow) envelope(r *recipient, size int) relay.Envelope {
	return relay.Envelope{From: f.from, To: r.email, Size: int64(size)}
}

// write appends the mail for r to dst.
func (f *flow) write(dst []byte, r *recipient, now time.Time) ([]byte, error) {
	a := compose.Addressee{Mailing: f.id, Client: r.client, Email: r.email, FullName: r.fullName}
	if r.attributes != "" && r.attributes != "{}" && r.attributes != "null" {
		if err := json.Unmarshal([]byte(r.attributes), &a.Attributes); err != nil {
			return dst, fmt.Errorf("read the attributes of client %s: %w", r.client, err)
		}
	}
	if f.appURL != "" {
		unsubscribe, err := f.tokens.Make(audience.PurposeUnsubscribe, f.id, r.client)
		if err != nil {
			return dst, err
		}
		view, err := f.tokens.Make(audience.PurposeView, f.id, r.client)
		if err != nil {
			return dst, err
		}
		a.UnsubscribeURL, a.ViewURL = f.appURL+"/u/"+unsubscribe, f.appURL+"/v/"+view
	}
	return f.composer.AppendMail(dst, a, now)
}
