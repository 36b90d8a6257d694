package delivery

import (
	"fmt"
	"slices"
	"testing"

	"gonets/internal/mailing"
	"gonets/internal/results"
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
	w.until(id, "tried", func(p results.Progress) bool { return p.Sent == 1 && p.Failed == 6 && p.Deferred == 2 })
	a, err := results.Answers(t.Context(), w.App, id)
	if err != nil {
		t.Fatal(err)
	}
	want := []results.Answer{
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
