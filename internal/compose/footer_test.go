package compose

import (
	"strings"
	"testing"

	"gonets/internal/template"
)

var pressBrand = template.Brand{Name: "Tea & Co", Address: "1 High Street, York YO1 7HH", Site: "https://tea.example/?a=1&b=2"}

// TestTheAddressStandsOnceInEachMail has bodies with and without the address of the brand.
func TestTheAddressStandsOnceInEachMail(t *testing.T) {
	const footerHTML = `<a href="https://tea.example/?a=1&amp;b=2" style="color:#767676">Tea &amp; Co</a> · 1 High Street, York YO1 7HH<br>`
	for name, c := range map[string]struct {
		format         Format
		body, textBody string
		brand          template.Brand
		addresses      int    // in each part
		html, text     string // part of it
	}{
		"a body without it": {
			format: FormatHTML, body: "<p>Hello</p>", brand: pressBrand, addresses: 1, html: footerHTML,
			text: "Tea & Co (https://tea.example/?a=1&b=2) · 1 High Street, York YO1 7HH\n",
		},
		"a body with the variable": {
			format: FormatHTML, body: "<p>Hello from {{ brand.name }}, {{ brand.address }}</p>", brand: pressBrand, addresses: 1,
			html: "Hello from Tea &amp; Co, 1 High", text: "Hello from Tea & Co, 1 High",
		},
		"a variable that nobody sees": {
			format: FormatHTML, body: `<p>Hello</p><p style="display:none">{{ brand.address }}</p>`, brand: pressBrand, addresses: 2, html: footerHTML,
		},
		"a variable in a condition that does not hold": {
			format: FormatHTML, body: `{% if client.full_name == "X" %}{{ brand.address }}{% endif %}<p>Hello</p>`, brand: pressBrand, addresses: 1, html: footerHTML,
		},
		"the address as the author wrote it": {
			format: FormatHTML, body: "<p>1 High Street,\n <b>York YO1 7HH</b></p>", brand: pressBrand, addresses: 0,
			text: "1 High Street, York YO1 7HH",
		},
		"Markdown": {
			format: FormatMarkdown, body: "Hello\n\n{{ brand.address }}", brand: pressBrand, addresses: 1, text: "1 High Street",
		},
		"plain text": {
			format: FormatText, body: "Hello", brand: pressBrand, addresses: 1,
			html: "Tea &amp; Co</a> · 1 High Street",
			text: "Hello\n\n—\nTea & Co · 1 High Street, York YO1 7HH\nhttps://tea.example/?a=1&b=2\nUnsubscribe: https://gonets.example/u/t",
		},
		"a text version of its own": {
			format: FormatHTML, body: "<p>{{ brand.address }}</p>", textBody: "Hello", brand: pressBrand, addresses: 1, text: "Hello\n\n—\nTea & Co · 1 High",
		},
		"an address alone": {
			format: FormatHTML, body: "<p>Hello</p>", brand: template.Brand{Address: "1 High Street, York YO1 7HH"}, addresses: 1,
			html: `color:#767676">1 High Street, York YO1 7HH<br>`,
		},
		"a name without an address": {
			format: FormatHTML, body: "<p>Hello</p>", brand: template.Brand{Name: "Tea & Co"}, html: "Don’t want these e-mails?",
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := draft(c.format, c.body)
			m.TextBody, m.Brand = c.textBody, c.brand
			p := preview(t, m, Addressee{Email: "anna@example.com", UnsubscribeURL: "https://gonets.example/u/t"})
			if n := strings.Count(p.HTML, "1 High Street, York YO1 7HH"); n != c.addresses {
				t.Errorf("the HTML has the address %d times, want %d:\n%s", n, c.addresses, p.HTML)
			}
			if !strings.Contains(p.HTML, c.html) {
				t.Errorf("the HTML lacks %q:\n%s", c.html, p.HTML)
			}
			if !strings.Contains(p.Text, c.text) {
				t.Errorf("the text lacks %q:\n%s", c.text, p.Text)
			}
			if n := strings.Count(p.Text, "Unsubscribe"); n != 1 {
				t.Errorf("the text has %d unsubscribe links:\n%s", n, p.Text)
			}
		})
	}
}

func TestShowsAddress(t *testing.T) {
	for body, want := range map[string]bool{
		"<p>Hello</p>":                                            false,
		"<p>{{ brand.address | upcase }}</p>":                     true,
		"{% if client.full_name %}{{ brand.address }}{% endif %}": true,
		`<p title="{{ brand.address }}">Hello</p>`:                false,
		"<p>1 High Street, York YO1 7HH</p>":                      true,
	} {
		m := draft(FormatHTML, body)
		m.Brand = pressBrand
		if got := prepare(t, m).ShowsAddress(); got != want {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
}
