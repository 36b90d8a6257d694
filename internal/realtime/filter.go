package realtime

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"gonets/internal/deadline"
)

// PocketBase asks at every save of a record, and within the transaction of every deletion, whether the record passes
// the filter of each subscription. So the time for all filters of a user together is bounded. It is measured at the
// SQL statement; a mark in the filter tells whose it is.

// filterPeriod is the period in which the time of a user's filters is counted, from the first check on.
const filterPeriod = 20 * time.Second

// free is up to which duration a check is not counted: nearly all take less.
const free = time.Millisecond

// mark begins a text in the filters of a connection; the id of the connection follows.
const mark = "gonets realtime connection "

// spending is the time that the checks of a user have taken in a period.
type spending struct {
	since time.Time // when the period began
	time  time.Duration
}

// filters bounds the checks. Safe for concurrent use.
type filters struct {
	mu    sync.Mutex
	spent map[string]*spending // by user
}

// left is the time that a user has left in this period.
func (f *filters) left(user string, limit time.Duration) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.spent[user]
	switch {
	case s == nil:
		return limit
	case time.Since(s.since) > filterPeriod:
		delete(f.spent, user)
		return limit
	}
	return limit - s.time
}

func (f *filters) spend(user string, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.spent[user]
	if s == nil {
		maps.DeleteFunc(f.spent, func(_ string, s *spending) bool { return time.Since(s.since) > filterPeriod })
		s = &spending{since: time.Now().Add(-took)}
		f.spent[user] = s
	}
	s.time += took
}

// FiltersTooSlow reports whether the filters of a user have used up their time.
func (c *Connections) FiltersTooSlow(user *core.Record) bool {
	return c.filters.left(nameOf(user), deadline.Of(c.app)) <= 0
}

// BoundFilters bounds the time of PocketBase's checks in the database of the app, which must be open.
func (c *Connections) BoundFilters() {
	db, ok := c.app.ConcurrentDB().(*dbx.DB)
	if !ok {
		return
	}
	if _, done := db.Builder.(*builder); !done {
		db.Builder = &builder{db.Builder, c}
	}
}

// builder bounds the statements that have a mark.
type builder struct {
	dbx.Builder
	of *Connections
}

// Select implements dbx.Builder. A check selects "(1)".
func (b *builder) Select(columns ...string) *dbx.SelectQuery {
	query := b.Builder.Select(columns...)
	if len(columns) == 1 && columns[0] == "(1)" {
		query.WithBuildHook(func(q *dbx.Query) {
			if conn := b.of.marked(q); conn != nil {
				q.WithExecHook(conn.check)
			}
		})
	}
	return query
}

// marked returns the connection whose filter the query has, nil without one.
func (c *Connections) marked(q *dbx.Query) *Connection {
	for _, value := range q.Params() {
		text, _ := value.(string)
		if id, ok := strings.CutPrefix(text, mark); ok {
			c.mu.Lock()
			conn := c.open[id]
			c.mu.Unlock()
			if conn != nil { // otherwise the user has written such a text in a filter
				return conn
			}
		}
	}
	return nil
}

// check is a dbx.ExecHookFunc. A record whose check is interrupted does not pass. The connection, which may have
// missed a message, is closed.
func (c *Connection) check(q *dbx.Query, run func() error) error {
	user := c.of.userOf(c)
	left := c.of.filters.left(user, deadline.Of(c.of.app))
	ctx, cancel := context.WithTimeoutCause(context.Background(), left, deadline.ErrPassed)
	defer cancel()
	q.WithContext(ctx)
	begin := time.Now()
	err := run()
	took := time.Since(begin)
	interrupted := err != nil && !errors.Is(err, sql.ErrNoRows) && context.Cause(ctx) == deadline.ErrPassed
	switch {
	case interrupted:
		c.of.filters.spend(user, max(took, left))
	case took > free:
		c.of.filters.spend(user, took)
	}
	if interrupted {
		c.of.app.Logger().Warn("the filters of a user's realtime subscriptions take too long", "user", user)
		c.drop()
	}
	return err
}

// Subscriptions implements subscriptions.Client. Filters have the mark of the connection.
func (c *Connection) Subscriptions(prefixes ...string) map[string]subscriptions.SubscriptionOptions {
	all := c.Client.Subscriptions(prefixes...)
	for name, options := range all {
		if filter := options.Query[search.FilterQueryParam]; filter != "" {
			options.Query = maps.Clone(options.Query)
			// Always true, so that the meaning of the filter does not change, also with ||.
			options.Query[search.FilterQueryParam] = `"` + mark + c.Id() + `" != "" && ` + filter
			all[name] = options
		}
	}
	return all
}
