package submission

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"gonets/internal/delivery"
	"gonets/internal/dkim"
	"gonets/internal/mailingtest"
	"gonets/internal/smtptest"
	"gonets/internal/token"
	"gonets/internal/transactional"
)

// world is an instance that takes e-mails by SMTP, and sends them to a mail server. Its owner may send as news@example.org.
type world struct {
	*mailingtest.World
	peer   *smtptest.Server
	in     *server
	key    dkim.Key // of example.org
	secret string   // of a token with the scope send
	// certificate is that of the server with TLS.
	certificate []byte
}

// newWorld takes e-mails without TLS, or only with it.
func newWorld(t *testing.T, secure bool) *world {
	t.Helper()
	w := &world{World: mailingtest.New(t), peer: smtptest.Start(t, smtptest.Script{SizeLimit: 40 << 20})}
	private, err := dkim.MakeEd25519()
	if err != nil {
		t.Fatal(err)
	}
	w.key = dkim.Key{Domain: "example.org", Selector: "s1", PrivateKey: private}
	w.NewSender(w.peer, map[string]any{"dkim_domain": "example.org", "dkim_selector": "s1", "dkim_key": private})
	w.SetUser("transactional_quota", 1000)
	w.secret = w.token(token.Send)
	engine := delivery.New(w.App)
	engine.Start(t.Context())
	t.Cleanup(func() { engine.Stop(context.Background()) })
	cert, _, err := smtptest.Certificate([]string{"127.0.0.1", "localhost"})
	if err != nil {
		t.Fatal(err)
	}
	w.certificate = cert.Certificate[0]
	var encryption *tls.Config
	if secure {
		encryption = &tls.Config{Certificates: []tls.Certificate{cert}}
	}
	if w.in, err = start(w.App, transactional.New(w.App, engine.WakeForCalls), "127.0.0.1:0", encryption, secure); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.in.Close() })
	return w
}

func (w *world) token(scopes ...token.Scope) string {
	w.T.Helper()
	_, secret, err := token.Make(w.App, w.Owner, "program", scopes, time.Time{})
	if err != nil {
		w.T.Fatal(err)
	}
	return secret
}

func (w *world) port() int { return w.in.smtp.Addr().(*net.TCPAddr).Port }

// arrived waits until the mail server has so many e-mails, and returns the last.
func (w *world) arrived(n int) smtptest.Mail {
	w.T.Helper()
	ctx, cancel := context.WithTimeout(w.T.Context(), 30*time.Second)
	defer cancel()
	mails, err := w.peer.WaitMails(ctx, n)
	if err != nil {
		w.T.Fatal(err)
	}
	return mails[n-1]
}

func (w *world) calls() []*transactional.Line {
	w.T.Helper()
	page, err := transactional.List(w.T.Context(), w.App, transactional.Query{Owner: w.Owner})
	if err != nil {
		w.T.Fatal(err)
	}
	return page.Items
}

// talk is a client that says exactly what the test says.
type talk struct {
	t *testing.T
	*textproto.Conn
	net net.Conn
}

func (w *world) dial(t *testing.T) *talk {
	t.Helper()
	conn, err := net.Dial("tcp", w.in.smtp.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	c := &talk{t, textproto.NewConn(conn), conn}
	c.answers("", "220 ")
	c.says("EHLO program.test", "250 ")
	return c
}

// signedIn is a client that has signed in.
func (w *world) signedIn(t *testing.T) *talk {
	t.Helper()
	c := w.dial(t)
	c.says("AUTH PLAIN "+plain(w.secret), "235 ")
	return c
}

// says sends a line and checks how the answer begins.
func (c *talk) says(line, want string) string {
	c.t.Helper()
	if _, err := fmt.Fprintf(c.net, "%s\r\n", line); err != nil {
		c.t.Fatalf("%.60q: %v", line, err)
	}
	return c.answers(line, want)
}

func (c *talk) answers(line, want string) string {
	c.t.Helper()
	all := ""
	for {
		got, err := c.ReadLine()
		if err != nil {
			c.t.Fatalf("%.60q: %v", line, err)
		}
		all += got + "\n"
		if len(got) < 4 || got[3] != '-' {
			if !strings.HasPrefix(got, want) {
				c.t.Errorf("%.60q is answered %q, want %q", line, got, want)
			}
			return all
		}
	}
}

// mails hands over an e-mail and checks how its end is answered.
func (c *talk) mails(to, source, want string) string {
	c.t.Helper()
	c.says("MAIL FROM:<www-data@program.test>", "250 ")
	for address := range strings.SplitSeq(to, " ") {
		c.says("RCPT TO:<"+address+">", "250 ")
	}
	c.says("DATA", "354 ")
	if source != "" && !strings.HasSuffix(source, "\n") {
		source += "\n"
	}
	return c.says(strings.ReplaceAll(source, "\n", "\r\n")+".", want)
}
