package api

import (
	"context"
	"io"
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/mailing"
	"gonets/internal/results"
)

// bindRecipients adds GET recipients, answers and report.csv, for all who may see the mailing.
func (m mailingRoutes) bindRecipients(app core.App, group *router.RouterGroup[*core.RequestEvent]) {
	group.GET("/recipients", m.recipients)
	group.GET("/answers", m.answers)
	group.GET("/report.csv", m.report).Bind(middleware.LimitParallel(app))
}

func (m mailingRoutes) recipients(e *core.RequestEvent) error {
	record, err := request.VisibleMailing(e)
	if err != nil {
		return err
	}
	query := e.Request.URL.Query()
	cursor := query.Get("cursor")
	if cursor == "" && query.Has("cursor") {
		cursor = results.Start
	}
	page, err := results.Recipients(e.Request.Context(), e.App, record.Id, results.Query{
		State: mailing.State(query.Get("state")), Search: query.Get("search"),
		Page: request.Number(query.Get("page")), PerPage: request.Number(query.Get("perPage")), Cursor: cursor,
	})
	if err != nil {
		return refused(e, err)
	}
	return e.JSON(http.StatusOK, page)
}

func (m mailingRoutes) answers(e *core.RequestEvent) error {
	record, err := request.VisibleMailing(e)
	if err != nil {
		return err
	}
	answers, err := results.Answers(e.Request.Context(), e.App, record.Id)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, answers)
}

func (m mailingRoutes) report(e *core.RequestEvent) error {
	record, err := request.VisibleMailing(e)
	if err != nil {
		return err
	}
	return request.Stream(e, "mailing-"+record.Id+".csv", "text/csv; charset=utf-8", func(ctx context.Context, w io.Writer) error {
		return results.Report(ctx, e.App, record.Id, w)
	})
}
