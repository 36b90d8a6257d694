package relay_test

import (
	"strings"
	"testing"

	"gonets/internal/smtptest"
)

const sent = "sent at body: 250 2.0.0 Ok: queued as "

// TestEveryMailEndsInTheRightResult sends three mails over one connection, or over as many as it takes, to a server
// that has something against the second.
func TestEveryMailEndsInTheRightResult(t *testing.T) {
	second := func(c smtptest.Command, a smtptest.Act) smtptest.Rule {
		return smtptest.To("reader2@example.com", c, a)
	}
	cases := []struct {
		name   string
		script smtptest.Script
		// second is what must become of the second mail.
		second string
		// conns is how many connections it takes; 0 means one.
		conns int
		// arrives is true when the server keeps the second mail, whatever it said.
		arrives bool
	}{
		{
			name:    "a good server takes everything",
			second:  sent + "10002",
			arrives: true,
		},
		{
			name:   "a sender refused for good is refused",
			script: smtptest.Script{Rules: []smtptest.Rule{smtptest.OnMail(2, smtptest.MAIL, smtptest.Say("550 5.1.8 bad sender domain"))}},
			second: "refused at mail: 550 5.1.8 bad sender domain",
		},
		{
			name:   "an unknown sender says nothing about the recipient's address",
			script: smtptest.Script{Rules: []smtptest.Rule{smtptest.OnMail(2, smtptest.MAIL, smtptest.Say("550 5.1.1 who are you"))}},
			second: "refused at mail: 550 5.1.1 who are you",
		},
		{
			name:   "a sender refused for now is deferred",
			script: smtptest.Script{Rules: []smtptest.Rule{smtptest.OnMail(2, smtptest.MAIL, smtptest.Say("452 4.3.1 disk full"))}},
			second: "deferred at mail: 452 4.3.1 disk full",
		},
		{
			name:   "an unknown recipient is a bad address",
			script: smtptest.Script{Rules: []smtptest.Rule{second(smtptest.RCPT, smtptest.Say("550 5.1.1 no such user"))}},
			second: "bad_address at rcpt: 550 5.1.1 no such user",
		},
		{
			name:   "a greylisted recipient is deferred",
			script: smtptest.Script{Rules: []smtptest.Rule{second(smtptest.RCPT, smtptest.Say("450 4.2.0 come back later"))}},
			second: "deferred at rcpt: 450 4.2.0 come back later",
		},
		{
			name:   "the enhanced code of a greylisting 550 is believed",
			script: smtptest.Script{Rules: []smtptest.Rule{second(smtptest.RCPT, smtptest.Say("550 4.7.1 come back later"))}},
			second: "deferred at rcpt: 550 4.7.1 come back later",
		},
		{
			name:   "the enhanced code of a 450 for an unknown user is believed",
			script: smtptest.Script{Rules: []smtptest.Rule{second(smtptest.RCPT, smtptest.Say("450 5.1.1 no such user"))}},
			second: "bad_address at rcpt: 450 5.1.1 no such user",
		},
		{
			name:   "a refusal by policy is told apart",
			script: smtptest.Script{Rules: []smtptest.Rule{second(smtptest.RCPT, smtptest.Say("554 5.7.1 blocked\nsee https://example.net"))}},
			second: "policy at rcpt: 554 5.7.1 blocked see https://example.net",
		},
		{
			name:   "a body refused before it is sent is refused",
			script: smtptest.Script{Rules: []smtptest.Rule{second(smtptest.DATA, smtptest.Say("554 5.5.0 not now, not ever"))}},
			second: "refused at data: 554 5.5.0 not now, not ever",
		},
		{
			name:   "a body deferred before it is sent is deferred",
			script: smtptest.Script{Rules: []smtptest.Rule{second(smtptest.DATA, smtptest.Say("451 4.3.0 try again"))}},
			second: "deferred at data: 451 4.3.0 try again",
		},
		{
			name:   "a refused body is refused",
			script: smtptest.Script{Rules: []smtptest.Rule{second(smtptest.Body, smtptest.Say("550 5.6.0 no such content here"))}},
			second: "refused at body: 550 5.6.0 no such content here",
		},
		{
			name:   "a deferred body is deferred",
			script: smtptest.Script{Rules: []smtptest.Rule{second(smtptest.Body, smtptest.Say("451 4.7.1 scanner is busy"))}},
			second: "deferred at body: 451 4.7.1 scanner is busy",
		},
		{
			name: "a server that waits for a body without a recipient gets none",
			script: smtptest.Script{
				EagerData: true,
				Rules:     []smtptest.Rule{second(smtptest.RCPT, smtptest.Say("550 5.1.1 no such user"))},
			},
			second: "bad_address at rcpt: 550 5.1.1 no such user",
		},
		{
			name: "a refusal stands although the server then hangs up",
			script: smtptest.Script{Rules: []smtptest.Rule{
				second(smtptest.RCPT, smtptest.SayAndCut("550 5.1.1 no such user, and I have had enough")),
			}},
			second: "bad_address at rcpt: 550 5.1.1 no such user, and I have had enough",
			conns:  2,
		},
		{
			name: "a server that closes politely has touched nothing",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, smtptest.OnMail(2, smtptest.MAIL, smtptest.SayAndCut("421 4.7.0 enough mails for one connection"))),
			}},
			second:  "untouched, server said 421 at mail",
			conns:   2,
			arrives: true,
		},
		{
			name: "a server that closes politely at the recipient has touched nothing",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, second(smtptest.RCPT, smtptest.SayAndCut("421 4.3.2 shutting down"))),
			}},
			second:  "untouched, server said 421 at rcpt",
			conns:   2,
			arrives: true,
		},
		{
			name: "a server that hangs up without a word before the body has touched nothing",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, second(smtptest.RCPT, smtptest.Hangup())),
			}},
			second:  "untouched, broken at rcpt",
			conns:   2,
			arrives: true,
		},
		{
			name: "421 as the verdict on a body is a verdict",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, second(smtptest.Body, smtptest.SayAndCut("421 4.3.2 shutting down, took nothing"))),
			}},
			second: "deferred at body: 421 4.3.2 shutting down, took nothing",
			conns:  2,
		},
		{
			name: "a server that takes the body and hangs up leaves us uncertain",
			script: smtptest.Script{Rules: []smtptest.Rule{
				second(smtptest.Body, smtptest.Hangup()),
			}},
			second:  "uncertain",
			conns:   2,
			arrives: true,
		},
		{
			name: "a server that drops the body and hangs up leaves us uncertain",
			script: smtptest.Script{Rules: []smtptest.Rule{
				second(smtptest.Body, smtptest.Act{Reply: "451 4.3.0 crash", Silent: true, Cut: true}),
			}},
			second: "uncertain",
			conns:  2,
		},
		{
			name: "a server that takes the body, says so and hangs up has taken it",
			script: smtptest.Script{Rules: []smtptest.Rule{
				second(smtptest.Body, smtptest.SayAndCut("250 2.0.0 Ok: queued as last")),
			}},
			second:  sent + "last",
			conns:   2,
			arrives: true,
		},
		{
			name: "garbage for a verdict leaves us uncertain",
			script: smtptest.Script{Rules: []smtptest.Rule{
				second(smtptest.Body, smtptest.Act{Raw: "*** core dumped ***\r\n"}),
			}},
			second: "uncertain",
			conns:  2,
		},
		{
			name:   "354 for a verdict leaves us uncertain",
			script: smtptest.Script{Rules: []smtptest.Rule{second(smtptest.Body, smtptest.Say("354 go on"))}},
			second: "uncertain",
			conns:  2,
			// The peer takes a mail it answers with 354.
			arrives: true,
		},
		{
			name: "garbage before the body has touched nothing",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, second(smtptest.RCPT, smtptest.Act{Raw: "HTTP/1.1 400 Bad Request\r\n"})),
			}},
			second:  "untouched, broken at rcpt",
			conns:   2,
			arrives: true,
		},
		{
			name: "a reply of a class that RCPT cannot have breaks the conversation",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, second(smtptest.RCPT, smtptest.Say("354 go on"))),
			}},
			second:  "untouched, broken at rcpt",
			conns:   2,
			arrives: true,
		},
		{
			name: "a reply of a class that DATA cannot have breaks the conversation",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, second(smtptest.DATA, smtptest.Act{Raw: "250 2.0.0 Ok\r\n"})),
			}},
			second:  "untouched, broken at data",
			conns:   2,
			arrives: true,
		},
		{
			name: "an endless line breaks the conversation",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, second(smtptest.RCPT, smtptest.Act{Raw: "250 " + strings.Repeat("x", 5000) + "\r\n"})),
			}},
			second:  "untouched, broken at rcpt",
			conns:   2,
			arrives: true,
		},
		{
			name: "an endless reply breaks the conversation",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, second(smtptest.RCPT, smtptest.Act{Raw: strings.Repeat("250-and\r\n", 1000)})),
			}},
			second:  "untouched, broken at rcpt",
			conns:   2,
			arrives: true,
		},
		{
			name: "a reply that changes its code breaks the conversation",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, second(smtptest.RCPT, smtptest.Act{Raw: "550-5.1.1 no\r\n250 2.1.5 or yes\r\n"})),
			}},
			second:  "untouched, broken at rcpt",
			conns:   2,
			arrives: true,
		},
		{
			name: "a server that says too much is not believed any more",
			script: smtptest.Script{Rules: []smtptest.Rule{
				smtptest.OnConn(1, second(smtptest.RCPT, smtptest.Act{Raw: "250 2.1.5 Ok\r\n250 2.1.5 Ok again\r\n"})),
			}},
			second:  "untouched, broken at data",
			conns:   2,
			arrives: true,
		},
	}
	for _, lockstep := range []bool{false, true} {
		manner := map[bool]string{false: "pipelined", true: "in lockstep"}[lockstep]
		for _, tc := range cases {
			t.Run(manner+": "+tc.name, func(t *testing.T) {
				t.Parallel()
				tc.script.Lockstep = lockstep
				p := smtptest.Start(t, tc.script)
				results := sendThree(t, p)
				if got := results[1]; got != tc.second {
					t.Errorf("the second mail: %s\nwant: %s", got, tc.second)
				}
				for _, n := range []int{0, 2} {
					if !strings.HasPrefix(results[n], sent) {
						t.Errorf("mail %d: %s; want it sent", n+1, results[n])
					}
				}
				if want := max(tc.conns, 1); p.Conns() != want {
					t.Errorf("%d connections, want %d", p.Conns(), want)
				}
				arrived(t, p, tc.arrives)
			})
		}
	}
}
