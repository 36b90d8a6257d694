package hooks

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/internal/delivery"
)

// bindControl adds POST pause, resume, cancel.
func (m mailingRoutes) bindControl(group *router.RouterGroup[*core.RequestEvent]) {
	for path, act := range map[string]func(string) (delivery.Done, error){
		"/pause":  m.engine.Pause,
		"/resume": m.engine.Resume,
		"/cancel": m.engine.Cancel,
	} {
		group.POST(path, verb(func(_ *core.RequestEvent, id string) (delivery.Done, error) { return act(id) }))
	}
}
