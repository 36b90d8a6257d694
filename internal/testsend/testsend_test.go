package testsend

import (
	"net"
	"strings"
	"testing"
	"time"

	"gonets/internal/compose"
	"gonets/internal/outbox"
	"gonets/internal/relay"
	"gonets/internal/stats"
)

// mood answers by what the address begins with.
func mood(_, rcpt string, _ int) *outbox.Reply {
	switch local, _, _ := strings.Cut(rcpt, "@"); local {
	case "refused":
		return &outbox.Reply{Code: 550, Enhanced: "5.1.1", Text: "No such user"}
	case "later":
		return &outbox.Reply{Stage: outbox.AtEnd, Code: 451, Enhanced: "4.7.1", Text: "Come again"}
	case "hangs":
		return &outbox.Reply{Stage: outbox.AtRecipient}
	case "lost":
		return &outbox.Reply{Stage: outbox.AtEnd}
	}
	return nil
}

func newTest(t *testing.T, to ...string) (testEmail, *outbox.Outbox) {
	t.Helper()
	o, err := outbox.Start(t.Context(), outbox.Options{Rules: mood})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	composer, err := compose.Prepare(compose.Message{
		Subject: "Hi {{ client.email }}", Format: compose.FormatText, Body: "Hi", FromEmail: "news@gonets.example",
	})
	if err != nil {
		t.Fatal(err)
	}
	return testEmail{
		Server: relay.Server{Host: "127.0.0.1", Port: o.Port()},
		From:   "news@gonets.example", Composer: composer, As: compose.Addressee{Email: "client@example.com"}, To: to,
	}, o
}

func TestEveryAddressGetsTheServersWords(t *testing.T) {
	test, o := newTest(t, "refused@example.com", "me@example.com", "hangs@example.com", "later@example.com", "lost@example.com", "you@example.com")
	results, err := test.Send(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		status         stats.Status
		code           int
		enhanced, said string
	}{
		{stats.Failure, 550, "5.1.1", "550 5.1.1 No such user"},
		{stats.Success, 250, "2.0.0", "250 2.0.0 "},
		{stats.Failure, 0, "", "the mail server could not be used (rcpt): "},
		{stats.Failure, 451, "4.7.1", "451 4.7.1 Come again"},
		{stats.Uncertain, 0, "", "the mail server could not be used (body): "},
		{stats.Success, 250, "2.0.0", "250 2.0.0 "},
	} {
		got := results[i]
		if got.Email != test.To[i] || got.Status != want.status || got.Code != want.code || got.EnhancedCode != want.enhanced ||
			!strings.HasPrefix(got.Response, want.said) {
			t.Errorf("%s: %+v", test.To[i], got)
		}
	}
	if n := countReached(results); n != 5 {
		t.Errorf("%d reached the server, want 5", n)
	}
	if mail := o.List(0, 1, "you@example.com").Items[0]; mail.Subject != "Hi client@example.com" {
		t.Errorf("subject %q is not the client's", mail.Subject)
	}
}

func TestNobodyWaitsForAServerThatIsNotThere(t *testing.T) {
	test, o := newTest(t, "a@example.com", "b@example.com")
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	results, err := test.Send(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Status != stats.Failure || !strings.Contains(r.Response, "(connect): ") || strings.Contains(r.Response, "127.0.0.1") {
			t.Errorf("got %+v", r)
		}
	}
	if countReached(results) != 0 {
		t.Errorf("%d reached the server", countReached(results))
	}
}

func TestAServerIsNotNamedWhenItsNameCannotBeLookedUp(t *testing.T) {
	failed := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "mail.secret.example", Server: "192.0.2.53:53"}}
	const want = "the mail server could not be used (connect): the mail server's name could not be looked up"
	if got := words(relay.StageConnect, relay.Answer{}, failed); got != want {
		t.Errorf("got %q", got)
	}
}

func TestAMailThatCannotBeMadeIsSentToNobody(t *testing.T) {
	test, o := newTest(t, "me@example.com", "no address")
	if _, err := test.Send(t.Context(), time.Now()); err == nil {
		t.Error("no error")
	}
	if o.Total() != 0 {
		t.Errorf("%d mails", o.Total())
	}
}
