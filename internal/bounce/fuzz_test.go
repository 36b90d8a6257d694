package bounce_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gonets/internal/bounce"
)

func FuzzRead(f *testing.F) {
	for name := range fixtures {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, email []byte) {
		r := bounce.Parse(email)
		if len(r.Recipients) == 0 || len(r.Recipients) > bounce.MaxRecipients {
			t.Fatalf("%d recipients", len(r.Recipients))
		}
		for _, one := range r.Recipients {
			if !utf8.ValidString(one.Address+one.Final+one.Enhanced+one.Action+one.Diagnostic) || utf8.RuneCountInString(one.Diagnostic) > bounce.MaxDiagnostic {
				t.Errorf("%+v", one)
			}
			if strings.ContainsAny(one.Address+one.Enhanced+one.Action, "\r\n\t") || one.Kind == "" {
				t.Errorf("%+v", one)
			}
		}
		again := bounce.Parse(email)
		if len(again.Recipients) != len(r.Recipients) || again.Recipients[0] != r.Recipients[0] {
			t.Errorf("read twice: %+v, then %+v", r.Recipients[0], again.Recipients[0])
		}
	})
}

// TestHostileEmailsTakeNoMoreTimeThanOthers reads emails of the maximum size that are made to be slow.
func TestHostileEmailsTakeNoMoreTimeThanOthers(t *testing.T) {
	const size = bounce.MaxSize
	fill := func(head, unit string) []byte {
		return append([]byte(head), bytes.Repeat([]byte(unit), (size-len(head))/len(unit))...)
	}
	report := "Return-Path: <>\nFrom: MAILER-DAEMON@example.com\nSubject: failure notice\n"
	for name, email := range map[string][]byte{
		"one header field that never ends":   fill("Subject: a\n", " b\n"),
		"nothing but header fields":          fill("", "A: b\n"),
		"at signs":                           fill(report+"\n", "@"),
		"addresses":                          fill(report+"\n", "<a@b.example>: user unknown\n"),
		"one long line of addresses":         fill(report+"\n", "a@b.example "),
		"quotes before an at sign":           fill(report+"\n", `"@`),
		"parts":                              fill(report+"Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n"),
		"boundaries that are longer":         fill(report+"Content-Type: multipart/mixed; boundary=b\n\n", "--bb\n"),
		"no boundary":                        fill(report+"Content-Type: multipart/mixed\n\n", "--x\n"),
		"multiparts in multiparts":           fill(report+"Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: multipart/mixed; boundary=b\n\n"),
		"emails in emails":                   fill(report, "Content-Type: message/rfc822\n\n"),
		"recipients":                         fill(report+"Content-Type: message/delivery-status\n\n", "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n"),
		"one diagnostic that never ends":     fill(report+"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nDiagnostic-Code: smtp; 550\n", " no\n"),
		"lines that begin like the original": fill(report+"\n", "From: a\nTo: b\n\n"),
		"codes":                              fill(report+"\na@b.example\n", "5.5.5.5 550-"),
		"angle brackets":                     fill(report+"Content-Type: text/html\n\n", "<a "),
		"encoded words":                      fill("Subject: =?utf-8?q?", "=?"),
		"quoted-printable":                   fill(report+"Content-Transfer-Encoding: quoted-printable\n\n", "= "),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			if r := bounce.Parse(email); len(r.Recipients) > bounce.MaxRecipients {
				t.Errorf("%d recipients", len(r.Recipients))
			}
			// They take 0.1 s, and together under the race detector on a busy machine 30 s. In the square of their size it would be hours.
			if d := time.Since(begin); d > 2*time.Minute {
				t.Errorf("it took %s", d)
			}
		})
	}
}
