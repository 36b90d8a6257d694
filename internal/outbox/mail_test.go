package outbox

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// full is a mail as mailing services write them, with what needs decoding.
const full = "From: =?utf-8?q?=D0=9A=D0=BE=D1=84=D0=B5=D0=B9=D0=BD=D1=8F?= <news@example.org>\r\n" +
	"To: Anna <anna@example.org>\r\n" +
	"Subject: =?utf-8?b?0J/RgNC40LLQtdGC?=,\r\n =?utf-8?b?0JDQvdC90LAh?=\r\n" +
	"Message-ID: <m.c@example.org>\r\n" +
	"MIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=outer\r\n\r\n" +
	"--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n" +
	"--inner\r\nContent-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: base64\r\n\r\n8NLJ18XUDQo=\r\n" +
	"--inner\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=D0=9F=D1=80=D0=B8=D0=B2=D0=B5=D1=82</p>\r\n" +
	"--inner--\r\n" +
	"--outer\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''%D0%BC%D0%B5%D0%BD%D1%8E.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQ=\r\n" +
	"--outer\r\nContent-Type: text/plain; name=notes.txt\r\nContent-Disposition: attachment; filename=notes.txt\r\n\r\nnotes\r\n" +
	"--outer--\r\n"

func TestAMailIsTakenApart(t *testing.T) {
	for _, tc := range []struct {
		name, source, from, subject, text, html string
		attachments                             []Attachment
	}{
		{
			name:   "parts, encodings and attachments",
			source: full, from: "Кофейня <news@example.org>", subject: "Привет, Анна!",
			text: "Привет\n", html: "<p>Привет</p>",
			attachments: []Attachment{{"меню.pdf", "application/pdf", 5}, {"notes.txt", "text/plain", 5}},
		},
		{
			name:   "plain text with no MIME header, and no From",
			source: "Subject: Hi\r\n\r\nJust text\r\n",
			from:   "sender@example.org", subject: "Hi", text: "Just text\n",
		},
		{
			name:   "HTML alone",
			source: "From: a@example.org\r\nSubject: Hi\r\nContent-Type: text/html\r\n\r\n<b>Hi</b>\r\n",
			from:   "a@example.org", subject: "Hi", html: "<b>Hi</b>\n",
		},
		{
			name:   "a charset nobody knows is shown as it came",
			source: "From: a@example.org\r\nSubject: Hi\r\nContent-Type: text/plain; charset=klingon\r\n\r\nHi\r\n",
			from:   "a@example.org", subject: "Hi", text: "Hi\n",
		},
		{
			name:   "a From that is no address",
			source: "From: somebody\r\nSubject: Hi\r\n\r\nHi\r\n",
			from:   "somebody", subject: "Hi", text: "Hi\n",
		},
		{
			name:   "a part that breaks off",
			source: "From: a@example.org\r\nSubject: Hi\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nbroken off\r\n",
			from:   "a@example.org", subject: "Hi", text: "broken off",
		},
		{
			name:   "no header at all",
			source: "\r\nHi\r\n",
			from:   "sender@example.org", text: "Hi\n",
		},
		{
			name:   "something that is no mail",
			source: "\x00\xff\r\n",
			from:   "sender@example.org",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := start(t, Options{})
			send(t, o, "anna@example.org", tc.source)
			mail, ok := o.One(o.List(0, 1, "").Items[0].ID)
			if !ok {
				t.Fatal("not found")
			}
			if mail.From != tc.from || mail.Subject != tc.subject || mail.Text != tc.text || mail.HTML != tc.html {
				t.Errorf("from %q, subject %q, text %q, html %q", mail.From, mail.Subject, mail.Text, mail.HTML)
			}
			if len(mail.Attachments) != len(tc.attachments) || len(tc.attachments) > 0 && !reflect.DeepEqual(mail.Attachments, tc.attachments) {
				t.Errorf("attachments %+v, want %+v", mail.Attachments, tc.attachments)
			}
			if mail.Source != tc.source || mail.Size != len(tc.source) || mail.EnvelopeFrom != "sender@example.org" {
				t.Errorf("source %q, size %d, envelope from %q", mail.Source, mail.Size, mail.EnvelopeFrom)
			}
		})
	}
}

func TestListFindsAndPages(t *testing.T) {
	o := start(t, Options{})
	for i := range 10 {
		send(t, o, fmt.Sprintf("client%d@example.org", i), smallMail(fmt.Sprint(i), fmt.Sprintf("=?utf-8?q?=D0=9F=D0=B8=D1=81=D1=8C=D0=BC=D0=BE?= %d", i), "Hi"))
	}
	for _, tc := range []struct {
		name          string
		offset, limit int
		search        string
		total         int
		want          string // subjects
	}{
		{"the newest come first", 0, 2, "", 10, "Письмо 9, Письмо 8"},
		{"after an offset", 8, 5, "", 10, "Письмо 1, Письмо 0"},
		{"past the end", 10, 5, "", 10, ""},
		{"a negative offset is none", -5, 1, "", 10, "Письмо 9"},
		{"no limit means none", 0, 0, "", 10, ""},
		{"by recipient", 0, 5, " CLIENT3@ ", 1, "Письмо 3"},
		{"by the decoded subject, whatever the case", 1, 1, "ПИСЬМО", 10, "Письмо 8"},
		{"by sender", 9, 5, "sender@example.org", 10, "Письмо 0"},
		{"by what no mail shows", 0, 5, "nobody", 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			page := o.List(tc.offset, tc.limit, tc.search)
			subjects := make([]string, 0, len(page.Items))
			for _, item := range page.Items {
				subjects = append(subjects, item.Subject)
			}
			if got := strings.Join(subjects, ", "); got != tc.want || page.TotalItems != tc.total {
				t.Errorf("%s of %d, want %s of %d", got, page.TotalItems, tc.want, tc.total)
			}
		})
	}
}

func TestTheJSONIsWhatThePageReads(t *testing.T) {
	o := start(t, Options{})
	if empty, _ := json.Marshal(o.List(0, 10, "")); string(empty) != `{"items":[],"totalItems":0}` {
		t.Errorf("an empty list is %s", empty)
	}
	send(t, o, "anna@example.org", full)
	item := o.List(0, 1, "").Items[0]
	mail, _ := o.One(item.ID)

	encoded, err := json.Marshal(mail)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"id", "from", "to", "subject", "at", "size", "status", "answer", "envelope_from", "html", "text", "headers", "attachments", "source"} {
		if _, ok := got[key]; !ok {
			t.Errorf("%q is missing", key)
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Errorf("unknown keys: %v", got)
	}
	at := item.At.Format(time.RFC3339Nano)
	if !strings.HasSuffix(at, "Z") || time.Since(item.At) > time.Minute {
		t.Errorf("at %s is not the present in UTC", at)
	}
	if want := (Field{Name: "Subject", Value: "Привет, Анна!"}); mail.Headers[2] != want {
		t.Errorf("third header %+v, want %+v", mail.Headers[2], want)
	}
}

func TestOneKnowsOnlyWhatIsKept(t *testing.T) {
	o := start(t, Options{Keep: 1})
	send(t, o, "a@example.org", smallMail("1", "Old", "Hi"))
	old := o.List(0, 1, "").Items[0].ID
	send(t, o, "a@example.org", smallMail("2", "New", "Hi"))
	for _, id := range []string{old, "", "nothing"} {
		if _, ok := o.One(id); ok {
			t.Errorf("found %q", id)
		}
	}
}

// FuzzMail parses whatever a client may send: broken mails are caught too.
func FuzzMail(f *testing.F) {
	for _, source := range []string{
		"From: Anna <a@example.org>\r\nSubject: =?utf-8?B?0K8=?=\r\n\r\nHi", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>\r\n--x--",
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Disposition: attachment; filename*=utf-8''%D1%8F\r\nContent-Transfer-Encoding: base64\r\n\r\nAA=\r\n",
		"no header at all", "From: ,,\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xc1", "\r\n\r\n", "Content-Type: multipart/mixed; boundary=\r\n\r\n----",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		h, c := parseHeaders(source), parseContent(source)
		if h.fields == nil || c.attachments == nil {
			t.Error("lists of the answer are null")
		}
		if parts := len(c.html) + len(c.text); parts > 4*len(source) {
			t.Errorf("%d bytes became %d bytes of text", len(source), parts)
		}
	})
}
