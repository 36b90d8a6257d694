package api

import (
	"context"
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/request"
	"gonets/internal/denial"
	"gonets/internal/mailing"
)

// bindSettle adds POST retry, accept, extend, and GET joined: how many recipients extend would add.
func (m mailingRoutes) bindSettle(group *router.RouterGroup[*core.RequestEvent]) {
	group.GET("/joined", m.joined)
	group.POST("/retry", verb(m, m.retry))
	group.POST("/accept", verb(m, func(ctx context.Context, e *core.RequestEvent, id string) (mailing.Queued, error) {
		return m.by(e).Accept(ctx, id)
	}))
	group.POST("/extend", verb(m, func(ctx context.Context, e *core.RequestEvent, id string) (mailing.Queued, error) {
		return m.by(e).Extend(ctx, id)
	}))
}

func (m mailingRoutes) joined(e *core.RequestEvent) error {
	mailing, err := request.VisibleMailing(e)
	if err != nil {
		return err
	}
	n, err := m.engine.Joined(e.Request.Context(), mailing)
	if err != nil {
		return refused(e, err)
	}
	return e.JSON(http.StatusOK, map[string]int{"count": n})
}

// maxStates is how many states can be named: all of them.
const maxStates = 8

func (m mailingRoutes) retry(ctx context.Context, e *core.RequestEvent, id string) (mailing.Queued, error) {
	var body struct {
		States []mailing.State `json:"states" form:"states"`
	}
	if err := e.BindBody(&body); err != nil {
		return mailing.Queued{}, &denial.Error{Status: http.StatusBadRequest, Code: "unreadable", Message: "the request could not be read"}
	}
	if len(body.States) > maxStates {
		return mailing.Queued{}, &denial.Error{Status: http.StatusBadRequest, Code: "states_invalid", Field: "states", Message: "name each state once"}
	}
	return m.by(e).Retry(ctx, id, body.States)
}
