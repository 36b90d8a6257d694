package api

import (
	"context"
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/request"
	"gonets/internal/denial"
	"gonets/internal/mailing"
	"gonets/internal/results"
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

// Joined is how many have joined the audience of a mailing since it was launched.
type Joined struct {
	Count int `json:"count"`
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
	return e.JSON(http.StatusOK, Joined{n})
}

// maxStates is how many states can be named: all of them. maxRetried is how many recipients.
const (
	maxStates  = 8
	maxRetried = 1000
)

// Retry is the body of POST retry.
type Retry struct {
	States     []mailing.State       `json:"states" form:"states" doc:"Any of failed, uncertain and bounced"`
	Recipients []string              `json:"recipients,omitempty" form:"recipients" doc:"Ids of clients, at most 1000: only these of them"`
	Answer     *results.AnswerChoice `json:"answer,omitempty" doc:"Only those of them who got this answer"`
}

// retry queues all recipients in the states again, or those of them who are named or got one answer.
func (m mailingRoutes) retry(ctx context.Context, e *core.RequestEvent, id string) (mailing.Queued, error) {
	var body Retry
	if err := e.BindBody(&body); err != nil {
		return mailing.Queued{}, &denial.Error{Status: http.StatusBadRequest, Code: "unreadable", Message: "the request could not be read"}
	}
	switch {
	case len(body.States) > maxStates:
		return mailing.Queued{}, &denial.Error{Status: http.StatusBadRequest, Code: "states_invalid", Field: "states", Message: "name each state once"}
	case len(body.Recipients) > maxRetried:
		return mailing.Queued{}, denial.BadRequest("too_many", "recipients", "name no more than %d recipients", maxRetried)
	case body.Recipients == nil && body.Answer == nil:
		return m.by(e).Retry(ctx, id, body.States)
	case body.Recipients != nil && len(body.Recipients) == 0:
		return mailing.Queued{}, denial.BadRequest("required", "recipients", "name somebody, or leave the recipients out for all in the states")
	}
	chosen, err := results.Chosen(ctx, e.App, id, body.States, results.Choice{Clients: body.Recipients, Answer: body.Answer})
	if err != nil {
		return mailing.Queued{}, err
	}
	return m.by(e).RetryOnly(ctx, id, body.States, chosen)
}
