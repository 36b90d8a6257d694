package hooks

import (
	"bytes"
	"html/template"

	"github.com/pocketbase/pocketbase/core"
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

func renderPage(e *core.RequestEvent, status int, t *template.Template, data any) error {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return err
	}
	return e.HTML(status, b.String())
}
