package bounce_test

import (
	"context"
	"fmt"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonets/internal/bounce"
	"gonets/internal/mtatest"
	"gonets/internal/smtptest"
)

// returnPath is what the emails of these tests are sent with; their reports come back to it.
const returnPath = "bounces+mzxw6ytboi@news.example"

// refusing is the mail server behind the one that is tested. It takes every report, and refuses by the recipient's name.
func refusing(m smtptest.Moment) *smtptest.Act {
	if m.Command != smtptest.RCPT || m.To == returnPath {
		return nil
	}
	name, _, _ := strings.Cut(m.To, "@")
	said := map[string]string{
		"unknown": "550 5.1.1 <unknown@example.com>: Recipient address rejected: User unknown in virtual mailbox table",
		"gone":    "550 This account has been closed",
		"full":    "552 5.2.2 Mailbox full",
		"spam":    "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
		"later":   "450 4.2.0 Greylisted, see http://postgrey.example/help",
	}[name]
	if said == "" {
		return nil
	}
	return &smtptest.Act{Reply: said}
}

// fates is what a report has to say of each recipient.
var fates = map[string]bounce.Kind{
	"unknown@example.com": bounce.Hard, "gone@example.com": bounce.Hard, "full@example.com": bounce.Soft,
	"spam@example.com": bounce.Block, "later@example.com": bounce.Soft,
}

func TestPostfixReports(t *testing.T) {
	t.Parallel()
	behind := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{refusing}})
	port := mtatest.Postfix(t, mtatest.Config{Behind: behind.Port(), Settings: []string{"maximal_queue_lifetime = 0", "bounce_queue_lifetime = 0"}})
	checkReports(t, port, behind, "postfix")
}

func TestEximReports(t *testing.T) {
	t.Parallel()
	behind := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{refusing}})
	port := mtatest.Exim(t, mtatest.Config{Behind: behind.Port(), Settings: []string{"qualify_domain = mx.test", "tls_advertise_hosts ="}}, "")
	checkReports(t, port, behind, "exim")
}

func TestPostfixWarnsOfADelay(t *testing.T) {
	t.Parallel()
	behind := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{refusing}})
	port := mtatest.Postfix(t, mtatest.Config{Behind: behind.Port(), Settings: []string{
		"delay_warning_time = 1s", "queue_run_delay = 1s", "minimal_backoff_time = 1s", "maximal_backoff_time = 1s",
	}})
	send(t, port, []string{"later@example.com"})
	for _, m := range reports(t, behind, 1) {
		keep(t, "postfix-delayed", m)
		r := bounce.Parse(m)
		if len(r.Recipients) != 1 || r.Recipients[0].Kind != bounce.Delayed || r.Recipients[0].Address != "later@example.com" {
			t.Errorf("the warning says %+v", r.Recipients)
		}
	}
}

// checkReports sends one email to all recipients and reads what comes back for each.
func checkReports(t *testing.T, port int, behind *smtptest.Server, name string) {
	t.Helper()
	var to []string
	for address := range fates {
		to = append(to, address)
	}
	send(t, port, append(to, "fine@example.com"))
	got := map[string]bounce.Recipient{}
	for read := 0; len(got) < len(fates); {
		mails := reports(t, behind, read+1)
		begin := read
		read = len(mails)
		for i, m := range mails[begin:] {
			keep(t, fmt.Sprintf("%s-%d", name, begin+i), m)
			r := bounce.Parse(m)
			for _, rcpt := range r.Recipients {
				got[rcpt.Address] = rcpt
			}
			if r.Original.MessageID != "1@news.example" || r.Original.ReturnPaths[0] != returnPath {
				t.Errorf("the original is %+v", r.Original)
			}
		}
		if t.Failed() {
			return
		}
	}
	for address, kind := range fates {
		if r := got[address]; r.Kind != kind || r.Action != "failed" || r.Diagnostic == "" {
			t.Errorf("%s: %+v, want %s", address, r, kind)
		}
	}
	if len(got) != len(fates) {
		t.Errorf("reports about %d recipients, want %d: %+v", len(got), len(fates), got)
	}
}

func send(t *testing.T, port int, to []string) {
	t.Helper()
	email := "From: News <news@news.example>\r\nTo: everyone@example.com\r\nSubject: News\r\nMessage-ID: <1@news.example>\r\n\r\nHello.\r\n"
	if err := smtp.SendMail(fmt.Sprintf("127.0.0.1:%d", port), nil, returnPath, to, []byte(email)); err != nil {
		t.Fatal(err)
	}
}

// reports waits until that many reports have come back.
func reports(t *testing.T, behind *smtptest.Server, most int) (list [][]byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for n := 1; len(list) < most; n++ {
		mails, err := behind.WaitMails(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		list = list[:0]
		for _, m := range mails {
			if m.To[0] == returnPath {
				list = append(list, m.Body)
			}
		}
		n = len(mails) // and one more, the next time
	}
	return list
}

// keep writes a report to the folder that GONETS_KEEP_REPORTS names, to look at or to make a fixture of.
func keep(t *testing.T, name string, email []byte) {
	t.Helper()
	dir := os.Getenv("GONETS_KEEP_REPORTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".eml"), email, 0o644); err != nil {
		t.Fatal(err)
	}
}
