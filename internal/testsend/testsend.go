// Package testsend sends a mail to try it out: at once, to a few addresses, without the engine and
// without a trace in the records of any mailing.
package testsend

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"gonets/internal/compose"
	"gonets/internal/relay"
	"gonets/internal/stats"
)

// MaxAddresses is how many addresses one test goes to at most.
const MaxAddresses = 10

// marker is the header line by which a test can be told from the mail that it tests. It stands above
// the DKIM signature, which so stays valid.
const marker = "X-Gonets-Test: yes\r\n"

// skipped is the status of an address that is on the stop list; the other statuses are those of attempts.
const skipped stats.Status = "skipped"

// Result is what became of one address, in the mail server's words.
type Result struct {
	Email        string       `json:"email"`
	Status       stats.Status `json:"status"` // success, failure, uncertain or skipped
	Code         int          `json:"code"`   // 0 when the server said nothing
	EnhancedCode string       `json:"enhanced_code"`
	Response     string       `json:"response"`
}

// reached tells whether the mail came as far as a mail server.
func (r Result) reached() bool {
	return r.Status != skipped && (r.Code != 0 || r.Status != stats.Failure)
}

// countReached counts the results that a mail server had a part in.
func countReached(results []Result) int {
	n := 0
	for _, r := range results {
		if r.reached() {
			n++
		}
	}
	return n
}

// countAccepted counts the results whose mail a mail server took, or may have taken.
func countAccepted(results []Result) int {
	n := 0
	for _, r := range results {
		if r.Status == stats.Success || r.Status == stats.Uncertain {
			n++
		}
	}
	return n
}

// testEmail is a mail and where to send it.
type testEmail struct {
	Server   relay.Server
	From     string            // of the envelope
	Composer *compose.Composer // of the mail
	As       compose.Addressee // whom it is rendered for; the mail itself goes To whom it is sent
	To       []string          // addresses, at most MaxAddresses
}

// Send sends the mail to each address, over one connection as long as it holds, and returns a result
// for every one. The error is that of a mail which cannot be made; then nothing has been sent. One mail is in
// memory at a time, without its attachments.
func (t testEmail) Send(ctx context.Context, now time.Time) ([]Result, error) {
	// Made once to see that it can be, before the first is sent.
	for _, to := range t.To {
		if _, err := t.mail(to, now); err != nil {
			return nil, err
		}
	}
	c := conversation{server: t.Server}
	defer c.end(ctx)
	results := make([]Result, len(t.To))
	for i, to := range t.To {
		mail, err := t.mail(to, now)
		if err != nil {
			results[i] = Result{Email: to, Status: stats.Failure, Response: err.Error()}
			continue
		}
		results[i] = c.deliver(ctx, relay.Envelope{From: t.From, To: to, Size: mail.size()}, mail)
	}
	return results, nil
}

// mail makes the mail to an address.
func (t testEmail) mail(to string, now time.Time) (*marked, error) {
	who := t.As
	who.To = to
	// A mailbox that has seen the Message-ID before would hide the second test of the same mail.
	who.Mailing, who.Client = "test", rand.Text()
	mail, err := t.Composer.Compose(nil, who, now)
	if err != nil {
		return nil, fmt.Errorf("make the mail to %s: %w", to, err)
	}
	return &marked{mail}, nil
}

// marked is a mail below the line that marks it as a test.
type marked struct{ compose.Email }

func (m *marked) size() int64 { return int64(len(marker)) + m.Email.Size() }

// WriteTo writes the line and the mail.
func (m *marked) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, marker)
	if err != nil {
		return int64(n), err
	}
	rest, err := m.Email.WriteTo(w)
	return int64(n) + rest, err
}

// conversation is a connection that is opened when it is needed.
type conversation struct {
	server relay.Server
	conn   *relay.Conn
	// trouble is why there is no connection and will be none: nobody else is made to wait for it.
	trouble *relay.ServerError
}

func (c *conversation) deliver(ctx context.Context, e relay.Envelope, mail io.WriterTo) Result {
	if err := c.open(ctx); err != nil {
		return Result{
			Email: e.To, Status: stats.Failure,
			Code: c.trouble.Answer.Code, EnhancedCode: c.trouble.Answer.Enhanced, Response: words(c.trouble.Stage, c.trouble.Answer, c.trouble.Err),
		}
	}
	answer, err := c.conn.Deliver(ctx, e, mail)
	if err == nil {
		r := Result{Email: e.To, Status: stats.Failure, Code: answer.Code, EnhancedCode: answer.Enhanced, Response: answer.String()}
		if answer.Success() {
			r.Status = stats.Success
		}
		return r
	}
	r := Result{Email: e.To, Status: stats.Failure, Response: err.Error()}
	var (
		broken *relay.ConnectionError
		source *relay.SourceError
	)
	switch {
	case errors.As(err, &source):
		r.Response = "an attachment could not be read, and the mail was not sent" // where it is kept is the operator's business
	case errors.As(err, &broken):
		r.Code, r.EnhancedCode, r.Response = broken.Answer.Code, broken.Answer.Enhanced, words(broken.Stage, broken.Answer, broken.Err)
		if broken.AfterDot {
			r.Status = stats.Uncertain
		}
	}
	_ = c.conn.Close()
	c.conn = nil
	return r
}

// open connects unless there is a connection or no hope for one.
func (c *conversation) open(ctx context.Context) error {
	if c.trouble != nil {
		return c.trouble
	}
	if c.conn != nil {
		return nil
	}
	conn, err := relay.Dial(ctx, c.server)
	if err != nil {
		if !errors.As(err, &c.trouble) {
			c.trouble = &relay.ServerError{Stage: relay.StageConnect, Err: err}
		}
		return err
	}
	c.conn = conn
	return nil
}

func (c *conversation) end(ctx context.Context) {
	if c.conn != nil {
		_ = c.conn.Quit(ctx)
	}
}

// words say what went wrong with the mail server, but not where it is: that is the operator's business.
func words(stage relay.Stage, answer relay.Answer, err error) string {
	if answer.Code != 0 {
		return answer.String()
	}
	var (
		network *net.OpError
		lookup  *net.DNSError
	)
	switch {
	case errors.As(err, &lookup):
		err = errors.New("the mail server's name could not be looked up")
	case errors.As(err, &network):
		err = network.Err
	}
	return fmt.Sprintf("the mail server could not be used (%s): %v", stage, err)
}
