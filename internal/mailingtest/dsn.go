package mailingtest

import (
	"bytes"
	"fmt"
	"strings"

	"gonets/internal/smtptest"
)

// DSN is a delivery status notification about a mail (RFC 3464) to where it would be sent. status is such as "5.1.1".
func DSN(m smtptest.Mail, status, words string) []byte {
	header, _, _ := bytes.Cut(m.Body, []byte("\r\n\r\n"))
	return Report(m.From, m.To[0], status, words, string(header))
}

// Report is a delivery status notification with the header of the original, which may be "".
func Report(to, recipient, status, words, original string) []byte {
	action := "failed"
	if status[0] == '4' && strings.HasPrefix(words, "delayed") {
		action = "delayed"
	}
	return []byte(strings.ReplaceAll(fmt.Sprintf(`Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: <%s>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; %s
Action: %s
Status: %s
Diagnostic-Code: smtp; %s

--b
Content-Type: text/rfc822-headers

%s

--b--
`, to, recipient, action, status, words, strings.ReplaceAll(original, "\r\n", "\n")), "\n", "\r\n"))
}
