package pages

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/compose"
	"gonets/internal/preview"
	"gonets/internal/readertext"
	"gonets/internal/suppression"
)

// viewPolicy allows what mail programs show, and no more. In the sandbox the page has no origin: no script runs, and if one
// did, it could not use our API or storage in the name of a signed-in user. Links open as usual.
const viewPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; " +
	"img-src http: https: data:; media-src http: https:; font-src http: https: data:; style-src 'unsafe-inline' http: https:; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// viewRoutes show an e-mail in the browser.
type viewRoutes struct {
	previews *preview.Reader
	tokens   *suppression.Tokens
}

// BindView adds the page that shows an e-mail in the browser.
func BindView(app core.App) {
	tokens := suppression.NewTokens(app)
	v := viewRoutes{previews: preview.NewReader(app, tokens), tokens: tokens}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/v/{token}", v.show)
		return e.Next()
	})
}

// show answers GET /v/{token}: the e-mail as its recipient got it.
func (v viewRoutes) show(e *core.RequestEvent) error {
	header := e.Response.Header()
	header.Set("Content-Security-Policy", viewPolicy)
	header.Set("Referrer-Policy", "no-referrer") // the address holds the token
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Robots-Tag", "noindex, nofollow")
	header.Set("Cache-Control", "private, no-store")

	t := readertext.For("", e.Request.Header, "")
	token := e.Request.PathValue("token")
	if token == preview.Token {
		return notice(e, http.StatusOK, t, t.View.Test)
	}
	seen, err := v.copyOf(e.Request.Context(), e.App, token)
	switch {
	case errors.Is(err, suppression.ErrToken), errors.Is(err, preview.ErrNotSent):
		return notice(e, http.StatusNotFound, t, t.View.NotFound)
	case err != nil:
		e.App.Logger().Error("a mail could not be shown in the browser", "error", err)
		return notice(e, http.StatusInternalServerError, t, t.View.Broken)
	}
	return e.HTML(http.StatusOK, seen.HTML)
}

// notice answers a page that says no more, under the policy of the caller.
func notice(e *core.RequestEvent, status int, t *readertext.Text, n readertext.Notice) error {
	return renderPage(e, status, noticePage(status, t, n))
}

// copyOf makes the e-mail of a token. It fails with suppression.ErrToken or preview.ErrNotSent when there is none, or it was
// deleted.
func (v viewRoutes) copyOf(ctx context.Context, app core.App, token string) (compose.Preview, error) {
	id, client, err := v.tokens.Parse(suppression.PurposeView, token)
	if err != nil {
		return compose.Preview{}, err
	}
	mailing, err := app.FindRecordById("mailings", id)
	if err != nil || mailing.GetBool("blocked") {
		return compose.Preview{}, errors.Join(preview.ErrNotSent, err)
	}
	p, err := v.previews.Copy(ctx, mailing, client)
	if err != nil {
		return compose.Preview{}, err
	}
	share, err := p.TakeMemory(ctx)
	if err != nil {
		return compose.Preview{}, err
	}
	defer share.Release()
	p.Message.DKIM = nil // nobody sees the source
	composer, err := compose.Prepare(p.Message)
	if err != nil {
		return compose.Preview{}, err
	}
	return composer.Preview(p.As, time.Now())
}
