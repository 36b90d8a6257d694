package hooks

import (
	"bytes"
	"html/template"
	"regexp"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
)

// viewNotice is what the page says when it cannot show a mail.
type viewNotice struct{ Language, Title, Text string }

var viewNotices = map[string]struct{ notFound, preview, failed viewNotice }{
	"ru": {
		notFound: viewNotice{"ru", "Письма здесь нет", "Ссылка неполная, или письмо уже удалено. Проверьте, что адрес скопирован целиком."},
		preview:  viewNotice{"ru", "Это пробное письмо", "В настоящем письме эта ссылка откроет его в браузере."},
		failed:   viewNotice{"ru", "Письмо не открылось", "Это наша ошибка. Попробуйте ещё раз через несколько минут."},
	},
	"en": {
		notFound: viewNotice{"en", "There is no mail here", "The link is incomplete, or the mail has been deleted. Check that the whole address was copied."},
		preview:  viewNotice{"en", "This is a test mail", "In the real mail this link opens it in the browser."},
		failed:   viewNotice{"en", "The mail could not be opened", "This is our fault. Try again in a few minutes."},
	},
}

var noticePage = template.Must(template.New("notice").Parse(`<!doctype html>
<html lang="{{.Language}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif;
	background: light-dark(#f7f7f8, #0e0f12); color: light-dark(#16181d, #edeef2); }
main { max-width: 26rem; padding: 2rem; }
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; }
p { margin: 0; color: light-dark(#555b69, #a3a9b8); }
</style>
<main><h1>{{.Title}}</h1><p>{{.Text}}</p></main>
`))

func notice(e *core.RequestEvent, status int, n viewNotice) error {
	return renderPage(e, status, noticePage, n)
}

// textPage shows a mail that has no HTML, with its links as links.
var textPage = template.Must(template.New("text").Parse(`<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Subject}}</title>
<style>
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem; font: 1rem/1.5 system-ui, sans-serif; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
<body>{{range .Parts}}{{if .Link}}<a href="{{.Link}}">{{.Link}}</a>{{else}}{{.Text}}{{end}}{{end}}
`))

// textPart is a piece of a text: a web address or what stands between two.
type textPart struct{ Link, Text string }

var webAddress = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]`)

func plainText(e *core.RequestEvent, p compose.Preview) error {
	var parts []textPart
	rest := p.Text
	for {
		at := webAddress.FindStringIndex(rest)
		if at == nil {
			parts = append(parts, textPart{Text: rest})
			break
		}
		parts = append(parts, textPart{Text: rest[:at[0]]}, textPart{Link: rest[at[0]:at[1]]})
		rest = rest[at[1]:]
	}
	return renderPage(e, 200, textPage, struct {
		Subject string
		Parts   []textPart
	}{p.Subject, parts})
}

func renderPage(e *core.RequestEvent, status int, t *template.Template, data any) error {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return err
	}
	return e.HTML(status, b.String())
}
