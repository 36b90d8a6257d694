// Package results reads what became of the recipients of a mailing: lists, answers, the report, live progress.
package results

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/mailing"
)

// Query chooses a page of the recipients of a mailing.
type Query struct {
	State   mailing.State // "" is all, Complained those who called the mail unwanted
	Search  string        // in address and name
	Page    int           // from 1
	PerPage int
	// Cursor is RecipientPage.Next of the page before, in place of Page; Start for the first page. "" is by Page.
	Cursor string
}

// Start is the cursor of the first page.
const Start = "^"

// Complained is no state of a recipient: who complains stays sent.
const Complained mailing.State = "complained"

// maxPerPage is what PocketBase's own lists allow.
const maxPerPage = 1000

// Recipient is a line of a list of recipients: what became of one, with the last words about it: of the mail
// server, or of the report that came back.
type Recipient struct {
	Client       string        `db:"client" json:"client"`
	Email        string        `db:"email" json:"email"`
	FullName     string        `db:"full_name" json:"full_name"` // "" when the client was deleted
	State        mailing.State `db:"state" json:"state"`
	Reason       string        `db:"reason" json:"reason"`
	Tries        int           `db:"tries" json:"tries"`   // attempts made
	NextTryAt    string        `db:"-" json:"next_try_at"` // "" when there is none
	Code         int           `db:"-" json:"code"`        // 0 when no server said anything
	EnhancedCode string        `db:"-" json:"enhanced_code"`
	Response     string        `db:"-" json:"response"`
	At           string        `db:"-" json:"at"` // of the last attempt, or of what came back; "" before the first

	ID   int64 `db:"id" json:"-"`
	Next int64 `db:"next_try_at" json:"-"`
}

// RecipientPage is a page of recipients, in PocketBase's shape.
type RecipientPage struct {
	Page       int    `json:"page"`
	PerPage    int    `json:"perPage"`
	TotalItems int    `json:"totalItems" doc:"-1 if the page was asked for by cursor"`
	TotalPages int    `json:"totalPages" doc:"-1 if the page was asked for by cursor"`
	Next       string `json:"next" doc:"The cursor of the page after this one; empty at the end"`
	// Items are in an order that never changes; recipients who are added come after all others.
	Items []Recipient `json:"items"`
}

// Recipients lists the recipients of a mailing. One that was never launched has none. It fails with a
// *denial.Error for an unknown state.
func Recipients(ctx context.Context, app core.App, id string, q Query) (RecipientPage, error) {
	p := RecipientPage{Page: max(1, q.Page), PerPage: q.PerPage, Items: []Recipient{}}
	if p.PerPage <= 0 {
		p.PerPage = 30
	}
	p.PerPage = min(p.PerPage, maxPerPage)
	where, order, params, err := q.where()
	if err != nil {
		return p, err
	}
	params["mailing"], params["bits"] = id, mailing.IDBits
	if q.State == Complained {
		if params["complained"], err = complained(ctx, app, id); err != nil {
			return p, err
		}
	}
	if q.State == unsubscribed {
		if params["unsubscribed"], err = optedOut(ctx, app, id); err != nil {
			return p, err
		}
	}
	params["limit"], params["skip"] = p.PerPage+1, (p.Page-1)*p.PerPage
	var after int64
	if q.Cursor != "" {
		if after, err = placeOf(q.Cursor); err != nil {
			return p, err
		}
		p.Page, p.TotalItems, p.TotalPages, params["skip"] = 1, -1, -1, 0
		where += ` AND r.id > (k.no << {:bits}) + {:after}`
		params["after"] = after
	}
	found, err := searchRecipients(ctx, app, id, q)
	if err != nil {
		return p, err
	}
	from := recipientsFrom
	if found.few() {
		from, params["numbers"] = foundFrom, found.array()
	}
	if q.Cursor == "" {
		if p.TotalItems, err = countRecipients(ctx, app, id, q, found, from+where, params); err != nil {
			return p, err
		}
		p.TotalPages = (p.TotalItems + p.PerPage - 1) / p.PerPage
	}
	if found.known && q.State == "" {
		from, params["numbers"], params["skip"] = foundFrom, found.page(after, (p.Page-1)*p.PerPage, p.PerPage+1), 0
	}
	err = app.ConcurrentDB().NewQuery(recipientsColumns + from + where + order + ` LIMIT {:limit} OFFSET {:skip}`).
		WithContext(ctx).Bind(params).All(&p.Items)
	if err != nil {
		return p, fmt.Errorf("list the recipients of mailing %s: %w", id, err)
	}
	if len(p.Items) > p.PerPage {
		p.Items = p.Items[:p.PerPage]
		p.Next = strconv.FormatInt(p.Items[p.PerPage-1].ID&(1<<mailing.IDBits-1), 36)
	}
	if err := addAnswers(ctx, app, p.Items); err != nil || q.State != Complained {
		return p, err
	}
	return p, addReports(ctx, app, p.Items, func(r *Recipient) string { return mailing.AttemptID(r.ID, 0) })
}

// placeOf is the number, within the mailing, of the recipient after whom a page begins.
func placeOf(cursor string) (int64, error) {
	if cursor == Start {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 36, 64)
	if err != nil || n < 1 || n >= 1<<mailing.IDBits {
		return 0, denial.BadRequest("invalid_cursor", "cursor", "the cursor is none that a page of recipients has given: begin again with an empty cursor")
	}
	return n, nil
}

const recipientsColumns = `
SELECT r.id, r.client, r.email, r.state, r.reason, r.tries, r.next_try_at, COALESCE(c.full_name, '') AS full_name`

// recipientsSQL reads all.
const recipientsSQL = recipientsColumns + recipientsFrom

// recipientsFrom reads by primary key: the recipients of one mailing lie side by side.
const recipientsFrom = `
FROM mailings m
JOIN contents k ON k.mailing = m.id AND k.owner = m.owner
JOIN recipients r ON r.id > k.no << {:bits} AND r.id <= (k.no << {:bits}) + k.last
LEFT JOIN clients c ON c.id = r.client AND c.owner = m.owner
WHERE m.id = {:mailing}`

// rareFrom reads by idx_recipients_rare_state, for states that few recipients of many may be in.
const rareFrom = ` AND r.mailing = {:mailing} AND ` + mailing.RareState

// where makes the conditions of the query and its order.
func (q Query) where() (where, order string, params dbx.Params, err error) {
	params = dbx.Params{}
	order = ` ORDER BY r.id`
	switch q.State {
	case "":
	case mailing.Pending, mailing.Sending, mailing.Sent:
		where = ` AND r.state = {:state}`
	case Complained:
		where = ` AND r.id IN (SELECT value FROM json_each({:complained}))`
	case unsubscribed:
		where = ` AND r.email IN (SELECT value FROM json_each({:unsubscribed}))`
	case mailing.Failed, mailing.Uncertain, mailing.Skipped, mailing.Deferred, mailing.Bounced:
		where = rareFrom + ` AND r.state = {:state}`
	default:
		return "", "", nil, denial.BadRequest("state_unknown", "state", "there is no state %q", q.State)
	}
	params["state"] = string(q.State)
	if search := strings.TrimSpace(q.Search); search != "" {
		if database.PatternTooLong(search) {
			return "", "", nil, denial.BadRequest(audience.FilterPattern, "search", "a text to search for has at most %d characters", database.MaxPattern)
		}
		where += ` AND (r.email LIKE {:search} ESCAPE '\' OR c.full_name LIKE {:search} ESCAPE '\')`
		params["search"] = database.Containing(search)
	}
	return where, order, params, nil
}

// countRecipients counts those that a query finds: by the counters of the mailing where they know.
func countRecipients(ctx context.Context, app core.App, id string, q Query, found found, from string, params dbx.Params) (int, error) {
	if found.known && q.State == "" {
		return len(found.numbers), nil
	}
	if strings.TrimSpace(q.Search) == "" {
		p, err := ProgressOf(app, id)
		if err != nil {
			return 0, err
		}
		switch q.State {
		case "":
			return p.Total, nil
		case mailing.Sent:
			return p.Sent, nil
		case mailing.Failed:
			return p.Failed, nil
		case mailing.Uncertain:
			return p.Uncertain, nil
		case mailing.Skipped:
			return p.Skipped, nil
		case mailing.Deferred:
			return p.Deferred, nil
		case mailing.Bounced:
			return p.Bounced, nil
		}
	}
	var n int
	err := app.ConcurrentDB().NewQuery(`SELECT COUNT(*) ` + from).WithContext(ctx).Bind(params).Row(&n)
	if err != nil {
		return 0, fmt.Errorf("count the recipients of mailing %s: %w", id, err)
	}
	return n, nil
}
