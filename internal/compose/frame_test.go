package compose

import (
	"bytes"
	"fmt"
	"net/mail"
	"strings"
	"testing"
)

// TestNothingInALetterCanStandForItsTexts puts into every field of a message the marks that an earlier version
// looked for in the finished message, and what marks of that kind look like.
func TestNothingInALetterCanStandForItsTexts(t *testing.T) {
	t.Parallel()
	marks := []string{"GONETS.TEXT.HERE", "GONETS.HTML.HERE", "GONETS.HTML.HEREGONETS.TEXT.HERE", "=_000000000000000000000000", "gnt0000000000x3z"}
	for _, mark := range marks {
		for _, field := range []string{"from_name", "reply_to", "subject", "preheader", "body", "text_body", "file name", "file type", "full_name"} {
			t.Run(field+" "+mark, func(t *testing.T) {
				t.Parallel()
				l, a := messageOf4600(), anna()
				l.TextBody = "Hello {{ client.full_name }}"
				l.Attachments = []Attachment{{Name: "a.txt", ContentType: "text/plain", Data: []byte("attached")}}
				injected := mark + "\r\n\r\nFrom: ceo@bank.example\r\n\r\n" + mark
				switch field {
				case "from_name":
					l.FromName = mark
				case "reply_to":
					l.ReplyTo = `"` + mark + `" <hello@example.org>`
				case "subject":
					l.Subject = injected
				case "preheader":
					l.Preheader = injected
				case "body":
					l.Body += injected
				case "text_body":
					l.TextBody = "Hello Anna " + injected
				case "file name":
					l.Attachments[0].Name = mark
				case "file type":
					l.Attachments[0].ContentType = "application/" + mark
				case "full_name":
					a.FullName = "Anna " + injected
				}
				source, err := prepare(t, l).Mail(a, march)
				if err != nil {
					t.Fatal(err)
				}
				got := receive(t, source)
				if from, err := got.header.AddressList("From"); err != nil || len(got.header["From"]) != 1 ||
					len(from) != 1 || from[0].Address != "news@example.org" {
					t.Errorf("From %q, %v", got.header["From"], err)
				}
				if want := fmt.Sprint([]string{"text/plain", "text/html", "text/plain"}); field != "file type" && fmt.Sprint(got.types) != want {
					t.Errorf("parts %v, want %s", got.types, want)
				}
				if !strings.HasPrefix(got.text, "Hello Anna") || !strings.Contains(got.html, "A fairly ordinary paragraph") {
					t.Errorf("text %q, html %q", got.text, got.html)
				}
				for name, content := range got.attachments {
					if content != "attached" {
						t.Errorf("%s contains %q", name, content)
					}
				}
				if from, err := mail.ParseAddress(got.header.Get("From")); field == "from_name" && (err != nil || from.Name != mark) {
					t.Errorf("From is %q, %v", got.header.Get("From"), err)
				}
			})
		}
	}
}

// TestTheFrameIsTheSameWhateverALetterSays: what a message says moves nothing out of the header.
func TestTheFrameIsTheSameWhateverALetterSays(t *testing.T) {
	t.Parallel()
	plain, marked := messageOf4600(), messageOf4600()
	plain.FromName, marked.FromName = "Example Shop dot com", "GONETS.TEXT.HERE xyz"
	lines := func(l Message) int {
		t.Helper()
		source, err := prepare(t, l).Mail(anna(), march)
		if err != nil {
			t.Fatal(err)
		}
		header, _, _ := bytes.Cut(source, []byte("\r\n\r\n"))
		return bytes.Count(header, []byte("\r\n"))
	}
	if a, b := lines(plain), lines(marked); a != b {
		t.Errorf("the header has %d lines, and %d with a mark in From", a, b)
	}
}
