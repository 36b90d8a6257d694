package audience

import (
	"context"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// Selection is an audience as SQL over the owner's clients. It holds no snapshot: every use of it
// sees the clients as they are then.
type Selection struct {
	owner  string
	kind   string
	lists  []string
	filter dbx.Expression // over clients, named c, as match is; nil lets everybody through
	match  dbx.Expression // what else the audience asks for; nil lets every client of the owner through
}

// Query turns the audience into SQL. The error is an *InvalidError for a filter that cannot be read
// and for an unknown kind. It does not look whether the lists and clients are the owner's (Check does):
// another's select nobody.
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

// inTime does work that the filter of the audience drives, if it has one, and fails with an *InvalidError when
// that takes too long.
func (s *Selection) inTime(ctx context.Context, app core.App, work func(context.Context) error) error {
	if s.filter == nil {
		return work(ctx)
	}
	return inTime(ctx, app, work)
}

// onLists is the condition that a client, named c, is on one of the lists. It is answered by
// idx_subscriptions_client alone.
func onLists(lists []string) dbx.Expression {
	params := dbx.Params{}
	return dbx.NewExp(`EXISTS (
		SELECT 1 FROM subscriptions s
		WHERE s.client = c.id AND s.list IN (`+placeholders("list", lists, params)+`) AND s.status = 'confirmed'
	)`, params)
}

// placeholders binds the values as name0, name1… and returns what goes between the parentheses of IN.
// SQLite plans it better than a sub-query over JSON.
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
	// Only expressions that quote names themselves need the *dbx.DB; there are none among ours.
	return "(" + condition.Build(nil, params) + ")"
}
