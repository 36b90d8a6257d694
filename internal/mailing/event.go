package mailing

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
)

// EventKind is what kind of thing happened to a mailing. The UI has the words for each.
type EventKind string

// The kinds of events, each with its detail.
const (
	EventCreated     EventKind = "created"     // –
	EventCopied      EventKind = "copied"      // from, name: the mailing that it is a duplicate of
	EventOccurrence  EventKind = "occurrence"  // of, due: made by a mailing that repeats, for that time
	EventRepeated    EventKind = "repeated"    // mailing, due, missed: what a mailing that repeats has made
	EventScheduled   EventKind = "scheduled"   // starts_at
	EventUnscheduled EventKind = "unscheduled" // –
	EventLaunched    EventKind = "launched"    // total, skipped, and if nothing was running at its time: due
	EventPaused      EventKind = "paused"      // left; by the engine: code, words; for what came back: back, handed
	EventResumed     EventKind = "resumed"     // left, and until then: handed, bounced, complained
	EventCancelled   EventKind = "cancelled"   // left; by the engine: code, words
	EventBlocked     EventKind = "blocked"     // reason, paused: whether it was running
	EventUnblocked   EventKind = "unblocked"   // –
	EventRetried     EventKind = "retried"     // failed, uncertain, bounced: how many were queued again
	EventAccepted    EventKind = "accepted"    // uncertain: how many count as sent
	EventExtended    EventKind = "extended"    // recipients, skipped
	EventWaiting     EventKind = "waiting"     // code, words, times
	EventInterrupted EventKind = "interrupted" // recipients that became uncertain
	EventEnded       EventKind = "ended"       // left: ends_at passed
	EventCompleted   EventKind = "completed"   // sent, failed, uncertain, skipped, bounced; written by a trigger
)

// ActorKind is what kind of somebody did something to a mailing.
type ActorKind string

// The kinds of actors. Old events, and edits of a record, do not know theirs: "".
const (
	ActorEngine      ActorKind = "engine"
	ActorCommandLine ActorKind = "cli"
	ActorOwner       ActorKind = "owner"
	ActorManager     ActorKind = "manager"
	ActorSuperuser   ActorKind = "superuser"
	ActorToken       ActorKind = "token" // a program, with a token of the user
)

// Actor is who does something to a mailing.
type Actor struct {
	Kind ActorKind `json:"kind"`
	ID   string    `json:"id"`   // of a user
	Name string    `json:"name"` // of a user or a token, as it was then
}

// ByEngine is the engine itself.
var ByEngine = Actor{Kind: ActorEngine}

// CommandLine is whoever uses a command of Gonets.
var CommandLine = Actor{Kind: ActorCommandLine}

// Detail is what there is to know about an event beside who did it and when.
type Detail map[string]any

// endWaits are the events after which a mailing waits for nothing that it waited for before.
var endWaits = map[EventKind]bool{
	EventScheduled: true, EventUnscheduled: true, EventLaunched: true, EventPaused: true, EventResumed: true, EventCancelled: true, EventEnded: true,
}

// MaxEvents is how many events of a mailing are kept. Nobody gets there by hand; a program, or a mail
// server in trouble every hour for weeks, may.
const MaxEvents = 500

// OfMailing is the condition for the rows of a mailing in mailing_events and requests. They outlive it for a
// while after it was deleted: the owner keeps them from a mailing that has its id since.
const OfMailing = `mailing = {:mailing} AND owner = (SELECT owner FROM mailings WHERE id = {:mailing})`

// Note adds an event to the timeline of a mailing, in the transaction of what has happened, and
// returns its id.
func Note(db dbx.Builder, mailing string, by Actor, kind EventKind, d Detail) (id int64, err error) {
	if by.Kind == "" {
		by = ByEngine
	}
	return NoteAt(db, mailing, by, kind, d, time.Now())
}

// NoteAt is Note for a moment other than now.
func NoteAt(db dbx.Builder, mailing string, by Actor, kind EventKind, d Detail, at time.Time) (id int64, err error) {
	if endWaits[kind] {
		if err := EndWait(db, mailing, at); err != nil {
			return 0, err
		}
	}
	err = db.NewQuery(`
		INSERT INTO mailing_events (mailing, owner, at, kind, actor, actor_id, actor_name, detail)
		VALUES ({:mailing}, COALESCE((SELECT owner FROM mailings WHERE id = {:mailing}), ''), {:at}, {:kind}, {:actor}, {:id}, {:name}, {:detail})
		RETURNING id`).
		Bind(dbx.Params{
			"mailing": mailing, "at": database.Stamp(at), "kind": string(kind), "actor": string(by.Kind), "id": by.ID, "name": by.Name,
			"detail": d.column(),
		}).Row(&id)
	if err != nil {
		return 0, fmt.Errorf("note that mailing %s was %s: %w", mailing, kind, err)
	}
	return id, dropOldest(db, mailing)
}

// dropOldest keeps a timeline within bounds. How a mailing began stays.
func dropOldest(db dbx.Builder, mailing string) error {
	_, err := db.NewQuery(`
		DELETE FROM mailing_events
		WHERE ` + OfMailing + ` AND kind NOT IN ('copied', 'occurrence', 'launched')
			AND id <= (SELECT id FROM mailing_events WHERE ` + OfMailing + ` ORDER BY id DESC LIMIT 1 OFFSET {:max})`).
		Bind(dbx.Params{"mailing": mailing, "max": MaxEvents}).Execute()
	if err != nil {
		return fmt.Errorf("drop old events of mailing %s: %w", mailing, err)
	}
	return nil
}

// amend writes anew what there is to know about an event that is still going on.
func amend(db dbx.Builder, id int64, d Detail) error {
	_, err := db.NewQuery(`UPDATE mailing_events SET detail = {:detail} WHERE id = {:id}`).
		Bind(dbx.Params{"detail": d.column(), "id": id}).Execute()
	if err != nil {
		return fmt.Errorf("amend event %d: %w", id, err)
	}
	return nil
}

// column is the detail as the database has it.
func (d Detail) column() string {
	if d == nil {
		return "{}"
	}
	raw, err := json.Marshal(d)
	if err != nil {
		panic(err) // words and numbers always encode
	}
	return string(raw)
}

// leftIn is how many recipients of a mailing are still to be mailed.
func leftIn(db dbx.Builder, id string) (left int, err error) {
	err = db.NewQuery(`SELECT total - sent - failed - uncertain - skipped - bounced FROM mailings WHERE id = {:id}`).
		Bind(dbx.Params{"id": id}).Row(&left)
	if err != nil {
		return 0, fmt.Errorf("count who is left in mailing %s: %w", id, err)
	}
	return left, nil
}

// NoteMoved notes that the start of a scheduled mailing was edited, in the transaction of the edit.
func NoteMoved(tx core.App, mailing *core.Record) error {
	_, err := NoteAt(tx.NonconcurrentDB(), mailing.Id, Actor{}, EventScheduled,
		Detail{"starts_at": mailing.GetDateTime("starts_at").String()}, time.Now())
	return err
}
