package dispatch

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/ledger"
	"gonets/internal/mailing"
	"gonets/internal/suppression"
	"gonets/internal/transactional"
	"gonets/internal/verdict"
)

// page is one load of recipients.
type page struct {
	recipients []*recipient
	last       int64 // id up to which it reaches
	end        bool  // there are no more pending ones after it
}

// selectRow reads a recipient and what its mail is written with. It finds the client by the address that
// the recipient has, for idx_clients_launch is in that order, as recipients are, and holds all that is
// asked for: a thousand clients are a few pages of it, and two thousand pages of the table and its
// primary key. A client whose address was changed is missed by it.
const selectRow = `
SELECT r.id, r.client, r.email, r.tries, r.forgiven, r.state,
	c.id IS NOT NULL, COALESCE(c.full_name, ''), COALESCE(c.attributes, '')
FROM recipients r
LEFT JOIN clients c ON c.owner = {:owner} AND c.email = r.email AND c.id = r.client`

// pendingPage reads the next pending recipients of a mailing by primary key: its rows lie side by
// side, and those before are done with. Beyond contents.last somebody is still adding rows.
const pendingPage = selectRow + `
WHERE r.id > {:after} AND r.id <= (SELECT (no << {:bits}) + last FROM contents WHERE no = {:no}) AND r.state = 'pending'
ORDER BY r.id
LIMIT {:limit}`

// duePage reads the deferred recipients whose next try has come, by idx_recipients_rare_state.
const duePage = selectRow + `
WHERE r.mailing = {:mailing} AND r.id >> {:bits} = {:no} AND ` + mailing.RareState + `
	AND r.state = 'deferred' AND r.next_try_at <= {:now}
ORDER BY r.next_try_at
LIMIT {:limit}`

// loadPending loads the pending recipients of f after an id.
func (s *Shared) loadPending(ctx context.Context, q *Queue, after int64) (page, error) {
	if q.IsTransactional() {
		return s.loadCalls(ctx, q, after, func() ([]transactional.Waiting, error) {
			return transactional.Pending(ctx, s.App, q.Owner, q.Sender, after)
		})
	}
	rows, more, err := s.loadRows(ctx, q, pendingPage, dbx.Params{"after": after, "no": q.No, "bits": mailing.IDBits, "limit": pageSize})
	if err != nil {
		return page{}, err
	}
	p := page{last: after, end: !more}
	if len(rows) > 0 {
		p.last = rows[len(rows)-1].ID
	}
	p.recipients, err = s.mailable(ctx, q, rows)
	return p, err
}

// readDue loads the deferred recipients of f whose time has come.
func (s *Shared) readDue(ctx context.Context, q *Queue, now time.Time) ([]*recipient, error) {
	if q.IsTransactional() {
		p, err := s.loadCalls(ctx, q, 0, func() ([]transactional.Waiting, error) {
			return transactional.Due(ctx, s.App, q.Owner, q.Sender, now)
		})
		return p.recipients, err
	}
	rows, _, err := s.loadRows(ctx, q, duePage, dbx.Params{"mailing": q.ID, "no": q.No, "bits": mailing.IDBits, "now": now.UnixMilli(), "limit": pageSize})
	if err != nil {
		return nil, err
	}
	return s.mailable(ctx, q, rows)
}

// loadRows reads a page: pageSize recipients, or fewer when they take much memory. more says whether there may be
// others after them.
func (s *Shared) loadRows(ctx context.Context, q *Queue, query string, params dbx.Params) (recipients []*recipient, more bool, err error) {
	db := s.App.ConcurrentDB()
	// Read before the page: what comes on the stop list after this is found when it is claimed.
	var stopList int64
	if err := db.NewQuery(ledger.StopListSQL).WithContext(ctx).Row(&stopList); err != nil {
		return nil, false, fmt.Errorf("read the state of the stop list: %w", err)
	}
	params["owner"] = q.Owner
	rows, err := db.NewQuery(query).WithContext(ctx).Bind(params).Rows()
	if err != nil {
		return nil, false, fmt.Errorf("load recipients of mailing %s: %w", q.ID, err)
	}
	defer rows.Close()
	bytes := 0
	for bytes < queueBytes && rows.Next() {
		r := &recipient{Recipient: ledger.Recipient{StopList: stopList, Mailing: &q.Mailing}, queue: q}
		err := rows.Scan(&r.ID, &r.Client, &r.Email, &r.Tries, &r.Forgiven, &r.State, &r.found, &r.fullName, &r.attributes)
		if err != nil {
			return nil, false, fmt.Errorf("load recipients of mailing %s: %w", q.ID, err)
		}
		recipients = append(recipients, r)
		bytes += r.size()
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("load recipients of mailing %s: %w", q.ID, err)
	}
	return recipients, bytes >= queueBytes || len(recipients) == pageSize, nil
}

// mailable sorts out those who are not to be mailed any more, and has that written.
func (s *Shared) mailable(ctx context.Context, q *Queue, rows []*recipient) ([]*recipient, error) {
	if err := s.find(ctx, q.Owner, rows); err != nil {
		return nil, err
	}
	emails := make([]string, len(rows))
	for i, r := range rows {
		emails[i] = r.Email
	}
	stopped, err := suppression.Reasons(s.App.ConcurrentDB(), q.Owner, emails)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if _, on := stopped[r.Email]; !on && !r.found {
			stopped[r.Email] = mailing.ReasonDeleted
		}
	}
	return s.withoutStopped(rows, stopped)
}

// withoutStopped has it written that some of the recipients are not mailed, with the reason, and returns the others. Those of
// whom it cannot be written come along, marked.
func (s *Shared) withoutStopped(rows []*recipient, stopped map[string]string) (recipients []*recipient, err error) {
	recipients = rows[:0]
	skipped := map[*recipient]*ledger.Entry{}
	for _, r := range rows {
		if reason, on := stopped[r.Email]; on {
			skipped[r] = &ledger.Entry{Settle: &r.Recipient, Result: verdict.Skipped(reason), Done: make(chan struct{}, 1)}
			s.Ledger.Submit(skipped[r])
			continue
		}
		recipients = append(recipients, r)
	}
	for r, entry := range skipped {
		<-entry.Done
		if entry.Err != nil {
			err = entry.Err // of all of them: the ledger is closed
		}
		if r.unrecordable = entry.SettleLost; r.unrecordable {
			recipients = append(recipients, r)
		}
	}
	return recipients, err
}

// find looks up by their ids the owner's clients that were not found by their addresses.
func (s *Shared) find(ctx context.Context, owner string, rows []*recipient) error {
	missed := map[string]*recipient{}
	var ids []string
	for _, r := range rows {
		if !r.found {
			missed[r.Client] = r
			ids = append(ids, r.Client)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return fmt.Errorf("encode ids: %w", err)
	}
	found, err := s.App.ConcurrentDB().NewQuery(`
		SELECT c.id, c.full_name, COALESCE(c.attributes, '') FROM json_each({:ids}) j JOIN clients c ON c.id = j.value
		WHERE c.owner = {:owner}`).
		WithContext(ctx).Bind(dbx.Params{"ids": string(list), "owner": owner}).Rows()
	if err != nil {
		return fmt.Errorf("look up clients: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var id, fullName, attributes string
		if err := found.Scan(&id, &fullName, &attributes); err != nil {
			return fmt.Errorf("look up clients: %w", err)
		}
		r := missed[id]
		r.found, r.fullName, r.attributes = true, fullName, attributes
	}
	return found.Err()
}

// anyDue says whether there are deferred recipients of a mailing whose time has come, by
// idx_recipients_rare_state.
func (s *Shared) anyDue(q *Queue, now time.Time) (due bool, err error) {
	if q.IsTransactional() {
		return transactional.AnyDue(s.Soft, s.App, q.Owner, q.Sender, now)
	}
	err = s.App.ConcurrentDB().NewQuery(`
		SELECT EXISTS (SELECT 1 FROM recipients r
			WHERE r.mailing = {:mailing} AND r.id >> {:bits} = {:no} AND ` + mailing.RareState + ` AND r.state = 'deferred' AND r.next_try_at <= {:now})`).
		WithContext(s.Soft).Bind(dbx.Params{"mailing": q.ID, "no": q.No, "bits": mailing.IDBits, "now": now.UnixMilli()}).Row(&due)
	if err != nil {
		return false, fmt.Errorf("look for deferred recipients of mailing %s: %w", q.ID, err)
	}
	return due, nil
}
