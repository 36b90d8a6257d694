package intake_test

import (
	"errors"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"

	"gonets/internal/intake"
)

// TestListen takes bounces of a real mailing by SMTP: what is answered 250 is booked then, and everything that is not for one
// of our return paths is refused, forged tokens too.
func TestListen(t *testing.T) {
	w := newWorld(t, 2)
	servers, err := intake.Listen(t.Context(), w.App, w.booker, intake.Addresses{SMTP: "127.0.0.1:0", LMTP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = servers.Close() })
	at := servers.Addrs()[0].String()
	send := func(to, mail string) int {
		err := smtp.SendMail(at, nil, "", []string{to}, []byte(mail))
		var answer *textproto.Error
		if err != nil && !errors.As(err, &answer) {
			t.Fatal(err)
		}
		if answer != nil {
			return answer.Code
		}
		return 250
	}
	path, other := w.mails[0].From, w.mails[1].From
	forged := []byte(path)
	forged[strings.IndexByte(path, '@')-1] ^= 1
	for to, want := range map[string]int{
		"ann@example.org": 550, "bounces@example.net": 550, string(forged): 550, path: 250,
	} {
		if got := send(to, dsn(w.mails[0])); got != want {
			t.Errorf("%s is answered %d, want %d", to, got, want)
		}
		if to == path && w.progress().Bounced != 1 {
			t.Error("answered 250, and not booked")
		}
	}
	if got := send(strings.ToUpper(path), dsn(w.mails[0])); got != 250 || w.progress().Bounced != 1 {
		t.Errorf("the same once more is answered %d, and %d have bounced", got, w.progress().Bounced)
	}
	if got := send(other, "Subject: hello\r\n\r\nA mail of a person.\r\n"); got != 550 {
		t.Errorf("what is no bounce is answered %d", got)
	}

	for flag, at := range map[string]intake.Addresses{
		"--bounce-listen " + at: {SMTP: at}, "--bounce-lmtp " + at: {SMTP: "127.0.0.1:0", LMTP: at}, "HOST:PORT": {LMTP: "2525"},
	} {
		if _, err := intake.Listen(t.Context(), w.App, w.booker, at); err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("%+v: %v, want %q in it", at, err, flag)
		}
	}
	if err := servers.Close(); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", at); err == nil {
		t.Error("it still listens")
	}
}
