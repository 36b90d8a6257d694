package sender

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/denial"
	"gonets/internal/relay"
)

// TestResult is how it went to try a sender out. It says where the mail server is, so it is for the
// operator only.
type TestResult struct {
	OK bool `json:"ok"`
	// Stage is how far it came: connect, greeting, hello, tls, login, mail, rcpt, data, body.
	Stage relay.Stage `json:"stage"`
	// Reason is what is wrong in one word, as far as it is known: one of the reasons of reasonOf, or "".
	Reason       string `json:"reason"`
	Code         int    `json:"code"` // 0 when the server said nothing
	EnhancedCode string `json:"enhanced_code"`
	Response     string `json:"response"`
	Encrypted    bool   `json:"encrypted"`
	Pipelining   bool   `json:"pipelining"`
	DurationMs   int64  `json:"duration_ms"`
}

// Test connects with a sender's mail server, logs in, and, when to is not empty, sends a short mail
// there. "" is PocketBase's own mail settings. It fails only when there is no such sender or its
// settings cannot be used; what the server does is in the answer.
func Test(ctx context.Context, app core.App, id, to string) (TestResult, error) {
	a, err := Of(app, id)
	if err != nil {
		return TestResult{}, err
	}
	composer, err := compose.Prepare(compose.Message{
		Subject: "Gonets: the sender works", Format: compose.FormatText,
		Body:     "This mail was sent to try out a mail server account. If you can read it, it works.",
		FromName: a.FromName, FromEmail: a.FromEmail, ReplyTo: a.ReplyTo, DKIM: a.DKIM,
	})
	if err != nil {
		return TestResult{}, denial.BadRequest("letter_unusable", "", "the settings of the sender cannot be used: %s", err)
	}
	begin := time.Now()
	t := a.try(ctx, composer, to)
	t.DurationMs = time.Since(begin).Milliseconds()
	return t, nil
}

func (a *Account) try(ctx context.Context, composer *compose.Composer, to string) TestResult {
	conn, err := relay.Dial(ctx, a.Server)
	var trouble *relay.ServerError
	if errors.As(err, &trouble) {
		return TestResult{Stage: trouble.Stage, Code: trouble.Answer.Code, EnhancedCode: trouble.Answer.Enhanced, Response: trouble.Error(), Reason: reasonOf(trouble)}
	}
	if err != nil {
		return TestResult{Stage: relay.StageConnect, Response: err.Error()}
	}
	defer func() { _ = conn.Quit(ctx) }()
	t := TestResult{Encrypted: conn.Encrypted(), Pipelining: conn.Pipelining()}
	answer := conn.Greeting()
	t.OK = true
	if to != "" {
		if answer, err = a.deliver(ctx, conn, composer, to); err != nil {
			b := relay.ConnectionErrorOf(err)
			t.OK, t.Stage, t.Response = false, b.Stage, b.Error()
			return t
		}
		t.OK = answer.Success()
	}
	t.Stage, t.Code, t.EnhancedCode, t.Response = answer.Stage, answer.Code, answer.Enhanced, answer.String()
	return t
}

func (a *Account) deliver(ctx context.Context, conn *relay.Conn, composer *compose.Composer, to string) (relay.Answer, error) {
	now := time.Now()
	mail, err := composer.Compose(nil, compose.Addressee{Mailing: "trial", Client: fmt.Sprint(now.UnixNano()), Email: to}, now)
	if err != nil {
		return relay.Answer{}, err
	}
	return conn.Deliver(ctx, relay.Envelope{From: a.EnvelopeFrom(), To: to}, &mail)
}
