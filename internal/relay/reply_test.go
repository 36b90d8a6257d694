package relay

import (
	"bufio"
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// FuzzReply hears whatever a server may say: it is a reply fit to be kept, or an error, and never too much.
func FuzzReply(f *testing.F) {
	for _, said := range []string{
		"250 2.0.0 Ok: queued as 4Xk2\r\n",
		"550-5.1.1 no\r\n550 5.1.1 such user\r\n",
		"250-peer.test\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n",
		"354\r\n",
		"421 \xff\x00\x1b\r\n",
		"250-a\r\n550 b\r\n",
		"2\r\n",
		"25x no\r\n",
		"250 never ends",
		"250 " + strings.Repeat("я", 3000) + "\r\n",
	} {
		f.Add([]byte(said))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		w := &wire{ctx: context.Background(), in: bufio.NewReaderSize(bytes.NewReader(said), longestLine)}
		r, err := w.readReply(time.Second)
		if err != nil {
			return
		}
		a := r.answer(StageRcpt)
		if a.Code < 200 || a.Code > 599 {
			t.Errorf("code %d", a.Code)
		}
		if utf8.RuneCountInString(a.Text) > longestText || !utf8.ValidString(a.Text) {
			t.Errorf("%d bytes of text, or not text: %q", len(a.Text), a.Text)
		}
		for _, r := range a.String() {
			if unicode.IsControl(r) {
				t.Errorf("a control character in %q", a)
			}
		}
		parseExtensions(string(r.text))
	})
}

func TestWhatAServerAnnounces(t *testing.T) {
	cases := []struct {
		name, said string
		want       extensions
	}{
		{"nothing", "peer.test", extensions{size: -1}},
		{"only its own name, which is no extension", "PIPELINING", extensions{size: -1}},
		{"in any case of letters", "peer.test\npipelining\nStartTLS", extensions{pipelining: true, startTLS: true, size: -1}},
		{"a size", "peer.test\nSIZE 1000", extensions{size: 1000}},
		{"a size without a limit", "peer.test\nSIZE", extensions{}},
		{"a size of nothing, which is no limit", "peer.test\nSIZE 0", extensions{}},
		{"a size that is no number", "peer.test\nSIZE big", extensions{}},
		{"8-bit and international mail", "peer.test\n8BITMIME\nSMTPUTF8", extensions{eightBit: true, utf8: true, size: -1}},
		{
			"logins in both ways", "peer.test\nAUTH PLAIN login\nAUTH=CRAM-MD5 PLAIN",
			extensions{logins: []string{"PLAIN", "LOGIN", "CRAM-MD5", "PLAIN"}, size: -1},
		},
		{"empty lines", "peer.test\n\n \nPIPELINING", extensions{pipelining: true, size: -1}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			got := parseExtensions(tc.said)
			if strings.Join(got.logins, " ") != strings.Join(tc.want.logins, " ") {
				t.Errorf("logins %q, want %q", got.logins, tc.want.logins)
			}
			got.logins, tc.want.logins = nil, nil
			if got.pipelining != tc.want.pipelining || got.startTLS != tc.want.startTLS ||
				got.eightBit != tc.want.eightBit || got.utf8 != tc.want.utf8 || got.size != tc.want.size {
				t.Errorf("%+v, want %+v", got, tc.want)
			}
		})
	}
}
