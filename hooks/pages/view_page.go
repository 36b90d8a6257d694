package pages

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"
)

// viewNotice is the text of the page when it cannot show an e-mail.
type viewNotice struct{ Language, Title, Text string }

// notice shows it under the policy of the caller.
func notice(e *core.RequestEvent, status int, n viewNotice) error {
	return renderPage(e, status, n.page(status))
}

// page is the notice in the layout of the pages for readers.
func (n viewNotice) page(status int) readerPage {
	p := readerPage{Language: n.Language, Title: n.Title, Text: [][]run{{{Words: n.Text}}}}
	if status >= http.StatusBadRequest {
		p.Mark = "lost"
	}
	return p
}
