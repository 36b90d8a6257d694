package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/audience"
)

// page is one load of recipients.
type page struct {
	recipients []*recipient
	last       int64 // id up to which it reaches
	end        bool  // there are no more pending ones after it
}

// pendingPage reads the next pending recipients of a mailing by primary key: its rows lie side by
// side, and those before after are done with.
const pendingPage = `
SELECT r.id, r.client, r.email, r.tries, r.state,
	c.id IS NULL AS deleted, COALESCE(c.full_name, '') AS full_name, COALESCE(c.attributes, '') AS attributes
FROM recipients r
LEFT JOIN clients c ON c.id = r.client
WHERE r.id > {:after} AND r.id <= (SELECT (no << {:bits}) + last FROM contents WHERE no = {:no}) AND r.state = 'pending'
ORDER BY r.id
LIMIT {:limit}`

// duePage reads the deferred recipients whose next try has come, by idx_recipients_rare_state.
const duePage = `
SELECT r.id, r.client, r.email, r.tries, r.state,
	c.id IS NULL AS deleted, COALESCE(c.full_name, '') AS full_name, COALESCE(c.attributes, '') AS attributes
FROM recipients r
LEFT JOIN clients c ON c.id = r.client
WHERE r.mailing = {:mailing} AND r.state <> 'pending' AND r.state <> 'sending' AND r.state <> 'sent'
	AND r.state = 'deferred' AND r.next_try_at <= {:now}
ORDER BY r.next_try_at
LIMIT {:limit}`

// row is a line of a page.
type row struct {
	ID         int64  `db:"id"`
	Client     string `db:"client"`
	Email      string `db:"email"`
	Tries      int    `db:"tries"`
	State      State  `db:"state"`
	Deleted    bool   `db:"deleted"`
	FullName   string `db:"full_name"`
	Attributes string `db:"attributes"`
}

// loadPending loads the pending recipients of f after an id.
func (s *shift) loadPending(ctx context.Context, f *flow, after int64) (page, error) {
	p, rows, err := s.loadRows(ctx, f, pendingPage, dbx.Params{"after": after, "no": f.no, "bits": idBits, "limit": pageSize})
	if err != nil {
		return p, err
	}
	p.last, p.end = after, len(rows) < pageSize
	if len(rows) > 0 {
		p.last = rows[len(rows)-1].ID
	}
	return p, nil
}

// loadDue loads the deferred recipients of f whose time has come.
func (s *shift) loadDue(ctx context.Context, f *flow, now time.Time) ([]*recipient, error) {
	p, _, err := s.loadRows(ctx, f, duePage, dbx.Params{"mailing": f.id, "now": now.UnixMilli(), "limit": pageSize})
	return p.recipients, err
}

// loadRows reads a page and sorts out who is not to be mailed any more.
func (s *shift) loadRows(ctx context.Context, f *flow, query string, params dbx.Params) (page, []row, error) {
	db := s.app.ConcurrentDB()
	// Read before the page: what comes on the stop list after this is found when it is claimed.
	var stopList int64
	if err := db.NewQuery(stopListSQL).WithContext(ctx).Row(&stopList); err != nil {
		return page{}, nil, fmt.Errorf("read the state of the stop list: %w", err)
	}
	var rows []row
	if err := db.NewQuery(query).WithContext(ctx).Bind(params).All(&rows); err != nil {
		return page{}, nil, fmt.Errorf("load recipients of mailing %s: %w", f.id, err)
	}
	emails := make([]string, len(rows))
	for i := range rows {
		emails[i] = rows[i].Email
	}
	stopped, err := audience.Suppressed(db, f.owner, emails)
	if err != nil {
		return page{}, nil, err
	}

	p := page{recipients: make([]*recipient, 0, len(rows))}
	var skips []skip
	for i := range rows {
		r := &recipient{
			id: rows[i].ID, client: rows[i].Client, email: rows[i].Email, fullName: rows[i].FullName,
			attributes: rows[i].Attributes, tries: rows[i].Tries, state: rows[i].State, stopList: stopList, flow: f,
		}
		switch reason, found := stopped[r.email]; {
		case found:
			skips = append(skips, skip{r, reason})
		case rows[i].Deleted:
			skips = append(skips, skip{r, ReasonDeleted})
		default:
			p.recipients = append(p.recipients, r)
		}
	}
	return p, rows, s.skip(skips)
}

// skip has the ledger write that those recipients are not mailed.
func (s *shift) skip(skips []skip) error {
	entries := make([]*entry, len(skips))
	for i, one := range skips {
		entries[i] = &entry{settle: one.r, result: skipped(one.r, one.reason), done: make(chan struct{}, 1)}
		s.ledger.hand(entries[i])
	}
	for _, entry := range entries {
		<-entry.done
		if entry.err != nil {
			return entry.err
		}
	}
	return nil
}
