package delivery

import (
	"time"

	"gonets/internal/compose"
	"gonets/internal/memory"
	"gonets/internal/relay"
)

// worker is one connection to a mail server and the goroutine that uses it.
type worker struct {
	desk    *desk
	account *account
	conn    *relay.Conn
	// delivered is how many mails were answered on this connection.
	delivered int
	// mail is the mail being sent, the memory of its head reused from mail to mail.
	mail compose.Message
	// share is the memory that a mail takes which is not small.
	share *memory.Share
	// result is what became of the recipient last tried.
	result outcome
	entry  entry
}

func newWorker(d *desk) *worker {
	// One slot: the ledger never waits for a worker.
	return &worker{desk: d, entry: entry{done: make(chan struct{}, 1)}}
}

// run sends until there is nothing to send for a while, the server is in trouble, or nothing new may
// be begun.
func (w *worker) run() {
	w.desk.ledger.workers.Add(1)
	defer w.desk.ledger.workers.Add(-1)
	defer w.desk.left()
	defer w.hangUp()
	for {
		r := w.desk.take(w.conn != nil)
		if r == nil {
			return
		}
		if err := w.connect(); err != nil {
			w.desk.giveBack(r)
			if w.desk.soft.Err() == nil {
				w.desk.trouble(time.Now(), err)
			}
			return
		}
		if !w.carry(r) {
			return
		}
	}
}

// connect sees to it that there is a connection of the present account.
func (w *worker) connect() error {
	a := w.desk.accountNow()
	if w.conn != nil && w.account == a {
		return nil
	}
	w.hangUp()
	conn, err := relay.Dial(w.desk.soft, a.server)
	if err != nil {
		return err
	}
	w.conn, w.account, w.delivered = conn, a, 0
	w.desk.connected()
	return nil
}

// hangUp ends the connection, if there is one.
func (w *worker) hangUp() {
	if w.conn == nil {
		return
	}
	_ = w.conn.Quit(w.desk.hard) // every mail that was answered stays answered
	w.lost()
}

// lost notes that the connection is no more.
func (w *worker) lost() {
	w.conn = nil
	w.desk.disconnected()
}

// carry hands over r and then all whose envelope could be sent along with the body before. It returns
// false when the books take nothing any more.
//
// The result of one recipient and the claim of the next go into the books in one entry; while that is
// written, the next mail is composed, and its envelope is on its way already.
func (w *worker) carry(r *recipient) bool {
	var last *recipient // whose result is not in the books yet
	defer w.giveRoom()
	for begun := false; r != nil; {
		w.giveRoom()
		if !begun && !w.tryRoom(r) {
			// Nobody is claimed who would have to wait, and no result either.
			if last != nil {
				w.hand(last, nil)
				if !w.booked() {
					w.desk.giveBack(r)
					return false
				}
				last = nil
			}
			if !w.takeRoom(r) {
				w.desk.giveBack(r)
				return false
			}
		}
		w.hand(last, r)
		mail, err := r.flow.write(w.mail.Head, r, time.Now())
		w.mail = mail
		if !w.booked() {
			w.desk.giveBack(r)
			return false
		}
		last = nil
		switch {
		case w.entry.limited != "":
			w.desk.overLimit(r, w.entry.limited)
			w.abandon(begun)
			return true
		case w.entry.claimLost:
			w.desk.lost(r, false)
			w.abandon(begun)
			return true
		case !w.entry.claimed:
			w.desk.dropped(r)
			w.abandon(begun)
			return true
		case isUnreadable(err):
			w.desk.unreadable(r.flow, time.Now(), err)
			last, w.result = r, untouched()
			w.abandon(begun)
			r = nil
		case err != nil:
			last, w.result = r, unwritten(r, err)
			w.abandon(begun)
			r = nil
		case begun && w.tooLong(r):
			last, r = r, nil
			w.abandon(begun)
		default:
			last = r
			r, begun = w.try(r, begun)
		}
	}
	if last == nil {
		return true
	}
	w.hand(last, nil)
	return w.booked()
}

// hand gives the result of one recipient and the claim of the next to the ledger.
func (w *worker) hand(last, next *recipient) {
	w.entry.settle, w.entry.result, w.entry.claim = last, w.result, next
	w.desk.ledger.hand(&w.entry)
}

// booked waits until what was handed in is in the books, and says whether it is.
func (w *worker) booked() bool {
	<-w.entry.done
	if w.entry.err != nil {
		return false
	}
	switch {
	case w.entry.settle == nil:
	case w.entry.settleLost:
		w.desk.lost(w.entry.settle, true)
	default:
		w.desk.finished(w.entry.settle, w.entry.result.reason)
	}
	return true
}

// try hands over the mail to r, whose envelope may have begun already, and sets w.result. It returns
// the recipient to go on with, and whether that one's envelope has begun.
func (w *worker) try(r *recipient, begun bool) (next *recipient, nextBegun bool) {
	hard, start := w.desk.hard, time.Now()
	if !begun {
		if err := w.conn.Begin(r.flow.envelope(r, w.mail.Size())); err != nil {
			w.broke(r, err)
			return nil, false
		}
	}
	answer, err := w.conn.Begun(hard)
	if err != nil {
		w.broke(r, err)
		return nil, false
	}
	if !answer.Open() {
		w.answered(r, answer, start)
		return w.desk.tryTake(w.account), false
	}

	next = w.desk.tryTake(w.account)
	early := next
	if next != nil && (next.flow.long.Load() || next.flow.content.mailBytes() > 0) {
		early = nil // its length is to be announced, or there may have to be waited for its memory
	}
	answer, err = w.conn.Finish(hard, &w.mail, envelopeOf(early))
	if err != nil {
		w.broke(r, err)
	} else {
		w.answered(r, answer, start)
	}
	if w.conn == nil && next != nil {
		w.desk.giveBack(next)
		next = nil
	}
	return next, next != nil && early != nil
}

// tooLong says whether the mail just written, whose envelope has begun without its length, is longer than
// the server takes, and then sets w.result.
func (w *worker) tooLong(r *recipient) bool {
	answer, refused := w.conn.Refuses(r.flow.envelope(r, w.mail.Size()))
	if refused {
		r.flow.long.Store(true)
		w.result = w.desk.deferral.answered(r, answer, time.Now())
	}
	return refused
}

func envelopeOf(r *recipient) *relay.Envelope {
	if r == nil {
		return nil
	}
	e := r.flow.envelope(r, 0)
	return &e
}

// answered judges r by the server's answer.
func (w *worker) answered(r *recipient, answer relay.Answer, start time.Time) {
	now := time.Now()
	w.result = w.desk.deferral.answered(r, answer, now)
	w.result.duration = now.Sub(start)
	if answer.Code != closing {
		w.delivered++
		if answer.Ours && answer.Kind() == relay.KindTooLong {
			r.flow.long.Store(true)
		}
		if !w.desk.heard(start, now, r, answer, w.account.server.String()) {
			r.suspect = true
			w.result = forgive(r, w.result)
		}
		return
	}
	if w.delivered > 0 || !w.desk.fineLately(now) {
		w.result = forgive(r, w.result)
	}
	if r.suspect = w.delivered == 0; r.suspect {
		w.desk.trouble(now, &relay.Trouble{Server: w.account.server.String(), Stage: relay.StageGreeting, Answer: answer})
	}
	w.lost()
}

// closing is the reply of a server that closes the connection (RFC 5321 § 3.8).
const closing = 421

// broke judges r by how the conversation broke, and gives up the connection.
func (w *worker) broke(r *recipient, err error) {
	now := time.Now()
	b := brokenOf(err)
	used := w.delivered > 0
	w.result = w.desk.deferral.broke(r, b, now)
	switch {
	case b.AfterDot:
	case isUnreadable(err):
		w.result = untouched()
		w.desk.unreadable(r.flow, now, b.Err)
		w.lost()
		return
	case w.desk.hard.Err() != nil, used && b.Answer.Code == closing, idle(b.Stage):
		// It is about the connection; this mail has not been looked at.
		w.result = untouched()
	case !used && !w.desk.fineLately(now):
		w.result = forgive(r, w.result)
	}
	if r.suspect = !used; !used && w.desk.hard.Err() == nil {
		w.desk.trouble(now, &relay.Trouble{Server: w.account.server.String(), Stage: b.Stage, Answer: b.Answer, Err: b.Err})
	}
	w.lost()
}

// abandon gives up an envelope that may have begun. If the server has heard of it, the connection has
// to go.
func (w *worker) abandon(begun bool) {
	if !begun {
		return
	}
	w.conn.Abandon()
	_ = w.conn.Close() // it was going to be closed
	w.lost()
}

// idle says whether a connection broke before anything about a recipient was said, as those do that
// the server has closed for being idle.
func idle(s relay.Stage) bool {
	return s == relay.StageIdle || s == relay.StageReset || s == relay.StageMail
}
