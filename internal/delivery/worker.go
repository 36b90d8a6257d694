package delivery

import (
	"time"

	"gonets/internal/compose"
	"gonets/internal/memory"
	"gonets/internal/relay"
	"gonets/internal/sender"
)

// worker is one connection to a mail server and the goroutine that uses it.
type worker struct {
	desk    *desk
	account *sender.Account
	conn    *relay.Conn
	// delivered is how many mails were answered on this connection.
	delivered int
	// mail is the mail being sent, the memory of its head reused from mail to mail.
	mail compose.Message
	// share is the memory that a mail takes which is not small.
	share *memory.Share
	// settling is the recipient whose result is being recorded, nil when there is none.
	settling *recipient
	// result is what became of the recipient last tried.
	result Outcome
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
	conn, err := relay.Dial(w.desk.soft, a.Server)
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
		case IsUnreadable(err):
			w.desk.unreadable(r.flow, time.Now(), err)
			last, w.result = r, Untouched()
			w.abandon(begun)
			r = nil
		case err != nil:
			last, w.result = r, Unwritten(err)
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
	w.settling, w.entry.settle, w.entry.claim = last, nil, nil
	if last != nil {
		w.entry.settle, w.entry.result = &last.LedgerRecipient, w.result
	}
	if next != nil {
		w.entry.claim = &next.LedgerRecipient
	}
	w.desk.ledger.hand(&w.entry)
}

// booked waits until what was handed in is in the books, and says whether it is.
func (w *worker) booked() bool {
	<-w.entry.done
	if w.entry.err != nil {
		return false
	}
	switch {
	case w.settling == nil:
	case w.entry.settleLost:
		w.desk.lost(w.settling, true)
	default:
		w.desk.finished(w.settling, w.entry.result.Reason)
	}
	return true
}
