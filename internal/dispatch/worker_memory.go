package dispatch

import (
	"gonets/internal/message"
)

// tryMemory takes the memory for the mail to r if it is free. A small mail needs none.
func (w *worker) tryMemory(r *recipient) (ok bool) {
	n := r.mailBytes()
	if n == 0 {
		return true
	}
	w.share, ok = w.dispatcher.Memory.Mails.TryTake(n)
	return ok
}

// takeMemory waits for the memory for the mail to r. It returns false when nothing new may be begun.
func (w *worker) takeMemory(r *recipient) bool {
	share, err := w.dispatcher.Memory.Mails.Take(w.dispatcher.Soft, r.mailBytes())
	w.share = share
	return err == nil
}

// releaseMemory gives back the memory of the last mail.
func (w *worker) releaseMemory() {
	w.share.Release()
	w.share = nil
	if cap(w.mail.Head) > keptMail {
		w.mail.Head = nil
	}
}

// keptMail is how much memory a worker keeps from mail to mail.
const keptMail = 4 * message.SmallMail
