package results

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// HistoryQuery chooses a page of what happened with one client.
type HistoryQuery struct {
	Page    int // from 1; it has no effect by cursor
	PerPage int
	// ByCursor reads the page after the record with that time and id, or the first page if both are empty, and counts nothing.
	ByCursor           bool
	AfterTime, AfterID string
}

// AttemptsOf returns a page of the attempts at one client, the newest first, and how many there are in all (0 by cursor).
//
// There is no index of attempts by client: every attempt would have to be put into it, at a random
// place. Instead the client's address, and those that it had before, are looked up in each of the
// owner's mailings, and the ids of the attempts follow from the recipients (AttemptID). A mailing costs
// some ten microseconds, however many were mailed.
func AttemptsOf(ctx context.Context, app core.App, client *core.Record, q HistoryQuery) (attempts []*core.Record, total int, err error) {
	return history(ctx, app, "attempts", client, q)
}

// BouncesOf returns a page of what came back from one client, the newest first, and how many there are in all (0 by cursor). It
// finds them like AttemptsOf.
func BouncesOf(ctx context.Context, app core.App, client *core.Record, q HistoryQuery) (bounces []*core.Record, total int, err error) {
	return history(ctx, app, "bounces", client, q)
}

// history returns a page of a log whose ids are made by AttemptID.
func history(ctx context.Context, app core.App, log string, client *core.Record, q HistoryQuery) (records []*core.Record, total int, err error) {
	ids, err := historyIDs(ctx, app, client)
	if err != nil {
		return nil, 0, err
	}
	params := dbx.Params{"ids": ids, "client": client.Id}
	// Those that were forgotten in the meantime (attempts_kept_days) are not there any more.
	of, skip := `[[id]] IN (SELECT value FROM json_each({:ids})) AND [[client]] = {:client}`, 0
	if !q.ByCursor {
		skip = (q.Page - 1) * q.PerPage
		err = app.ConcurrentDB().Select("COUNT(*)").From(log).Where(dbx.NewExp(of, params)).WithContext(ctx).Row(&total)
		if err != nil {
			return nil, 0, fmt.Errorf("count the %s of client %s: %w", log, client.Id, err)
		}
	} else if q.AfterID != "" {
		of += ` AND ([[created]], [[id]]) < ({:created}, {:id})`
		params["created"], params["id"] = q.AfterTime, q.AfterID
	}
	records = []*core.Record{}
	err = app.RecordQuery(log).WithContext(ctx).Where(dbx.NewExp(of, params)).
		OrderBy("created DESC", "id DESC").
		Limit(int64(q.PerPage)).Offset(int64(skip)).
		All(&records)
	if err != nil {
		return nil, 0, fmt.Errorf("read the %s of client %s: %w", log, client.Id, err)
	}
	return records, total, nil
}

// historyIDs are the ids that attempts at the client and bounces can have, as a JSON array. Complaints have those of try 0.
func historyIDs(ctx context.Context, app core.App, client *core.Record) (string, error) {
	var recipients []struct {
		ID    int64 `db:"id"`
		Tries int   `db:"tries"`
	}
	// In this order, which CROSS JOIN keeps: idx_mailings_owner_created, the addresses,
	// idx_recipients_mailing_email.
	err := app.ConcurrentDB().NewQuery(`
		SELECT r.id, r.tries
		FROM mailings m
		CROSS JOIN (SELECT {:email} AS email UNION SELECT email FROM former_addresses WHERE client = {:client}) a
		CROSS JOIN recipients r ON r.mailing = m.id AND r.email = a.email
		CROSS JOIN contents k ON k.mailing = m.id AND k.owner = m.owner AND k.no = r.id >> {:bits}
		WHERE m.owner = {:owner} AND r.client = {:client} AND r.tries > 0`).
		WithContext(ctx).
		Bind(dbx.Params{"owner": client.GetString("owner"), "bits": mailing.IDBits, "client": client.Id, "email": client.GetString("email")}).
		All(&recipients)
	if err != nil {
		return "", fmt.Errorf("find client %s among the recipients: %w", client.Id, err)
	}
	ids := []byte{'['}
	for _, r := range recipients {
		for try := 0; try <= r.Tries; try++ {
			ids = append(database.AppendString(ids, mailing.AttemptID(r.ID, try)), ',')
		}
	}
	return database.CloseArray(ids), nil
}
