package compose

import (
	"bytes"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSubjectsAreFoldedAndReadBack(t *testing.T) {
	for name, subject := range map[string]string{
		"short":                       "Hi",
		"empty":                       "",
		"long":                        strings.TrimSpace(strings.Repeat("word ", 60)),
		"long, in Cyrillic":           strings.TrimSpace(strings.Repeat("слово ", 60)),
		"one long word":               strings.Repeat("x", 300),
		"one long word in Cyrillic":   strings.Repeat("щ", 300),
		"looks encoded":               "=?utf-8?B?aGk=?=",
		"a colon and an equals sign":  "Re: a = b?",
		"emoji":                       "Sale 🎉 " + strings.Repeat("👩‍👩‍👧 ", 20) + "!",
		"words of just over the line": strings.TrimSpace(strings.Repeat(strings.Repeat("y", 59)+" ", 6)),
	} {
		t.Run(name, func(t *testing.T) {
			l := draft(FormatText, "x")
			l.Subject = subject
			source, err := prepare(t, l).Mail(anna(), march)
			if err != nil {
				t.Fatal(err)
			}
			if got := decoded(t, receive(t, source).header.Get("Subject")); got != subject {
				t.Errorf("%q became %q", subject, got)
			}
			header, _, _ := bytes.Cut(source, []byte("\r\n\r\n"))
			for line := range strings.SplitSeq(string(header), "\r\n") {
				if len(line) > 78 {
					t.Errorf("a line of %d bytes: %s", len(line), line)
				}
			}
		})
	}
}

func TestSubjectsBecomeOneLine(t *testing.T) {
	l := draft(FormatText, "x")
	l.Subject = "  a\r\nBcc: x@example.org\n\n{{ client.full_name }}\x00\t"
	a := anna()
	a.FullName = "b\r\n\r\nbody" + strings.Repeat("c", 10_000)
	source, err := prepare(t, l).Mail(a, march)
	if err != nil {
		t.Fatal(err)
	}
	got := decoded(t, receive(t, source).header.Get("Subject"))
	if !strings.HasPrefix(got, "a Bcc: x@example.org b bodyccc") || utf8.RuneCountInString(got) != maxLine {
		t.Errorf("%q", got)
	}
}

// TestSubjectsDependOnTheirConditions: a single text in a condition is not a constant.
func TestSubjectsDependOnTheirConditions(t *testing.T) {
	l := draft(FormatText, "x")
	l.Subject = `{% if client.attributes.city == "Tver" %}News from Tver{% endif %}`
	l.Preheader = `{% for tag in client.attributes.tags %}tag {% endfor %}`
	c := prepare(t, l)
	for _, tags := range []int{0, 1, 2} {
		a := anna()
		a.Attributes = map[string]any{"tags": make([]any, tags)}
		want := ""
		if tags > 1 {
			a.Attributes["city"], want = "Tver", "News from Tver"
		}
		p, err := c.Preview(a, march)
		if err != nil || p.Subject != want || strings.Count(p.HTML, "tag") != tags {
			t.Errorf("subject %q with %d tags, %v:\n%s", p.Subject, tags, err, p.HTML)
		}
	}
}

func TestAMailMayGoToSomebodyElseThanItIsFor(t *testing.T) {
	c := prepare(t, draft(FormatText, "{{ client.full_name }} {{ client.email }}"))
	for to, want := range map[string]string{"": `"Anna" <anna@example.org>`, "tester@example.org": "<tester@example.org>"} {
		source, err := c.Mail(Addressee{Email: "anna@example.org", FullName: "Anna", To: to}, march)
		if err != nil {
			t.Fatal(err)
		}
		got := receive(t, source)
		if got.header.Get("To") != want || !strings.HasPrefix(got.text, "Anna anna@example.org") {
			t.Errorf("to %q: To is %s, text %q", to, got.header.Get("To"), got.text)
		}
	}
	if _, err := c.Mail(Addressee{Email: "anna@example.org", To: "x\r\ny@example.org"}, march); err == nil {
		t.Error("an address with a line end was taken")
	}
}

func TestFileNamesKeepTheirExtension(t *testing.T) {
	for in, want := range map[string]string{
		"a.pdf": "a.pdf", "": "attachment", "\r\n": "attachment", "a\r\nb.txt": "a b.txt", "../../etc/passwd": ".._.._etc_passwd", `c:\x`: "c:_x",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	long := fileName(strings.Repeat("щ", 500) + ".docx")
	if len(long) > maxFileName || !strings.HasSuffix(long, "щ.docx") {
		t.Errorf("%q", long)
	}
}

// FuzzHeader puts anything into everything that goes into a header, and checks that the message
// still has the fields that it should have and no others.
func FuzzHeader(f *testing.F) {
	for _, seed := range []string{"Anna", "a\r\nBcc: b@example.org", "\r\n\r\n<html>", "=?utf-8?Q?=0D=0A?=", `a"b\c`, "щ" + strings.Repeat("x", 2000), "a@b, c@d", "\u0085\u2028x", "\xff\xfe", "https://example.org/\r\nX: y"} {
		f.Add(seed, seed, seed)
	}
	want := []string{
		"Content-Language", "Content-Type", "Date", "From", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-Id", "Mime-Version", "Reply-To", "Subject", "To",
	}
	f.Fuzz(func(t *testing.T, x, y, z string) {
		l := Message{
			Subject: x + " {{ client.full_name }}", Format: FormatText, Body: y, FromName: y, FromEmail: "news@example.org",
			ReplyTo: (&mail.Address{Name: z, Address: "help@example.org"}).String(), ListID: "x.example.org", Language: "ru",
			Attachments: []Attachment{{Name: x, ContentType: y, Data: []byte(z)}, {Name: z, ContentType: "text/plain; charset=" + y}},
		}
		a := anna()
		a.FullName, a.Mailing, a.Client = z, x, y
		c, err := Prepare(l)
		if err != nil {
			l.ReplyTo, l.Body, l.Subject = "help@example.org", "x", "{{ client.full_name }}"
			if c, err = Prepare(l); err != nil {
				t.Fatalf("%v", err)
			}
		}
		source, err := c.Mail(a, march)
		if err != nil {
			t.Fatalf("%v", err)
		}
		r := receive(t, source)
		var got []string
		for field := range r.header {
			got = append(got, field)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("fields %v", got)
		}
		for _, field := range []string{"From", "To", "Reply-To"} {
			if list, err := r.header.AddressList(field); err != nil || len(list) != 1 {
				t.Errorf("%s: %v %v", field, list, err)
			}
		}
		if len(r.attachments) == 0 {
			t.Errorf("attachments are lost")
		}
		// What cannot be an address or a URL is refused, or harmless.
		for _, change := range []func(*Addressee){
			func(a *Addressee) { a.Email = x }, func(a *Addressee) { a.UnsubscribeURL = "https://example.org/" + x }, func(a *Addressee) { a.ViewURL = x },
		} {
			a := anna()
			change(&a)
			if source, err := c.Mail(a, march); err == nil {
				receive(t, source)
			}
		}
	})
}

// TestOneClickIsPromisedOnlyBesideHTTPS: RFC 8058 § 3.1 asks for an https address, and receivers post to no
// other.
func TestOneClickIsPromisedOnlyBesideHTTPS(t *testing.T) {
	for url, promised := range map[string]bool{
		"https://gonets.example.org/u/1": true, "http://gonets.example.org/u/1": false, "http://127.0.0.1:8090/u/1": false, "": false,
	} {
		a := anna()
		a.UnsubscribeURL = url
		source, err := prepare(t, draft(FormatText, "x")).Mail(a, march)
		if err != nil {
			t.Fatal(err)
		}
		h := receive(t, source).header
		if got := h.Get("List-Unsubscribe-Post") != ""; got != promised || (h.Get("List-Unsubscribe") != "") != (url != "") {
			t.Errorf("beside %q: List-Unsubscribe %q, List-Unsubscribe-Post %q", url, h.Get("List-Unsubscribe"), h.Get("List-Unsubscribe-Post"))
		}
	}
}
