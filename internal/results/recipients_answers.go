package results

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

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
	if err := addWords(ctx, app, of, "attempts", "response", database.CloseArray(ids)); err != nil {
		return fmt.Errorf("read the last attempts: %w", err)
	}
	return addReports(ctx, app, recipients, func(r *Recipient) string {
		if r.State != mailing.Bounced {
			return ""
		}
		return mailing.AttemptID(r.ID, max(1, r.Tries))
	})
}

// addReports replaces what the mail server said by what came back, for those whose bounce has the id that is given; "" leaves
// a recipient as it is.
func addReports(ctx context.Context, app core.App, recipients []Recipient, id func(*Recipient) string) error {
	of := map[string]*Recipient{}
	ids := []byte{'['}
	for i := range recipients {
		if id := id(&recipients[i]); id != "" {
			of[id] = &recipients[i]
			ids = append(database.AppendString(ids, id), ',')
		}
	}
	if err := addWords(ctx, app, of, "bounces", "diagnostic", database.CloseArray(ids)); err != nil {
		return fmt.Errorf("read what came back: %w", err)
	}
	return nil
}

// addWords fills the recipients, by the ids of rows in a table, with the code and the words of those rows.
func addWords(ctx context.Context, app core.App, of map[string]*Recipient, table, words, ids string) error {
	if len(of) == 0 {
		return nil
	}
	var rows []struct {
		ID       string `db:"id"`
		Code     int    `db:"code"`
		Enhanced string `db:"enhanced_code"`
		Words    string `db:"words"`
		Created  string `db:"created"`
	}
	err := app.ConcurrentDB().NewQuery(`
		SELECT a.id, a.code, a.enhanced_code, a.` + words + ` AS words, a.created
		FROM json_each({:ids}) j JOIN ` + table + ` a ON a.id = j.value`).
		WithContext(ctx).Bind(dbx.Params{"ids": ids}).All(&rows)
	for _, a := range rows {
		r := of[a.ID]
		r.Code, r.EnhancedCode, r.Response, r.At = a.Code, a.Enhanced, a.Words, a.Created
	}
	return err
}

// complained are the ids of the recipients of a mailing who complained, as a JSON array, by idx_bounces_mailing_kind.
func complained(ctx context.Context, app core.App, id string) (string, error) {
	var found []string
	err := app.ConcurrentDB().NewQuery(`
		SELECT b.id FROM bounces b JOIN mailings m ON m.id = b.mailing AND m.owner = b.owner
		WHERE b.mailing = {:mailing} AND b.kind = 'complaint'`).
		WithContext(ctx).Bind(dbx.Params{"mailing": id}).Column(&found)
	if err != nil {
		return "", fmt.Errorf("list the complaints of mailing %s: %w", id, err)
	}
	ids := []byte{'['}
	for _, id := range found {
		if recipient, ok := mailing.RecipientOf(id); ok {
			ids = append(strconv.AppendInt(ids, recipient, 10), ',')
		}
	}
	return database.CloseArray(ids), nil
}
