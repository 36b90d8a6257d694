package delivery

import (
	"fmt"
	"slices"
	"testing"

	"gonets/internal/mailing"
	"gonets/internal/smtptest"
)

func TestAnswersAreGroupedByCodeAndText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rules := []smtptest.Rule{}
	for i := range 5 {
		to := fmt.Sprintf("gone%d@example.org", i)
		w.NewClient(to)
		rules = append(rules, smtptest.To(to, smtptest.RCPT, smtptest.Act{Reply: fmt.Sprintf("550 5.1.1 <%s>: no such user here", to)}))
	}
	for i := range 2 {
		to := fmt.Sprintf("grey%d@example.org", i)
		w.NewClient(to)
		rules = append(rules, smtptest.To(to, smtptest.RCPT, smtptest.Act{Reply: "451 4.7.1 greylisted, come back later"}))
	}
	w.NewClient("full@example.org")
	rules = append(rules, smtptest.To("full@example.org", smtptest.RCPT, smtptest.Act{Reply: "552 5.2.2 mailbox full"}))
	w.NewClient("fine@example.org")
	p := smtptest.Start(t, smtptest.Script{Rules: rules})
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
	e := w.start()
	w.launch(e, id)
	w.until(id, "tried", func(p Progress) bool { return p.Sent == 1 && p.Failed == 6 && p.Deferred == 2 })
	a, err := AnswersOf(t.Context(), w.App, id)
	if err != nil {
		t.Fatal(err)
	}
	want := []Answer{
		{State: mailing.Failed, Code: 550, EnhancedCode: "5.1.1", Text: "no such user here", Reason: mailing.ReasonBadAddress, Recipients: 5},
		{State: mailing.Deferred, Code: 451, EnhancedCode: "4.7.1", Text: "greylisted, come back later", Recipients: 2},
		{State: mailing.Failed, Code: 552, EnhancedCode: "5.2.2", Text: "mailbox full", Reason: mailing.ReasonRefused, Recipients: 1},
	}
	for i := range a.Items {
		if a.Items[i].State == mailing.Deferred {
			a.Items[i].Reason = "" // not what this is about
		}
	}
	if !slices.Equal(a.Items, want) || a.Capped {
		t.Errorf("answers %+v, want %+v", a.Items, want)
	}
}

func TestWhatDiffersBetweenRecipientsIsLeftOutOfAnAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, response, want string }{
		{"an address in brackets", "550 5.1.1 <ilya@example.com>: Recipient address rejected", "Recipient address rejected"},
		{"a bare address", "550 5.1.1 User ilya@example.com unknown", "User … unknown"},
		{"a queue id", "550 5.1.1 rejected, id 4Xk2Lq0Zz9", "rejected, id …"},
		{"a long number", "550 5.1.1 ticket 1764000033", "ticket …"},
		{"a host and its address stay", "550 5.1.1 mx1.example.com [192.0.2.25] says no", "mx1.example.com [192.0.2.25] says no"},
		{"several lines", "550-5.1.1 The account\n550-5.1.1 does not exist.\n550 5.1.1 See help", "The account does not exist. See help"},
		{"no code", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := textOf(&Recipient{Code: 550, EnhancedCode: "5.1.1", Response: c.response}); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
