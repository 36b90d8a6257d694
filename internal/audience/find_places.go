package audience

import (
	"context"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/search"
)

// mostPlaces is how many clients are read one by one, in place of an index in their order. When more match, a page of them is
// full soon.
const mostPlaces = 20_000

// searched are the clients that have the words of a search.
type searched struct {
	owner  string
	places []uint32 // numbers of rows
	known  bool     // otherwise each client has to be compared
}

// searched looks for the words, if there are any, among the clients of one owner. Without words it has the search prepared: who
// looks at a list is likely to search in it.
func (w Wanted) searched(ctx context.Context, app core.App) (s searched) {
	s.owner = w.Owner
	if w.Owner != "" {
		s.places, s.known = search.Of(app).Clients(ctx, w.Owner, w.words())
	}
	return s
}

// narrow has only the clients that are known read, by the numbers of their rows, if they are few. The words are compared
// as well: a client may have changed meanwhile.
func (s searched) narrow(f *finding) {
	if !s.known || len(s.places) > mostPlaces {
		return
	}
	places := make([]int64, len(s.places))
	for i, place := range s.places {
		places[i] = int64(place)
	}
	// Each plus keeps SQLite from reading all clients of the owner by an index.
	f.owner = dbx.NewExp(`+c.owner = {:narrow_owner}`, dbx.Params{"narrow_owner": s.owner})
	f.rest = dbx.And(f.rest, dbx.NewExp(`c.rowid IN (SELECT value FROM json_each({:places}))`,
		dbx.Params{"places": database.JSONArray(places)}))
	for i, column := range f.order {
		name, down, _ := strings.Cut(column, " ")
		f.order[i] = strings.TrimSpace("(+" + name + ") " + down)
	}
}
