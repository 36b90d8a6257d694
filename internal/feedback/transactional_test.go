package feedback

import (
	"fmt"
	"testing"

	"gonets/internal/arrival"
	"gonets/internal/smtptest"
	"gonets/internal/transactional"
)

// sendCall sends a transactional e-mail to an address, and returns it with the id of its call.
func (w *world) sendCall(email string) (id string, mail smtptest.Mail) {
	w.T.Helper()
	w.SetUser("transactional_quota", 100)
	before := len(w.server.Mails())
	a, err := transactional.New(w.App, w.engine.WakeForCalls).Submit(w.T.Context(), transactional.Call{
		Owner: w.Owner, Source: transactional.FromAPI, Sender: w.sender, Subject: "Order", Text: "Thank you", To: []transactional.Recipient{{Email: email}},
	})
	if err != nil {
		w.T.Fatal(err)
	}
	w.Eventually("it is sent", func() bool { return w.callOf(a.ID).Waiting == 0 })
	return a.ID, w.server.Mails()[before]
}

func (w *world) callOf(id string) *transactional.History {
	w.T.Helper()
	h, err := transactional.Find(w.T.Context(), w.App, id)
	if err != nil {
		w.T.Fatal(err)
	}
	return h
}

func TestABounceOfATransactionalEmailIsTied(t *testing.T) {
	t.Parallel()
	for _, style := range []string{"plus", ""} {
		t.Run("return path "+style, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, style)
			id, mail := w.sendCall("anna@example.com")
			w.want(arrival.Booked, dsn(mail, "5.1.1", "550 5.1.1 no such user"))
			r := w.callOf(id).Recipients[0]
			if r.State != "bounced" || r.Reason != "hard" || len(r.Bounces) != 1 || r.Bounces[0].Kind != "hard" || len(r.Attempts) != 1 {
				t.Errorf("%+v", r)
			}
			if list := fmt.Sprint(w.StopList()); list != "[anna@example.com bounced]" {
				t.Errorf("the stop list is %s", list)
			}
			if n := w.count(`SELECT COALESCE(SUM(bounced), 0) FROM rollups WHERE mailing = ''`, nil); n != 1 {
				t.Errorf("the statistics count %d", n)
			}
			_, mail = w.sendCall("boris@example.com")
			w.want(arrival.Booked, complaint(mail))
			if list := fmt.Sprint(w.StopList()); list != "[anna@example.com bounced boris@example.com complained]" {
				t.Errorf("the stop list is %s", list)
			}
		})
	}
}
