package deadline

import (
	"context"
	"regexp"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
)

// PocketBase asks at every save of a record whether it passes the filter of each realtime subscription, with no
// limit of time, and of a deletion while the record is still there. Nothing of it can be told the time, so the
// statement is known by its shape.
func init() {
	newBuilder := dbx.BuilderFuncMap["sqlite"]
	dbx.BuilderFuncMap["sqlite"] = func(db *dbx.DB, executor dbx.Executor) dbx.Builder {
		return &builder{newBuilder(db, executor)}
	}
}

// builder bounds the checks of records against the filters of subscriptions.
type builder struct{ dbx.Builder }

// Select implements dbx.Builder.
func (b *builder) Select(columns ...string) *dbx.SelectQuery {
	query := b.Builder.Select(columns...)
	if len(columns) == 1 && columns[0] == "(1)" {
		query.WithBuildHook(func(q *dbx.Query) { q.WithExecHook(checks.bound) })
	}
	return query
}

// checkOfRecord matches the statement that checks one record against a filter, and where its id is.
var checkOfRecord = regexp.MustCompile("(?s)^SELECT \\(1\\) FROM `(\\w+)` .*?WHERE \\(`\\w+`\\.`id`=\\{:(p\\d+)\\}\\) AND .* LIMIT 1$")

// checks are those of all records.
var checks = &allowance{left: map[string]*spent{}}

// allowance bounds the time for checks of one record against all filters: as long as a filter may take, and a
// tenth of the time after that. A filter that comes too late is taken for one that the record does not pass.
type allowance struct {
	mu   sync.Mutex
	left map[string]*spent // by table and id
}

type spent struct {
	time time.Duration
	at   time.Time
}

// refilled is the part of the time that comes back.
const refilled = 10

// maxRecords bounds the records that are remembered.
const maxRecords = 10_000

// bound is a dbx.ExecHookFunc.
func (a *allowance) bound(q *dbx.Query, run func() error) error {
	found := checkOfRecord.FindStringSubmatch(q.SQL())
	if found == nil || q.Context() != nil {
		return run()
	}
	id, _ := q.Params()[found[2]].(string)
	record := found[1] + "/" + id
	begin := time.Now()
	ctx, cancel := context.WithTimeoutCause(context.Background(), Filter-a.spentOn(record, 0, begin), errPassed)
	defer cancel()
	defer q.WithContext(nil) //nolint:staticcheck // as it was
	q.WithContext(ctx)
	err := run()
	a.spentOn(record, time.Since(begin), time.Now())
	return err
}

// spentOn adds to the time spent on a record and returns what is not forgotten of it.
func (a *allowance) spentOn(record string, more time.Duration, now time.Time) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.left[record]
	if s == nil {
		if more < time.Millisecond { // nearly all
			return 0
		}
		a.forget(now)
		s = &spent{at: now}
		a.left[record] = s
	}
	s.time = max(0, s.time-now.Sub(s.at)/refilled) + more
	s.at = now
	return s.time
}

// forget makes room for one record more.
func (a *allowance) forget(now time.Time) {
	if len(a.left) < maxRecords {
		return
	}
	for record, s := range a.left {
		if now.Sub(s.at) > s.time*refilled {
			delete(a.left, record)
		}
	}
	if len(a.left) >= maxRecords {
		clear(a.left)
	}
}
