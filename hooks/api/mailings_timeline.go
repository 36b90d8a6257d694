package api

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks/request"
	"gonets/internal/mailing"
)

// Timeline is what happened to a mailing, the oldest first.
type Timeline struct {
	Items []mailing.Event `json:"items"`
}

// bindTimeline adds GET timeline, for all who may see the mailing.
func (m mailingRoutes) bindTimeline(group *router.RouterGroup[*core.RequestEvent]) {
	group.GET("/timeline", func(e *core.RequestEvent) error {
		record, err := request.VisibleMailing(e)
		if err != nil {
			return err
		}
		events, err := mailing.Timeline(e.Request.Context(), e.App, record)
		if err != nil {
			return err
		}
		for i := range events {
			if a := events[i].Actor; a != nil && !mayKnow(e, a) {
				a.ID, a.Name = "", ""
			}
		}
		return e.JSON(http.StatusOK, Timeline{events})
	})
}

// mayKnow reports whether the user may see who an actor is: themselves, and for managers and superusers everybody. Owners
// see the role of other actors only.
func mayKnow(e *core.RequestEvent, who *mailing.Actor) bool {
	return e.HasSuperuserAuth() || request.IsManager(e.Auth) || who.ID == e.Auth.Id
}
