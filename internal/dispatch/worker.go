package dispatch

import (
	"time"

	"gonets/internal/compose"
	"gonets/internal/ledger"
	"gonets/internal/memory"
	"gonets/internal/relay"
	"gonets/internal/sender"
	"gonets/internal/verdict"
)

// worker is one connection to a mail server and the goroutine that uses it.
type worker struct {
	dispatcher *Dispatcher
	account    *sender.Account
	conn       *relay.Conn
	// delivered is how many mails were answered on this connection.
	delivered int
	// mail is the mail being sent, the memory of its head reused from mail to mail.
	mail compose.Email
	// share is the memory that a mail takes which is not small.
	share *memory.Share
	// settling is the recipient whose result is being recorded, nil when there is none.
	settling *recipient
	// result is what became of the recipient last tried.
	result verdict.Outcome
	entry  ledger.Entry
}

func newWorker(d *Dispatcher) *worker {
	// One slot: the ledger never waits for a worker.
	return &worker{dispatcher: d, entry: ledger.Entry{Done: make(chan struct{}, 1)}}
}

// run sends until there is nothing to send for a while, the server is in trouble, or nothing new may
// be begun.
func (w *worker) run() {
	w.dispatcher.Ledger.Workers.Add(1)
	defer w.dispatcher.Ledger.Workers.Add(-1)
	defer w.dispatcher.workerEnded()
	defer w.hangUp()
	for {
		r := w.dispatcher.next(w.conn != nil)
		if r == nil {
			return
		}
		if err := w.connect(); err != nil {
			w.dispatcher.giveBack(r)
			if w.dispatcher.Soft.Err() == nil {
				w.dispatcher.serverFailed(time.Now(), err)
			}
			return
		}
		if !w.sendLoop(r) {
			return
		}
	}
}

// connect sees to it that there is a connection of the present account.
func (w *worker) connect() error {
	a := w.dispatcher.Account()
	if w.conn != nil && w.account == a {
		return nil
	}
	w.hangUp()
	conn, err := relay.Dial(w.dispatcher.Soft, a.Server)
	if err != nil {
		return err
	}
	w.conn, w.account, w.delivered = conn, a, 0
	w.dispatcher.connected()
	return nil
}

// hangUp ends the connection, if there is one.
func (w *worker) hangUp() {
	if w.conn == nil {
		return
	}
	_ = w.conn.Quit(w.dispatcher.Hard) // every mail that was answered stays answered
	w.lost()
}

// lost notes that the connection is no more.
func (w *worker) lost() {
	w.conn = nil
	w.dispatcher.disconnected()
}

// sendLoop hands over r and then all whose envelope could be sent along with the body before. It returns
// false when the ledger is closed.
//
// The result of one recipient and the claim of the next go into the database in one entry; while that is
// written, the next mail is composed, and its envelope is on its way already.
func (w *worker) sendLoop(r *recipient) bool {
	var last *recipient // whose result is not in the database yet
	defer w.releaseMemory()
	for begun := false; r != nil; {
		w.releaseMemory()
		if !begun && !w.tryMemory(r) {
			// Nobody is claimed who would have to wait, and no result either.
			if last != nil {
				w.submit(last, nil)
				if !w.recorded() {
					w.dispatcher.giveBack(r)
					return false
				}
				last = nil
			}
			if !w.takeMemory(r) {
				w.dispatcher.giveBack(r)
				return false
			}
		}
		w.submit(last, r)
		mail, err := w.write(r)
		w.mail = mail
		if !w.recorded() {
			w.dispatcher.giveBack(r)
			return false
		}
		last = nil
		switch {
		case w.entry.Limited != "":
			w.dispatcher.overLimit(r, w.entry.Limited)
			w.abandon(begun)
			return true
		case w.entry.ClaimLost:
			w.dispatcher.unrecordable(r, false)
			w.abandon(begun)
			return true
		case !w.entry.Claimed:
			w.dispatcher.dropped(r)
			w.abandon(begun)
			return true
		case err != nil:
			last, w.result = r, w.unmade(r, err)
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
	w.submit(last, nil)
	return w.recorded()
}

// write makes the mail to r in the memory of the last one.
func (w *worker) write(r *recipient) (compose.Email, error) {
	if r.call != nil {
		return w.dispatcher.writeCall(w.mail.Head, r, w.account)
	}
	return r.queue.write(w.mail.Head, r, time.Now())
}

// submit gives the result of one recipient and the claim of the next to the ledger.
func (w *worker) submit(last, next *recipient) {
	w.settling, w.entry.Settle, w.entry.Claim = last, nil, nil
	if last != nil {
		w.entry.Settle, w.entry.Result = &last.Recipient, w.result
	}
	if next != nil {
		w.entry.Claim = &next.Recipient
	}
	w.dispatcher.Ledger.Submit(&w.entry)
}

// recorded waits until what was submitted is recorded, and says whether it is.
func (w *worker) recorded() bool {
	<-w.entry.Done
	if w.entry.Err != nil {
		return false
	}
	switch {
	case w.settling == nil:
	case w.entry.SettleLost:
		w.dispatcher.unrecordable(w.settling, true)
	default:
		w.dispatcher.finished(w.settling, w.entry.Result.Reason)
	}
	return true
}
