package sender

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"gonets/internal/porttest"
	"gonets/internal/relay"
	"gonets/internal/smtptest"
)

func TestWhatIsWrongWithAMailServerIsAWord(t *testing.T) {
	t.Parallel()
	open := smtptest.Start(t, smtptest.Script{})
	secure := smtptest.Start(t, smtptest.Script{TLS: smtptest.Implicit})
	other := smtptest.Start(t, smtptest.Script{TLS: smtptest.Implicit, CertNames: []string{"mail.example.org"}})
	login := smtptest.Start(t, smtptest.Script{TLS: smtptest.Implicit, Accounts: map[string]string{"anna": "secret"}})
	port := porttest.Free(t)
	for _, c := range []struct {
		name, want string
		server     relay.Server
	}{
		{"nothing listens there", "closed_port", relay.Server{Host: "127.0.0.1", Port: port, TLS: relay.TLSNone}},
		{"there is no such name", "no_such_host", relay.Server{Host: "mail.invalid", Port: 25, TLS: relay.TLSNone}},
		{"nobody knows who has certified it", "certificate_unknown", relay.Server{Host: "127.0.0.1", Port: secure.Port(), TLS: relay.TLSImplicit}},
		{"the certificate is for another name", "certificate_name", relay.Server{Host: "127.0.0.1", Port: other.Port(), TLS: relay.TLSImplicit, RootCAs: other.Roots()}},
		{"it speaks in clear", "not_tls", relay.Server{Host: "127.0.0.1", Port: open.Port(), TLS: relay.TLSImplicit}},
		{"it offers no encryption", "no_starttls", relay.Server{Host: "127.0.0.1", Port: open.Port(), TLS: relay.TLSStartTLS}},
		{"it offers no login", "no_login", relay.Server{Host: "127.0.0.1", Port: open.Port(), TLS: relay.TLSNone, Username: "anna"}},
		{"the password is wrong", "wrong_password", relay.Server{Host: "127.0.0.1", Port: login.Port(), TLS: relay.TLSImplicit, RootCAs: login.Roots(), Username: "anna", Password: "guess"}},
	} {
		_, err := relay.Dial(t.Context(), c.server)
		var trouble *relay.ServerError
		if !errors.As(err, &trouble) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := reasonOf(trouble)
		if c.want == "no_such_host" && got == "dns" {
			continue // a machine without a name server
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.name, got, c.want, err)
		}
	}
}

func TestANameServerThatDoesNotAnswerIsToldFromANameThatIsNotThere(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", silent.LocalAddr().String())
	}}
	begun := time.Now()
	_, err = relay.Dial(t.Context(), relay.Server{Host: "mail.example.org", Port: 25, TLS: relay.TLSNone, Timeouts: relay.Timeouts{Connect: time.Second}})
	var trouble *relay.ServerError
	if !errors.As(err, &trouble) || reasonOf(trouble) != "dns" {
		t.Errorf("it is told so: %v", err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("with a second for the connection it took %v", took)
	}
}
