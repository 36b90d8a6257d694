package stats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
)

// mostGroups is how many domains, answers and mailings are listed: those with most attempts.
const mostGroups = 50

// ErrNotFound is the error for a mailing or owner that does not exist or that the viewer may not see.
var ErrNotFound = errors.New("not found")

// Statistics are the figures of a range.
type Statistics struct {
	From     time.Time       `json:"from"` // included; in the zone
	To       time.Time       `json:"to"`   // not included
	TZ       string          `json:"tz"`
	Totals   Counts          `json:"totals"`
	Days     []DayCounts     `json:"days"`            // all of the range, oldest first
	Domains  []DomainCounts  `json:"domains"`         // most attempts first; otherDomain is the rest
	Codes    []CodeCounts    `json:"codes"`           // most attempts first
	Mailings []MailingCounts `json:"mailings"`        // most attempts first
	Reasons  []ReasonCount   `json:"opt_out_reasons"` // why readers left, the most frequent first
}

// DayCounts are the figures of one day of the viewer's calendar.
type DayCounts struct {
	Day string `json:"day"`
	Counts
}

// DomainCounts are the figures of the addresses at one domain.
type DomainCounts struct {
	Domain string `json:"domain"`
	Counts
}

// CodeCounts are the figures of one answer of mail servers; code 0 means that there was none.
type CodeCounts struct {
	Code         int    `json:"code"`
	EnhancedCode string `json:"enhanced_code"`
	Counts
}

// MailingCounts are the figures of one mailing. A deleted mailing has no name.
type MailingCounts struct {
	Mailing string `json:"mailing"`
	Name    string `json:"name"`
	Owner   string `json:"owner"`
	Counts
}

// Statistics answers the query for a viewer who is signed in. The error is a *QueryError for an
// invalid query and ErrNotFound for figures that the viewer may not see.
func (s *Service) Statistics(ctx context.Context, v Viewer, q Query) (Statistics, error) {
	owner, err := s.scope(ctx, v, q)
	if err != nil {
		return Statistics{}, err
	}
	within, err := q.span(s.memo.now())
	if err != nil {
		return Statistics{}, err
	}
	p := plan{
		key: fmt.Sprintf("statistics:%q:%q:%q:%q:%d-%d",
			v.rights(), owner, q.Mailing, within.zone, within.from, within.to),
		atMost:  freshFor,
		version: s.mailings.all.Load(),
	}
	if owner != "" {
		p.version = s.mailings.of(owner).Load()
	}
	return fetch(ctx, s.memo, p, func(ctx context.Context) (Statistics, error) {
		return s.read(ctx, p.key, within, owner, q.Mailing)
	})
}

// scope decides whose figures the viewer gets: an owner's id, or "" for everybody's.
func (s *Service) scope(ctx context.Context, v Viewer, q Query) (string, error) {
	owner := q.Owner
	switch {
	case v.Role == Anybody:
		return "", ErrNotFound
	case v.seesAll():
	case owner == "":
		owner = v.ID
	case owner != v.ID:
		return "", ErrNotFound
	}

	if q.Mailing != "" {
		var owners []string
		err := s.app.DB().NewQuery(`SELECT owner FROM mailings WHERE id = {:id} AND ({:owner} = '' OR owner = {:owner})`).
			WithContext(ctx).Bind(dbx.Params{"id": q.Mailing, "owner": owner}).Column(&owners)
		if err != nil {
			return "", fmt.Errorf("find mailing %q: %w", q.Mailing, err)
		}
		if len(owners) == 0 {
			return "", ErrNotFound
		}
		owner = owners[0] // for a manager too: rollups of a deleted mailing of another owner may have the same id
	}
	if q.Owner != "" && v.seesAll() {
		n, err := s.number(ctx, `SELECT COUNT(*) FROM users WHERE id = {:id}`, dbx.Params{"id": owner})
		if err != nil {
			return "", fmt.Errorf("find user %q: %w", owner, err)
		}
		if n == 0 {
			return "", ErrNotFound
		}
	}
	return owner, nil
}

// everyOwner lists the owners with rollups by one look-up of the primary key for each; DISTINCT would read all rows.
const everyOwner = `
WITH RECURSIVE o (owner) AS (
	SELECT MIN(owner) FROM rollups
	UNION ALL
	SELECT (SELECT MIN(owner) FROM rollups r WHERE r.owner > o.owner) FROM o WHERE o.owner IS NOT NULL
)
SELECT owner FROM o WHERE owner IS NOT NULL`

// read sums the rollups of the range; those of the past are read once. key is that of the range, and of whose figures these are.
func (s *Service) read(ctx context.Context, key string, within span, owner, mailing string) (Statistics, error) {
	now := s.memo.now()
	old := s.past.find(key, within, now)
	// What the journal has is counted in the rollups a moment later, or when the next process begins to send.
	journalled, err := s.number(ctx, `SELECT COALESCE(MIN(bucket), {:now}) FROM rollup_journal`, dbx.Params{"now": now.Unix()})
	if err != nil {
		return Statistics{}, fmt.Errorf("read the journal of rollups: %w", err)
	}
	until := min(max(min(settledUntil(now), journalled), old.until), within.to)
	older, newer := newSums(within), newSums(within)
	err = s.sum(ctx, old.until, within.to, owner, mailing, func(key *rollupKey, c *Counts) {
		if key.bucket < until {
			older.add(key, c)
		} else {
			newer.add(key, c)
		}
	})
	if err != nil {
		return Statistics{}, err
	}
	if until > old.until {
		old.sums, old.until = old.sums.plus(older), until
		s.past.keep(key, old)
	}
	result := old.sums.plus(newer).statistics()
	if result.Reasons, err = s.reasons(ctx, within, owner, mailing); err != nil {
		return Statistics{}, err
	}
	return result, s.name(ctx, result.Mailings)
}

// sum hands on the rollups from one bucket to another in one pass, in the order of the primary key; add must not keep what it gets. Grouping in SQL
// sorts for each of the groupings and takes three times as long.
func (s *Service) sum(ctx context.Context, from, to int64, owner, mailing string, add func(*rollupKey, *Counts)) error {
	owners := `{:owner}`
	if owner == "" {
		owners = everyOwner
	}
	rows, err := s.app.DB().NewQuery(`
		SELECT owner, bucket, mailing, domain, code, enhanced_code, attempts, success, failure, uncertain, sent, bounced, complained, hard, block
		FROM rollups
		WHERE owner IN (` + owners + `) AND bucket >= {:from} AND bucket < {:to}
			AND ({:mailing} = '' OR mailing = {:mailing})`).
		Bind(dbx.Params{"owner": owner, "from": from, "to": to, "mailing": mailing}).
		WithContext(ctx).Rows()
	if err != nil {
		return fmt.Errorf("read rollups: %w", err)
	}
	defer func() { _ = rows.Close() }()

	var key rollupKey
	var c Counts
	into := places(&key, &c)
	for rows.Next() {
		if err := rows.Rows.Scan(into...); err != nil {
			return fmt.Errorf("read a rollup: %w", err)
		}
		c.Soft = c.Bounced - c.Hard - c.Block
		add(&key, &c)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read rollups: %w", err)
	}
	return nil
}

// name fills in the names of mailings that still exist.
func (s *Service) name(ctx context.Context, mailings []MailingCounts) error {
	ids := make([]any, len(mailings))
	for i := range mailings {
		ids[i] = mailings[i].Mailing
	}
	var named []struct {
		ID    string `db:"id"`
		Owner string `db:"owner"`
		Name  string `db:"name"`
	}
	err := s.app.DB().Select("id", "owner", "name").From("mailings").Where(dbx.In("id", ids...)).WithContext(ctx).All(&named)
	if err != nil {
		return fmt.Errorf("read the names of mailings: %w", err)
	}
	for _, n := range named {
		i := slices.IndexFunc(mailings, func(m MailingCounts) bool { return m.Mailing == n.ID && m.Owner == n.Owner })
		if i >= 0 { // a mailing of another owner may have reused the id of a deleted one
			mailings[i].Name = n.Name
		}
	}
	return nil
}
