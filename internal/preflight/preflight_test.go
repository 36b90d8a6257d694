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
		codePermission, codeAudienceSize, codeSuppressed, codeMessage, codeTemplate, codeSubject, codeUnknownVariables, codeStartingTemplate, codeLinks,
		codeImages, codeSize, codeUnsubscribeLink, codePostalAddress, codeLanguage, codeEmptyValues, codeMailServer, codeFromAddress, codePublicAddress, codeQuota,
		codeEndsAt, codeSPF, codeDKIM, codeDMARC,
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
		{"the mailing is blocked", func(m *Mailing) { m.MailingBlocked = true }, codePermission, Error, "mailing_blocked"},
		{"the owner is blocked", func(m *Mailing) { m.OwnerBlocked = true }, codePermission, Error, "owner_blocked"},
		{"the owner's address is not confirmed", func(m *Mailing) { m.OwnerUnverified = true }, codePermission, Error, "owner_not_verified"},
		{"the owner waits for approval", func(m *Mailing) { m.AwaitingApproval = true }, codePermission, Error, "awaiting_approval"},

		{"nobody is in the audience", func(m *Mailing) { m.Audience.Recipients = nil }, codeAudienceSize, Error, "empty"},
		{"everybody is on the stop list", func(m *Mailing) { m.Audience.Recipients = []string{"client000000002"} }, codeAudienceSize, Error, "all_suppressed"},
		{"somebody is on the stop list", func(m *Mailing) { m.Audience = audience.Audience{Kind: audience.Everyone} }, codeSuppressed, Warning, "some_suppressed"},
		{"the filter cannot be read", func(m *Mailing) {
			m.Audience = audience.Audience{Kind: audience.Everyone, Filter: "nonsense >"}
		}, codeAudienceSize, Error, audience.FilterUnreadable},

		{"there is no message", func(m *Mailing) { m.NoMessage = true }, codeMessage, Error, "missing"},
		{"the template is broken", func(m *Mailing) { m.Message.Body = "{% if %}" }, codeTemplate, Error, "broken_template"},
		{"no mail can be made", func(m *Mailing) { m.Message.ReplyTo = "nobody" }, codeMessage, Error, "unusable"},
		{"the subject is empty", func(m *Mailing) { m.Message.Subject = " " }, codeSubject, Error, "empty"},
		{"the subject is nothing but a value that is missing", func(m *Mailing) { m.Message.Subject = "{{ client.attributes.pets.dog }}" }, codeSubject, Warning, "empty_for_some"},
		{"a variable is unknown", func(m *Mailing) { m.Message.Body = "{{ client.attributes.town }}" }, codeUnknownVariables, Warning, "unknown"},

		{"the head of a starting template is as it was", func(m *Mailing) { m.Message.Body = "<td><b>Company\n name</b></td>" }, codeStartingTemplate, Warning, "untouched"},
		{"the text of a starting template is as it was, in Markdown", func(m *Mailing) { m.Message.Body = "# **Название компании**\n" }, codeStartingTemplate, Warning, "untouched"},
		{"a sentence of a starting template is left among others", func(m *Mailing) {
			m.Message.Body = "<p>News! Two or three sentences: what happened, and why.</p>"
		}, codeStartingTemplate, Warning, "untouched"},
		{"a link leads to the example", func(m *Mailing) { m.Message.Body = `<a href="https://example.com/">x</a>` }, codeStartingTemplate, Warning, "untouched"},
		{"a link of the demo leads to the example", inDemo(func(m *Mailing) { m.Message.Body = `<a href="https://www.example.com/x">x</a>` }), codeStartingTemplate, Warning, "untouched"},
		{"a few words of a starting template are part of a sentence", func(m *Mailing) { m.Message.Body = "<p>Tell us your company name: Company name Ltd?</p>" }, codeStartingTemplate, OK, ""},
		{"a value is missing for some", func(m *Mailing) { m.Message.Body = "<p>Your cat {{ client.attributes.pets.dog }}.</p>" }, codeEmptyValues, Warning, "empty_for_some"},
		{"a value is missing for some in the subject", func(m *Mailing) { m.Message.Subject = "For {{ client.attributes.pets.dog }}" }, codeEmptyValues, Warning, "empty_for_some"},
		{"a value that is missing has a default", func(m *Mailing) { m.Message.Body = "<p>{{ client.attributes.pets.dog | default: 'pet' }}</p>" }, codeEmptyValues, OK, ""},
		{"a variable that nobody has is unknown and no gap", func(m *Mailing) { m.Message.Body = "{{ client.attributes.town }}" }, codeEmptyValues, OK, ""},

		{"a link has no address", func(m *Mailing) { m.Message.Body = `<a href="">x</a>` }, codeLinks, Warning, "empty"},
		{"a link leads to its own page", func(m *Mailing) { m.Message.Body = `<a href="#">x</a>` }, codeLinks, Warning, "empty"},
		{"a link is relative", func(m *Mailing) { m.Message.Body = `<a href="/news">x</a>` }, codeLinks, Warning, "relative"},
		{"a link lacks its scheme", func(m *Mailing) { m.Message.Body = `<a href="www.gonets.io">x</a>` }, codeLinks, Warning, "relative"},
		{"a link is not encrypted", func(m *Mailing) { m.Message.Body = `<a href="http://gonets.io">x</a>` }, codeLinks, Warning, "insecure"},
		{"a link leads to this machine", func(m *Mailing) { m.Message.Body = `<a href="https://localhost:8090/">x</a>` }, codeLinks, Warning, "private"},
		{"a link leads to a host without a domain", func(m *Mailing) { m.Message.Body = `<a href="https://value/">x</a>` }, codeLinks, Warning, "private"},
		{"a link leads to this network", func(m *Mailing) { m.Message.Body = `<a href="https://192.168.1.10/">x</a>` }, codeLinks, Warning, "private"},
		{"a link is a script", func(m *Mailing) { m.Message.Body = `<a href="javascript:alert(1)">x</a>` }, codeLinks, Warning, "scheme"},
		{"a link in a branch not taken is relative", func(m *Mailing) {
			m.Message.Body = `{% if client.email == "x" %}<a href="news">x</a>{% endif %}`
		}, codeLinks, Warning, "relative"},
		{"a link leads to a place that is not there", func(m *Mailing) { m.Message.Body = `<a href="#news">x</a><h2 id="other">y</h2>` }, codeLinks, Warning, "anchor"},
		{"an image is not attached", func(m *Mailing) {
			m.Message.Body, m.Attached = `<img alt="" src="cid:logo.png">`, []message.File{{Name: "logo.gif"}}
		}, codeImages, Warning, "not_attached"},
		{"a value is cut by its place", func(m *Mailing) { m.Message.Body = `<p style="color:{{ client.attributes.city }}">x</p>` }, codeTemplate, Warning, "cut_values"},
		{"an image is embedded", func(m *Mailing) { m.Message.Body = `<img alt="" src="data:image/png;base64,AAAA">` }, codeImages, Warning, "embedded"},
		{"an image has no description", func(m *Mailing) { m.Message.Body = `<img src="https://gonets.io/cat.png">` }, codeImages, Warning, "missing_alt"},
		{"an image is relative", func(m *Mailing) { m.Message.Body = `<img alt="" src="cat.png">` }, codeImages, Warning, "relative"},

		{"the HTML is cut by the largest mail service", func(m *Mailing) { m.Message.Body = strings.Repeat("<p>word</p>", 12_000) }, codeSize, Warning, "clipped"},
		{"the attachments are too large", func(m *Mailing) { m.Attached = []message.File{{Size: 5 << 20}, {Size: 4 << 20}} }, codeSize, Warning, "large"},
		{"the footer speaks another language", func(m *Mailing) { m.Message.Language = "ru" }, codeLanguage, Warning, "other_language"},

		{"there is no mail server", func(m *Mailing) { m.NoMailServer = true }, codeMailServer, Error, "not_set"},
		{"there is no From", func(m *Mailing) { m.Message.FromEmail = "" }, codeFromAddress, Error, "empty"},
		{"From is no address", func(m *Mailing) { m.Message.FromEmail = "news" }, codeFromAddress, Error, "invalid"},
		{"From is the example that settings begin with", func(m *Mailing) { m.Message.FromEmail = "support@example.com" }, codeFromAddress, Warning, "reserved_domain"},
		{"there is no public address", func(m *Mailing) { m.PublicURL = "" }, codePublicAddress, Warning, "not_set"},
		{"the public address is none", func(m *Mailing) { m.PublicURL = "gonets" }, codePublicAddress, Warning, "invalid"},
		{"the public address is this machine", func(m *Mailing) { m.PublicURL = "http://localhost:8090" }, codePublicAddress, Warning, "local"},
		{"the public address is loopback", func(m *Mailing) { m.PublicURL = "https://[::1]:8090" }, codePublicAddress, Warning, "local"},
		{"the public address is not encrypted", func(m *Mailing) { m.PublicURL = "http://gonets.io" }, codePublicAddress, Warning, "not_https"},
		{"the way to opt out leads nowhere", func(m *Mailing) { m.PublicURL = "http://localhost:8090" }, codeUnsubscribeLink, Warning, "public_address"},
		{"the demo is on this machine only", inDemo(func(m *Mailing) {}), codePublicAddress, OK, "demo"},
		{"the demo writes from an example", inDemo(func(m *Mailing) { m.Message.FromEmail = "news@shop.example" }), codeFromAddress, OK, "demo"},
		{"the way to opt out of the demo is on this machine", inDemo(func(m *Mailing) {}), codeUnsubscribeLink, OK, ""},
		{"the brand has no address", func(m *Mailing) { m.Message.Brand = template.Brand{Name: "Tea"} }, codePostalAddress, Warning, "missing"},
		{"an image of the demo is on this machine", inDemo(func(m *Mailing) {
			m.Message.Body = `<img alt="" src="http://localhost:8090/api/files/images/x/cat.png">`
		}), codeImages, OK, ""},
		{"an image of the demo is on another machine near by", inDemo(func(m *Mailing) {
			m.Message.Body = `<img alt="" src="http://192.168.1.10/cat.png">`
		}), codeImages, Warning, "private"},

		{"the owner's quota is used up", func(m *Mailing) { m.OwnerQuota = Allowance{Limit: 500} }, codeQuota, Warning, "owner_quota"},
		{"the sender's limit is used up", func(m *Mailing) { m.SenderLimit = Allowance{Limit: 500} }, codeQuota, Warning, "sender_limit"},
		{"the end has passed", func(m *Mailing) { m.EndsAt = noon }, codeEndsAt, Error, "passed"},
		{"the end comes before the start", func(m *Mailing) {
			m.StartsAt, m.EndsAt = noon.Add(2*time.Hour), noon.Add(time.Hour)
		}, codeEndsAt, Error, "before_start"},
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
		{"a variable inside of a known one", func(m *Mailing) { m.Message.Body = "{{ client.attributes.pets.cat }}" }, codeUnknownVariables},
		{"a link that is a variable", func(m *Mailing) { m.Message.Body = `<a href="{{ view_url }}">x</a>` }, codeLinks},
		{"a link with a variable", func(m *Mailing) { m.Message.Body = `<a href="https://gonets.io/?who={{ client.email }}">x</a>` }, codeLinks},
		{"an address and a telephone", func(m *Mailing) { m.Message.Body = `<a href="mailto:a@gonets.io">x</a><a href="tel:+44">y</a>` }, codeLinks},
		{"a link to a place in the mail", func(m *Mailing) {
			m.Message.Body = `<a href="#news">News</a><a href="#%D1%82">x</a><a href="#top">up</a><h2 id="news">News</h2><a name="т"></a>`
		}, codeLinks},
		{"an image that is attached", func(m *Mailing) {
			m.Message.Body, m.Attached = `<img alt="" src="cid:logo.png">`, []message.File{{Name: "a.pdf"}, {Name: "logo.png"}}
		}, codeImages},
		{"a value in url() of a style", func(m *Mailing) { m.Message.Body = `<p style="background:url('{{ client.attributes.city }}')">x</p>` }, codeTemplate},
		{"an image that only decorates", func(m *Mailing) { m.Message.Body = `<img alt="" src="https://gonets.io/line.png">` }, codeImages},
		{"links in text", func(m *Mailing) { m.Message.Format, m.Message.Body = compose.FormatText, "See https://gonets.io." }, codeLinks},
		{"an audience within the quota", func(m *Mailing) { m.OwnerQuota = Allowance{Limit: 500, Left: 1} }, codeQuota},
		{"an end to come", func(m *Mailing) { m.EndsAt = noon.Add(time.Hour) }, codeEndsAt},
		{"little text in any language", func(m *Mailing) {
			m.Message.Format, m.Message.Body, m.Message.Subject = compose.FormatText, "Привет", "Привет"
		}, codeLanguage},
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
	if got := fmt.Sprint(report.one(t, codeUnknownVariables).Detail["variables"]); got != "[client.attributes.town client.nickname]" {
		t.Errorf("variables %s", got)
	}
	if got := fmt.Sprint(report.one(t, codeLinks).Detail["links"]); got != "[{/a relative} {http://gonets.io insecure}]" {
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
		if got := report.one(t, codeUnsubscribeLink).Detail["by"]; got != by {
			t.Errorf("%s: the way to opt out is by the %v", body, got)
		}
	}
	m.Message.Body = "\n\n{{ client.full_name"
	if report, err = checker().Check(t.Context(), newApp(t), m); err != nil {
		t.Fatal(err)
	}
	if got := report.one(t, codeTemplate).Detail; got["line"] != 3 || got["field"] != "body" {
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
	check := report.one(t, codeEmptyValues)
	// Of two clients one is on the stop list.
	if gaps := check.Detail["gaps"]; fmt.Sprint(gaps) != "[{client.attributes.pets.dog 1}]" || check.Detail["of"] != 1 || check.Detail["capped"] != false {
		t.Errorf("%+v", check)
	}
	m.Audience.Filter = "nonsense >"
	if report, err = checker().Check(t.Context(), newApp(t), m); err != nil {
		t.Fatal(err)
	}
	if check := report.one(t, codeEmptyValues); check.Detail["reason"] != "not_counted" || check.Level != OK {
		t.Errorf("of an audience that cannot be read: %+v", check)
	}
}
