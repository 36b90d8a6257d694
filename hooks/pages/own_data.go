package pages

import (
	"errors"
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/internal/consent"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/memory"
	"gonets/internal/preference"
	"gonets/internal/readertext"
	"gonets/internal/suppression"
	"gonets/internal/transactional"
)

// ownDataRoutes are what readers do with the data that is kept of them: POST /u/{token}/mail asks for an e-mail, with the data or
// with a link to erase them; GET and POST /u/{token}/erase are behind that link. Nothing of the data is on a page: links in
// e-mails are forwarded.
type ownDataRoutes struct {
	unsubscribeRoutes
	calls *transactional.Service
}

func BindOwnData(app core.App, calls *transactional.Service) {
	o := ownDataRoutes{unsubscribeRoutes{suppression.NewTokens(app)}, calls}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.POST("/u/{token}/mail", o.mail).Bind(middleware.BodyLimit(middleware.GuestBody))
		e.Router.GET("/u/{token}/erase", o.ask)
		e.Router.POST("/u/{token}/erase", o.erase).Bind(middleware.BodyLimit(middleware.GuestBody))
		return e.Next()
	})
}

// mail mails the data, or the link to erase them, to the reader's address.
func (o ownDataRoutes) mail(e *core.RequestEvent) error {
	what := e.Request.PostFormValue("what")
	r, err := o.find(e)
	if r == nil {
		return err
	}
	token := e.Request.PathValue("token")
	if !r.Known || what != "data" && what != "erase" {
		return e.Redirect(http.StatusSeeOther, "/u/"+token)
	}
	t := textFor(e, r)
	w := t.OwnData
	if what == "data" {
		err = r.MailData(e.Request.Context(), o.calls, t)
	} else {
		var proof string
		if proof, err = r.EraseToken(o.tokens); err == nil {
			err = r.MailErasure(e.Request.Context(), o.calls, t, mailing.PublicAddress(e.App)+"/u/"+proof+"/erase")
		}
	}
	var denied *denial.Error
	p := pageOf(e, r, t)
	switch {
	case err == nil:
		return e.Redirect(http.StatusSeeOther, "/u/"+token+"?mailed")
	case errors.Is(err, preference.ErrUnreachable):
		p.Said = w.Unreachable
		return o.answer(e, http.StatusConflict, r, p)
	case errors.As(err, &denied), errors.Is(err, memory.ErrBusy):
		e.App.Logger().Warn("An e-mail about a reader's own data could not be sent", "owner", r.Owner, "error", err)
		p.Said = w.NotMailed
		return o.answer(e, http.StatusServiceUnavailable, r, p)
	}
	return o.fail(e, err, r)
}

// ask asks whether to erase the data. Opening the link changes nothing.
func (o ownDataRoutes) ask(e *core.RequestEvent) error {
	r, err := o.findToErase(e)
	if r == nil {
		return err
	}
	t := textFor(e, r)
	if !r.Known && r.Stopped {
		return o.answer(e, http.StatusOK, r, erasedPage(r, t))
	}
	w := t.OwnData
	return o.answer(e, http.StatusOK, r, readerPage{
		Language: t.Code, Title: w.Ask.Title, Text: [][]run{phrase(w.Ask.Text, senderOf(r, t))},
		Choices: []button{{Value: "erase", Words: w.Do, Primary: true}},
	})
}

func (o ownDataRoutes) erase(e *core.RequestEvent) error {
	choice := e.Request.PostFormValue("choice")
	r, err := o.findToErase(e)
	if r == nil {
		return err
	}
	if choice != "erase" {
		return e.Redirect(http.StatusSeeOther, "/u/"+e.Request.PathValue("token")+"/erase")
	}
	if err := r.Erase(consent.By{IP: e.RealIP(), UserAgent: e.Request.UserAgent()}); err != nil {
		return o.fail(e, err, r)
	}
	return o.answer(e, http.StatusOK, r, erasedPage(r, textFor(e, r)))
}

func erasedPage(r *preference.Reader, t *readertext.Text) readerPage {
	w := t.OwnData.Erased
	return readerPage{Language: t.Code, Mark: "done", Title: w.Title, Text: [][]run{phrase(w.Text, senderOf(r, t))}}
}

// findToErase returns the reader of the token in the path, or nil after it has answered.
func (o ownDataRoutes) findToErase(e *core.RequestEvent) (*preference.Reader, error) {
	r, err := preference.FindToErase(e.App, o.tokens, e.Request.PathValue("token"))
	if errors.Is(err, suppression.ErrToken) {
		t := readertext.For("", e.Request.Header, "")
		return nil, showNotice(e, http.StatusNotFound, t, t.OptOut.Lost)
	}
	if err != nil {
		return nil, o.fail(e, err, nil)
	}
	return r, nil
}
