package deadline

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// App is an application whose record queries end with the context.
type App struct {
	core.App
	Context context.Context
}

// RecordQuery implements core.App.
func (a *App) RecordQuery(collection any) *dbx.SelectQuery {
	return RecordQuery(a.Context, a.App, collection)
}

// RecordQuery is app.RecordQuery for queries that end with the context, wherever they are. It looks for the ids
// of the records first, all in one row, and reads the records by them.
func RecordQuery(ctx context.Context, app core.App, collection any) *dbx.SelectQuery {
	query := app.RecordQuery(collection).WithContext(ctx)
	prepare := query.Info().BuildHook
	return query.WithBuildHook(func(q *dbx.Query) {
		if prepare != nil {
			prepare(q)
		}
		q.WithAllHook(func(q *dbx.Query, to any, all func(any) error) error {
			records, ok := to.(*[]*core.Record)
			if !ok {
				return all(to)
			}
			var err error
			*records, err = find(q, app, collection)
			return err
		})
	})
}

// find answers a query for the records of a collection.
func find(q *dbx.Query, app core.App, collection any) ([]*core.Record, error) {
	var found string
	err := app.ConcurrentDB().NewQuery(`SELECT json_group_array(id) FROM (` + q.SQL() + `)`).
		Bind(q.Params()).WithContext(q.Context()).Row(&found)
	if err != nil {
		return nil, err
	}
	var ids []string
	if err := json.Unmarshal([]byte(found), &ids); err != nil {
		return nil, fmt.Errorf("read the ids that were found: %w", err)
	}
	if len(ids) == 0 {
		return []*core.Record{}, nil
	}
	records, err := app.FindRecordsByIds(collection, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*core.Record, len(records))
	for _, r := range records {
		byID[r.Id] = r
	}
	ordered := make([]*core.Record, 0, len(records))
	for _, id := range ids {
		if r := byID[id]; r != nil { // else deleted since
			ordered = append(ordered, r)
		}
	}
	return ordered, nil
}
