package delivery

import (
	"gonets/internal/message"
)

// tryRoom takes the memory for the mail to r if it is free. A small mail needs none.
func (w *worker) tryRoom(r *recipient) (ok bool) {
	n := r.flow.content.mailBytes()
	if n == 0 {
		return true
	}
	w.share, ok = w.desk.memory.Mails.TryTake(n)
	return ok
}

// takeRoom waits for the memory for the mail to r. It returns false when nothing new may be begun.
func (w *worker) takeRoom(r *recipient) bool {
	share, err := w.desk.memory.Mails.Take(w.desk.soft, r.flow.content.mailBytes())
	w.share = share
	return err == nil
}

// giveRoom gives back the memory of the last mail.
func (w *worker) giveRoom() {
	w.share.Release()
	w.share = nil
	if cap(w.mail.Head) > keptMail {
		w.mail.Head = nil
	}
}

// keptMail is how much memory a worker keeps from mail to mail.
const keptMail = 4 * message.SmallMail
