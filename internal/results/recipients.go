// Package results reads what became of the recipients of a mailing: lists, answers, the report, live progress.
package results

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/audience"
	"gonets/internal/database"
	"gonets/internal/denial"
	"gonets/internal/mailing"
)

// Query chooses a page of the recipients of a mailing.
type Query struct {
	State   mailing.State // "" is all
	Search  string        // in address and name
	Page    int           // from 1
	PerPage int
}

// maxPerPage is what PocketBase's own lists allow.
const maxPerPage = 1000

// Recipient is a line of a list of recipients: what became of one, with the mail server's last words.
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
	At           string        `db:"-" json:"at"` // of the last attempt, "" before the first

	ID   int64 `db:"id" json:"-"`
	Next int64 `db:"next_try_at" json:"-"`
}

// RecipientPage is a page of recipients, in PocketBase's shape.
type RecipientPage struct {
	Page       int         `json:"page"`
	PerPage    int         `json:"perPage"`
	TotalItems int         `json:"totalItems"`
	TotalPages int         `json:"totalPages"`
	Items      []Recipient `json:"items"`
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
	if p.TotalItems, err = countRecipients(ctx, app, id, q, where, params); err != nil {
		return p, err
	}
	p.TotalPages = (p.TotalItems + p.PerPage - 1) / p.PerPage
	params["limit"], params["skip"] = p.PerPage, (p.Page-1)*p.PerPage
	err = app.ConcurrentDB().NewQuery(recipientsSQL + where + order + ` LIMIT {:limit} OFFSET {:skip}`).
		WithContext(ctx).Bind(params).All(&p.Items)
	if err != nil {
		return p, fmt.Errorf("list the recipients of mailing %s: %w", id, err)
	}
	return p, addAnswers(ctx, app, p.Items)
}

// recipientsSQL reads by primary key: the recipients of one mailing lie side by side.
const recipientsSQL = `
SELECT r.id, r.client, r.email, r.state, r.reason, r.tries, r.next_try_at, COALESCE(c.full_name, '') AS full_name
` + recipientsFrom

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
	case mailing.Failed, mailing.Uncertain, mailing.Skipped, mailing.Deferred:
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
func countRecipients(ctx context.Context, app core.App, id string, q Query, where string, params dbx.Params) (int, error) {
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
		}
	}
	var n int
	err := app.ConcurrentDB().NewQuery(`SELECT COUNT(*) ` + recipientsFrom + where).WithContext(ctx).Bind(params).Row(&n)
	if err != nil {
		return 0, fmt.Errorf("count the recipients of mailing %s: %w", id, err)
	}
	return n, nil
}

// addAnswers adds what the mail server said in the last attempt at each recipient, which is found by
// its id.
func addAnswers(ctx context.Context, app core.App, recipients []Recipient) error {
	of := make(map[string]*Recipient, len(recipients))
	ids := []byte{'['}
	for i := range recipients {
		r := &recipients[i]
		if r.Next > 0 {
			r.NextTryAt = database.Stamp(time.UnixMilli(r.Next))
		}
		if r.Tries > 0 {
			id := mailing.AttemptID(r.ID, r.Tries)
			of[id] = r
			ids = append(database.AppendString(ids, id), ',')
		}
	}
	if len(of) == 0 {
		return nil
	}
	var answers []struct {
		ID       string `db:"id"`
		Code     int    `db:"code"`
		Enhanced string `db:"enhanced_code"`
		Response string `db:"response"`
		Created  string `db:"created"`
	}
	err := app.ConcurrentDB().NewQuery(`
		SELECT a.id, a.code, a.enhanced_code, a.response, a.created
		FROM json_each({:ids}) j JOIN attempts a ON a.id = j.value`).
		WithContext(ctx).Bind(dbx.Params{"ids": database.CloseArray(ids)}).All(&answers)
	if err != nil {
		return fmt.Errorf("read the last attempts: %w", err)
	}
	for _, a := range answers {
		r := of[a.ID]
		r.Code, r.EnhancedCode, r.Response, r.At = a.Code, a.Enhanced, a.Response, a.Created
	}
	return nil
}
