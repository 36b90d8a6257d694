package preflight

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/audience"
	"gonets/internal/compose"
	"gonets/internal/message"
	"gonets/internal/template"
)

// owner is the id of the only user.
const owner = "owner0000000000"

// newApp opens an instance with an owner and two clients.
func newApp(t *testing.T) core.App {
	t.Helper()
	app := apptest.New(t)
	if err := people(app); err != nil {
		t.Fatal(err)
	}
	return app
}

func people(app core.App) error {
	for i, sql := range []string{
		`INSERT INTO users (id, email, language) VALUES ('` + owner + `', 'anna@gonets.example', 'en')`,
		`INSERT INTO clients (id, owner, email, full_name, status, attributes, created)
			VALUES ('client000000001', '` + owner + `', 'a@example.com', 'Anna', 'active', '{"city":"York","pets":{"cat":"Tom"}}', '2026-01-01')`,
		`INSERT INTO clients (id, owner, email, status, attributes, created)
			VALUES ('client000000002', '` + owner + `', 'b@example.com', 'unsubscribed', 'no JSON', '2026-01-02')`,
		`INSERT INTO suppressions (id, owner, kind, value, reason) VALUES ('suppression0001', '` + owner + `', 'address', 'b@example.com', 'unsubscribed')`,
	} {
		if _, err := app.DB().NewQuery(sql).Execute(); err != nil {
			return fmt.Errorf("statement %d: %w", i, err)
		}
	}
	return nil
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fine is a mailing without a fault.
func fine() Mailing {
	return Mailing{
		Owner:    owner,
		Audience: audience.Audience{Kind: audience.Picked, Recipients: []string{"client000000001"}},
		Message: compose.Message{
			Subject: "News from {{ client.attributes.city }}", Format: compose.FormatHTML, Language: "en",
			Body:      `<p>Hello {{ client.full_name }}, here is what is new.</p><p><a href="https://gonets.io/news">Read on</a> <img src="https://gonets.io/cat.png" alt="A cat"></p>`,
			FromEmail: "news@gonets.io", Brand: template.Brand{Address: "1 High Street, York"},
		},
		Example: compose.Addressee{
			Email: "a@example.com", FullName: "Anna", Attributes: map[string]any{"city": "York"},
			UnsubscribeURL: "https://gonets.io/u/x", ViewURL: "https://gonets.io/v/x",
		},
		PublicURL:  "https://gonets.io",
		OwnerQuota: Allowance{Left: unlimited}, SenderLimit: Allowance{Left: unlimited},
	}
}

// inDemo changes a mailing that is made in the demo.
func inDemo(change func(m *Mailing)) func(m *Mailing) {
	return func(m *Mailing) {
		m.Demo, m.PublicURL = true, "http://localhost:8090"
		change(m)
	}
}

// one is the check of that code.
func (r Report) one(t *testing.T, code string) Check {
	t.Helper()
	var all []Check
	for _, c := range r.Checks {
		if c.Code == code {
			all = append(all, c)
		}
	}
	if len(all) != 1 {
		t.Fatalf("%d checks %s in %+v", len(all), code, r.Checks)
	}
	return all[0]
}

func checker() *Checker {
	return &Checker{Resolver: published, Now: func() time.Time { return noon }}
}

func TestAMailingWithoutFaultIsOK(t *testing.T) {
	report, err := checker().Check(t.Context(), newApp(t), fine())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		CodePermission, CodeAudienceSize, CodeSuppressed, CodeMessage, CodeTemplate, CodeSubject, CodeUnknownVariables, CodeStartingTemplate, CodeLinks,
		CodeImages, CodeSize, CodeUnsubscribeLink, CodePostalAddress, CodeLanguage, CodeEmptyValues, CodeMailServer, CodeFromAddress, CodePublicAddress, CodeQuota,
		CodeEndsAt, CodeSPF, CodeDKIM, CodeDMARC,
	}
	for i, c := range report.Checks {
		if c.Level != OK || i >= len(want) || c.Code != want[i] || c.Detail["text"] == "" {
			t.Errorf("check %d: %+v", i, c)
		}
	}
	if !report.OK || len(report.Checks) != len(want) {
		t.Errorf("%d checks, want %d; ok %v", len(report.Checks), len(want), report.OK)
	}
}

func TestFaultsAreFound(t *testing.T) {
	app := newApp(t)
	for _, c := range []struct {
		name   string
		change func(m *Mailing)
		code   string
		level  Level
		reason string
	}{
		{"the mailing is blocked", func(m *Mailing) { m.MailingBlocked = true }, CodePermission, Error, "mailing_blocked"},
		{"the owner is blocked", func(m *Mailing) { m.OwnerBlocked = true }, CodePermission, Error, "owner_blocked"},
		{"the owner's address is not confirmed", func(m *Mailing) { m.OwnerUnverified = true }, CodePermission, Error, "owner_not_verified"},
		{"the owner waits for approval", func(m *Mailing) { m.AwaitingApproval = true }, CodePermission, Error, "awaiting_approval"},

		{"nobody is in the audience", func(m *Mailing) { m.Audience.Recipients = nil }, CodeAudienceSize, Error, "empty"},
		{"everybody is on the stop list", func(m *Mailing) { m.Audience.Recipients = []string{"client000000002"} }, CodeAudienceSize, Error, "all_suppressed"},
		{"somebody is on the stop list", func(m *Mailing) { m.Audience = audience.Audience{Kind: audience.Everyone} }, CodeSuppressed, Warning, "some_suppressed"},
		{"the filter cannot be read", func(m *Mailing) {
			m.Audience = audience.Audience{Kind: audience.Everyone, Filter: "nonsense >"}
		}, CodeAudienceSize, Error, audience.FilterUnreadable},

		{"there is no message", func(m *Mailing) { m.NoMessage = true }, CodeMessage, Error, "missing"},
		{"the template is broken", func(m *Mailing) { m.Message.Body = "{% if %}" }, CodeTemplate, Error, "broken_template"},
		{"no mail can be made", func(m *Mailing) { m.Message.ReplyTo = "nobody" }, CodeMessage, Error, "unusable"},
		{"the subject is empty", func(m *Mailing) { m.Message.Subject = " " }, CodeSubject, Error, "empty"},
		{"the subject is nothing but a value that is missing", func(m *Mailing) { m.Message.Subject = "{{ client.attributes.pets.dog }}" }, CodeSubject, Warning, "empty_for_some"},
		{"a variable is unknown", func(m *Mailing) { m.Message.Body = "{{ client.attributes.town }}" }, CodeUnknownVariables, Warning, "unknown"},

		{"the head of a starting template is as it was", func(m *Mailing) { m.Message.Body = "<td><b>Company\n name</b></td>" }, CodeStartingTemplate, Warning, "untouched"},
		{"the text of a starting template is as it was, in Markdown", func(m *Mailing) { m.Message.Body = "# **Название компании**\n" }, CodeStartingTemplate, Warning, "untouched"},
		{"a sentence of a starting template is left among others", func(m *Mailing) {
			m.Message.Body = "<p>News! Two or three sentences: what happened, and why.</p>"
		}, CodeStartingTemplate, Warning, "untouched"},
		{"a link leads to the example", func(m *Mailing) { m.Message.Body = `<a href="https://example.com/">x</a>` }, CodeStartingTemplate, Warning, "untouched"},
		{"a link of the demo leads to the example", inDemo(func(m *Mailing) { m.Message.Body = `<a href="https://www.example.com/x">x</a>` }), CodeStartingTemplate, Warning, "untouched"},
		{"a few words of a starting template are part of a sentence", func(m *Mailing) { m.Message.Body = "<p>Tell us your company name: Company name Ltd?</p>" }, CodeStartingTemplate, OK, ""},
		{"a value is missing for some", func(m *Mailing) { m.Message.Body = "<p>Your cat {{ client.attributes.pets.dog }}.</p>" }, CodeEmptyValues, Warning, "empty_for_some"},
		{"a value is missing for some in the subject", func(m *Mailing) { m.Message.Subject = "For {{ client.attributes.pets.dog }}" }, CodeEmptyValues, Warning, "empty_for_some"},
		{"a value that is missing has a default", func(m *Mailing) { m.Message.Body = "<p>{{ client.attributes.pets.dog | default: 'pet' }}</p>" }, CodeEmptyValues, OK, ""},
		{"a variable that nobody has is unknown and no gap", func(m *Mailing) { m.Message.Body = "{{ client.attributes.town }}" }, CodeEmptyValues, OK, ""},

		{"a link has no address", func(m *Mailing) { m.Message.Body = `<a href="">x</a>` }, CodeLinks, Warning, "empty"},
		{"a link leads to its own page", func(m *Mailing) { m.Message.Body = `<a href="#">x</a>` }, CodeLinks, Warning, "empty"},
		{"a link is relative", func(m *Mailing) { m.Message.Body = `<a href="/news">x</a>` }, CodeLinks, Warning, "relative"},
		{"a link lacks its scheme", func(m *Mailing) { m.Message.Body = `<a href="www.gonets.io">x</a>` }, CodeLinks, Warning, "relative"},
		{"a link is not encrypted", func(m *Mailing) { m.Message.Body = `<a href="http://gonets.io">x</a>` }, CodeLinks, Warning, "insecure"},
		{"a link leads to this machine", func(m *Mailing) { m.Message.Body = `<a href="https://localhost:8090/">x</a>` }, CodeLinks, Warning, "private"},
		{"a link leads to a host without a domain", func(m *Mailing) { m.Message.Body = `<a href="https://value/">x</a>` }, CodeLinks, Warning, "private"},
		{"a link leads to this network", func(m *Mailing) { m.Message.Body = `<a href="https://192.168.1.10/">x</a>` }, CodeLinks, Warning, "private"},
		{"a link is a script", func(m *Mailing) { m.Message.Body = `<a href="javascript:alert(1)">x</a>` }, CodeLinks, Warning, "scheme"},
		{"a link in a branch not taken is relative", func(m *Mailing) {
			m.Message.Body = `{% if client.email == "x" %}<a href="news">x</a>{% endif %}`
		}, CodeLinks, Warning, "relative"},
		{"a link leads to a place that is not there", func(m *Mailing) { m.Message.Body = `<a href="#news">x</a><h2 id="other">y</h2>` }, CodeLinks, Warning, "anchor"},
		{"an image is not attached", func(m *Mailing) {
			m.Message.Body, m.Attached = `<img alt="" src="cid:logo.png">`, []message.File{{Name: "logo.gif"}}
		}, CodeImages, Warning, "not_attached"},
		{"a value is cut by its place", func(m *Mailing) { m.Message.Body = `<p style="color:{{ client.attributes.city }}">x</p>` }, CodeTemplate, Warning, "cut_values"},
		{"an image is embedded", func(m *Mailing) { m.Message.Body = `<img alt="" src="data:image/png;base64,AAAA">` }, CodeImages, Warning, "embedded"},
		{"an image has no description", func(m *Mailing) { m.Message.Body = `<img src="https://gonets.io/cat.png">` }, CodeImages, Warning, "missing_alt"},
		{"an image is relative", func(m *Mailing) { m.Message.Body = `<img alt="" src="cat.png">` }, CodeImages, Warning, "relative"},

		{"the HTML is cut by the largest mail service", func(m *Mailing) { m.Message.Body = strings.Repeat("<p>word</p>", 12_000) }, CodeSize, Warning, "clipped"},
		{"the attachments are too large", func(m *Mailing) { m.Attached = []message.File{{Size: 5 << 20}, {Size: 4 << 20}} }, CodeSize, Warning, "large"},
		{"the footer speaks another language", func(m *Mailing) { m.Message.Language = "ru" }, CodeLanguage, Warning, "other_language"},

		{"there is no mail server", func(m *Mailing) { m.NoMailServer = true }, CodeMailServer, Error, "not_set"},
		{"there is no From", func(m *Mailing) { m.Message.FromEmail = "" }, CodeFromAddress, Error, "empty"},
		{"From is no address", func(m *Mailing) { m.Message.FromEmail = "news" }, CodeFromAddress, Error, "invalid"},
		{"From is the example that settings begin with", func(m *Mailing) { m.Message.FromEmail = "support@example.com" }, CodeFromAddress, Warning, "reserved_domain"},
		{"there is no public address", func(m *Mailing) { m.PublicURL = "" }, CodePublicAddress, Warning, "not_set"},
		{"the public address is none", func(m *Mailing) { m.PublicURL = "gonets" }, CodePublicAddress, Warning, "invalid"},
		{"the public address is this machine", func(m *Mailing) { m.PublicURL = "http://localhost:8090" }, CodePublicAddress, Warning, "local"},
		{"the public address is loopback", func(m *Mailing) { m.PublicURL = "https://[::1]:8090" }, CodePublicAddress, Warning, "local"},
		{"the public address is not encrypted", func(m *Mailing) { m.PublicURL = "http://gonets.io" }, CodePublicAddress, Warning, "not_https"},
		{"the way to opt out leads nowhere", func(m *Mailing) { m.PublicURL = "http://localhost:8090" }, CodeUnsubscribeLink, Warning, "public_address"},
		{"the demo is on this machine only", inDemo(func(m *Mailing) {}), CodePublicAddress, OK, "demo"},
		{"the demo writes from an example", inDemo(func(m *Mailing) { m.Message.FromEmail = "news@shop.example" }), CodeFromAddress, OK, "demo"},
		{"the way to opt out of the demo is on this machine", inDemo(func(m *Mailing) {}), CodeUnsubscribeLink, OK, ""},
		{"the brand has no address", func(m *Mailing) { m.Message.Brand = template.Brand{Name: "Tea"} }, CodePostalAddress, Warning, "missing"},
		{"an image of the demo is on this machine", inDemo(func(m *Mailing) {
			m.Message.Body = `<img alt="" src="http://localhost:8090/api/files/images/x/cat.png">`
		}), CodeImages, OK, ""},
		{"an image of the demo is on another machine near by", inDemo(func(m *Mailing) {
			m.Message.Body = `<img alt="" src="http://192.168.1.10/cat.png">`
		}), CodeImages, Warning, "private"},

		{"the owner's quota is used up", func(m *Mailing) { m.OwnerQuota = Allowance{Limit: 500} }, CodeQuota, Warning, "owner_quota"},
		{"the sender's limit is used up", func(m *Mailing) { m.SenderLimit = Allowance{Limit: 500} }, CodeQuota, Warning, "sender_limit"},
		{"the end has passed", func(m *Mailing) { m.EndsAt = noon }, CodeEndsAt, Error, "passed"},
		{"the end comes before the start", func(m *Mailing) {
			m.StartsAt, m.EndsAt = noon.Add(2*time.Hour), noon.Add(time.Hour)
		}, CodeEndsAt, Error, "before_start"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := fine()
			c.change(&m)
			report, err := checker().Check(t.Context(), app, m)
			if err != nil {
				t.Fatal(err)
			}
			got := report.one(t, c.code)
			if reason, _ := got.Detail["reason"].(string); got.Level != c.level || reason != c.reason {
				t.Errorf("got %+v", got)
			}
			if report.OK != (c.level != Error) {
				t.Errorf("ok is %v", report.OK)
			}
		})
	}
}

func TestWhatIsNoFault(t *testing.T) {
	app := newApp(t)
	for _, c := range []struct {
		name   string
		change func(m *Mailing)
		code   string
	}{
		{"a variable inside of a known one", func(m *Mailing) { m.Message.Body = "{{ client.attributes.pets.cat }}" }, CodeUnknownVariables},
		{"a link that is a variable", func(m *Mailing) { m.Message.Body = `<a href="{{ view_url }}">x</a>` }, CodeLinks},
		{"a link with a variable", func(m *Mailing) { m.Message.Body = `<a href="https://gonets.io/?who={{ client.email }}">x</a>` }, CodeLinks},
		{"an address and a telephone", func(m *Mailing) { m.Message.Body = `<a href="mailto:a@gonets.io">x</a><a href="tel:+44">y</a>` }, CodeLinks},
		{"a link to a place in the mail", func(m *Mailing) {
			m.Message.Body = `<a href="#news">News</a><a href="#%D1%82">x</a><a href="#top">up</a><h2 id="news">News</h2><a name="т"></a>`
		}, CodeLinks},
		{"an image that is attached", func(m *Mailing) {
			m.Message.Body, m.Attached = `<img alt="" src="cid:logo.png">`, []message.File{{Name: "a.pdf"}, {Name: "logo.png"}}
		}, CodeImages},
		{"a value in url() of a style", func(m *Mailing) { m.Message.Body = `<p style="background:url('{{ client.attributes.city }}')">x</p>` }, CodeTemplate},
		{"an image that only decorates", func(m *Mailing) { m.Message.Body = `<img alt="" src="https://gonets.io/line.png">` }, CodeImages},
		{"links in text", func(m *Mailing) { m.Message.Format, m.Message.Body = compose.FormatText, "See https://gonets.io." }, CodeLinks},
		{"an audience within the quota", func(m *Mailing) { m.OwnerQuota = Allowance{Limit: 500, Left: 1} }, CodeQuota},
		{"an end to come", func(m *Mailing) { m.EndsAt = noon.Add(time.Hour) }, CodeEndsAt},
		{"little text in any language", func(m *Mailing) {
			m.Message.Format, m.Message.Body, m.Message.Subject = compose.FormatText, "Привет", "Привет"
		}, CodeLanguage},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := fine()
			c.change(&m)
			report, err := checker().Check(t.Context(), app, m)
			if err != nil {
				t.Fatal(err)
			}
			if got := report.one(t, c.code); got.Level != OK {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAReportNamesWhatIsWrong(t *testing.T) {
	m := fine()
	m.Message.Body = "<p>\n{{ client.attributes.town }} {{ client.nickname }}</p>" + strings.Repeat(`<a href="/a">a</a> <a href="http://gonets.io">b</a>`, 3)
	report, err := checker().Check(t.Context(), newApp(t), m)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(report.one(t, CodeUnknownVariables).Detail["variables"]); got != "[client.attributes.town client.nickname]" {
		t.Errorf("variables %s", got)
	}
	if got := fmt.Sprint(report.one(t, CodeLinks).Detail["links"]); got != "[{/a relative} {http://gonets.io insecure}]" {
		t.Errorf("links %s", got)
	}
	for body, by := range map[string]string{
		`<a href="{{ unsubscribe_url }}">out</a>`: "author", `<!-- <a href="{{ unsubscribe_url }}">out</a> -->`: "footer",
		`{% if client.full_name %}<p style="display:none"><a href="{{ unsubscribe_url }}">out</a>{% endif %}`: "footer",
	} {
		m.Message.Body = body
		if report, err = checker().Check(t.Context(), newApp(t), m); err != nil {
			t.Fatal(err)
		}
		if got := report.one(t, CodeUnsubscribeLink).Detail["by"]; got != by {
			t.Errorf("%s: the way to opt out is by the %v", body, got)
		}
	}
	m.Message.Body = "\n\n{{ client.full_name"
	if report, err = checker().Check(t.Context(), newApp(t), m); err != nil {
		t.Fatal(err)
	}
	if got := report.one(t, CodeTemplate).Detail; got["line"] != 3 || got["field"] != "body" {
		t.Errorf("template %+v", got)
	}
}

func TestAnUnreachableDatabaseIsAnError(t *testing.T) {
	app := newApp(t)
	if _, err := app.DB().NewQuery(`ALTER TABLE clients RENAME TO lost`).Execute(); err != nil {
		t.Fatal(err)
	}
	if _, err := checker().Check(context.Background(), app, fine()); err == nil {
		t.Error("no error")
	}
}

func TestGapsAreCountedForThoseWhoWouldGetThem(t *testing.T) {
	m := fine()
	m.Audience = audience.Audience{Kind: audience.Everyone}
	m.Message.Body = "<p>{{ client.full_name }}: {{ client.attributes.pets.dog }} {{ client.attributes.pets.cat }}</p>"
	report, err := checker().Check(t.Context(), newApp(t), m)
	if err != nil {
		t.Fatal(err)
	}
	check := report.one(t, CodeEmptyValues)
	// Of two clients one is on the stop list.
	if gaps := check.Detail["gaps"]; fmt.Sprint(gaps) != "[{client.attributes.pets.dog 1}]" || check.Detail["of"] != 1 || check.Detail["capped"] != false {
		t.Errorf("%+v", check)
	}
	m.Audience.Filter = "nonsense >"
	if report, err = checker().Check(t.Context(), newApp(t), m); err != nil {
		t.Fatal(err)
	}
	if check := report.one(t, CodeEmptyValues); check.Detail["reason"] != "not_counted" || check.Level != OK {
		t.Errorf("of an audience that cannot be read: %+v", check)
	}
}
