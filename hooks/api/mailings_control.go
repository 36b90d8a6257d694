package api

import (
	"context"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/internal/delivery"
	"gonets/internal/mailing"
)

// bindControl adds POST pause, resume, cancel.
func (m mailingRoutes) bindControl(group *router.RouterGroup[*core.RequestEvent]) {
	for path, act := range map[string]func(*delivery.LaunchVerbs, string) (mailing.Done, error){
		"/pause":  (*delivery.LaunchVerbs).Pause,
		"/resume": (*delivery.LaunchVerbs).Resume,
		"/cancel": (*delivery.LaunchVerbs).Cancel,
	} {
		group.POST(path, verb(m, func(_ context.Context, e *core.RequestEvent, id string) (mailing.Done, error) {
			return act(m.by(e), id)
		}))
	}
}
