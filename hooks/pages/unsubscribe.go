// Package pages is what recipients and account holders see outside the web UI: the pages behind the links of mails (/u,
// /v), and the mails about accounts.
package pages

import (
	"errors"
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/preview"
	"gonets/internal/suppression"
)

// unsubscribeBody is the size of a request in bytes: more than mail providers or our own form send.
const unsubscribeBody = 64 << 10

// unsubscribeRoutes are GET and POST /u/{token}: the page behind the unsubscribe link of an e-mail, and the one-click request
// of mail providers (RFC 8058).
type unsubscribeRoutes struct{ tokens *suppression.Tokens }

func BindUnsubscribe(app core.App) {
	u := unsubscribeRoutes{tokens: suppression.NewTokens(app)}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/u/{token}", u.show)
		e.Router.POST("/u/{token}", u.act).Bind(apis.BodyLimit(unsubscribeBody))
		return e.Next()
	})
}

// show shows the state of the subscription and the choices. It changes nothing: link scanners follow every link of an e-mail
// before anybody reads it.
func (u unsubscribeRoutes) show(e *core.RequestEvent) error {
	o, err := u.find(e)
	if o == nil {
		return err
	}
	restored := e.Request.URL.Query().Has("restored")
	return showPage(e, http.StatusOK, stateOf(o, pageLanguage(e.Request, o.Language), restored))
}

// act does what was chosen on the page, and redirects to the page, so that it can be reloaded. A body without a choice comes
// from a mail provider and means all e-mails of the sender: RFC 8058 § 3.2 has no other choice, and forbids a redirect.
func (u unsubscribeRoutes) act(e *core.RequestEvent) error {
	choice := e.Request.PostFormValue("choice") // urlencoded and multipart alike
	o, err := u.find(e)
	if o == nil {
		return err
	}

	query := ""
	switch choice {
	case "":
		if err := o.Everything(); err != nil {
			return u.fail(e, err, o.Language)
		}
		return e.String(http.StatusOK, "Unsubscribed.")
	case "list":
		err = o.TheseLists()
	case "undo":
		err, query = o.Undo(), "?restored"
	default:
		err = o.Everything()
	}
	if err != nil {
		return u.fail(e, err, o.Language)
	}
	return e.Redirect(http.StatusSeeOther, "/u/"+e.Request.PathValue("token")+query)
}

// find returns the recipient of the token in the path, or nil after it has answered.
func (u unsubscribeRoutes) find(e *core.RequestEvent) (*suppression.OptOut, error) {
	if e.Request.PathValue("token") == preview.Token {
		return nil, showPage(e, http.StatusOK, previewPage(pageLanguage(e.Request, "")))
	}
	o, err := suppression.FindOptOut(e.App, u.tokens, e.Request.PathValue("token"))
	if errors.Is(err, suppression.ErrToken) {
		return nil, showPage(e, http.StatusNotFound, lostPage(pageLanguage(e.Request, "")))
	}
	if err != nil {
		return nil, u.fail(e, err, "")
	}
	return o, nil
}

// fail logs the error and shows that the server failed; mail is the language of the email, "" if it is not known. Mail
// providers try again.
func (u unsubscribeRoutes) fail(e *core.RequestEvent, err error, mail string) error {
	e.App.Logger().Error("An unsubscribe link failed", "error", err)
	return showPage(e, http.StatusInternalServerError, brokenPage(pageLanguage(e.Request, mail)))
}
