package api

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/demo"
	"gonets/internal/memory"
	"gonets/internal/message"
	"gonets/internal/preflight"
)

// preflight answers GET /api/gonets/mailings/{id}/preflight.
func (r *messageRoutes) preflight(e *core.RequestEvent) error {
	mailing, err := request.VisibleMailing(e)
	if err != nil {
		return err
	}
	ctx := e.Request.Context()
	m, err := preflight.Prepare(ctx, e.App, r.previews, mailing, demo.OutboxOf(e.App) != nil)
	if err != nil {
		return e.InternalServerError("", err)
	}
	share, err := memory.Of(e.App).Mails.TakeSoon(ctx, message.Bytes(m.Message))
	if err != nil {
		return busy(e, err)
	}
	defer share.Release()
	report, err := r.checker.Check(ctx, e.App, m)
	if err != nil {
		return e.InternalServerError("", err)
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, report)
}
