package compose

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"gonets/internal/dkim"
)

// messageOf4600 is the message of the benchmarks: 4.6 KB of HTML with a name and an unsubscribe link.
func messageOf4600() Message {
	row := `<tr><td style="padding:12px 16px;font-family:Arial,sans-serif;font-size:15px;color:#333333">` +
		`A fairly ordinary paragraph of a monthly newsletter, with <a href="https://shop.example.org/spring">a link</a> in it.</td></tr>` + "\n"
	body := `<!DOCTYPE html><html><head><meta charset="utf-8"><title>News</title></head><body>
<p>Hello {{ client.full_name | default: "friend" }},</p><table width="600">` + "\n"
	end := `</table><p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>`
	for len(body)+len(end)+len(row) < 4600 {
		body += row
	}
	return Message{
		Subject: "News for {{ client.full_name }}", Preheader: "What is new in March", Format: FormatHTML, Body: body + end,
		FromName: "Example Shop", FromEmail: "news@example.org", ReplyTo: "hello@example.org",
		ListID: "kq3.gonets.example.org", Language: "en",
	}
}

func anna() Addressee {
	return Addressee{
		Mailing: "m1a2b3c4d5e6f7g", Client: "c1a2b3c4d5e6f7g",
		Email: "anna@example.com", FullName: "Anna Petrova",
		Attributes:     map[string]any{"city": "Tver", "age": 34.0, "tags": []any{"tea", "books"}},
		UnsubscribeURL: "https://gonets.example.org/u/c0ffee00c0ffee00c0ffee00c0ffee00",
		ViewURL:        "https://gonets.example.org/v/c0ffee00c0ffee00c0ffee00c0ffee00",
	}
}

var march = time.Date(2026, 3, 14, 9, 26, 53, 0, time.FixedZone("", 3*3600))

func BenchmarkMail(b *testing.B) { benchmark(b, messageOf4600()) }

func BenchmarkMailWithConditionsAndFilters(b *testing.B) {
	l := messageOf4600()
	l.Body = strings.Replace(l.Body, "<table", `{% if client.attributes.city == "Tver" %}Come and see us!{% endif %}
{% for tag in client.attributes.tags %}<i>{{ tag | upcase }}</i>{% endfor %}<table`, 1)
	benchmark(b, l)
}

func BenchmarkMailInMarkdown(b *testing.B) {
	l := messageOf4600()
	l.Format = FormatMarkdown
	l.Body = "# News\n\n{% if client.full_name %}\nHello **{{ client.full_name }}**,\n{% endif %}\n\n" +
		strings.Repeat("A paragraph with [a link](https://example.org/) and *some* words in it, as one writes.\n\n", 45)
	benchmark(b, l)
}

func BenchmarkMailInText(b *testing.B) {
	l := messageOf4600()
	l.Format = FormatText
	l.Body = "Hello {{ client.full_name }},\n\n" + strings.Repeat("A line with an address, https://example.org/, as one writes.\n", 75)
	benchmark(b, l)
}

func BenchmarkMailSignedEd25519(b *testing.B) {
	_, key, _ := ed25519.GenerateKey(nil)
	benchmarkSigned(b, key)
}

func BenchmarkMailSignedRSA2048(b *testing.B) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	benchmarkSigned(b, key)
}

func benchmarkSigned(b *testing.B, key crypto.Signer) {
	l := messageOf4600()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		b.Fatal(err)
	}
	l.DKIM = []dkim.Key{{Domain: "example.org", Selector: "s1", PrivateKey: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}}
	benchmark(b, l)
}

func benchmark(b *testing.B, l Message) {
	c, err := Prepare(l)
	if err != nil {
		b.Fatal(err)
	}
	a := anna()
	var mail []byte
	b.ReportAllocs()
	for b.Loop() {
		if mail, err = c.appendMail(mail[:0], a, march, c.signer); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(mail)))
}
