package relay_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gonets/internal/relay"
	"gonets/internal/smtptest"
)

// TestDial ends in a connection that delivers, or in trouble that names its stage and holds no secret.
func TestDial(t *testing.T) {
	const password = "correct-horse-battery"
	accounts := map[string]string{"gonets": password}
	login := func(s *relay.Server) { s.Username, s.Password = "gonets", password }
	mode := func(m relay.TLSMode) func(*relay.Server) { return func(s *relay.Server) { s.TLS = m } }
	cases := []struct {
		name   string
		script smtptest.Script
		with   []func(*relay.Server)
		// trouble is the beginning of the trouble after the server's name; "" means that mail is delivered.
		trouble string
		// encrypted is what the connection must say of itself.
		encrypted bool
	}{
		{name: "a plain server"},
		{
			name:   "a server without EHLO is greeted with HELO",
			script: smtptest.Script{HeloOnly: true, Lockstep: true},
		},
		{
			name:   "a server that greets in many lines",
			script: smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Connect, smtptest.Say("220 peer.test\nno spam\nplease"))}},
		},
		{
			name:    "421 at the greeting",
			script:  smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Connect, smtptest.SayAndCut("421 4.3.2 too many connections"))}},
			trouble: "greeting: 421 4.3.2 too many connections",
		},
		{
			name:    "554 at the greeting",
			script:  smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Connect, smtptest.SayAndCut("554 5.7.1 go away"))}},
			trouble: "greeting: 554 5.7.1 go away",
		},
		{
			name:    "a web server",
			script:  smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Connect, smtptest.Act{Raw: "HTTP/1.1 400 Bad Request\r\n"})}},
			trouble: `greeting: a reply that does not fit: "HTTP/1.1 400 Bad Request`,
		},
		{
			name:    "a server that hangs up",
			script:  smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Connect, smtptest.Hangup())}},
			trouble: "greeting: the server closed the connection",
		},
		{
			name:    "a server that greets too late",
			script:  smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Connect, smtptest.Stall())}},
			with:    []func(*relay.Server){func(s *relay.Server) { s.Timeouts.Greeting = 50 * time.Millisecond }},
			trouble: "greeting: nothing for 50ms",
		},
		{
			name:    "a server that refuses our name",
			script:  smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Ehlo, smtptest.Say("550 5.7.1 who?"))}},
			trouble: "hello: 550 5.7.1 who?",
		},
		{
			name:    "a server that is busy after EHLO",
			script:  smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.Ehlo, smtptest.SayAndCut("421 4.3.2 busy"))}},
			trouble: "hello: 421 4.3.2 busy",
		},
		{
			name:      "STARTTLS",
			script:    smtptest.Script{TLS: smtptest.StartTLS},
			with:      []func(*relay.Server){mode(relay.TLSStartTLS)},
			encrypted: true,
		},
		{
			name:      "implicit TLS",
			script:    smtptest.Script{TLS: smtptest.Implicit},
			with:      []func(*relay.Server){mode(relay.TLSImplicit)},
			encrypted: true,
		},
		{
			name:      "STARTTLS is used when it is offered",
			script:    smtptest.Script{TLS: smtptest.StartTLS},
			with:      []func(*relay.Server){mode(relay.TLSIfOffered)},
			encrypted: true,
		},
		{
			name: "STARTTLS is done without when it need not be offered",
			with: []func(*relay.Server){mode(relay.TLSIfOffered)},
		},
		{
			name:    "STARTTLS is missing",
			with:    []func(*relay.Server){mode(relay.TLSStartTLS)},
			trouble: "tls: the server does not offer STARTTLS",
		},
		{
			name:    "STARTTLS is taken out of the offers on the way",
			script:  smtptest.Script{TLS: smtptest.StartTLS, Without: []string{"STARTTLS"}},
			with:    []func(*relay.Server){mode(relay.TLSStartTLS)},
			trouble: "tls: the server does not offer STARTTLS",
		},
		{
			name: "STARTTLS is refused",
			script: smtptest.Script{
				TLS:   smtptest.StartTLS,
				Rules: []smtptest.Rule{smtptest.At(smtptest.STARTTLS, smtptest.Say("454 4.7.0 TLS not available"))},
			},
			with:    []func(*relay.Server){mode(relay.TLSStartTLS)},
			trouble: "tls: 454 4.7.0 TLS not available",
		},
		{
			name: "replies are slipped in before the handshake",
			script: smtptest.Script{
				TLS:   smtptest.StartTLS,
				Rules: []smtptest.Rule{smtptest.At(smtptest.STARTTLS, smtptest.Act{Raw: "220 2.0.0 go\r\n250 PIPELINING\r\n"})},
			},
			with:    []func(*relay.Server){mode(relay.TLSStartTLS)},
			trouble: "tls: something was said in clear",
		},
		{
			name: "the handshake is garbage",
			script: smtptest.Script{
				TLS:   smtptest.StartTLS,
				Rules: []smtptest.Rule{smtptest.At(smtptest.Ehlo, smtptest.Act{Raw: "250-peer.test\r\n250 STARTTLS\r\n"}), garbledTLS()},
			},
			with:    []func(*relay.Server){mode(relay.TLSStartTLS)},
			trouble: "tls: ",
		},
		{
			name:    "TLS is expected where none is spoken",
			with:    []func(*relay.Server){mode(relay.TLSImplicit)},
			trouble: "tls: ",
		},
		{
			name:    "the certificate is for somebody else",
			script:  smtptest.Script{TLS: smtptest.StartTLS, CertNames: []string{"mail.example.com"}},
			with:    []func(*relay.Server){mode(relay.TLSStartTLS)},
			trouble: "tls: tls: failed to verify certificate",
		},
		{
			name:    "nobody we trust vouches for the certificate",
			script:  smtptest.Script{TLS: smtptest.Implicit},
			with:    []func(*relay.Server){mode(relay.TLSImplicit), func(s *relay.Server) { s.RootCAs = nil }},
			trouble: "tls: tls: failed to verify certificate",
		},
		{
			name:   "a login with PLAIN, in clear on the same machine",
			script: smtptest.Script{Accounts: accounts, Logins: []string{"PLAIN"}},
			with:   []func(*relay.Server){login},
		},
		{
			name:      "a login with PLAIN over TLS",
			script:    smtptest.Script{Accounts: accounts, TLS: smtptest.StartTLS},
			with:      []func(*relay.Server){login, mode(relay.TLSStartTLS)},
			encrypted: true,
		},
		{
			name:   "a login with LOGIN",
			script: smtptest.Script{Accounts: accounts, Logins: []string{"LOGIN"}},
			with:   []func(*relay.Server){login},
		},
		{
			name:   "a login with CRAM-MD5",
			script: smtptest.Script{Accounts: accounts, Logins: []string{"CRAM-MD5"}},
			with:   []func(*relay.Server){login},
		},
		{
			name:   "a login offered as before there was an RFC",
			script: smtptest.Script{Accounts: accounts, Without: []string{"AUTH"}, Offers: []string{"AUTH=LOGIN PLAIN"}},
			with:   []func(*relay.Server){login},
		},
		{
			name:    "a wrong password",
			script:  smtptest.Script{Accounts: map[string]string{"gonets": "another"}},
			with:    []func(*relay.Server){login},
			trouble: "login: 535 5.7.8 Error: authentication failed",
		},
		{
			name: "a server that repeats the password",
			script: smtptest.Script{Accounts: accounts, Rules: []smtptest.Rule{
				smtptest.At(smtptest.AUTH, smtptest.Say("535 5.7.8 no "+password+" here, nor AGdvbmV0cwBjb3JyZWN0LWhvcnNlLWJhdHRlcnk=")),
			}},
			with:    []func(*relay.Server){login},
			trouble: "login: 535 5.7.8 no … here, nor …",
		},
		{
			name: "a server that repeats the password in garbage",
			script: smtptest.Script{Accounts: accounts, Rules: []smtptest.Rule{
				smtptest.At(smtptest.AUTH, smtptest.Act{Raw: "AGdvbmV0cwBjb3JyZWN0LWhvcnNlLWJhdHRlcnk= " + password + "\r\n"}),
			}},
			with:    []func(*relay.Server){login},
			trouble: "login: a reply that does not fit",
		},
		{
			name:    "a server without a login",
			with:    []func(*relay.Server){login},
			trouble: "login: the server offers no login",
		},
		{
			name:    "a server with logins that are not ours",
			script:  smtptest.Script{Accounts: accounts, Logins: []string{"GSSAPI", "NTLM"}},
			with:    []func(*relay.Server){login},
			trouble: "login: none of the server's ways to log in is ours (PLAIN, LOGIN, CRAM-MD5): it has GSSAPI, NTLM",
		},
		{
			name:    "an unknown TLS mode",
			with:    []func(*relay.Server){mode("maybe")},
			trouble: `connect: unknown TLS mode "maybe"`,
		},
		{
			name:    "a name that would be a command",
			with:    []func(*relay.Server){func(s *relay.Server) { s.LocalName = "me\r\nMAIL FROM:<a@b>" }},
			trouble: "connect: our own name",
		},
		{
			name:    "no host",
			with:    []func(*relay.Server){func(s *relay.Server) { s.Host = "" }},
			trouble: "connect: no mail server is named",
		},
		{
			name:    "no port",
			with:    []func(*relay.Server){func(s *relay.Server) { s.Port = 0 }},
			trouble: "connect: 0 is no TCP port",
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := smtptest.Start(t, tc.script)
			s := server(p)
			for _, change := range tc.with {
				change(&s)
			}
			c, err := relay.Dial(within(t), s)
			if tc.trouble != "" {
				wantTrouble(t, err, s, tc.trouble, password)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			if c.Encrypted() != tc.encrypted {
				t.Errorf("encrypted: %v", c.Encrypted())
			}
			if answer, err := c.Deliver(within(t), envelope(1), smallMail(1)); err != nil || !answer.Success() {
				t.Errorf("a mail: %s", outcome(answer, err))
			}
			if user := p.Mails()[0].User; user != s.Username {
				t.Errorf("the mail came from user %q, want %q", user, s.Username)
			}
		})
	}
}

// garbledTLS is something other than a handshake, well after the go-ahead.
func garbledTLS() smtptest.Rule {
	return smtptest.At(smtptest.STARTTLS, smtptest.Act{Raw: "220 2.0.0 go\r\n", Cut: true})
}

func wantTrouble(t *testing.T, err error, s relay.Server, want string, secrets ...string) {
	t.Helper()
	var trouble *relay.ServerError
	if !errors.As(err, &trouble) {
		t.Fatalf("%v is no *Trouble", err)
	}
	if prefix := fmt.Sprintf("mail server %s: %s", s, want); !strings.HasPrefix(err.Error(), prefix) {
		t.Errorf("%s\nwant: %s…", err, prefix)
	}
	for _, secret := range secrets {
		if strings.Contains(fmt.Sprintf("%+v %+v", err, trouble.Answer), secret) {
			t.Errorf("%s tells a secret", err)
		}
	}
}

func TestDialAServerThatIsDown(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{})
	p.Down()
	_, err := relay.Dial(within(t), server(p))
	wantTrouble(t, err, server(p), "connect: dial tcp")
	if err := p.Up(); err != nil {
		t.Fatal(err)
	}
	dial(t, server(p))
}

func TestDialEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(within(t))
	p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{func(m smtptest.Moment) *smtptest.Act {
		if m.Command != smtptest.Ehlo {
			return nil
		}
		cancel()
		a := smtptest.Stall()
		return &a
	}}})
	_, err := relay.Dial(ctx, server(p))
	wantTrouble(t, err, server(p), "hello: context canceled")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not match context.Canceled", err)
	}
}

// TestAHostWithoutANameGivesItsAddress, and what was said to Dial stays out of logs.
func TestAHostWithoutANameGivesItsAddress(t *testing.T) {
	p := smtptest.Start(t, smtptest.Script{Transcript: true})
	s := server(p)
	s.LocalName, s.Password = "", "hunter2"
	c := dial(t, s)
	if got := p.Commands(); len(got) != 1 || got[0] != "EHLO [127.0.0.1]" {
		t.Errorf("said %q", got)
	}
	if said := fmt.Sprintf("%v %+v %s", s, s, s); strings.Contains(said, "hunter2") {
		t.Errorf("%s tells the password", said)
	}
	if got := c.Greeting().String(); got != "220 peer.test ESMTP" {
		t.Errorf("greeting %q", got)
	}
	if got := c.SizeLimit(); got != 10<<20 {
		t.Errorf("size limit %d", got)
	}
}
