package api

import (
	"errors"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/dnsrecord"
	"gonets/internal/markdown"
	"gonets/internal/message"
	"gonets/internal/preflight"
	"gonets/internal/preview"
	"gonets/internal/suppression"
	"gonets/internal/testsend"
)

// messageRoutes are the routes that show, check and test the e-mail of a message or mailing.
type messageRoutes struct {
	previews *preview.Reader
	checker  preflight.Checker
	tests    *testsend.Tester
}

// BindMessages adds the routes. The resolver is asked about the domains of From addresses; without one
// these checks are skipped.
func BindMessages(app core.App, resolver dnsrecord.Resolver) {
	r := &messageRoutes{
		previews: preview.NewReader(app, suppression.NewTokens(app)),
		checker:  preflight.Checker{Resolver: resolver},
		tests:    testsend.NewTester(app),
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		mailings := e.Router.Group("/api/gonets/mailings/{id}")
		mailings.Bind(apis.RequireAuth("users", core.CollectionNameSuperusers))
		few := middleware.LimitParallel(e.App)
		mailings.GET("/preview", r.previewMailing).Bind(few)
		mailings.GET("/preflight", r.preflight).Bind(few)
		mailings.POST("/test", r.testMailing).Bind(middleware.RateLimitAs("/api/gonets/mailings/test")...)

		messages := e.Router.Group("/api/gonets/messages")
		messages.Bind(apis.RequireAuth("users", core.CollectionNameSuperusers), draftsOnDisk(), middleware.BodyLimit(2*maxDraftBytes))
		messages.POST("/preview", r.previewDraft).Bind(few)
		messages.POST("/test", r.testDraft)
		messages.POST("/html", rewritten(markdown.TemplateToHTML)).Bind(few)
		messages.POST("/text", rewritten(message.TemplateToText)).Bind(few)
		return e.Next()
	})
}

// maxDraftBytes is the size of a request with a draft: a body and a text of 500 000 characters each, however they are escaped.
const maxDraftBytes = 8 << 20

// noPreview answers why a preview could not be read.
func noPreview(e *core.RequestEvent, err error) error {
	switch {
	case errors.Is(err, preview.ErrNoMessage):
		return e.BadRequestError("The mailing has no message.", request.Refuse("message", message.CodeMissing, "Choose a message"))
	case errors.Is(err, preview.ErrNoClient):
		return e.NotFoundError("There is no such client.", err)
	}
	return refused(e, err)
}

// noMail answers why no mail can be made of a message.
func noMail(e *core.RequestEvent, err error) error {
	if problems := request.Unmade(err); problems != nil {
		return e.BadRequestError("The message cannot be written.", problems)
	}
	if middleware.IsServerFault(e.Request, err) || errors.Is(err, filesystem.ErrNotFound) || e.Request.Context().Err() != nil {
		return e.InternalServerError("", err) // its attachments could not be read
	}
	return e.BadRequestError("The mail cannot be made.", request.Refuse("body", "unusable", err.Error()))
}
