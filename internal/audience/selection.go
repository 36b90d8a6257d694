package audience

import (
	"context"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// Selection is an audience as SQL over the owner's clients. It is no snapshot: every use reads the
// clients of that moment.
type Selection struct {
	owner  string
	kind   string
	lists  []string
	filter dbx.Expression // over clients, named c, as match is; nil for everybody
	match  dbx.Expression // the other conditions of the audience; nil for every client of the owner
}

// Query turns the audience into SQL. The error is an *InvalidError for an invalid filter or an unknown
// kind. It does not check that the lists and clients are the owner's (Check does): others select nobody.
func (a Audience) Query(_ core.App, owner string) (*Selection, error) {
	s := &Selection{owner: owner, kind: a.Kind, lists: a.Lists}
	switch a.Kind {
	case Picked:
		s.match = dbx.NewExp(`c.id IN (SELECT value FROM json_each({:picked}))`, dbx.Params{"picked": database.JSONArray(a.Recipients)})
		return s, nil
	case Everyone, Lists:
	default:
		return nil, &InvalidError{"audience", "unknown_audience", "an audience is everyone, lists or picked"}
	}

	filter, err := filterField(a.Filter)
	if err != nil {
		return nil, err
	}
	s.filter = filter
	if a.Kind == Lists {
		s.match = onLists(a.Lists)
	}
	return s, nil
}

// inTime does work whose time depends on the filter of the audience, if it has one, and fails with an *InvalidError when
// that takes too long.
func (s *Selection) inTime(ctx context.Context, app core.App, work func(context.Context) error) error {
	if s.filter == nil {
		return work(ctx)
	}
	return inTime(ctx, app, work)
}

// onLists is the condition that a client, named c, is on one of the lists. It needs
// idx_subscriptions_client only.
func onLists(lists []string) dbx.Expression {
	params := dbx.Params{}
	return dbx.NewExp(`EXISTS (
		SELECT 1 FROM subscriptions s
		WHERE s.client = c.id AND s.list IN (`+placeholders("list", lists, params)+`) AND s.status = 'confirmed'
	)`, params)
}

// placeholders binds the values as name0, name1… and returns the list for IN (…).
// SQLite plans that better than a sub-query over JSON.
func placeholders(name string, values []string, params dbx.Params) string {
	names := make([]string, len(values))
	for i, value := range values {
		key := fmt.Sprintf("%s%d", name, i)
		names[i], params[key] = "{:"+key+"}", value
	}
	return strings.Join(names, ", ")
}

// where writes the condition of the audience as SQL and adds its parameters.
func (s *Selection) where(params dbx.Params) string {
	return build(s.filter, params) + " AND " + s.whereElse(params)
}

// whereElse is where without the filter.
func (s *Selection) whereElse(params dbx.Params) string { return build(s.match, params) }

func build(condition dbx.Expression, params dbx.Params) string {
	if condition == nil {
		return "TRUE"
	}
	// Only expressions that quote names need the *dbx.DB; ours do not.
	return "(" + condition.Build(nil, params) + ")"
}
