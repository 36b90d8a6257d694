package audience

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/deadline"
)

// maxWords is how many words of a search are used; further words are ignored.
const maxWords = 4

// sortable are the fields by which clients can be sorted.
var sortable = []string{"created", "email", "full_name", "status"}

// Wanted chooses clients for a list. Clients match all fields that are not empty.
type Wanted struct {
	Owner string // "" for all owners'
	// Without are owners whose clients are not wanted.
	Without []string
	Search  string // each word is in the name or the address
	Status  string
	List    string // clients with a confirmed subscription to it
	Filter  string // as in Audience
	Sort    string // created, email, full_name or status, with "-" in front for descending order; "" is -created
}

// words are those that are searched for.
func (w Wanted) words() []string {
	words := strings.Fields(w.Search)
	return words[:min(len(words), maxWords)]
}

// finding is Wanted as SQL over clients, named c.
type finding struct {
	owner dbx.Expression // nil for all owners'
	rest  dbx.Expression
	order []string
}

func (f *finding) where() dbx.Expression { return dbx.And(f.owner, f.rest) }

// query turns what is wanted into SQL. The error is an *InvalidError.
func (w Wanted) query() (*finding, error) {
	filter, err := filterField(w.Filter)
	if err != nil {
		return nil, err
	}
	conditions := []dbx.Expression{dbx.NewExp("TRUE")}
	if filter != nil {
		conditions = append(conditions, filter)
	}
	var owner dbx.Expression
	if w.Owner != "" {
		owner = dbx.HashExp{"c.owner": w.Owner}
	}
	if len(w.Without) > 0 {
		conditions = append(conditions, dbx.NewExp(`c.owner NOT IN (SELECT value FROM json_each({:without}))`,
			dbx.Params{"without": database.JSONArray(w.Without)}))
	}
	if w.Status != "" {
		conditions = append(conditions, dbx.HashExp{"c.status": w.Status})
	}
	if w.List != "" {
		conditions = append(conditions, onLists([]string{w.List}))
	}
	for i, word := range w.words() {
		if database.PatternTooLong(word) {
			return nil, &InvalidError{"search", FilterPattern, longPattern}
		}
		name := fmt.Sprintf("word%d", i)
		conditions = append(conditions, dbx.NewExp(
			fmt.Sprintf(`(c.full_name LIKE {:%[1]s} ESCAPE '\' OR c.email LIKE {:%[1]s} ESCAPE '\')`, name),
			dbx.Params{name: database.Containing(word)}))
	}

	field, down := strings.CutPrefix(w.Sort, "-")
	if w.Sort == "" {
		field, down = "created", true
	}
	if !slices.Contains(sortable, field) {
		return nil, &InvalidError{"sort", "unknown_sort", "clients are sorted by " + strings.Join(sortable, ", ")}
	}
	order := []string{"c." + field, "c.id"} // as idx_clients_owner_created and idx_clients_created have it
	if down {
		order = []string{"c." + field + " DESC", "c.id DESC"}
	}
	return &finding{owner: owner, rest: dbx.And(conditions...), order: order}, nil
}

// inTime does work whose time depends on the filter, if there is one, and fails with an *InvalidError when that takes too
// long. A search without a filter is fast: a few words in short texts.
func (w Wanted) inTime(ctx context.Context, app core.App, work func(context.Context) error) error {
	if w.Filter == "" {
		return work(ctx)
	}
	return inTime(ctx, app, work)
}

// Find returns a page of the clients that are wanted; pages count from 1. The error is an *InvalidError
// when the filter or the order is invalid, or the filter takes too long.
//
// In the default order it reads an index until the page is full, which is the faster the more clients match; in other orders
// it reads all clients of the owner. Few that match words are known before, if the owner has many clients: only they are read.
func (w Wanted) Find(ctx context.Context, app core.App, page, perPage int) ([]*core.Record, error) {
	f, err := w.query()
	if err != nil {
		return nil, err
	}
	w.searched(ctx, app).narrow(f)
	found := []*core.Record{}
	err = w.inTime(ctx, app, func(ctx context.Context) error {
		return deadline.Whole(app.RecordQuery("clients").WithContext(ctx).
			Select("c.*").From("clients c").
			Where(f.where()).OrderBy(f.order...).
			Limit(int64(perPage)).Offset(int64(page-1) * int64(perPage))).
			All(&found)
	})
	if err != nil {
		return nil, fmt.Errorf("find clients: %w", err)
	}
	return found, nil
}

// IDs returns the ids of the clients that are wanted, in no order, up to most. It reads all clients of the owner. The errors are
// those of Find.
func (w Wanted) IDs(ctx context.Context, app core.App, most int) ([]string, error) {
	f, err := w.query()
	if err != nil {
		return nil, err
	}
	w.searched(ctx, app).narrow(f)
	var ids []string
	err = w.inTime(ctx, app, func(ctx context.Context) error {
		return deadline.Whole(app.ConcurrentDB().Select("c.id").From("clients c").Where(f.where()).Limit(int64(most)).WithContext(ctx)).Column(&ids)
	})
	if err != nil {
		return nil, fmt.Errorf("choose clients: %w", err)
	}
	return ids, nil
}

// Where is the condition of what is wanted as SQL over clients, named c. The error is an *InvalidError.
func (w Wanted) Where() (dbx.Expression, error) {
	f, err := w.query()
	if err != nil {
		return nil, err
	}
	return f.where(), nil
}

// Total is how many clients match. It reads all clients of the owner, unless all are wanted, or all of a list, or those that match words
// are known.
func (w Wanted) Total(ctx context.Context, app core.App) (int, error) {
	f, err := w.query()
	if err != nil {
		return 0, err
	}
	if total, isKept, err := w.kept(ctx, app.ConcurrentDB()); isKept || err != nil {
		return total, err
	}
	s := w.searched(ctx, app)
	if s.known && w.Status == "" && w.List == "" && w.Filter == "" && len(w.Without) == 0 {
		return len(s.places), nil
	}
	s.narrow(f)
	var total int
	err = w.inTime(ctx, app, func(ctx context.Context) error {
		return app.ConcurrentDB().Select("COUNT(*)").From("clients c").Where(f.where()).WithContext(ctx).Row(&total)
	})
	if err != nil {
		return 0, fmt.Errorf("count the clients that are found: %w", err)
	}
	return total, nil
}
