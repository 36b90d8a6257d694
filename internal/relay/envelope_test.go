package relay_test

import (
	"slices"
	"strings"
	"testing"

	"gonets/internal/relay"
	"gonets/internal/smtptest"
)

// TestAnEnvelopeIsSaidOrRefused by ourselves, before a byte of it is written.
func TestAnEnvelopeIsSaidOrRefused(t *testing.T) {
	const from, to = "news@example.org", "reader@example.com"
	utf8 := []string{"SMTPUTF8"}
	cases := []struct {
		name     string
		without  []string
		envelope relay.Envelope
		// commands are what is said; nil means nothing, and then refusal is our own answer.
		commands []string
		refusal  string
	}{
		{
			name:     "a plain one",
			envelope: relay.Envelope{From: from, To: to},
			commands: []string{"MAIL FROM:<news@example.org>", "RCPT TO:<reader@example.com>"},
		},
		{
			name:     "the null path",
			envelope: relay.Envelope{To: to},
			commands: []string{"MAIL FROM:<>", "RCPT TO:<reader@example.com>"},
		},
		{
			name:     "a quoted local part",
			envelope: relay.Envelope{From: from, To: `"the reader"@example.com`},
			commands: []string{"MAIL FROM:<news@example.org>", `RCPT TO:<"the reader"@example.com>`},
		},
		{
			name:     "a size is told where it is asked for",
			envelope: relay.Envelope{From: from, To: to, Size: 4600},
			commands: []string{"MAIL FROM:<news@example.org> SIZE=4600", "RCPT TO:<reader@example.com>"},
		},
		{
			name:     "a size is not told where it is not asked for",
			without:  []string{"SIZE"},
			envelope: relay.Envelope{From: from, To: to, Size: 4600},
			commands: []string{"MAIL FROM:<news@example.org>", "RCPT TO:<reader@example.com>"},
		},
		{
			name:     "a size over the limit",
			envelope: relay.Envelope{From: from, To: to, Size: 20 << 20},
			refusal:  "too_long at mail: 552 5.3.4 the mail has 20971520 bytes and the mail server takes 10485760",
		},
		{
			name:     "a recipient beyond ASCII",
			envelope: relay.Envelope{From: from, To: "читатель@example.com"},
			commands: []string{
				"MAIL FROM:<news@example.org> BODY=8BITMIME SMTPUTF8", "RCPT TO:<читатель@example.com>",
			},
		},
		{
			name:     "a recipient beyond ASCII on a server that cannot",
			without:  utf8,
			envelope: relay.Envelope{From: from, To: "читатель@example.com"},
			refusal:  "refused at rcpt: 550 5.6.7 the address is not ASCII and the mail server does not offer SMTPUTF8",
		},
		{
			name:     "a sender beyond ASCII on a server that cannot",
			without:  utf8,
			envelope: relay.Envelope{From: "новости@example.org", To: to},
			refusal:  "refused at mail: 550 5.6.7 the sender address is not ASCII and the mail server does not offer SMTPUTF8",
		},
		{
			name:     "a recipient with a command in it",
			envelope: relay.Envelope{From: from, To: "a@b>\r\nRCPT TO:<c@d"},
			refusal:  `bad_address at rcpt: 553 5.1.3 the address "a@b>\r\nRCPT TO:<c@d" is malformed`,
		},
		{
			name:     "a sender with a command in it",
			envelope: relay.Envelope{From: "a@b\nRSET", To: to},
			refusal:  `refused at mail: 553 5.1.7 the sender address "a@b\nRSET" is malformed`,
		},
		{
			name:     "a sender with a parameter in it",
			envelope: relay.Envelope{From: "a@b> SIZE=1", To: to},
			refusal:  `refused at mail: 553 5.1.7 the sender address "a@b> SIZE=1" is malformed`,
		},
		{
			name:     "a recipient with a space in it",
			envelope: relay.Envelope{From: from, To: "a b@example.com"},
			refusal:  `bad_address at rcpt: 553 5.1.3 the address "a b@example.com" is malformed`,
		},
		{
			name:     "no recipient",
			envelope: relay.Envelope{From: from},
			refusal:  `bad_address at rcpt: 553 5.1.3 the address "" is malformed`,
		},
		{
			name:     "a recipient that is not text",
			envelope: relay.Envelope{From: from, To: "a\xff@example.com"},
			refusal:  `bad_address at rcpt: 553 5.1.3 the address "a\xff@example.com" is malformed`,
		},
		{
			name:     "a recipient of any length",
			envelope: relay.Envelope{From: from, To: strings.Repeat("a", 310) + "@example.com"},
			refusal:  `bad_address at rcpt: 553 5.1.3 the address "` + strings.Repeat("a", 80) + `" is malformed`,
		},
	}
	for _, lockstep := range []bool{false, true} {
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				t.Parallel()
				p := smtptest.Start(t, smtptest.Script{Lockstep: lockstep, Without: tc.without, Transcript: true})
				c := dial(t, server(p))
				answer, err := c.Deliver(within(t), tc.envelope, smallMail(1))
				if answer.Ours != (tc.commands == nil) {
					t.Errorf("said to be ours: %v, for %s", answer.Ours, answer)
				}
				if got := outcome(answer, err); tc.commands == nil && got != tc.refusal {
					t.Errorf("%s\nwant: %s", got, tc.refusal)
				} else if tc.commands != nil && (err != nil || !answer.Success()) {
					t.Errorf("%s, want it sent", got)
				}
				want := []string{"EHLO gonets.test"}
				if tc.commands != nil {
					want = append(append(want, tc.commands...), "DATA")
				}
				if got := p.Commands(); !slices.Equal(got, want) {
					t.Errorf("said %q\nwant %q", got, want)
				}
			})
		}
	}
}

// TestAnEnvelopeWeRefuseOurselves does not disturb the mails around it, of which one is overlapped with it.
func TestAnEnvelopeWeRefuseOurselves(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{})
	c := dial(t, server(p))
	bad := relay.Envelope{From: "news@example.org", To: "a@b>"}
	if err := c.Begin(envelope(1)); err != nil {
		t.Fatal(err)
	}
	if answer, err := c.Begun(within(t)); err != nil || !answer.Open() {
		t.Fatal(outcome(answer, err))
	}
	if answer, err := c.Finish(within(t), smallMail(1), &bad); err != nil || !answer.Success() {
		t.Fatal(outcome(answer, err))
	}
	if answer, err := c.Begun(within(t)); err != nil || !answer.Ours || answer.Kind() != relay.KindBadAddress {
		t.Fatal(outcome(answer, err))
	}
	if answer, err := c.Deliver(within(t), envelope(2), smallMail(2)); err != nil || !answer.Success() {
		t.Fatal(outcome(answer, err))
	}
	if got := len(p.Mails()); got != 2 {
		t.Errorf("%d mails arrived, want 2", got)
	}
}
