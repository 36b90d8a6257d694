package relay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"gonets/internal/relay"
	"gonets/internal/smtptest"
)

// patience bounds what a test waits for; reaching it is a failure.
const patience = 30 * time.Second

// server is a peer as a mail server to dial.
func server(p *smtptest.Server) relay.Server {
	return relay.Server{Host: p.Host(), Port: p.Port(), LocalName: "gonets.test", RootCAs: p.Roots()}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func dial(t *testing.T, s relay.Server) *relay.Conn {
	t.Helper()
	c, err := relay.Dial(within(t), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// envelope is the nth of a test.
func envelope(n int) relay.Envelope {
	return relay.Envelope{From: "news@example.org", To: fmt.Sprintf("reader%d@example.com", n)}
}

func smallMail(n int) text {
	return fmt.Appendf(nil, "Subject: Message %d\r\n\r\nHello, reader %d\r\n.\r\n..and a dot\r\n", n, n)
}

// text is a body that is in memory as a whole.
type text []byte

func (t text) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(t)
	return int64(n), err
}

// outcome puts what became of a mail into words.
func outcome(a relay.Answer, err error) string {
	var broken *relay.ConnectionError
	switch {
	case errors.As(err, &broken) && broken.AfterDot:
		return "uncertain"
	case errors.As(err, &broken) && broken.Answer.Code != 0:
		return fmt.Sprintf("untouched, server said %d at %s", broken.Answer.Code, broken.Stage)
	case errors.As(err, &broken):
		return "untouched, broken at " + string(broken.Stage)
	case err != nil:
		return err.Error()
	}
	return fmt.Sprintf("%s at %s: %s", a.Kind(), a.Stage, a)
}

// sendThree sends three mails, each opened along with the end of the one before. One that a broken connection left
// untouched is sent again over a new one; of the second, the first result counts.
func sendThree(t *testing.T, p *smtptest.Server) [3]string {
	t.Helper()
	ctx := within(t)
	var results [3]string
	c := dial(t, server(p))
	begun := false
	for n := 0; n < 3; {
		answer, err := relay.Answer{}, error(nil)
		if !begun {
			err = c.Begin(envelope(n + 1))
		}
		if err == nil {
			answer, err = c.Begun(ctx)
		}
		begun = false
		if err == nil && answer.Open() {
			next := envelope(n + 2)
			answer, err = c.Finish(ctx, smallMail(n+1), &next)
			begun = err == nil
		}
		if n != 1 || results[n] == "" {
			results[n] = outcome(answer, err)
		}
		var broken *relay.ConnectionError
		if errors.As(err, &broken) {
			c = dial(t, server(p))
		}
		if broken == nil || broken.AfterDot {
			n++
		}
	}
	c.Abandon()
	if err := c.Quit(ctx); err != nil {
		t.Errorf("quit: %v", err)
	}
	return results
}

// arrived checks that the server has each mail once, whole, and with its own envelope.
func arrived(t *testing.T, p *smtptest.Server, second bool) {
	t.Helper()
	var want []int
	for n := 1; n <= 3; n++ {
		if n != 2 || second {
			want = append(want, n)
		}
	}
	mails, err := p.WaitMails(within(t), len(want))
	if err != nil {
		t.Fatal(err)
	}
	if len(mails) != len(want) {
		t.Fatalf("%d mails arrived, want %d", len(mails), len(want))
	}
	for i, n := range want {
		e, m := envelope(n), mails[i]
		if m.From != e.From || len(m.To) != 1 || m.To[0] != e.To {
			t.Errorf("envelope %d arrived as %s → %v", n, m.From, m.To)
		}
		if string(m.Body) != string(smallMail(n)) {
			t.Errorf("email %d arrived as %q", n, m.Body)
		}
	}
}
