package delivery

import (
	"slices"
	"strings"
	"testing"

	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

// TestAddressesInOtherScriptsNeedSMTPUTF8 sends to one by a server that takes it, and by one that does not.
func TestAddressesInOtherScriptsNeedSMTPUTF8(t *testing.T) {
	const email = "почта@xn--e1afmkfd.xn--p1ai"
	for name, c := range map[string]struct {
		without       []string
		sent, skipped int
	}{
		"offered":               {nil, 4, 0},
		"not offered":           {[]string{"SMTPUTF8"}, 3, 1},
		"nor is PIPELINING":     {[]string{"SMTPUTF8", "PIPELINING"}, 3, 1},
		"offered in lockstep":   {[]string{"PIPELINING"}, 4, 0},
		"offered, not 8BITMIME": {[]string{"8BITMIME"}, 4, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Without: c.without})
			w.NewClients(3)
			w.NewClient(email)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 1})})
			e := w.start()
			w.launch(e, id)
			done := w.untilStatus(id, mailing.Completed)
			if done.Sent != c.sent || done.Skipped != c.skipped || done.Failed != 0 {
				t.Errorf("%+v", done)
			}
			var reason string
			err := w.App.DB().NewQuery(`SELECT reason FROM recipients WHERE email = '` + email + `'`).Row(&reason)
			if want := map[int]string{0: "", 1: mailing.ReasonSMTPUTF8}[c.skipped]; err != nil || reason != want {
				t.Errorf("the reason is %q, want %q, %v", reason, want, err)
			}
			if attempts := w.Attempts(id)[email]; len(attempts) != 1-c.skipped {
				t.Errorf("attempts: %+v", attempts)
			}
			got := slices.ContainsFunc(p.Mails(), func(m smtptest.Mail) bool { return strings.Contains(string(m.Body), "<"+email+">") })
			if got != (c.skipped == 0) {
				t.Errorf("mailed: %v", got)
			}
			w.Balanced(id)
			w.Audit(id)
		})
	}
}
