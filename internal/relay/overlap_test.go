package relay_test

import (
	"slices"
	"strings"
	"testing"

	"gonets/internal/relay"
	"gonets/internal/smtptest"
)

// TestAMailCostsOneRoundTrip with a server that says nothing about a mail before it has seen the next envelope, up to
// its DATA. Whoever waited for the verdict before going on would wait for ever.
func TestAMailCostsOneRoundTrip(t *testing.T) {
	const mails = 200
	p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{func(m smtptest.Moment) *smtptest.Act {
		hold := m.Command == smtptest.Body && m.Mail < mails || m.Command == smtptest.MAIL || m.Command == smtptest.RCPT
		if !hold {
			return nil
		}
		return &smtptest.Act{Hold: true}
	}}})
	ctx := within(t)
	c := dial(t, server(p))
	if !c.Pipelining() {
		t.Fatal("PIPELINING was offered and not noticed")
	}
	before := p.Turns()
	if err := c.Begin(envelope(1)); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= mails; n++ {
		if answer, err := c.Begun(ctx); err != nil || !answer.Open() {
			t.Fatalf("envelope %d: %s", n, outcome(answer, err))
		}
		var next *relay.Envelope
		if n < mails {
			e := envelope(n + 1)
			next = &e
		}
		if answer, err := c.Finish(ctx, smallMail(n), next); err != nil || !answer.Success() {
			t.Fatalf("mail %d: %s", n, outcome(answer, err))
		}
	}
	// One for the first envelope, one for each mail.
	if got := p.Turns() - before; got != mails+1 {
		t.Errorf("%d mails took %d round trips, want %d", mails, got, mails+1)
	}
	if got := len(p.Mails()); got != mails {
		t.Errorf("%d mails arrived, want %d", got, mails)
	}
}

// TestResetIsSaidAfterARefusalOnly, and in the write of the next envelope.
func TestResetIsSaidAfterARefusalOnly(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{Transcript: true, Rules: []smtptest.Rule{
		smtptest.OnMail(2, smtptest.MAIL, smtptest.Say("451 4.3.0 not now")),
		smtptest.OnMail(3, smtptest.RCPT, smtptest.Say("550 5.1.1 no such user")),
		smtptest.OnMail(4, smtptest.DATA, smtptest.Say("451 4.3.0 not now")),
		smtptest.OnMail(5, smtptest.Body, smtptest.Say("554 5.6.0 not like this")),
		smtptest.OnMail(6, smtptest.RSET, smtptest.Hangup()),
	}})
	c := dial(t, server(p))
	for n := 1; n <= 6; n++ {
		if _, err := c.Deliver(within(t), envelope(n), smallMail(n)); err != nil {
			t.Fatalf("mail %d: %v", n, err)
		}
	}
	var said []string
	for _, line := range p.Commands() {
		said = append(said, line[:4])
	}
	want := "EHLO, MAIL RCPT DATA, MAIL RCPT DATA, RSET MAIL RCPT DATA, RSET MAIL RCPT DATA, RSET MAIL RCPT DATA, MAIL RCPT DATA"
	if got := strings.Join(said, " "); got != strings.ReplaceAll(want, ",", "") {
		t.Errorf("said: %s\nwant: %s", got, want)
	}
}

// TestNobodyGetsTheMailOfARefusedSender on a server that leaves the transaction open, in which a nested MAIL is
// refused and a RCPT would be added to the old one.
func TestNobodyGetsTheMailOfARefusedSender(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{
		smtptest.To("reader1@example.com", smtptest.DATA, smtptest.Say("451 4.3.0 not now")),
		smtptest.To("reader2@example.com", smtptest.RCPT, smtptest.Say("550 5.1.1 no such user")),
	}})
	c := dial(t, server(p))
	senders := []string{"one@example.org", "two@example.org", "three@example.org"}
	for n, sender := range senders {
		e := envelope(n + 1)
		e.From = sender
		if _, err := c.Deliver(within(t), e, smallMail(n+1)); err != nil {
			t.Fatal(err)
		}
	}
	mails := p.Mails()
	if len(mails) != 1 || mails[0].From != "three@example.org" || !slices.Equal(mails[0].To, []string{"reader3@example.com"}) {
		t.Errorf("arrived: %+v", mails)
	}
}

// TestARecipientAcceptedForARefusedSender cannot be: either the replies are not those to our commands, or the server
// has added the recipient to another mail. Nothing more is said over such a connection.
func TestARecipientAcceptedForARefusedSender(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{
		smtptest.At(smtptest.MAIL, smtptest.Say("550 5.1.8 bad sender domain")),
		smtptest.At(smtptest.RCPT, smtptest.Act{Raw: "250 2.1.5 Ok\r\n"}),
		smtptest.At(smtptest.DATA, smtptest.Act{Raw: "354 go on\r\n"}),
	}})
	answer, err := dial(t, server(p)).Deliver(within(t), envelope(1), smallMail(1))
	if got, want := outcome(answer, err), "untouched, broken at rcpt"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestAnAbandonedEnvelope never becomes a mail, not even an empty one.
func TestAnAbandonedEnvelope(t *testing.T) {
	t.Run("that the server has not heard of costs nothing", func(t *testing.T) {
		p := smtptest.Start(t, smtptest.Script{})
		c := dial(t, server(p))
		if err := c.Begin(envelope(1)); err != nil {
			t.Fatal(err)
		}
		c.Abandon()
		if answer, err := c.Deliver(within(t), envelope(2), smallMail(2)); err != nil || !answer.Success() {
			t.Fatal(outcome(answer, err))
		}
	})
	t.Run("whose body the server waits for costs the connection", func(t *testing.T) {
		p := smtptest.Start(t, smtptest.Script{})
		c := dial(t, server(p))
		next := envelope(2)
		if err := c.Begin(envelope(1)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Begun(within(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Finish(within(t), smallMail(1), &next); err != nil {
			t.Fatal(err)
		}
		c.Abandon()
		if err := c.Begin(envelope(3)); err == nil {
			t.Error("the connection is still used")
		}
		if answer, err := dial(t, server(p)).Deliver(within(t), envelope(3), smallMail(3)); err != nil || !answer.Success() {
			t.Fatal(outcome(answer, err))
		}
		for _, m := range p.Mails() {
			if m.To[0] == next.To {
				t.Errorf("the abandoned mail arrived: %q", m.Body)
			}
		}
	})
}

// TestStepsOutOfOrder are told apart from broken connections, and break nothing.
func TestStepsOutOfOrder(t *testing.T) {
	c := dial(t, server(smtptest.Start(t, smtptest.Script{})))
	if _, err := c.Begun(within(t)); err == nil {
		t.Error("Begun without Begin was fine")
	}
	if _, err := c.Finish(within(t), smallMail(1), nil); err == nil {
		t.Error("Finish without an open envelope was fine")
	}
	if err := c.Begin(envelope(1)); err != nil {
		t.Fatal(err)
	}
	if err := c.Begin(envelope(2)); err == nil {
		t.Error("Begin twice was fine")
	}
	if answer, err := c.Begun(within(t)); err != nil || !answer.Open() {
		t.Error(outcome(answer, err))
	}
}
