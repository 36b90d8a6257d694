package outbox

import (
	"fmt"
	"strings"
	"time"
)

// returned is an e-mail that comes back.
type returned struct {
	Return
	id         string // of the e-mail in the outbox
	returnPath string
	rcpt       string
	at         time.Time // when it was accepted
	header     string
}

// Report returns the e-mail that comes back from a recipient, as the outbox sends it. header is the header of the e-mail that
// is returned, and may be empty.
func (r *Return) Report(returnPath, rcpt, header string, accepted time.Time) []byte {
	about := returned{Return: *r, id: "0", returnPath: returnPath, rcpt: rcpt, at: accepted, header: header}
	return []byte(about.source(accepted.Add(r.After)))
}

// source is the report as an e-mail, in CRLF lines.
func (r *returned) source(now time.Time) string {
	if r.Code == 0 {
		return r.complaint(now)
	}
	return r.bounce(now)
}

// bounce is a delivery status notification (RFC 3464) in a report (RFC 6522).
func (r *returned) bounce(now time.Time) string {
	_, host, _ := strings.Cut(r.rcpt, "@")
	diagnostic := fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Text)
	words := fmt.Sprintf(`This is the mail system at host mx.%s.

Your message could not be delivered to one recipient. The mail system
said:

<%s>: %s
`, host, r.rcpt, diagnostic)
	status := fmt.Sprintf(`Reporting-MTA: dns; mx.%s
Arrival-Date: %s

Original-Recipient: rfc822;%s
Final-Recipient: rfc822; %s
Action: failed
Status: %s
Remote-MTA: dns; store.%s
Diagnostic-Code: smtp; %s
`, host, r.at.Format(time.RFC1123Z), r.rcpt, r.rcpt, r.Enhanced, host, diagnostic)
	return r.report(now, "Mail Delivery System <MAILER-DAEMON@mx."+host+">", "Undelivered Mail Returned to Sender",
		"delivery-status", words, status)
}

// complaint is a report of abuse (RFC 5965), as mail providers send them when somebody calls an e-mail spam.
func (r *returned) complaint(now time.Time) string {
	_, host, _ := strings.Cut(r.rcpt, "@")
	words := "This is a report about an email that one of our users marked as spam.\n"
	feedback := fmt.Sprintf(`Feedback-Type: abuse
User-Agent: Gonets-Outbox/1
Version: 1
Original-Mail-From: <%s>
Original-Rcpt-To: <%s>
Arrival-Date: %s
Reported-Domain: %s
`, r.returnPath, r.rcpt, r.at.Format(time.RFC1123Z), r.returnPath[strings.LastIndexByte(r.returnPath, '@')+1:])
	return r.report(now, "Feedback loop <feedback@"+host+">", "Abuse report", "feedback-report", words, feedback)
}

// report is a multipart/report: words for people, fields for programs, and the header of the e-mail that is returned.
func (r *returned) report(now time.Time, from, subject, kind, words, fields string) string {
	_, host, _ := strings.Cut(r.rcpt, "@")
	boundary := "=_" + r.id + "/" + host
	source := fmt.Sprintf(`Return-Path: <>
From: %[1]s
To: <%[2]s>
Subject: %[3]s
Date: %[4]s
Message-ID: <%[5]s.%[6]d@mx.%[7]s>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=%[8]s; boundary="%[9]s"

--%[9]s
Content-Type: text/plain; charset=us-ascii

%[10]s
--%[9]s
Content-Type: message/%[8]s

%[11]s
--%[9]s
Content-Type: text/rfc822-headers

%[12]s

--%[9]s--
`, from, r.returnPath, subject, now.Format(time.RFC1123Z), r.id, now.UnixMilli(), host, kind, boundary, words, fields,
		strings.ReplaceAll(r.header, "\r\n", "\n"))
	return strings.ReplaceAll(source, "\n", "\r\n")
}
