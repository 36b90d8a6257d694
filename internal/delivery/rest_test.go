package delivery

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// TestWhatTheServerHasAgainstUsIsNobodysFailure has a server that refuses everybody's mail for something
// that no recipient has to do with, from the first mail on or from one in the middle, until it is
// repaired. Meanwhile the mailing says what it waits for and nobody is marked; afterwards it goes on.
func TestWhatTheServerHasAgainstUsIsNobodysFailure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		command smtptest.Command
		says    string
		waits   string
	}{
		"it wants a login":                                     {smtptest.MAIL, "530 5.7.0 Authentication required", mailing.WaitLogin},
		"it wants a login, without enhanced code":              {smtptest.MAIL, "530 log in first", mailing.WaitLogin},
		"it wants a login and says so to RCPT":                 {smtptest.RCPT, "530 5.7.0 Authentication required", mailing.WaitLogin},
		"it wants encryption":                                  {smtptest.MAIL, "530 5.7.0 Must issue a STARTTLS command first", mailing.WaitTLS},
		"it wants encryption for the login":                    {smtptest.MAIL, "538 5.7.11 Encryption required", mailing.WaitTLS},
		"the login is not valid any more":                      {smtptest.MAIL, "535 5.7.8 Authentication credentials invalid", mailing.WaitLogin},
		"the login cannot be looked up for now":                {smtptest.MAIL, "454 4.7.0 Temporary authentication failure", mailing.WaitLogin},
		"the account is disabled":                              {smtptest.MAIL, "550 5.7.13 Account disabled", mailing.WaitLogin},
		"the sender's address has bad syntax":                  {smtptest.MAIL, "553 5.1.7 Bad sender's mailbox syntax", mailing.WaitSender},
		"the sender's domain does not exist":                   {smtptest.MAIL, "550 5.1.8 Domain not found", mailing.WaitSender},
		"the sender's domain, said to RCPT":                    {smtptest.RCPT, "550 5.1.8 Domain not found", mailing.WaitSender},
		"the sender's domain for now, said to RCPT":            {smtptest.RCPT, "450 4.1.8 Domain not found", mailing.WaitSender},
		"the sender is not the account's, said to RCPT":        {smtptest.RCPT, "553 5.7.1 <news@example.org>: Sender address rejected: not owned by user bob", mailing.WaitSender},
		"the sender is rejected, said to RCPT":                 {smtptest.RCPT, "550 5.1.0 sender rejected", mailing.WaitSender},
		"the sender fails, said to RCPT without enhanced code": {smtptest.RCPT, "550 Sender verify failed", mailing.WaitSender},
		"it does not relay for us":                             {smtptest.RCPT, "554 5.7.1 <someone@example.com>: Relay access denied", mailing.WaitSender},
		"it does not relay for us, without enhanced code":      {smtptest.RCPT, "550 relay not permitted", mailing.WaitSender},
		"it wants a login and says so in words":                {smtptest.RCPT, "550 5.7.1 SMTP authentication is required", mailing.WaitLogin},
		"it does not relay for us, for now":                    {smtptest.RCPT, "454 4.7.1 <someone@example.com>: Relay access denied", mailing.WaitSender},
		"our address, by its name":                             {smtptest.RCPT, "550 5.1.0 news@example.org: Address rejected", mailing.WaitSender},
		"it does not like our host, said to RCPT":              {smtptest.RCPT, "554 5.7.1 <mail[203.0.113.5]>: Client host rejected: Access denied", mailing.WaitRefusing},
		"the sender is not the account's, said to the body":    {smtptest.Body, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", mailing.WaitSender},
		"the sender is rejected":                               {smtptest.MAIL, "550 5.7.0 Sender rejected", mailing.WaitSender},
		"no enhanced code":                                     {smtptest.MAIL, "550 go away", mailing.WaitSender},
		"its disk is full":                                     {smtptest.MAIL, "452 4.3.1 Insufficient system storage", mailing.WaitRefusing},
		"too many mails from us":                               {smtptest.MAIL, "450 4.7.1 too much mail from us", mailing.WaitRefusing},
		"our mails of the day are used up":                     {smtptest.Body, "550 5.4.5 Daily sending limit exceeded", mailing.WaitRefusing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, lockstep := range []bool{false, true} {
				for _, first := range []int{1, 8} {
					if first > 1 && c.command != smtptest.MAIL {
						continue // after others have been taken it is about the recipient
					}
					refuseUntilRepaired(t, c.command, c.says, c.waits, lockstep, first)
				}
			}
		})
	}
}

// refuseUntilRepaired has the server refuse from the mail of this number on.
func refuseUntilRepaired(t *testing.T, command smtptest.Command, says, waits string, lockstep bool, first int) {
	t.Helper()
	const clients, probes = 20, 8
	var (
		repaired atomic.Bool
		seen     atomic.Int32
	)
	rule := func(m smtptest.Moment) *smtptest.Act {
		if m.Command != command || repaired.Load() || int(seen.Add(1)) < first {
			return nil
		}
		act := smtptest.Say(says)
		return &act
	}
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{rule}, Lockstep: lockstep})
	w.NewClients(clients)
	id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 3})})
	e := w.start(hurried, Deferral([]time.Duration{time.Millisecond}, 3))
	w.launch(e, id)
	got := w.until(id, "waiting", func(q results.Progress) bool {
		return reasonCode(q) != "" && int(seen.Load()) > first+probes || q.Failed > 0
	})
	if reasonCode(got) != waits {
		t.Errorf("it waits because of %s, want %s", got.Reason, waits)
	}
	if got.Failed+got.Uncertain+got.Deferred > 0 {
		t.Errorf("people were marked for what the server has against us: %+v", got)
	}
	repaired.Store(true)
	if done := w.untilStatus(id, mailing.Completed); done.Sent != clients {
		t.Errorf("%+v", done)
	}
	if n := mailingtest.Once(t, p.Mails()); n != clients {
		t.Errorf("%d were mailed", n)
	}
	w.Closes(id, p.Mails())
}

// TestOneRecipientCannotHoldUpAllOthersByComplaintsAboutUs has a server that says of one recipient what
// would be our trouble if it said so of all. The first of a mailing is met before anybody was taken.
func TestOneRecipientCannotHoldUpAllOthersByComplaintsAboutUs(t *testing.T) {
	t.Parallel()
	for _, c := range []oddCase{
		{name: "the sender's domain", script: to(smtptest.RCPT, smtptest.Say("550 5.1.8 Domain not found")), state: mailing.Failed, reason: mailing.ReasonRefused, tries: []try{{"failure", 550, "5.1.8", 1}}},
		{name: "the sender's domain for now", script: to(smtptest.RCPT, smtptest.Say("450 4.1.8 Domain not found")), state: mailing.Deferred, tries: []try{{"failure", 450, "4.1.8", 1}}},
		{name: "relaying", script: to(smtptest.RCPT, smtptest.Say("554 5.7.1 <zoe@example.org>: Relay access denied")), state: mailing.Failed, reason: mailing.ReasonPolicy, tries: []try{{"failure", 554, "5.7.1", 1}}},
		{name: "the sender", script: to(smtptest.RCPT, smtptest.Say("550 5.7.1 Sender address is not allowed")), state: mailing.Failed, reason: mailing.ReasonPolicy, tries: []try{{"failure", 550, "5.7.1", 1}}},
		{name: "a login", script: to(smtptest.RCPT, smtptest.Say("530 5.7.0 Authentication required")), state: mailing.Failed, reason: mailing.ReasonPolicy, tries: []try{{"failure", 530, "5.7.0", 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, false)
			c.run(t, true)
		})
	}
	t.Run("the first one", func(t *testing.T) {
		t.Parallel()
		const others = 9
		w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.To(early, smtptest.RCPT, smtptest.Say("550 5.1.8 Domain not found"))}})
		w.NewClient(early)
		w.NewClients(others)
		id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 1})})
		w.launch(w.start(hurried), id)
		if done := w.untilStatus(id, mailing.Completed); done.Sent != others || done.Failed != 1 {
			t.Errorf("%+v", done)
		}
		w.Closes(id, p.Mails())
	})
}

// TestAMailingWhoseSenderIsRefusedDoesNotHoldUpAnother has two mailings through one mail server account,
// which was given another address between their launches.
func TestAMailingWhoseSenderIsRefusedDoesNotHoldUpAnother(t *testing.T) {
	t.Parallel()
	const clients = 200
	refuse := func(m smtptest.Moment) *smtptest.Act {
		if m.Command != smtptest.MAIL || m.From != "old@example.org" {
			return nil
		}
		act := smtptest.Say("550 5.7.1 not yours")
		return &act
	}
	w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{refuse}})
	w.NewClients(clients)
	sender := w.NewSender(p, map[string]any{"from_email": "old@example.org"})
	old := w.NewMailing(map[string]any{"sender": sender})
	e := w.start()
	w.launch(e, old)
	w.waits(e, old, mailing.WaitSender)
	record, err := w.App.FindRecordById("senders", sender)
	if err != nil {
		t.Fatal(err)
	}
	record.Set("from_email", "new@example.org")
	if err := w.App.Save(record); err != nil {
		t.Fatal(err)
	}
	fresh := w.NewMailing(map[string]any{"sender": sender})
	w.launch(e, fresh)
	if done := w.untilStatus(fresh, mailing.Completed); done.Sent != clients || done.Failed > 0 {
		t.Errorf("%+v", done)
	}
	w.waits(e, old, mailing.WaitSender)
	if states := w.States(old); states[mailing.Pending]+states[mailing.Sending] != clients {
		t.Errorf("the recipients of the other are %v", states)
	}
	if _, err := e.Cancel(old); err != nil {
		t.Fatal(err)
	}
	w.untilStatus(old, mailing.Cancelled)
	e.Stop(t.Context())
	w.Balanced(old)
	w.Closes(fresh, p.Mails())
}

// TestAMailThatIsTooLongIsNotTransmitted has a server that announces what it takes. Nothing of a longer
// mail is sent, whether its length was known when its envelope was or not, and there is no connection
// and no round trip for each.
func TestAMailThatIsTooLongIsNotTransmitted(t *testing.T) {
	t.Parallel()
	const clients = 15
	for _, lockstep := range []bool{false, true} {
		var asked atomic.Int32
		count := func(m smtptest.Moment) *smtptest.Act {
			if m.Command == smtptest.MAIL {
				asked.Add(1)
			}
			return nil
		}
		w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{count}, SizeLimit: 64 << 10, Lockstep: lockstep})
		w.NewClients(clients)
		id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 2})})
		w.attach(id, 100<<10)
		w.launch(w.start(), id)
		if done := w.untilStatus(id, mailing.Completed); done.Failed != clients {
			t.Errorf("%+v", done)
		}
		if n := asked.Load(); n > 0 || p.Conns() > 2 {
			t.Errorf("%d mails were announced to the server, over %d connections", n, p.Conns())
		}
		if r := w.recipient(id, "person0@example0.com"); r.Reason != mailing.ReasonTooLong || r.Code != 552 || r.EnhancedCode != "5.3.4" {
			t.Errorf("%+v", r)
		}
		w.Closes(id, p.Mails())
	}
}

// TestAMailThatIsTooLongAmongOthers has one recipient whose mail alone is longer than the server takes.
func TestAMailThatIsTooLongAmongOthers(t *testing.T) {
	t.Parallel()
	const others = 20
	for _, lockstep := range []bool{false, true} {
		var bodies atomic.Int32
		count := func(m smtptest.Moment) *smtptest.Act {
			if m.Command == smtptest.Body && m.To == odd {
				bodies.Add(1)
			}
			return nil
		}
		w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{count}, SizeLimit: 8 << 10, Lockstep: lockstep})
		w.NewClients(others)
		w.Save("clients", map[string]any{
			"owner": w.Owner, "email": odd, "full_name": "Zoe", "status": "active",
			"attributes": map[string]any{"city": string(slices.Repeat([]byte("long "), 2000))},
		})
		id := w.NewMailing(map[string]any{"sender": w.NewSender(p, map[string]any{"connections": 1})})
		w.launch(w.start(), id)
		if done := w.untilStatus(id, mailing.Completed); done.Failed != 1 || done.Sent != others {
			t.Errorf("%+v", done)
		}
		if r := w.recipient(id, odd); r.Reason != mailing.ReasonTooLong || bodies.Load() > 0 {
			t.Errorf("%+v, transmitted %d times", r, bodies.Load())
		}
		w.Closes(id, p.Mails())
	}
}

// TestARealRefusalOfEverybodyIsNotTakenForOneOfUs has a server that says of each mail what is about the mail
// or its recipient.
func TestARealRefusalOfEverybodyIsNotTakenForOneOfUs(t *testing.T) {
	t.Parallel()
	for _, says := range []string{"550 5.7.1 spam", "554 5.7.1 Message rejected as spam", "550 5.7.1 You are not allowed to send to this recipient"} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.RCPT, smtptest.Say(says))}})
			w.NewClients(5)
			id := w.NewMailing(map[string]any{"sender": w.NewSender(p, nil)})
			w.launch(w.start(hurried), id)
			if done := w.untilStatus(id, mailing.Completed); done.Failed != 5 {
				t.Errorf("%+v", done)
			}
			w.Closes(id, p.Mails())
		})
	}
}
