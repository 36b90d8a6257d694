package mailing

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Event is one thing that happened to a mailing.
type Event struct {
	At    string        `json:"at"`    // as PocketBase writes times
	Ended string        `json:"ended"` // when a wait was over; "" while it lasts, and for all other kinds
	Kind  EventKind     `json:"kind"`
	Actor *Actor        `json:"actor"` // nil when it is not known
	More  types.JSONRaw `json:"detail"`
}

// Timeline is what happened to a mailing, the oldest first.
func Timeline(ctx context.Context, app core.App, mailing *core.Record) ([]Event, error) {
	var rows []struct {
		At     string        `db:"at"`
		Ended  string        `db:"ended"`
		Kind   EventKind     `db:"kind"`
		Actor  ActorKind     `db:"actor"`
		ID     string        `db:"actor_id"`
		Name   string        `db:"actor_name"`
		Detail types.JSONRaw `db:"detail"`
	}
	// By idx_mailing_events_mailing. Two may fall into one millisecond, and the first has the lower id.
	err := app.ConcurrentDB().NewQuery(`
		SELECT at, ended, kind, actor, actor_id, actor_name, detail
		FROM mailing_events WHERE ` + OfMailing + ` ORDER BY at, id`).
		WithContext(ctx).Bind(dbx.Params{"mailing": mailing.Id}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read the timeline of mailing %s: %w", mailing.Id, err)
	}
	events := make([]Event, 0, len(rows)+1)
	if len(rows) == 0 || rows[0].Kind != EventCopied && rows[0].Kind != EventOccurrence {
		events = append(events, Event{At: mailing.GetDateTime("created").String(), Kind: EventCreated, More: types.JSONRaw("{}")})
	}
	for _, r := range rows {
		e := Event{At: r.At, Ended: r.Ended, Kind: r.Kind, More: r.Detail}
		if r.Actor != "" {
			e.Actor = &Actor{Kind: r.Actor, ID: r.ID, Name: r.Name}
		}
		events = append(events, e)
	}
	return events, nil
}
