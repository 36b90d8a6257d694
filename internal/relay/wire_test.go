package relay_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"gonets/internal/relay"
	"gonets/internal/smtptest"
)

// TestAServerThatStopsAnswering waits no longer than it was told to, and knows what that means for the mail.
func TestAServerThatStopsAnswering(t *testing.T) {
	large := text(bytes.Repeat([]byte("All work and no play makes a long body.\r\n"), 400_000))
	const soon = 50 * time.Millisecond
	cases := []struct {
		name     string
		rule     smtptest.Rule
		body     text
		timeouts relay.Timeouts
		want     string
	}{
		{
			"at MAIL it has touched nothing",
			smtptest.At(smtptest.MAIL, smtptest.Stall()), smallMail(1),
			relay.Timeouts{Command: soon},
			"untouched, broken at mail",
		},
		{
			"at RCPT it has touched nothing",
			smtptest.At(smtptest.RCPT, smtptest.Stall()), smallMail(1),
			relay.Timeouts{Command: soon},
			"untouched, broken at rcpt",
		},
		{
			"in the middle of the body it has not got the dot",
			smtptest.At(smtptest.DATA, smtptest.Act{Stall: true}), large,
			relay.Timeouts{Block: soon},
			"untouched, broken at body",
		},
		{
			"after the dot it leaves us uncertain",
			smtptest.At(smtptest.Body, smtptest.Stall()), smallMail(1),
			relay.Timeouts{Final: soon},
			"uncertain",
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := server(smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{tc.rule}}))
			s.Timeouts = tc.timeouts
			answer, err := dial(t, s).Deliver(within(t), envelope(1), tc.body)
			if got := outcome(answer, err); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%v does not say that time was up", err)
			}
		})
	}
}

// TestEndingTheContextEndsAnyWait although the timeouts are minutes away.
func TestEndingTheContextEndsAnyWait(t *testing.T) {
	cases := []struct {
		command smtptest.Command
		want    string
	}{
		{smtptest.MAIL, "untouched, broken at mail"},
		{smtptest.RCPT, "untouched, broken at rcpt"},
		{smtptest.DATA, "untouched, broken at data"},
		{smtptest.Body, "uncertain"},
	}
	for _, tc := range cases {
		t.Run(string(tc.command), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(within(t))
			stopped := errors.New("the operator pressed a key")
			p := smtptest.Start(t, smtptest.Script{Lockstep: true, Rules: []smtptest.Rule{func(m smtptest.Moment) *smtptest.Act {
				if m.Command != tc.command {
					return nil
				}
				cancel(stopped)
				a := smtptest.Stall()
				return &a
			}}})
			answer, err := dial(t, server(p)).Deliver(ctx, envelope(1), smallMail(1))
			if got := outcome(answer, err); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
			if !errors.Is(err, stopped) {
				t.Errorf("%v does not say who ended it", err)
			}
		})
	}
}

func TestAContextThatHasEndedWritesNothing(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{Transcript: true})
	c := dial(t, server(p))
	if err := c.Begin(envelope(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Begun(within(t)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	answer, err := c.Finish(ctx, smallMail(1), nil)
	if got, want := outcome(answer, err), "untouched, broken at body"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if mails := p.Mails(); len(mails) > 0 {
		t.Errorf("%d mails arrived", len(mails))
	}
}

// TestAContextThatEndsTooLateHarmsNothing: one call's context must not cut off the next.
func TestAContextThatEndsTooLateHarmsNothing(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{})
	c := dial(t, server(p))
	for n := range 300 {
		if err := c.Begin(envelope(n)); err != nil {
			t.Fatalf("mail %d: %v", n, err)
		}
		ctx, cancel := context.WithCancel(within(t))
		stop := make(chan struct{})
		go func() { <-stop; cancel() }()
		_, err := c.Begun(within(t))
		if err != nil {
			t.Fatalf("mail %d: %v", n, err)
		}
		close(stop) // races with the end of Finish
		if _, err := c.Finish(ctx, smallMail(n), nil); err != nil {
			c = dial(t, server(p)) // it was in time
		}
		if answer, err := c.Deliver(within(t), envelope(n), smallMail(n)); err != nil || !answer.Success() {
			t.Fatalf("mail %d, after the race: %s", n, outcome(answer, err))
		}
		cancel()
	}
}

// TestACutInTheMiddleOfABody is safe to try again, unless the server says that it would be pointless.
func TestACutInTheMiddleOfABody(t *testing.T) {
	large := text(bytes.Repeat([]byte("All work and no play makes a long body.\r\n"), 400_000))
	cases := []struct{ name, lastWords, want string }{
		{"without a word", "", "untouched, broken at body"},
		{"for good", "552 5.3.4 too much", "too_long at body: 552 5.3.4 too much"},
		{"for now", "452 4.3.1 disk full", "deferred at body: 452 4.3.1 disk full"},
		{"politely", "421 4.3.2 shutting down", "untouched, server said 421 at body"},
		{"with a lie", "250 2.0.0 thank you", "uncertain"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{
				smtptest.At(smtptest.DATA, smtptest.Act{CutAfter: 1000, LastWords: tc.lastWords}),
			}})
			c := dial(t, server(p))
			answer, err := c.Deliver(within(t), envelope(1), large)
			if got := outcome(answer, err); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
			var broken *relay.ConnectionError
			if err := c.Begin(envelope(2)); !errors.As(err, &broken) || broken.AfterDot {
				t.Errorf("the next mail: %v, want it untouched by a broken connection", err)
			}
		})
	}
}

// TestAGoodbyeThatNobodyAskedFor is found before the next mail is entrusted to the connection.
func TestAGoodbyeThatNobodyAskedFor(t *testing.T) {
	cases := []struct {
		name string
		rule smtptest.Rule
		want string
	}{
		{
			"between two mails",
			smtptest.At(smtptest.Body, smtptest.Act{Raw: "250 2.0.0 Ok\r\n421 4.4.2 idle for too long\r\n", Cut: true}),
			"untouched, server said 421 at idle",
		},
		{
			"while it waits for a body",
			smtptest.OnMail(2, smtptest.DATA, smtptest.Act{Raw: "354 go on\r\n421 4.4.2 too slow\r\n", Cut: true}),
			"untouched, server said 421 at idle",
		},
		{
			"and is none",
			smtptest.At(smtptest.Body, smtptest.Act{Raw: "250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n"}),
			"untouched, broken at idle",
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, server(smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{tc.rule}})))
			if answer, err := c.Deliver(within(t), envelope(1), smallMail(1)); err != nil || !answer.Success() {
				t.Fatalf("the first mail: %s", outcome(answer, err))
			}
			answer, err := c.Deliver(within(t), envelope(2), smallMail(2))
			if got := outcome(answer, err); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

// TestEveryBodyArrivesAsItIs, whatever dots and line ends stand where a block ends.
func TestEveryBodyArrivesAsItIs(t *testing.T) {
	bodies := []string{
		"", ".\r\n", "..\r\n", "\r\n.\r\n", "a\r\n.\r\nb\r\n", ".a\r\n.b\r\n..c\r\n\r\n.\r\n.\r\n",
		strings.Repeat("x", 64<<10-2) + "\r\n.\r\nat the border\r\n",
		strings.Repeat("x", 200<<10) + "\r\n.\r\n",
		strings.Repeat(".\r\n", 100_000),
		strings.Repeat(".", 150<<10) + "\r\n",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		var b strings.Builder
		for range random.IntN(60_000) {
			b.WriteString([]string{".", ".", "\r\n", "a", "\r\n."}[random.IntN(5)])
		}
		bodies = append(bodies, b.String()+"\r\n")
	}
	for _, lockstep := range []bool{false, true} {
		p := smtptest.Start(t, smtptest.Script{Lockstep: lockstep})
		c := dial(t, server(p))
		for n, body := range bodies {
			answer, err := c.Deliver(within(t), envelope(n), text(body))
			if err != nil || !answer.Success() {
				t.Fatalf("body %d: %s", n, outcome(answer, err))
			}
		}
		for n, m := range p.Mails() {
			if string(m.Body) != bodies[n] {
				t.Errorf("body %d of %d bytes arrived with %d bytes", n, len(bodies[n]), len(m.Body))
			}
		}
	}
}

func TestABodyWithoutALineEndGetsOne(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{})
	if answer, err := dial(t, server(p)).Deliver(within(t), envelope(1), text("Subject: x\r\n\r\nend")); err != nil || !answer.Success() {
		t.Fatal(outcome(answer, err))
	}
	if got, want := string(p.Mails()[0].Body), "Subject: x\r\n\r\nend\r\n"; got != want {
		t.Errorf("%q arrived, want %q", got, want)
	}
}

// pieces is a body that writes itself piece by piece and may fail after them.
type pieces struct {
	all []string
	err error
}

func (p pieces) WriteTo(w io.Writer) (written int64, err error) {
	for _, piece := range p.all {
		n, err := io.WriteString(w, piece)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, p.err
}

// TestABodyInPiecesArrivesAsOne: dots are stuffed and the end is found wherever the pieces are cut.
func TestABodyInPiecesArrivesAsOne(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	p := smtptest.Start(t, smtptest.Script{})
	c := dial(t, server(p))
	var want []string
	for n := range 100 {
		var b strings.Builder
		for range random.IntN(2000) {
			b.WriteString([]string{".", "\r\n", "a", "\r\n.", strings.Repeat("x", random.IntN(1000))}[random.IntN(5)])
		}
		whole := b.String() + "\r\n"
		want = append(want, whole)
		var body pieces
		for rest := whole; rest != ""; {
			length := min(len(rest), random.IntN([]int{4, 200, 100_000}[random.IntN(3)]))
			body.all = append(body.all, rest[:length])
			rest = rest[length:]
		}
		if answer, err := c.Deliver(within(t), envelope(n), body); err != nil || !answer.Success() {
			t.Fatalf("body %d: %s", n, outcome(answer, err))
		}
	}
	for n, m := range p.Mails() {
		if got := string(m.Body); got != want[n] {
			t.Errorf("body %d of %d bytes arrived with %d bytes", n, len(want[n]), len(got))
		}
	}
}

// TestABodyThatCannotBeReadIsNotHeldAgainstTheServer, and nothing of it is taken for a mail.
func TestABodyThatCannotBeReadIsNotHeldAgainstTheServer(t *testing.T) {
	gone := errors.New("the disk is gone")
	for name, length := range map[string]int{"in its first block": 10, "after some blocks": 1 << 20} {
		t.Run(name, func(t *testing.T) {
			p := smtptest.Start(t, smtptest.Script{})
			c := dial(t, server(p))
			_, err := c.Deliver(within(t), envelope(1), pieces{[]string{strings.Repeat("x", length)}, gone})
			var (
				broken *relay.ConnectionError
				source *relay.SourceError
			)
			if !errors.As(err, &broken) || broken.AfterDot || !errors.As(err, &source) || !errors.Is(err, gone) {
				t.Errorf("%#v", err)
			}
			if err := c.Begin(envelope(2)); err == nil {
				t.Error("the connection goes on in the middle of a body")
			}
			if n := len(p.Mails()); n != 0 {
				t.Errorf("%d mails arrived", n)
			}
		})
	}
}
