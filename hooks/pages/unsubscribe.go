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

// unsubscribeBody is more than any mail provider or our own form sends, in bytes.
const unsubscribeBody = 64 << 10

// unsubscribeRoutes are GET and POST /u/{token}: the page behind the unsubscribe link of a mail, and
// what mail providers call when somebody presses their own button (RFC 8058).
type unsubscribeRoutes struct{ tokens *suppression.Tokens }

func BindUnsubscribe(app core.App) {
	u := unsubscribeRoutes{tokens: suppression.NewTokens(app)}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/u/{token}", u.show)
		e.Router.POST("/u/{token}", u.act).Bind(apis.BodyLimit(unsubscribeBody))
		return e.Next()
	})
}

// show says how things stand and offers what can be done. It changes nothing: link scanners follow
// every link of a mail before anybody reads it.
func (u unsubscribeRoutes) show(e *core.RequestEvent) error {
	o, err := u.find(e)
	if o == nil {
		return err
	}
	restored := e.Request.URL.Query().Has("restored")
	return showPage(e, http.StatusOK, stateOf(o, pageLanguage(e.Request, o.Language), restored))
}

// act does what the button of the page says, and shows the page again by a redirect, so that it can be
// reloaded. A body without such a choice comes from a mail provider and means everything: RFC 8058
// § 3.2 knows no other wish, and forbids to answer with a redirect.
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
			return u.fail(e, err)
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
		return u.fail(e, err)
	}
	return e.Redirect(http.StatusSeeOther, "/u/"+e.Request.PathValue("token")+query)
}

// find returns what stands behind the token of the path, or nil after it has answered.
func (u unsubscribeRoutes) find(e *core.RequestEvent) (*suppression.OptOut, error) {
	if e.Request.PathValue("token") == preview.Token {
		return nil, showPage(e, http.StatusOK, trialPage(pageLanguage(e.Request, "")))
	}
	o, err := suppression.FindOptOut(e.App, u.tokens, e.Request.PathValue("token"))
	if errors.Is(err, suppression.ErrToken) {
		return nil, showPage(e, http.StatusNotFound, lostPage(pageLanguage(e.Request, "")))
	}
	if err != nil {
		return nil, u.fail(e, err)
	}
	return o, nil
}

// fail shows the person that it was not their fault, and logs what it was. Mail providers try again.
func (u unsubscribeRoutes) fail(e *core.RequestEvent, err error) error {
	e.App.Logger().Error("An unsubscribe link failed", "error", err)
	return showPage(e, http.StatusInternalServerError, brokenPage(pageLanguage(e.Request, "")))
}
