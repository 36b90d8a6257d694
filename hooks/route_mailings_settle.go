package hooks

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/internal/delivery"
)

// bindSettle adds POST retry, accept, extend.
func (m mailingRoutes) bindSettle(group *router.RouterGroup[*core.RequestEvent]) {
	group.POST("/retry", verb(m.retry))
	group.POST("/accept", verb(func(e *core.RequestEvent, id string) (delivery.Queued, error) {
		return m.by(e).Accept(e.Request.Context(), id)
	}))
	group.POST("/extend", verb(func(e *core.RequestEvent, id string) (delivery.Queued, error) {
		return m.by(e).Extend(e.Request.Context(), id)
	}))
}

func (m mailingRoutes) retry(e *core.RequestEvent, id string) (delivery.Queued, error) {
	var body struct {
		States []delivery.State `json:"states" form:"states"`
	}
	if err := e.BindBody(&body); err != nil {
		return delivery.Queued{}, &delivery.Refusal{Status: http.StatusBadRequest, Code: "unreadable", Message: "the request could not be read"}
	}
	return m.by(e).Retry(e.Request.Context(), id, body.States)
}
