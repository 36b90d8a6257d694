package api

import (
	"context"
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/denial"
	"gonets/internal/launch"
	"gonets/internal/mailing"
)

// bindSend adds POST send, schedule, duplicate.
func (m mailingRoutes) bindSend(group *router.RouterGroup[*core.RequestEvent]) {
	group.POST("/send", m.own(m.send))
	group.POST("/schedule", verb(m, m.schedule))
	group.POST("/duplicate", m.own(m.duplicate))
}

// maxKey is the length of an Idempotency-Key in bytes.
const maxKey = 255

// idempotencyKey is the Idempotency-Key of a request, "" without one.
func idempotencyKey(e *core.RequestEvent) (string, error) {
	key := e.Request.Header.Get("Idempotency-Key")
	if len(key) > maxKey {
		return "", e.BadRequestError("The Idempotency-Key is too long.", nil)
	}
	return key, nil
}

func (m mailingRoutes) send(ctx context.Context, e *core.RequestEvent, id string) error {
	key, err := idempotencyKey(e)
	if err != nil {
		return err
	}
	launched, err := m.by(e).Launch(ctx, id, key)
	if err != nil {
		return refused(e, err)
	}
	return e.JSON(http.StatusAccepted, launched)
}

// Schedule is the body of POST schedule.
type Schedule struct {
	StartsAt string `json:"starts_at" form:"starts_at" doc:"When it is launched, such as 2027-01-31 09:00:00Z"`
}

func (m mailingRoutes) schedule(ctx context.Context, e *core.RequestEvent, id string) (mailing.Done, error) {
	var body Schedule
	if err := e.BindBody(&body); err != nil {
		return mailing.Done{}, &denial.Error{Status: http.StatusBadRequest, Code: "unreadable", Message: "the request could not be read"}
	}
	startsAt, err := types.ParseDateTime(body.StartsAt)
	if err != nil || body.StartsAt != "" && startsAt.IsZero() {
		return mailing.Done{}, &denial.Error{
			Status: http.StatusBadRequest, Code: "starts_at_invalid", Field: "starts_at",
			Message: "starts_at must be a date and time such as 2027-01-31 09:00:00Z",
		}
	}
	return m.by(e).Schedule(ctx, id, startsAt.Time())
}

func (m mailingRoutes) duplicate(_ context.Context, e *core.RequestEvent, id string) error {
	duplicate, err := m.by(e).Duplicate(id)
	if err != nil {
		return refused(e, err)
	}
	return e.JSON(http.StatusOK, mailing.Done{ID: duplicate, Status: mailing.Created})
}

// bindControl adds POST unschedule, pause, resume, cancel.
func (m mailingRoutes) bindControl(group *router.RouterGroup[*core.RequestEvent]) {
	for path, act := range map[string]func(*launch.Verbs, string) (mailing.Done, error){
		"/unschedule": (*launch.Verbs).Unschedule,
		"/pause":      (*launch.Verbs).Pause,
		"/resume":     (*launch.Verbs).Resume,
		"/cancel":     (*launch.Verbs).Cancel,
	} {
		group.POST(path, verb(m, func(_ context.Context, e *core.RequestEvent, id string) (mailing.Done, error) {
			return act(m.by(e), id)
		}))
	}
}
