// Package pages is what recipients and account holders see outside the web UI: the pages behind the links of mails (/u,
// /v), archives (/a), and the mails about accounts.
package pages

import (
	"errors"
	"net/http"
	"strings"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/internal/brand"
	"gonets/internal/consent"
	"gonets/internal/preference"
	"gonets/internal/preview"
	"gonets/internal/readertext"
	"gonets/internal/suppression"
)

// unsubscribeRoutes are GET and POST /u/{token}: the page behind the unsubscribe link of an e-mail, where readers choose what
// they get, and the one-click request of mail providers (RFC 8058).
type unsubscribeRoutes struct{ tokens *suppression.Tokens }

func BindUnsubscribe(app core.App) {
	u := unsubscribeRoutes{tokens: suppression.NewTokens(app)}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/u/{token}", u.show)
		e.Router.POST("/u/{token}", u.act).Bind(middleware.BodyLimit(middleware.GuestBody))
		return e.Next()
	})
}

// show shows the state of the subscription and the choices. It changes nothing: link scanners follow every link of an e-mail
// before anybody reads it.
func (u unsubscribeRoutes) show(e *core.RequestEvent) error {
	r, err := u.find(e)
	if r == nil {
		return err
	}
	t := textFor(e, r)
	p := pageOf(e, r, t)
	w, asked := t.Preferences, e.Request.URL.Query()
	switch {
	case asked.Has("restored"):
		p = p.restored(r, t)
	case asked.Has("saved"):
		p.Said = w.Saved
	case asked.Has("resumed"):
		p.Said = w.Resumed
	case asked.Has("told") && r.Told != "":
		p.Said = w.Thanks
	case asked.Has("mailed"):
		p.Said = t.OwnData.Mailed
	}
	return u.answer(e, http.StatusOK, r, p)
}

// act does what was chosen on the page, and redirects to the page, so that it can be reloaded. A body without a choice comes
// from a mail provider and means all e-mails of the sender: RFC 8058 § 3.2 has no other choice, and forbids a redirect.
func (u unsubscribeRoutes) act(e *core.RequestEvent) error {
	choice := e.Request.PostFormValue("choice") // urlencoded and multipart alike
	r, err := u.find(e)
	if r == nil {
		return err
	}
	by := consent.By{IP: e.RealIP(), UserAgent: e.Request.UserAgent()}

	query := ""
	switch choice {
	case "":
		if err := r.Everything(by); err != nil {
			return u.fail(e, err, r)
		}
		return e.String(http.StatusOK, "Unsubscribed.")
	case "list":
		err = r.TheseLists(by)
	case "undo":
		err, query = r.Undo(by), "?restored"
	case "save":
		err, query = r.Save(chosen(e.Request), by), "?saved"
	case "pause30":
		err = r.PauseFor(30)
	case "pause90":
		err = r.PauseFor(90)
	case "resume":
		err, query = r.PauseFor(0), "?resumed"
	case "why":
		err, query = r.Explain(e.Request.PostFormValue("why"), e.Request.PostFormValue("words")), "?told"
	default:
		err = r.Everything(by)
	}
	if err != nil {
		return u.fail(e, err, r)
	}
	return e.Redirect(http.StatusSeeOther, "/u/"+e.Request.PathValue("token")+query)
}

// chosen reads the form of lists, name and language.
func chosen(r *http.Request) preference.Chosen {
	return preference.Chosen{
		Lists: r.PostForm["list"],
		Name:  strings.TrimSpace(r.PostFormValue("name")), Language: r.PostFormValue("language"),
	}
}

// find returns the reader of the token in the path, or nil after it has answered.
func (u unsubscribeRoutes) find(e *core.RequestEvent) (*preference.Reader, error) {
	if e.Request.PathValue("token") == preview.Token {
		t := readertext.For("", e.Request.Header, "")
		return nil, showNotice(e, http.StatusOK, t, t.OptOut.Test)
	}
	r, err := preference.Find(e.App, u.tokens, e.Request.PathValue("token"))
	if errors.Is(err, suppression.ErrToken) {
		t := readertext.For("", e.Request.Header, "")
		return nil, showNotice(e, http.StatusNotFound, t, t.OptOut.Lost)
	}
	if err != nil {
		return nil, u.fail(e, err, nil)
	}
	return r, nil
}

// textFor returns the texts for a reader: in the language of the client, else of the browser, else of the e-mail.
func textFor(e *core.RequestEvent, r *preference.Reader) *readertext.Text {
	return readertext.For(r.Language, e.Request.Header, r.OptOut.Language)
}

// pageOf is the reader's page.
func pageOf(e *core.RequestEvent, r *preference.Reader, t *readertext.Text) readerPage {
	p := stateOf(r, t)
	if r.Known {
		p.OwnData = ownDataOf(e.Request.PathValue("token"), t)
	}
	return p
}

// answer answers a page with the brand of who sent the e-mail.
func (u unsubscribeRoutes) answer(e *core.RequestEvent, status int, r *preference.Reader, p readerPage) error {
	var err error
	if p.Brand, err = brand.Of(e.App, r.Owner); err != nil {
		return u.fail(e, err, nil)
	}
	return showPage(e, status, p)
}

// fail says what could not be done; r is nil if it is not known for whom. An error of the server is logged: mail providers try
// again.
func (u unsubscribeRoutes) fail(e *core.RequestEvent, err error, r *preference.Reader) error {
	if r == nil {
		e.App.Logger().Error("An unsubscribe link failed", "error", err)
		t := readertext.For("", e.Request.Header, "")
		return showNotice(e, http.StatusInternalServerError, t, t.OptOut.Broken)
	}
	t := textFor(e, r)
	p := pageOf(e, r, t)
	var invalid validation.Errors
	switch {
	case errors.Is(err, suppression.ErrTooOften):
		p.Said = t.Preferences.TooOften
		e.Response.Header().Set("Retry-After", "3600") // changes are counted by the day
		return u.answer(e, http.StatusTooManyRequests, r, p)
	case errors.As(err, &invalid):
		p.Said = t.Preferences.NameProblem
		return u.answer(e, http.StatusBadRequest, r, p)
	}
	e.App.Logger().Error("An unsubscribe link failed", "error", err)
	return showNotice(e, http.StatusInternalServerError, t, t.OptOut.Broken)
}
