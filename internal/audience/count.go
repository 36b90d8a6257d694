package audience

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/deadline"
)

const (
	countCap   = 10_000 // where the count of a filter stops
	sampleSize = 5
)

// Count is the size of an audience.
type Count struct {
	Count      int          `json:"count"`      // everyone in the audience, the suppressed too, as mailings.total
	Capped     bool         `json:"capped"`     // there are more than Count; only with a filter
	Suppressed int          `json:"suppressed"` // how many of Count will be skipped
	Sample     []ClientLine `json:"sample"`     // some of those who will be mailed
}

// ClientLine is a client in a list.
type ClientLine struct {
	ID       string `db:"id" json:"id"`
	Email    string `db:"email" json:"email"`
	FullName string `db:"full_name" json:"full_name"`
}

// Count counts the audience as it is now. Suppressed clients are counted by their status, which mirrors the
// stop list. Without a filter the count is exact, and kept or from indexes; with one, clients are read until more than 10 000
// match.
func (a Audience) Count(ctx context.Context, app core.App, owner string) (Count, error) {
	s, err := a.Query(app, owner)
	if err != nil {
		return Count{}, err
	}
	var count Count
	err = s.inTime(ctx, app, func(ctx context.Context) error {
		count, err = s.count(ctx, app.ConcurrentDB())
		return err
	})
	return count, err
}

func (s *Selection) count(ctx context.Context, db dbx.Builder) (Count, error) {
	count := Count{Sample: []ClientLine{}}
	c := counting{ctx: ctx, db: db, params: dbx.Params{"owner": s.owner, "cap": countCap + 1}}
	c.where = s.where(c.params)

	switch {
	case s.filter != nil || s.kind == Picked:
		c.matching(&count)
	case s.kind == Everyone:
		c.everyone(&count, s.owner)
	default:
		c.onLists(&count, s.owner, s.lists)
	}
	if s.filter != nil && count.Count > countCap {
		count.Count, count.Capped = countCap, true
		count.Suppressed = min(count.Suppressed, countCap)
	}
	if count.Count > count.Suppressed {
		c.sample(&count)
	}
	return count, c.err
}

// counting runs the queries of one Count. The first error ends it.
type counting struct {
	ctx    context.Context
	db     dbx.Builder
	where  string // the condition of the audience
	params dbx.Params
	err    error
}

func (c *counting) query(sql string, to ...any) {
	if c.err != nil {
		return
	}
	if err := c.db.NewQuery(sql).WithContext(c.ctx).Bind(c.params).Row(to...); err != nil {
		c.err = fmt.Errorf("count the audience: %w", err)
	}
}

// matching reads one client after the other, up to the cap.
func (c *counting) matching(count *Count) {
	c.query(`
		SELECT COUNT(*), COALESCE(SUM(status NOT IN ('', 'active')), 0)
		FROM (SELECT c.status FROM clients c WHERE c.owner = {:owner} AND `+c.where+` LIMIT {:cap})`,
		&count.Count, &count.Suppressed)
}

func (c *counting) everyone(count *Count, owner string) {
	c.kept(count, Wanted{Owner: owner})
	c.suppressed(count)
}

// kept reads a number that need not be counted.
func (c *counting) kept(count *Count, w Wanted) {
	if c.err == nil {
		count.Count, _, c.err = w.kept(c.ctx, c.db)
	}
}

// onLists counts those of several lists by idx_subscriptions_list_client. Only clients of the owner can be on the owner's lists.
func (c *counting) onLists(count *Count, owner string, lists []string) {
	if len(lists) == 1 {
		c.kept(count, Wanted{Owner: owner, List: lists[0]})
		c.suppressed(count)
		return
	}
	c.query(`
		SELECT COUNT(DISTINCT s.client) FROM subscriptions s
		WHERE s.list IN (`+placeholders("list", lists, c.params)+`) AND s.status = 'confirmed' AND s.owner = {:owner}`,
		&count.Count)
	c.suppressed(count)
}

// suppressed counts suppressed clients through the partial index.
func (c *counting) suppressed(count *Count) {
	c.query(suppressedCountSQL+` AND `+c.where, &count.Suppressed)
}

// suppressedCountSQL counts the owner's clients who must not be mailed. SQLite would choose an index of
// all clients, because it does not know how few they are.
const suppressedCountSQL = `
	SELECT COUNT(*) FROM clients c INDEXED BY idx_clients_suppressed
	WHERE c.owner = {:owner} AND c.status != '' AND c.status != 'active'`

func (c *counting) sample(count *Count) {
	if c.err != nil {
		return
	}
	err := c.db.NewQuery(deadline.WholeSQL(fmt.Sprintf(`
		SELECT c.id, c.email, c.full_name FROM clients c
		WHERE c.owner = {:owner} AND c.status IN ('', 'active') AND %s
		LIMIT %d`, c.where, sampleSize))).
		WithContext(c.ctx).Bind(c.params).All(&count.Sample)
	if err != nil {
		c.err = fmt.Errorf("sample the audience: %w", err)
	}
}
