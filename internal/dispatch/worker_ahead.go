package dispatch

import (
	"time"

	"gonets/internal/compose"
)

// ahead is the email to the recipient who comes after the one that is being sent. A signature takes longer than everything
// else about an email, so it is made while the mail server reads and answers. An email that is not sent in the end was made for
// nothing: the recipient is claimed as always, before its first byte leaves.
type ahead struct {
	of   *recipient // nil while there is none
	mail compose.Email
	err  error
	made chan struct{} // one slot: who makes it never waits
}

// writeAhead begins to make the email to r, if there is one, and if it is signed. It takes no memory that would have to be
// waited for. It is taken by write, or given up by dropAhead.
func (w *worker) writeAhead(r *recipient) {
	if r == nil || r.call != nil || !r.queue.content.composer.Signs() {
		return
	}
	w.ahead.of = r
	go func() {
		w.ahead.mail, w.ahead.err = r.queue.write(w.ahead.mail.Head, r, time.Now())
		w.ahead.made <- struct{}{}
	}()
}

// takeAhead returns the email to r, if it is being made. Its memory is that of the next one's, and that of the next one's is w.mail's.
func (w *worker) takeAhead(r *recipient) (mail compose.Email, ok bool, err error) {
	if w.ahead.of == nil || w.ahead.of != r {
		return compose.Email{}, false, nil
	}
	<-w.ahead.made
	w.ahead.of = nil
	mail, w.ahead.mail = w.ahead.mail, compose.Email{}
	if cap(w.mail.Head) <= keptMail {
		w.ahead.mail.Head = w.mail.Head
	}
	return mail, true, w.ahead.err
}

// dropAhead waits until nobody makes an email any more: the recipient, and what its email is made from, may be given back then.
func (w *worker) dropAhead() {
	if w.ahead.of != nil {
		<-w.ahead.made
		w.ahead.of = nil
	}
}

// giveBack returns a recipient whose email did not go out.
func (w *worker) giveBack(r *recipient) {
	w.dropAhead()
	w.dispatcher.giveBack(r)
}
