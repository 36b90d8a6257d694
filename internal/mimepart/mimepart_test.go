package mimepart

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHeadersAreReadAsFarAsTheyGo(t *testing.T) {
	for _, c := range []struct{ name, email, header, body string }{
		{"one that is right", "From: a\nSubject: b\n c\n\nbody", "from=a subject=b c ", "body"},
		{"of an mbox", "From a@example.com Fri May  1 10:00:00 2026\nSubject: b\n\nbody", "subject=b ", "body"},
		{"with empty lines before it", "\n\nSubject: b\n\nbody", "subject=b ", "body"},
		{"folded without a space", "Subject: b\nc and d\nTo: e\n\nbody", "subject=b c and d to=e ", "body"},
		{"without an end", "Subject: b", "subject=b ", ""},
		{"that is none", "Hello,\nSubject: b\n\nbody", "", "Hello,\nSubject: b\n\nbody"},
		{"nothing", "", "", ""},
		{"with more fields than are read", strings.Repeat("A: b\n", maxFields+1) + "\nbody", strings.Repeat("a=b ", maxFields), "A: b\n\nbody"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, body := ParseHeader([]byte(c.email))
			var b strings.Builder
			for _, f := range h {
				fmt.Fprintf(&b, "%s=%s ", f.name, f.value)
			}
			if b.String() != c.header || string(body) != c.body {
				t.Errorf("%.200q and %q", b.String(), body)
			}
		})
	}
}

func TestEncodedWordsAreDecoded(t *testing.T) {
	for in, want := range map[string]string{
		"=?utf-8?q?=D0=9F=D1=80?= b": "Пр b", "=?windows-1251?B?z/A=?=": "Пр", "=?cp1251?B?z/A=?=": "Пр",
		"=?nonsense?q?a?=": "=?nonsense?q?a?=", "caf\xe9": "café",
	} {
		if got := DecodeWords(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestPartsAreFound(t *testing.T) {
	for _, c := range []struct {
		name, email string
		want        []string
	}{
		{"no multipart", "Subject: a\n\ntext", []string{"text/plain text"}},
		{"a multipart", "Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\nContent-Type: text/html\n\n<p>x\n--b\n\ny\n--b--\nend", []string{"text/html x", "text/plain y"}},
		{"without its end", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n\ny", []string{"text/plain x", "text/plain y"}},
		{"without its boundary", "Content-Type: multipart/mixed\n\n--sep\nContent-Type: text/plain\n\nx\n--sep--\n", []string{"text/plain x"}},
		{"with another boundary that begins like it", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--bb\ny\n--b--", []string{"text/plain x\n--bb\ny"}},
		{"in another", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nx\n--c--\n--b\n\ny\n--b--", []string{"text/plain x", "text/plain y"}},
		{"a type that cannot be read", "Content-Type: multipart/mixed; boundary=\"b\"; a b=c; charset\n\n--b\nContent-Type: nonsense\n\nx\n--b--", []string{"text/plain x"}},
		{"a multipart without parts", "Content-Type: multipart/mixed; boundary=b\n\ntext", []string{"text/plain text"}},
		{"an email", "Content-Type: message/rfc822\n\nSubject: a\n\ntext", []string{"message/rfc822 Subject: a\n\ntext"}},
		{"quoted-printable that is broken", "Content-Transfer-Encoding: quoted-printable\n\na=3Db=\nc=zz=3", []string{"text/plain a=bc=zz=3"}},
		{"base64 that is broken", "Content-Transfer-Encoding: base64\n\naGVs!\nbG8=", []string{"text/plain aGVs!\nbG8="}},
		{"base64 with little that is foreign", "Content-Transfer-Encoding: base64\n\nVGhlIGZvbGxvd2luZyBhZGRyZXNz!IGZhaWxlZDo", []string{"text/plain The following address failed:"}},
		{"Japanese without a label", "\n\n\x1b$B%K%c!<\x1b(B", []string{"text/plain ニャー"}},
		{"HTML without a label", "Subject: a\n\n<html><body>x", []string{"text/plain x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, parts := Parse([]byte(c.email))
			var got []string
			for _, p := range parts {
				got = append(got, p.Type+" "+strings.TrimSpace(p.Text(1000)))
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestNoMorePartsAreReadThanTheLimit(t *testing.T) {
	_, parts := Parse([]byte("Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 3*maxParts)))
	if len(parts) == 0 || len(parts) >= maxParts {
		t.Errorf("%d parts", len(parts))
	}
	deep := strings.Repeat("--b\nContent-Type: multipart/mixed; boundary=b\n\n", 100)
	if _, parts = Parse([]byte("Content-Type: multipart/mixed; boundary=b\n\n" + deep)); len(parts) == 0 || len(parts) > maxParts {
		t.Errorf("%d parts", len(parts))
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=windows-1251\nContent-Transfer-Encoding: base64\n\nPHA+eA==\n--b--"))
	f.Add([]byte("Content-Transfer-Encoding: quoted-printable\nSubject: =?utf-8?q?=D0?=\n\na=3Db=\nc=zz=3"))
	f.Fuzz(func(t *testing.T, email []byte) {
		h, parts := Parse(email)
		if len(parts) > maxParts {
			t.Errorf("%d parts", len(parts))
		}
		for _, p := range parts {
			if s := p.Text(1000); !utf8.ValidString(s) {
				t.Errorf("%q is no UTF-8", s)
			}
		}
		if !utf8.ValidString(h.Text("subject")) {
			t.Errorf("%q is no UTF-8", h.Text("subject"))
		}
	})
}
