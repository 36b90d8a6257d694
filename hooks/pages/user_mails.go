package pages

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/mailing"
)

// accountEmail is an e-mail of Gonets to its users, in one language: a paragraph, a button that opens a page of the web UI, and
// a note.
//
// It does not greet by name: anybody can register the address of somebody else, with an advertisement as the name.
type accountEmail struct {
	Subject, Greeting, Text, Button, Note string
}

// page is the page of the public UI that a kind of mail opens, and how long its link works.
type page struct {
	path     string
	duration func(users *core.Collection) int64 // seconds
}

var (
	verifyPage = page{"verify", func(c *core.Collection) int64 { return c.VerificationToken.Duration }}
	resetPage  = page{"reset", func(c *core.Collection) int64 { return c.PasswordResetToken.Duration }}
	changePage = page{"confirm-email", func(c *core.Collection) int64 { return c.EmailChangeToken.Duration }}
)

// errNoMailServer is the error that PocketBase logs when it has an e-mail to send.
var errNoMailServer = errors.New("no mail server is set up: the settings have SMTP switched off")

// BindUserMails writes the e-mails to users in their language. PocketBase has one template for all languages, so its text is
// replaced.
func BindUserMails(app core.App) {
	write := func(p page, texts map[string]accountEmail) func(*core.MailerRecordEvent) error {
		return func(e *core.MailerRecordEvent) error {
			if err := writeEmail(e, p, texts); err != nil {
				return err
			}
			return e.Next()
		}
	}
	app.OnMailerRecordVerificationSend("users").BindFunc(write(verifyPage, verifyEmails))
	app.OnMailerRecordPasswordResetSend("users").BindFunc(write(resetPage, resetEmails))
	app.OnMailerRecordEmailChangeSend("users").BindFunc(write(changePage, changeEmails))

	// PocketBase would send it by the sendmail program of the machine.
	app.OnMailerSend().BindFunc(func(e *core.MailerEvent) error {
		if !e.App.Settings().SMTP.Enabled {
			return errNoMailServer
		}
		return e.Next()
	})
}

func writeEmail(e *core.MailerRecordEvent, p page, texts map[string]accountEmail) error {
	token, _ := e.Meta["token"].(string)
	if token == "" {
		return fmt.Errorf("write the mail %s: it has no token", p.path)
	}
	lang := e.Record.GetString("language")
	l, ok := texts[lang]
	if !ok {
		lang, l = "en", texts["en"]
	}
	service := mailing.ServiceName(e.App, lang)
	fill := strings.NewReplacer("{app}", service, "{time}", span(lang, p.duration(e.Record.Collection())))
	l.Subject, l.Text, l.Note = fill.Replace(l.Subject), fill.Replace(l.Text), fill.Replace(l.Note)
	link := mailing.PublicAddress(e.App) + "/#/" + p.path + "/" + token

	var html bytes.Buffer
	if err := emailHTML.Execute(&html, map[string]any{"Lang": lang, "Email": l, "Link": link, "App": service}); err != nil {
		return fmt.Errorf("write the mail %s: %w", p.path, err)
	}
	e.Message.Subject = l.Subject
	e.Message.HTML = html.String()
	e.Message.Text = strings.Join([]string{l.Greeting, l.Text, link, l.Note, "-- \n" + service}, "\n\n") + "\n"
	return nil
}

// emailHTML uses tables and inline styles, which mail programs support; colours of the dark mode are in the style sheet, the
// only place where they can be.
var emailHTML = template.Must(template.New("email").Parse(`<!doctype html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{.Email.Subject}}</title>
<style>
@media (prefers-color-scheme: dark) {
  .paper { background: #0e0f12 !important; }
  .card { background: #16181d !important; border-color: #272a32 !important; }
  .ink { color: #edeef2 !important; }
  .soft { color: #a3a9b8 !important; }
  .act { background: #8094ff !important; }
  .act a { color: #0b1030 !important; }
}
@media (max-width: 480px) {
  .card { padding: 24px 20px !important; }
}
</style>
</head>
<body class="paper" style="margin:0;padding:0;background:#f7f7f8">
<div style="display:none;max-height:0;overflow:hidden">{{.Email.Text}}</div>
<table role="presentation" class="paper" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f7f7f8"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:520px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5">
<tr><td class="ink" style="padding:0 0 16px;font-weight:700;color:#16181d">{{.App}}</td></tr>
<tr><td class="card" style="padding:32px;background:#ffffff;border:1px solid #e4e5ea;border-radius:10px">
<h1 class="ink" style="margin:0 0 16px;font-size:22px;line-height:1.25;color:#16181d">{{.Email.Subject}}</h1>
<p class="ink" style="margin:0 0 8px;color:#16181d">{{.Email.Greeting}}</p>
<p class="ink" style="margin:0 0 24px;color:#16181d">{{.Email.Text}}</p>
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 24px"><tr><td class="act" style="border-radius:6px;background:#3b53e0"><a href="{{.Link}}" style="display:inline-block;padding:11px 20px;color:#ffffff;text-decoration:none;font-weight:600">{{.Email.Button}}</a></td></tr></table>
<p class="soft" style="margin:0;font-size:14px;color:#555b69">{{.Email.Note}}</p>
</td></tr>
</table>
</td></tr></table>
</body>
</html>
`))

// span is a duration in words, in the largest unit of which it is a whole number.
func span(lang string, seconds int64) string {
	units := []struct {
		seconds int64
		ru      [3]string // 1 день, 2 дня, 5 дней
		en      string
	}{
		{86400, [3]string{"день", "дня", "дней"}, "day"},
		{3600, [3]string{"час", "часа", "часов"}, "hour"},
		{60, [3]string{"минуту", "минуты", "минут"}, "minute"},
		{1, [3]string{"секунду", "секунды", "секунд"}, "second"},
	}
	for _, u := range units {
		if seconds%u.seconds != 0 {
			continue
		}
		n := seconds / u.seconds
		switch {
		case lang == "ru":
			return fmt.Sprintf("%d %s", n, u.ru[russianForm(n)])
		case n == 1:
			return "1 " + u.en
		default:
			return fmt.Sprintf("%d %ss", n, u.en)
		}
	}
	return ""
}

// russianForm is the index of the form that a Russian noun takes after a number: 1 день, 2 дня, 5 дней.
func russianForm(n int64) int {
	switch {
	case n%10 == 1 && n%100 != 11:
		return 0
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return 1
	default:
		return 2
	}
}
