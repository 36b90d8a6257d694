package api

import (
	"context"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/internal/launch"
	"gonets/internal/mailing"
)

// bindControl adds POST pause, resume, cancel.
func (m mailingRoutes) bindControl(group *router.RouterGroup[*core.RequestEvent]) {
	for path, act := range map[string]func(*launch.Verbs, string) (mailing.Done, error){
		"/pause":  (*launch.Verbs).Pause,
		"/resume": (*launch.Verbs).Resume,
		"/cancel": (*launch.Verbs).Cancel,
	} {
		group.POST(path, verb(m, func(_ context.Context, e *core.RequestEvent, id string) (mailing.Done, error) {
			return act(m.by(e), id)
		}))
	}
}
