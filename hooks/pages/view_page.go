package pages

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"
)

// viewNotice is the text of the page when it cannot show an e-mail.
type viewNotice struct{ Language, Title, Text string }

var viewNotices = map[string]struct{ notFound, preview, failed viewNotice }{
	"ru": {
		notFound: viewNotice{"ru", "Письма здесь нет", "Ссылка неполная, или письмо уже удалено. Проверьте, что адрес скопирован целиком."},
		preview:  viewNotice{"ru", "Это пробное письмо", "В настоящем письме эта ссылка откроет его в браузере."},
		failed:   viewNotice{"ru", "Письмо не открылось", "Это наша ошибка. Попробуйте ещё раз через несколько минут."},
	},
	"en": {
		notFound: viewNotice{"en", "There is no email here", "The link is incomplete, or the email has been deleted. Check that the whole address was copied."},
		preview:  viewNotice{"en", "This is a test email", "In the real email this link opens it in the browser."},
		failed:   viewNotice{"en", "The email could not be opened", "This is our fault. Try again in a few minutes."},
	},
}

// notice shows it under the policy of the caller.
func notice(e *core.RequestEvent, status int, n viewNotice) error {
	return renderPage(e, status, n.page(status))
}

// page is the notice in the layout of the unsubscribe page.
func (n viewNotice) page(status int) optOutPage {
	p := optOutPage{Language: n.Language, Title: n.Title, Text: [][]run{{{Words: n.Text}}}}
	if status >= http.StatusBadRequest {
		p.Mark = "lost"
	}
	return p
}
