package demo

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// writeTimeline changes the time of the launch to the past and adds the later actions of the owner. A trigger of the
// database adds the completion.
func (b *booking) writeTimeline() error {
	name, err := b.ownerName(b.db)
	if err != nil {
		return err
	}
	_, err = b.db.Update("mailing_events",
		dbx.Params{"at": database.Stamp(b.start), "actor": string(mailing.ActorOwner), "actor_id": b.owner, "actor_name": name},
		dbx.HashExp{"mailing": b.mailing, "kind": string(mailing.EventLaunched)}).Execute()
	if err != nil {
		return fmt.Errorf("date the launch back: %w", err)
	}
	switch b.past.end {
	case cancelled:
		return b.note(b.db, b.mailing, mailing.EventCancelled, map[string]int{"left": b.cut}, b.clock)
	case paused:
		return b.note(b.db, b.mailing, mailing.EventPaused, map[string]int{"left": b.remaining}, b.clock)
	case settled:
		return b.note(b.db, b.mailing, mailing.EventAccepted, map[string]int{"uncertain": b.taken}, b.start.Add(2*time.Hour))
	}
	return nil
}

// note adds an action of the owner to the timeline of a mailing.
func (p *play) note(db dbx.Builder, id string, kind mailing.EventKind, detail any, at time.Time) error {
	name, err := p.ownerName(db)
	if err != nil {
		return err
	}
	events := newRows("mailing_events", "mailing", "owner", "at", "kind", "actor", "actor_id", "actor_name", "detail")
	events.add(id, p.owner, database.Stamp(at), string(kind), string(mailing.ActorOwner), p.owner, name, detail)
	return events.insert(db)
}

func (p *play) ownerName(db dbx.Builder) (name string, err error) {
	if err := db.Select("name").From("users").Where(dbx.HashExp{"id": p.owner}).Row(&name); err != nil {
		return "", fmt.Errorf("read the name of user %s: %w", p.owner, err)
	}
	return name, nil
}
