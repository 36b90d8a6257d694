package results

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// unsubscribed is no state of a recipient: who unsubscribes by the link in an email has got it.
const unsubscribed mailing.State = "unsubscribed"

// optedOutSQL are the addresses that were put on the stop list by the link in an email of the mailing, found among those of
// its owner.
const optedOutSQL = `
	FROM mailings m JOIN suppressions s ON s.owner = m.owner
	WHERE m.id = {:mailing} AND s.kind = 'address' AND s.mailing = {:mailing} AND s.reason = 'unsubscribed'`

// optedOut are the addresses as a JSON array.
func optedOut(ctx context.Context, app core.App, id string) (string, error) {
	var emails []string
	err := app.ConcurrentDB().NewQuery(`SELECT s.value ` + optedOutSQL).WithContext(ctx).Bind(dbx.Params{"mailing": id}).Column(&emails)
	if err != nil {
		return "", fmt.Errorf("list who unsubscribed from mailing %s: %w", id, err)
	}
	return database.JSONArray(emails), nil
}

// afterwards is what recipients of a mailing did with the email: when, by their address and by recipients.id.
type afterwards struct {
	unsubscribed map[string]string
	complained   map[int64]string
}

// readAfterwards reads both for a whole mailing: they are few of its recipients.
func readAfterwards(ctx context.Context, app core.App, id string) (afterwards, error) {
	a := afterwards{unsubscribed: map[string]string{}, complained: map[int64]string{}}
	for query, keep := range map[string]func(key, at string){
		`SELECT s.value AS key, s.created AS at ` + optedOutSQL: func(email, at string) { a.unsubscribed[email] = at },
		`SELECT b.id AS key, b.created AS at
		FROM bounces b JOIN mailings m ON m.id = b.mailing AND m.owner = b.owner
		WHERE b.mailing = {:mailing} AND b.kind = 'complaint'`: func(bounce, at string) {
			if recipient, ok := mailing.RecipientOf(bounce); ok {
				a.complained[recipient] = at
			}
		},
	} {
		var rows []struct {
			Key string `db:"key"`
			At  string `db:"at"`
		}
		if err := app.ConcurrentDB().NewQuery(query).WithContext(ctx).Bind(dbx.Params{"mailing": id}).All(&rows); err != nil {
			return a, fmt.Errorf("read who left mailing %s or complained of it: %w", id, err)
		}
		for _, row := range rows {
			keep(row.Key, row.At)
		}
	}
	return a, nil
}
