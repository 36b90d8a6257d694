package api

import (
	"context"
	"errors"
	"io"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/hooks/request"
	"gonets/internal/stats"
)

// BindStatistics adds GET /api/gonets/statistics, and its days as a table in statistics.csv.
func BindStatistics(app core.App, figures *stats.Service) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		signedIn := apis.RequireAuth("users", core.CollectionNameSuperusers)
		e.Router.GET("/api/gonets/statistics", func(e *core.RequestEvent) error {
			result, err := statistics(e, figures)
			if err != nil {
				return err
			}
			return request.Revalidated(e, result)
		}).Bind(signedIn)
		e.Router.GET("/api/gonets/statistics.csv", func(e *core.RequestEvent) error {
			result, err := statistics(e, figures)
			if err != nil {
				return err
			}
			name := "statistics-" + result.Days[0].Day + "-" + result.Days[len(result.Days)-1].Day + ".csv"
			return request.Stream(e, name, "text/csv; charset=utf-8", func(_ context.Context, to io.Writer) error {
				return result.WriteDays(to)
			})
		}).Bind(signedIn, middleware.LimitParallel(e.App))
		return e.Next()
	})
}

// statistics reads the query of the request and returns its result, or the error to answer.
func statistics(e *core.RequestEvent, figures *stats.Service) (stats.Statistics, error) {
	asked := e.Request.URL.Query()
	result, err := figures.Statistics(e.Request.Context(), stats.ViewerOf(e.Auth), stats.Query{
		From: asked.Get("from"), To: asked.Get("to"), TZ: asked.Get("tz"),
		Mailing: asked.Get("mailing"), Owner: asked.Get("owner"),
		Zone: e.Auth.GetString("timezone"),
	})
	var wrong *stats.QueryError
	switch {
	case errors.As(err, &wrong):
		return result, e.BadRequestError(wrong.Message, request.Refuse(wrong.Field, wrong.Code, wrong.Message))
	case errors.Is(err, stats.ErrNotFound):
		return result, e.NotFoundError("There is no such mailing or owner.", err)
	case err != nil:
		return result, e.InternalServerError("The statistics could not be read.", err)
	}
	return result, nil
}
