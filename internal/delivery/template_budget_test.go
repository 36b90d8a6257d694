package delivery

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

// TestAMailingWhoseTemplatesWorkTooMuchPauses: whose attributes make a template work too much fails with the
// reason, whose do not gets the mail, and when most fail the mailing pauses.
func TestAMailingWhoseTemplatesWorkTooMuchPauses(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{})
	w.NewClients(60)
	var names strings.Builder
	for i := range 400 {
		fmt.Fprintf(&names, `,"name%03d":%d`, i, i)
	}
	_, err := w.App.NonconcurrentDB().NewQuery(`UPDATE clients SET attributes = {:heavy} WHERE id >= 'c00000000000005'`).
		Bind(dbx.Params{"heavy": `{"orders":{` + names.String()[1:] + `}}`}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	w.Change("messages", w.Record(id).GetString("message"), "body",
		"{% for a in client.attributes.orders %}{% for b in client.attributes.orders %}{% if a == b %}{% endif %}{% endfor %}{% endfor %}<p>Hello")
	w.launch(w.start(), id)
	progress := w.untilStatus(id, mailing.Paused)
	if reasonCode(progress) != mailing.WaitFailures {
		t.Errorf("it pauses for %s", progress.Reason)
	}
	w.Eventually("what was under way is recorded", func() bool { return w.States(id)[mailing.Sending] == 0 })
	if states := w.States(id); states[mailing.Failed] < 20 || states[mailing.Pending] == 0 {
		t.Errorf("%v", states)
	}
	for n := range 60 {
		r := w.recipient(id, fmt.Sprintf("person%d@example%d.com", n, n%7))
		switch {
		case r.State == mailing.Failed && n >= 5 && r.Reason == mailing.ReasonTemplate && strings.Contains(r.Response, "body, line 1: too much work"):
		case r.State == mailing.Sent && n < 5, r.State == mailing.Pending:
		default:
			t.Errorf("%s: %s, %s, %s", r.Email, r.State, r.Reason, r.Response)
		}
	}
	w.Balanced(id)
}
