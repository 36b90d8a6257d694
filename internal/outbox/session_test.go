package outbox

import (
	"net/smtp"
	"net/textproto"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestAnOverlappedConversationIsAnsweredInOrder(t *testing.T) {
	o := start(t, Options{Rules: DemoRules})
	c := dial(t, o)
	c.write(envelope("first@example.org"))
	c.want("250 2.", "250 2.", "354 ")

	// Body, dot and the next envelope in one write (RFC 2920 § 3.1).
	c.write(smallMail("1", "One", "..dots\r\n.. and more") + ".\r\n" + envelope("second@example.org"))
	c.want("250 2.0.0 OK queued as ", "250 2.", "250 2.", "354 ")

	// The next recipient is refused: DATA then fails too, and RSET makes room for another.
	c.write(smallMail("2", "Two", "Hi") + ".\r\n" + envelope("nosuch@example.org"))
	c.want("250 2.0.0 OK queued as ", "250 2.", "550 5.1.1 ", "502 5.5.1 ")
	c.write("RSET\r\n" + envelope("third@example.org"))
	c.want("250 2.0.0 ", "250 2.", "250 2.", "354 ")
	c.write(smallMail("3", "Three", "Hi") + ".\r\nQUIT\r\n")
	c.want("250 2.0.0 OK queued as ", "221 ")
	c.wantEnd()

	if o.Total() != 3 || o.Count("second@example.org") != 1 || o.Count("nosuch@example.org") != 0 {
		t.Fatalf("counts %v", o.Counts())
	}
	mail, _ := o.One(o.List(2, 1, "").Items[0].ID)
	if !strings.Contains(mail.Source, "\r\n.dots\r\n. and more\r\n") {
		t.Fatalf("dots were not unstuffed: %q", mail.Source)
	}
}

func TestAPipelinedGroupIsAnsweredInOnePacket(t *testing.T) {
	o := start(t, Options{})
	c := dial(t, o)
	c.write(envelope("a@example.org"))
	c.want("250 ")
	// What came in the same segment is buffered by now; loopback does not split so little.
	if rest, _ := c.in.Peek(c.in.Buffered()); !strings.Contains(string(rest), "354 ") {
		t.Fatalf("after the first answer only %q was there", rest)
	}
}

func TestTheServerAnnouncesWhatItDoes(t *testing.T) {
	o := start(t, Options{MaxMailBytes: 12345})
	client, err := smtp.Dial(o.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for extension, want := range map[string]string{"PIPELINING": "", "8BITMIME": "", "ENHANCEDSTATUSCODES": "", "SMTPUTF8": "", "SIZE": "12345"} {
		if ok, param := client.Extension(extension); !ok || param != want {
			t.Errorf("%s announced: %v %q, want %q", extension, ok, param, want)
		}
	}
	if err := client.Quit(); err != nil {
		t.Errorf("QUIT: %v", err)
	}
}

func TestEachMailIsAnsweredWithItsOwnID(t *testing.T) {
	o := start(t, Options{})
	c := dial(t, o)
	queued := regexp.MustCompile(`^250 2\.0\.0 OK queued as ([0-9a-z]{6,14})$`)
	seen := map[string]bool{}
	for range 3 {
		c.write(envelope("a@example.org"))
		c.want("250 ", "250 ", "354 ")
		c.write(smallMail("1", "Hello", "Hi") + ".\r\n")
		answer := c.read()
		match := queued.FindStringSubmatch(answer)
		if match == nil || seen[match[1]] {
			t.Fatalf("answer %q", answer)
		}
		seen[match[1]] = true
		if mail, ok := o.One(match[1]); !ok || mail.Answer != answer || mail.Status != statusAccepted {
			t.Fatalf("mail %s found: %v, answer %q", match[1], ok, mail.Answer)
		}
	}
	if o.MessageIDs()["1@example.org"] != 3 {
		t.Fatalf("Message-IDs %v", o.MessageIDs())
	}
}

func TestMailsOverTheLimitAreRefused(t *testing.T) {
	o := start(t, Options{MaxMailBytes: 2000})
	t.Run("when the client says the size", func(t *testing.T) {
		c := dial(t, o)
		c.write("MAIL FROM:<a@example.org> SIZE=2001\r\n")
		c.want("552 5.3.4 ")
	})
	t.Run("when it comes out at the end, and the conversation goes on", func(t *testing.T) {
		c := dial(t, o)
		c.write(envelope("a@example.org"))
		c.want("250 ", "250 ", "354 ")
		c.write(smallMail("1", "Long", strings.Repeat("more and more\r\n", 200)) + ".\r\n" + envelope("b@example.org"))
		c.want("552 5.3.4 ", "250 ", "250 ", "354 ")
		c.write(smallMail("2", "Short", "Hi") + ".\r\n")
		c.want("250 2.0.0 OK queued as ")
	})
	if o.Total() != 1 || o.Count("a@example.org") != 0 {
		t.Fatalf("counts %v", o.Counts())
	}
}

func TestDemoRulesAnswerAsTheWorldDoes(t *testing.T) {
	for _, tc := range []struct {
		name, to string
		want     []string // answers to one try after the other
	}{
		{"a usual address", "anna@example.org", []string{"250 2.0.0 OK queued as "}},
		{"a domain that does not exist", "anna@nosuch.example", []string{"550 5.1.2 "}},
		{"a bouncing address", "Bounce.7@example.org", []string{"550 5.1.1 <bounce.7@example.org>: No such user here"}},
		{"an unknown user", "nosuch-anna@example.org", []string{"550 5.1.1 "}},
		{"a full mailbox", "full.box@example.org", []string{"552 5.2.2 "}},
		{"a greylisting server, then the same recipient again", "grey1@example.org", []string{"451 4.7.1 ", "250 2.0.0 OK", "250 2.0.0 OK"}},
		{"another recipient of the greylisting server", "grey2@example.org", []string{"451 4.7.1 ", "250 2.0.0 OK"}},
		{"a content filter", "policy@example.org", []string{"550 5.7.1 "}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := start(t, Options{Rules: DemoRules})
			c := dial(t, o)
			for _, want := range tc.want {
				c.write(envelope(tc.to))
				c.want("250 ")
				answer := c.read()
				if strings.HasPrefix(answer, "250 ") {
					c.want("354 ")
					c.write(smallMail("1", "Hello", "Hi") + ".\r\n")
					answer = c.read()
				} else {
					c.want("502 ")
					c.write("RSET\r\n")
					c.want("250 ")
				}
				if !strings.HasPrefix(answer, want) {
					t.Fatalf("answer %q, want %q…", answer, want)
				}
				if caught := o.Count(tc.to) > 0; caught != strings.HasPrefix(answer, "250 ") {
					t.Fatalf("answer %q, caught: %v", answer, caught)
				}
			}
		})
	}
}

func TestARefusalAtTheEndIsShownAndNotCounted(t *testing.T) {
	o := start(t, Options{Rules: DemoRules})
	err := smtp.SendMail(o.Addr(), nil, "a@example.org", []string{"policy@example.org"}, []byte(smallMail("1", "Buy now", "Hi")))
	if e, ok := err.(*textproto.Error); !ok || e.Code != 550 {
		t.Fatalf("error %v", err)
	}
	page := o.List(0, 10, "")
	if o.Total() != 0 || page.TotalItems != 1 || page.Items[0].Status != statusRefused || !strings.HasPrefix(page.Items[0].Answer, "550 5.7.1 ") {
		t.Fatalf("total %d, page %+v", o.Total(), page)
	}
}

func TestARuleThatHangsUpLeavesTheSenderWithoutAnAnswer(t *testing.T) {
	for _, tc := range []struct {
		name  string
		stage Stage
		taken int
	}{
		{"at the recipient, nothing is taken", AtRecipient, 0},
		{"at the end, the mail is taken", AtEnd, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := start(t, Options{Rules: func(_, _ string, _ int) *Reply { return &Reply{Stage: tc.stage} }})
			c := dial(t, o)
			c.write(envelope("a@example.org"))
			c.want("250 ")
			if tc.stage == AtEnd {
				c.want("250 ", "354 ")
				c.write(smallMail("1", "Hello", "Hi") + ".\r\n" + envelope("b@example.org"))
			}
			c.wantEnd()
			if o.Total() != tc.taken || o.Count("a@example.org") != tc.taken {
				t.Fatalf("counts %v", o.Counts())
			}
			if page := o.List(0, 1, ""); tc.taken == 1 && (page.Items[0].Status != statusUnanswered || page.Items[0].Answer != "") {
				t.Fatalf("page %+v", page)
			}
		})
	}
}

func TestRulesHearSenderRecipientAndTry(t *testing.T) {
	heard := make(chan [2]string, 2) // one a try
	o := start(t, Options{Rules: func(from, rcpt string, try int) *Reply {
		heard <- [2]string{from, rcpt}
		return &Reply{Code: 450, Text: "try " + strings.Repeat("I", try)}
	}})
	c := dial(t, o)
	for _, want := range []string{"450 4.0.0 try I", "450 4.0.0 try II"} {
		c.write("MAIL FROM:<S@example.org>\r\nRCPT TO:<R@Example.ORG>\r\nRSET\r\n")
		c.want("250 ", want, "250 ")
		if got := <-heard; got != [2]string{"S@example.org", "r@example.org"} {
			t.Fatalf("the rules heard %v", got)
		}
	}
}

func TestLatencyIsWaitedBeforeTheAnswer(t *testing.T) {
	const latency = 30 * time.Millisecond
	o := start(t, Options{Latency: latency})
	c := dial(t, o)
	c.write(envelope("a@example.org"))
	c.want("250 ", "250 ", "354 ")
	began := time.Now()
	c.write(smallMail("1", "Hello", "Hi") + ".\r\n")
	c.want("250 2.0.0 OK")
	if took := time.Since(began); took < latency {
		t.Fatalf("answered after %v", took)
	}
}

func TestALongLineEndsTheConversation(t *testing.T) {
	o := start(t, Options{})
	c := dial(t, o)
	c.write("NOOP " + strings.Repeat("x", 5000) + "\r\n")
	c.want("500 5.4.0 ")
	c.wantEnd()
}
