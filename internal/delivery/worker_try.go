package delivery

import (
	"time"

	"gonets/internal/relay"
)

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
		if !w.desk.heard(start, now, r, answer, w.account.Server.String()) {
			r.suspect = true
			w.result = forgive(r, w.result)
		}
		return
	}
	if w.delivered > 0 || !w.desk.fineLately(now) {
		w.result = forgive(r, w.result)
	}
	if r.suspect = w.delivered == 0; r.suspect {
		w.desk.trouble(now, &relay.Trouble{Server: w.account.Server.String(), Stage: relay.StageGreeting, Answer: answer})
	}
	w.lost()
}

// closing is the reply of a server that closes the connection (RFC 5321 § 3.8).
const closing = 421

// broke judges r by how the conversation broke, and gives up the connection.
func (w *worker) broke(r *recipient, err error) {
	now := time.Now()
	b := relay.BrokenOf(err)
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
		w.desk.trouble(now, &relay.Trouble{Server: w.account.Server.String(), Stage: b.Stage, Answer: b.Answer, Err: b.Err})
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
