package hooks_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"gonets/hooks"
	"gonets/hooks/openapi"
	"gonets/hooks/site"
	"gonets/internal/apptest"
	"gonets/internal/delivery"
	"gonets/internal/demo"
	"gonets/internal/outbox"
	"gonets/internal/stats"
)

// TestEveryRouteIsDescribed compares the routes that are registered with the description of the API, both ways.
func TestEveryRouteIsDescribed(t *testing.T) {
	app := apptest.NewTestApp(t)
	demo.Announce(app, &outbox.Outbox{}) // its routes are those of a demo only
	all := served(t, app)
	pocketBase := patterns(newRouter(t, apptest.NewTestApp(t)).RouterGroup)
	var registered []string
	for _, pattern := range patterns(all.RouterGroup) {
		isPages := strings.HasPrefix(pattern, "GET /_/") || pattern == "GET /{path...}" // the admin UI and the web UI
		if !slices.Contains(pocketBase, pattern) && !isPages {
			registered = append(registered, pattern)
		}
	}
	var described []string
	for _, r := range openapi.Routes() {
		described = append(described, r.Method+" "+r.Path)
	}
	for _, pattern := range registered {
		if !slices.Contains(described, pattern) {
			t.Errorf("%s is not in hooks/openapi", pattern)
		}
	}
	for _, pattern := range described {
		if !slices.Contains(registered, pattern) {
			t.Errorf("%s is in hooks/openapi, and there is no such route", pattern)
		}
	}
	if len(registered) < 50 {
		t.Errorf("only %d routes were found", len(registered))
	}
}

// served are all routes of an application.
func served(t *testing.T, app core.App) (all *router.Router[*core.RequestEvent]) {
	t.Helper()
	hooks.Register(app, &site.Site{Embedded: fstest.MapFS{}}, delivery.New(app), stats.New(app), nil)
	event := &core.ServeEvent{App: app, Router: newRouter(t, app)}
	err := app.OnServe().Trigger(event, func(e *core.ServeEvent) error {
		all = e.Router
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func newRouter(t *testing.T, app core.App) *router.Router[*core.RequestEvent] {
	t.Helper()
	r, err := apis.NewRouter(app)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// patterns are the routes of a group and of the groups in it. PocketBase does not export them.
func patterns(group any) []string {
	var all []string
	collect(reflect.ValueOf(group), "", &all)
	return all
}

func collect(group reflect.Value, prefix string, all *[]string) {
	group = group.Elem()
	prefix += group.FieldByName("Prefix").String()
	children := group.FieldByName("children")
	for i := range children.Len() {
		child := children.Index(i).Elem()
		if path := child.Elem().FieldByName("Path"); path.IsValid() {
			*all = append(*all, strings.TrimSpace(child.Elem().FieldByName("Method").String()+" "+prefix+path.String()))
		} else {
			collect(child, prefix, all)
		}
	}
}
