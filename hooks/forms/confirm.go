package forms

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/brand"
	"gonets/internal/consent"
	"gonets/internal/database"
	"gonets/internal/readertext"
	"gonets/internal/signup"
)

// showConfirmation answers GET /c/{token}: what is to be confirmed. It changes nothing: link scanners follow every link of an
// e-mail before anybody reads it.
func (r routes) showConfirmation(e *core.RequestEvent) error {
	p, err := r.signups.Find(e.Request.PathValue("token"))
	if err != nil {
		return invalidLink(e, err)
	}
	t := readertext.For(p.Language, nil, "")
	w := t.Confirmation
	shown := page{Language: t.Code}
	if shown.Brand, err = brand.Of(e.App, p.Owner); err != nil {
		return err
	}
	f, err := signup.Find(e.App, p.Form)
	if err != nil && !errors.Is(err, signup.ErrNone) {
		return err
	}
	if p.Confirmed != "" {
		is, err := r.signups.IsClient(p)
		if err != nil {
			return err
		}
		notice := w.Done
		shown.Mark = "done"
		switch {
		case !is:
			notice, shown.Mark = w.Left, "lost"
			if f.ID != "" {
				shown.Link = &link{"/f/" + f.ID, t.Form.Subscribe}
			}
		case f.SuccessURL != "":
			shown.Link = &link{f.SuccessURL, w.Onward}
		}
		shown.Title, shown.Text = notice.Title, []string{fmt.Sprintf(notice.Text, address.Written(p.Email))}
		return show(e, http.StatusOK, shown, false)
	}
	shown.Title, shown.Text, shown.Confirm = w.Ask.Title, []string{fmt.Sprintf(w.Ask.Text, address.Written(p.Email))}, w.Do
	lists, err := publicLists(e.App, p)
	if err != nil {
		return err
	}
	for _, name := range lists {
		shown.Facts = append(shown.Facts, fact{w.List, name})
	}
	if p.FullName != "" {
		shown.Facts = append(shown.Facts, fact{t.Form.Name, p.FullName})
	}
	for _, field := range f.Fields {
		if value, has := p.Attributes[field.Name]; has {
			shown.Facts = append(shown.Facts, fact{field.Words(), written(w, value)})
		}
	}
	if p.Consent != "" {
		shown.Text = append(shown.Text, p.Consent)
	}
	return show(e, http.StatusOK, shown, false)
}

// confirm answers POST /c/{token}, and redirects to the page, so that it can be reloaded.
func (r routes) confirm(e *core.RequestEvent) error {
	p, err := r.signups.Find(e.Request.PathValue("token"))
	if err != nil {
		return invalidLink(e, err)
	}
	by := consent.By{IP: e.RealIP(), UserAgent: e.Request.UserAgent()}
	if err := r.signups.Confirm(p, by); err != nil {
		return err
	}
	return e.Redirect(http.StatusSeeOther, "/c/"+e.Request.PathValue("token"))
}

// invalidLink shows why a link does not work.
func invalidLink(e *core.RequestEvent, err error) error {
	t := readertext.For("", e.Request.Header, "")
	if errors.Is(err, signup.ErrToken) {
		w := t.Confirmation.Lost
		return show(e, http.StatusNotFound, page{Language: t.Code, Mark: "lost", Title: w.Title, Text: []string{w.Text}}, false)
	}
	var expired *signup.ExpiredError
	if !errors.As(err, &expired) {
		return err
	}
	f, err := signup.Find(e.App, expired.Source)
	if err != nil && !errors.Is(err, signup.ErrNone) {
		return err
	}
	if err == nil {
		t = textFor(e, f)
	}
	w := t.Confirmation.Expired
	p := page{Language: t.Code, Mark: "lost", Title: w.Title, Text: []string{w.Text}}
	if err == nil {
		p.Link = &link{"/f/" + f.ID, t.Form.Subscribe}
		if p.Brand, err = brand.Of(e.App, f.Owner); err != nil {
			return err
		}
	}
	return show(e, http.StatusGone, p, false)
}

// written is the value of an answer.
func written(w readertext.Confirmation, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		if v {
			return w.Yes
		}
	}
	return w.No
}

// publicLists are the names of the lists that may be shown: the names of the others are the owner's notes.
func publicLists(app core.App, p *signup.Pending) (names []string, err error) {
	err = app.DB().NewQuery(`
		SELECT l.name FROM json_each({:lists}) j JOIN lists l ON l.id = j.value WHERE l.owner = {:owner} AND l.public ORDER BY l.name`).
		Bind(dbx.Params{"lists": database.JSONArray(p.Lists), "owner": p.Owner}).Column(&names)
	if err != nil {
		return nil, fmt.Errorf("read the lists of a sign-up: %w", err)
	}
	return names, nil
}
