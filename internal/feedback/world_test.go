package feedback

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/arrival"
	"gonets/internal/delivery"
	"gonets/internal/mailing"
	"gonets/internal/mailingtest"
	"gonets/internal/results"
	"gonets/internal/smtptest"
)

// world is an instance whose mailings go to a real mail server, and the booker of what comes back.
type world struct {
	*mailingtest.World
	server *smtptest.Server
	sender string
	engine *delivery.Engine
	booker *Booker
}

// newWorld makes a world whose sender has a return path of a style; "" is none.
func newWorld(t testing.TB, style string, rules ...smtptest.Rule) *world {
	t.Helper()
	w := &world{World: mailingtest.New(t), server: smtptest.Start(t, smtptest.Script{Rules: rules})}
	fields := map[string]any{}
	if style != "" {
		fields["return_path"], fields["return_path_style"] = "bounces@example.org", style
	}
	w.sender = w.NewSender(w.server, fields)
	w.booker = New(w.App)
	w.engine = delivery.New(w.App)
	w.engine.Start(t.Context())
	t.Cleanup(func() { w.engine.Stop(context.Background()) })
	return w
}

// send sends a new mailing to everyone, waits until it is completed, and returns its e-mails by recipient.
func (w *world) send() (id string, mails map[string]smtptest.Mail) {
	w.T.Helper()
	id = w.NewMailing(map[string]any{"sender": w.sender})
	before := len(w.server.Mails())
	if _, err := w.engine.Launch(w.T.Context(), id, ""); err != nil {
		w.T.Fatal(err)
	}
	w.untilStatus(id, mailing.Completed)
	mails = map[string]smtptest.Mail{}
	for _, m := range w.server.Mails()[before:] {
		mails[m.To[0]] = m
	}
	return id, mails
}

func (w *world) untilStatus(id string, status mailing.Status) {
	w.T.Helper()
	w.Eventually("the mailing is "+string(status), func() bool { return w.progress(id).Status == status })
}

func (w *world) progress(id string) results.Progress {
	w.T.Helper()
	p, err := results.ProgressOf(w.App, id)
	if err != nil {
		w.T.Fatal(err)
	}
	return p
}

var dsn, report = mailingtest.DSN, mailingtest.Report

// complaint is a report of abuse about a mail (RFC 5965).
func complaint(m smtptest.Mail) []byte {
	header, _, _ := bytes.Cut(m.Body, []byte("\r\n\r\n"))
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: feedback@example.net
To: <%s>
Subject: FW: Hello
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is an abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Test/1.0
Version: 1

--b
Content-Type: message/rfc822

Return-Path: <%s>
%s

--b--
`, m.From, m.From, strings.ReplaceAll(string(header), "\r\n", "\n")), "\n", "\r\n"))
}

// take hands in an e-mail by SMTP and returns what became of it.
func (w *world) take(source []byte) arrival.Outcome {
	w.T.Helper()
	outcome, err := w.booker.Take(FromSMTP, "")(w.T.Context(), arrival.Mail{Source: source})
	if err != nil {
		w.T.Fatal(err)
	}
	return outcome
}

// want checks what became of an e-mail.
func (w *world) want(want arrival.Outcome, source []byte) {
	w.T.Helper()
	if got := w.take(source); got != want {
		w.T.Errorf("the e-mail is %q, want %q:\n%s", got, want, source)
	}
}

// wantCounts checks the counters of a mailing, and that they are what its recipients say.
func (w *world) wantCounts(id string, sent, bounced, complained int) {
	w.T.Helper()
	w.Audit(id)
	if p := w.progress(id); p.Sent != sent || p.Bounced != bounced || p.Complained != complained {
		w.T.Errorf("%d sent, %d bounced, %d complained; want %d, %d, %d", p.Sent, p.Bounced, p.Complained, sent, bounced, complained)
	}
}

func (w *world) count(query string, params dbx.Params) (n int) {
	w.T.Helper()
	if err := w.App.ConcurrentDB().NewQuery(query).Bind(params).Row(&n); err != nil {
		w.T.Fatal(err)
	}
	return n
}

func (w *world) sql(query string, params dbx.Params) {
	w.T.Helper()
	if _, err := w.App.NonconcurrentDB().NewQuery(query).Bind(params).Execute(); err != nil {
		w.T.Fatal(err)
	}
}

// at makes the clock of the booker show a time.
func (w *world) at(now time.Time) { w.booker.now = func() time.Time { return now } }
