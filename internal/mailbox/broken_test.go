package mailbox_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"gonets/internal/arrival"
	"gonets/internal/mailbox"
	"gonets/internal/porttest"
	"gonets/internal/relay"
)

// cutting passes on what a server says, and closes each connection after so many bytes of it.
func cutting(t *testing.T, port int, after int64) int {
	t.Helper()
	return serve(t, func(client net.Conn) {
		defer func() { _ = client.Close() }()
		server, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return
		}
		defer func() { _ = server.Close() }()
		go func() { _, _ = io.Copy(server, client) }()
		_, _ = io.CopyN(client, server, after)
	})
}

// serve is a server on a free port, which handles each connection so until the test ends.
func serve(t *testing.T, handle func(net.Conn)) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go handle(conn)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// A connection that breaks off at any moment loses no email, books none twice, and takes no half of one for a whole one.
func TestConnectionsThatBreakOff(t *testing.T) {
	boxes, account := dovecot(t)
	for _, kind := range []mailbox.Kind{mailbox.IMAP, mailbox.POP3} {
		t.Run(string(kind), func(t *testing.T) {
			a := variant(account, boxes, kind, relay.TLSNone)
			a.Username = string(kind)
			at := time.Duration(0)
			a.DeleteAfter = &at
			whole := map[string]bool{}
			var emails []string
			for n := range 6 {
				emails = append(emails, email(n, "bounce")+strings.Repeat("a line of the report\n", 20))
				whole[(arrival.Mail{Source: []byte(emails[n])}).Hash()] = true
			}
			boxes.Deliver(t, a.Username, emails...)
			l := newLedger()
			port, broken := a.Port, 0
			for after := int64(1); after < 5000; after += 149 {
				a.Port = cutting(t, port, after)
				if _, err := mailbox.Read(t.Context(), a, l); err != nil {
					broken++
					var trouble *mailbox.Trouble
					if !errors.As(err, &trouble) || trouble.Stage == mailbox.StageBook {
						t.Fatalf("cut after %d bytes: %v", after, err)
					}
				}
			}
			a.Port = port
			if _, err := mailbox.Read(t.Context(), a, l); err != nil {
				t.Fatal(err)
			}
			if broken == 0 || len(l.booked) != len(emails) || boxes.Left(t, a.Username) != 0 {
				t.Errorf("%d connections broke off, %d emails are booked, %d are left", broken, len(l.booked), boxes.Left(t, a.Username))
			}
			for _, source := range l.booked {
				if !whole[(arrival.Mail{Source: []byte(source)}).Hash()] {
					t.Errorf("half an email was handed on: %q", source)
				}
			}
		})
	}
}

// fake is a server of IMAP that answers the commands so; it ends a reply without "%s OK" for the tag by hanging up.
func fake(t *testing.T, answers map[string]string) mailbox.Account {
	t.Helper()
	return mailbox.Account{
		Kind: mailbox.IMAP, Host: "127.0.0.1", Port: serve(t, func(conn net.Conn) { talk(conn, answers) }), TLS: relay.TLSNone,
		Username: "ann", Password: "a-secret", Timeout: 2 * time.Second,
	}
}

func talk(conn net.Conn, answers map[string]string) {
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "* OK [CAPABILITY IMAP4rev1 ESEARCH UIDPLUS] ready\r\n"); err != nil {
		return
	}
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		words := append(strings.Fields(line), "", "")
		verb := words[1]
		if verb == "UID" {
			verb = words[2]
		}
		answer, ok := answers[verb]
		switch {
		case !ok && verb == "SELECT":
			answer = "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n{tag} OK\r\n"
		case !ok && verb == "CAPABILITY":
			answer = "* CAPABILITY IMAP4rev1 ESEARCH UIDPLUS\r\n{tag} OK\r\n"
		case !ok:
			answer = "{tag} OK\r\n"
		}
		if _, err := io.WriteString(conn, strings.ReplaceAll(answer, "{tag}", words[0])); err != nil || !strings.Contains(answer, "{tag}") {
			return
		}
	}
}

func TestStrangeIMAPServers(t *testing.T) {
	found := "* ESEARCH (TAG \"{tag}\") UID ALL 5\r\n{tag} OK\r\n"
	for name, c := range map[string]struct {
		answers map[string]string
		stage   mailbox.Stage
		want    string
	}{
		"has four billion emails": {
			map[string]string{"SEARCH": "* ESEARCH (TAG \"{tag}\") UID ALL 1:4294967295\r\n{tag} OK\r\n"}, mailbox.StageRead, "more than",
		},
		"lists without end": {
			map[string]string{"SEARCH": "* SEARCH " + strings.Repeat("4294967295 ", 4<<20) + "\r\n{tag} OK\r\n"}, mailbox.StageRead, "says more",
		},
		"has a line without end": {
			map[string]string{"LOGIN": "* OK " + strings.Repeat("x", 2<<20)}, mailbox.StageLogin, "says more",
		},
		"breaks off in brackets": {
			map[string]string{"SELECT": "* OK [UIDVALIDITY"}, mailbox.StageFolder, "",
		},
		"breaks off in an email": {
			map[string]string{"SEARCH": found, "FETCH": "* 1 FETCH (UID 5 BODY[]<0> {1000}\r\nSubject: bounce\r\n"}, mailbox.StageRead, "unexpected EOF",
		},
		"repeats the password": {
			map[string]string{"LOGIN": "{tag} NO what is a-secret?\r\n"}, mailbox.StageLogin, "what is …?",
		},
		"has no UIDVALIDITY": {
			map[string]string{"SELECT": "* 1 EXISTS\r\n{tag} OK\r\n"}, mailbox.StageFolder, "UIDVALIDITY",
		},
		"is silent": {
			map[string]string{"SEARCH": "* OK {tag} still here\r\n"}, mailbox.StageRead, "did not answer within",
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			a := fake(t, c.answers)
			if c.want == "says more" { // how long it takes to say so much is not what this is about
				a.Timeout = time.Minute
			}
			_, err := mailbox.Read(t.Context(), a, l)
			var trouble *mailbox.Trouble
			if !errors.As(err, &trouble) || trouble.Stage != c.stage || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q at %s", err, c.want, c.stage)
			}
			if l.taken != 0 {
				t.Errorf("%d emails were handed on: %q", l.taken, l.booked)
			}
		})
	}
}

// Nothing that was said in clear counts after STARTTLS, and nobody gets something into the encrypted connection.
func TestSTARTTLSIsNotFooled(t *testing.T) {
	for name, answer := range map[string]string{
		"not offered":            "{tag} BAD what?\r\n",
		"said too early":         "{tag} OK begin\r\n* PREAUTH welcome\r\n",
		"broken off":             "* OK",
		"no answer in 200 lines": strings.Repeat("* OK wait\r\n", 200) + "{tag}",
	} {
		t.Run(name, func(t *testing.T) {
			a := fake(t, map[string]string{"STARTTLS": answer})
			a.TLS = relay.TLSStartTLS
			var trouble *mailbox.Trouble
			if err := mailbox.Test(t.Context(), a); !errors.As(err, &trouble) || trouble.Stage != mailbox.StageTLS {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A server that answers with more than was asked for cannot hand us emails that it did not list.
func TestOnlyEmailsThatWereAskedForAreRead(t *testing.T) {
	one := "BODY[]<0> {8}\r\nbounce\r\n)\r\n"
	l := newLedger()
	_, err := mailbox.Read(t.Context(), fake(t, map[string]string{
		"SEARCH": "* ESEARCH (TAG \"{tag}\") UID ALL 5\r\n{tag} OK\r\n",
		"FETCH":  "* 1 FETCH (UID 5 " + one + "* 2 FETCH (UID 6 " + one + "* 1 FETCH (UID 5 " + one + "{tag} OK\r\n",
	}), l)
	if err != nil || l.taken != 1 || l.notes["7/5"].Outcome != arrival.Booked {
		t.Errorf("%d emails were handed on: %v, %v", l.taken, l.notes, err)
	}
}

// After a failure the next try comes later and later, and at once if somebody asks for it.
func TestRetriesComeLaterAndLater(t *testing.T) {
	a := mailbox.Account{Kind: mailbox.POP3, Host: "127.0.0.1", Port: porttest.Free(t), TLS: relay.TLSNone}
	w := mailbox.NewWatcher(a, newLedger())
	w.FirstRetry, w.LastRetry = time.Millisecond, 5*time.Millisecond
	reports := watched(t, w)
	for n, want := range []time.Duration{1, 2, 4, 5, 5} {
		if r := <-reports; r.err == nil || r.retry != want*time.Millisecond {
			t.Fatalf("failure %d: %v, the next try in %s", n, r.err, r.retry)
		}
	}
	slow := mailbox.NewWatcher(a, newLedger())
	slow.FirstRetry = time.Hour
	reports = watched(t, slow)
	<-reports
	slow.ReadNow()
	<-reports
}

// An email is deleted in two steps, and a connection can break off between them: what is marked then goes with the next pass.
// What somebody else has marked stays.
func TestWhatIsOnlyMarkedIsDeletedLater(t *testing.T) {
	for name, capabilities := range map[string]string{"UIDPLUS": "IMAP4rev1 SASL-IR LITERAL+ UIDPLUS", "without": "IMAP4rev1 SASL-IR LITERAL+"} {
		t.Run(name, func(t *testing.T) {
			boxes, account := dovecot(t, "imap_capability = "+capabilities)
			account = variant(account, boxes, mailbox.IMAP, relay.TLSNone)
			at := time.Duration(0)
			account.DeleteAfter = &at
			boxes.Deliver(t, "ann", email(1, "bounce"), email(2, "bounce"))
			l := newLedger()
			cut := account
			cut.Port = serve(t, func(client net.Conn) {
				defer func() { _ = client.Close() }()
				server, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", account.Port))
				if err != nil {
					return
				}
				defer func() { _ = server.Close() }()
				go func() { _, _ = io.Copy(client, server) }()
				for lines := bufio.NewReader(client); ; {
					line, err := lines.ReadString('\n')
					if err != nil || strings.Contains(line, "EXPUNGE") {
						return
					}
					if _, err := io.WriteString(server, line); err != nil {
						return
					}
				}
			})
			if _, err := mailbox.Read(t.Context(), cut, l); err == nil {
				t.Fatal("the connection did not break off")
			}
			if left := boxes.Left(t, "ann"); left != 2 {
				t.Fatalf("%d emails are left of two that are marked", left)
			}
			mustRead(t, account, l, mailbox.Pass{Deleted: 2})
			if left := boxes.Left(t, "ann"); left != 0 {
				t.Errorf("%d emails are left", left)
			}

			boxes.Deliver(t, "ann", email(3, "hello"), email(4, "bounce"))
			boxes.MarkDeleted(t, "ann", "hello")
			want := mailbox.Pass{Booked: 1, Deleted: 1}
			if name == "without" {
				want.Deleted = 0 // else that of somebody else would go too
			}
			mustRead(t, account, l, want)
			if left := boxes.Left(t, "ann"); left != 2-want.Deleted {
				t.Errorf("%d emails are left beside what somebody else has marked", left)
			}
		})
	}
}
