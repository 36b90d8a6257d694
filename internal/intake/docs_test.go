package intake_test

import (
	"errors"
	"fmt"
	"net/smtp"
	"net/textproto"
	"os"
	"regexp"
	"strings"
	"testing"

	"gonets/internal/intake"
	"gonets/internal/mtatest"
	"gonets/internal/smtptest"
)

// block returns the block of docs/bounces.md that has a text in it.
func block(t *testing.T, with string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/bounces.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile("(?ms)^ *```[a-z]*\n(.*?)^ *```").FindAllStringSubmatch(string(page), -1) {
		if strings.Contains(found[1], with) {
			return regexp.MustCompile(`(?m)^   (\S)`).ReplaceAllString(found[1], "$1") // of a list
		}
	}
	t.Fatalf("docs/bounces.md has no block with %q", with)
	return ""
}

// handOver gives a mail server on a port the bounces of all recipients for their return paths, and waits until they are booked.
func (w *world) handOver(port int) {
	w.T.Helper()
	at := fmt.Sprintf("127.0.0.1:%d", port)
	for _, m := range w.mails {
		if err := smtp.SendMail(at, nil, "", []string{m.From}, []byte(dsn(m))); err != nil {
			w.T.Fatalf("%s: %v", m.From, err)
		}
	}
	w.bounced(len(w.mails))
}

func (w *world) listen() (smtp, lmtp int) {
	w.T.Helper()
	servers, err := intake.Listen(w.T.Context(), w.App, w.booker, intake.Addresses{SMTP: "127.0.0.1:0", LMTP: "127.0.0.1:0"})
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(func() { _ = servers.Close() })
	return portOf(servers.Addrs()[0]), portOf(servers.Addrs()[1])
}

// TestPostfixAsDocumented configures a Postfix with the lines of docs/bounces.md.
func TestPostfixAsDocumented(t *testing.T) {
	w := newWorld(t, 2)
	_, lmtp := w.listen()
	here := strings.NewReplacer("/etc/postfix/", "{dir}/", "127.0.0.1:2424", fmt.Sprintf("127.0.0.1:%d", lmtp))
	nowhere := smtptest.Start(t, smtptest.Script{})
	port := mtatest.Postfix(t, mtatest.Config{
		Behind:   nowhere.Port(),
		Settings: []string{"mydestination = example.org", here.Replace(block(t, "transport_maps"))},
		Files:    map[string]string{"bounces": here.Replace(block(t, "lmtp:inet"))},
	})
	w.handOver(port)
	for _, to := range []string{"not-there@example.org", "bounces+x@example.org"} {
		err := smtp.SendMail(fmt.Sprintf("127.0.0.1:%d", port), nil, "", []string{to}, []byte("Subject: x\r\n\r\nx\r\n"))
		if refused := (*textproto.Error)(nil); !errors.As(err, &refused) || refused.Code != 550 {
			t.Errorf("%s is answered %v", to, err)
		}
	}
}

// TestEximAsDocumented configures an Exim with the lines of docs/bounces.md.
func TestEximAsDocumented(t *testing.T) {
	w := newWorld(t, 2)
	port, _ := w.listen()
	lines := strings.ReplaceAll(block(t, "driver = manualroute"), "port = 2525", fmt.Sprintf("port = %d", port))
	router, transport, _ := strings.Cut(lines, "# transport\n")
	nowhere := smtptest.Start(t, smtptest.Script{})
	w.handOver(mtatest.Exim(t, mtatest.Config{
		Behind: nowhere.Port(), Routers: router, Transports: transport, Settings: []string{"qualify_domain = mx.test", "tls_advertise_hosts ="},
	}, ""))
}
