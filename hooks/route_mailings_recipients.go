package hooks

import (
	"context"
	"io"
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/internal/delivery"
)

// bindRecipients adds GET recipients, answers and report.csv, for all who may see the mailing.
func (m mailingRoutes) bindRecipients(app core.App, group *router.RouterGroup[*core.RequestEvent]) {
	group.GET("/recipients", m.recipients)
	group.GET("/answers", m.answers)
	group.GET("/report.csv", m.report).Bind(oneOfFew(app))
}

func (m mailingRoutes) recipients(e *core.RequestEvent) error {
	mailing, err := visible(e)
	if err != nil {
		return err
	}
	query := e.Request.URL.Query()
	page, err := m.engine.Recipients(e.Request.Context(), mailing.Id, delivery.Query{
		State: delivery.State(query.Get("state")), Search: query.Get("search"),
		Page: number(query.Get("page")), PerPage: number(query.Get("perPage")),
	})
	if err != nil {
		return refused(e, err)
	}
	return e.JSON(http.StatusOK, page)
}

func (m mailingRoutes) answers(e *core.RequestEvent) error {
	mailing, err := visible(e)
	if err != nil {
		return err
	}
	answers, err := m.engine.Answers(e.Request.Context(), mailing.Id)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, answers)
}

func (m mailingRoutes) report(e *core.RequestEvent) error {
	mailing, err := visible(e)
	if err != nil {
		return err
	}
	return stream(e, "mailing-"+mailing.Id+".csv", "text/csv; charset=utf-8", func(ctx context.Context, w io.Writer) error {
		return m.engine.Report(ctx, mailing.Id, w)
	})
}
