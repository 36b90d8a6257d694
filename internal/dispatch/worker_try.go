package dispatch

import (
	"time"

	"gonets/internal/relay"
	"gonets/internal/verdict"
)

// try hands over the mail to r, whose envelope may have begun already, and sets w.result. It returns
// the recipient to go on with, and whether that one's envelope has begun.
func (w *worker) try(r *recipient, begun bool) (next *recipient, nextBegun bool) {
	hard, start := w.dispatcher.Hard, time.Now()
	if !begun {
		if err := w.conn.Begin(r.queue.envelope(r, w.mail.Size())); err != nil {
			w.judge(r, relay.Answer{}, err, start)
			return nil, false
		}
	}
	answer, err := w.conn.Begun(hard)
	if err != nil {
		w.judge(r, answer, err, start)
		return nil, false
	}
	if !answer.Open() {
		w.judge(r, answer, nil, start)
		return w.dispatcher.nextAtOnce(w.account), false
	}

	next = w.dispatcher.nextAtOnce(w.account)
	early := next
	if next != nil && (next.queue.long.Load() || next.mailBytes() > 0) {
		early = nil // its length is to be announced, or there may have to be waited for its memory
	}
	answer, err = w.conn.Finish(hard, &w.mail, envelopeOf(early))
	w.judge(r, answer, err, start)
	if w.conn == nil && next != nil {
		w.dispatcher.giveBack(next)
		next = nil
	}
	return next, next != nil && early != nil
}

// tooLong says whether the mail just written, whose envelope has begun without its length, is longer than
// the server takes, and then sets w.result.
func (w *worker) tooLong(r *recipient) bool {
	answer, refused := w.conn.Refuses(r.queue.envelope(r, w.mail.Size()))
	if refused {
		r.queue.long.Store(true)
		now := time.Now()
		w.result = verdict.Judge(answer, nil, w.dispatcher.context(r, w.delivered > 0, now, now))
	}
	return refused
}

func envelopeOf(r *recipient) *relay.Envelope {
	if r == nil {
		return nil
	}
	e := r.queue.envelope(r, 0)
	return &e
}

// judge sets w.result by the server's answer, or by the error of the connection, and passes on what that says of the
// server, the mailing and the connection.
func (w *worker) judge(r *recipient, answer relay.Answer, err error, begun time.Time) {
	now := time.Now()
	w.result = verdict.Judge(answer, err, w.dispatcher.context(r, w.delivered > 0, begun, now))
	o := &w.result
	r.suspect = o.Suspect
	switch {
	case o.Unreadable != nil && r.call != nil:
		w.result = verdict.Unreadable(o.Unreadable, w.dispatcher.context(r, w.delivered > 0, begun, now))
		o.Disconnected = true
	case o.Unreadable != nil:
		w.dispatcher.unreadable(r.queue, now, o.Unreadable)
	case o.Server != nil:
		o.Server.Server = w.account.Server.String()
		w.dispatcher.serverFailed(now, o.Server)
	case !o.Disconnected:
		w.delivered++
		if answer.Ours && answer.Kind() == relay.KindTooLong {
			r.queue.long.Store(true)
		}
		w.dispatcher.answered(r, answer, o.MailingWaits, now)
	}
	if o.Disconnected {
		w.lost()
	}
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
