package domains

import (
	"context"
	"errors"
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/middleware"
	"gonets/internal/domain"
	"gonets/internal/nameserver"
)

// BindRoutes adds the routes: GET /api/gonets/domains/{name} tells the records to publish, GET …/check asks the domain's own name servers for them, and POST …/rotate makes keys that replace its keys.
func BindRoutes(app core.App, resolver *nameserver.Resolver) {
	r := routes{resolver}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		domains := e.Router.Group("/api/gonets/domains/{name}")
		domains.Bind(apis.RequireSuperuserAuth())
		domains.GET("", r.about(domain.RecordsOf))
		// Each asks up to a hundred questions, and waits for answers.
		domains.GET("/check", r.about(r.check)).Bind(middleware.LimitParallel(e.App))
		domains.POST("/rotate", r.about(rotate))
		return e.Next()
	})
}

type routes struct{ resolver *nameserver.Resolver }

// about answers what is told of the domain in the path.
func (r routes) about(tell func(context.Context, core.App, string) (domain.Report, error)) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		name, err := domain.Normalize(e.Request.PathValue("name"))
		var report domain.Report
		if err == nil {
			report, err = tell(e.Request.Context(), e.App, name)
		} else {
			err = domain.ErrNoDomain
		}
		switch {
		case errors.Is(err, domain.ErrNoDomain):
			return e.NotFoundError("There is no such domain here: add it first.", err)
		case err != nil:
			return e.InternalServerError("", err)
		}
		e.Response.Header().Set("Cache-Control", "private, no-store")
		return e.JSON(http.StatusOK, report)
	}
}

// check refuses domains that are not in the collection: what is asked of others, only the command line tells.
func (r routes) check(ctx context.Context, app core.App, name string) (domain.Report, error) {
	if _, err := domain.RecordsOf(ctx, app, name); err != nil {
		return domain.Report{}, err
	}
	return domain.Check(ctx, app, r.resolver, name)
}

func rotate(ctx context.Context, app core.App, name string) (domain.Report, error) {
	if err := domain.Rotate(app, name); err != nil {
		return domain.Report{}, err
	}
	return domain.RecordsOf(ctx, app, name)
}
