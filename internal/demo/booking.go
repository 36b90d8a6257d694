package demo

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/mailing"
	"gonets/internal/outbox"
	"gonets/internal/stats"
)

// booking writes the results of a launched mailing's recipients into all tables: recipients, attempts, counters, rollups,
// usage and the stop list.
type booking struct {
	*play
	db      dbx.Builder
	mailing string
	past    past
	start   time.Time

	clock    time.Time // the time of the last event
	attempts *rows
	states   [][]any // of recipients: id, state, tries, reason
	results  []stats.Result
	refused  []left         // because their address does not exist
	returned []returned     // e-mails that came back after they were accepted
	reached  []string       // addresses that got the e-mail and do not return it
	usage    map[string]int // mails by UTC day
	counts   map[mailing.State]int

	remaining int // recipients without a try
	cut       int // recipients that the owner's cancelling skipped
	taken     int // uncertain recipients that the owner marked as sent
}

// left is an address that came on the stop list.
type left struct {
	email, note string
	at          time.Time
}

func newBooking(p *play, db dbx.Builder, id string, m past, start time.Time) *booking {
	return &booking{
		play: p, db: db, mailing: id, past: m, start: start, clock: start,
		attempts: newRows("attempts", "id", "mailing", "client", "owner", "email", "status", "code", "enhanced_code",
			"response", "try", "duration_ms", "created"),
		usage: map[string]int{}, counts: map[mailing.State]int{},
	}
}

// addressed is a recipient as the launch wrote it.
type addressed struct {
	ID     int64         `db:"id"`
	Client string        `db:"client"`
	Email  string        `db:"email"`
	State  mailing.State `db:"state"`
	Reason string        `db:"reason"`
}

func (b *booking) run() error {
	var all []addressed
	// By idx_recipients_mailing_email, which is the order of the launch.
	err := b.db.NewQuery(`SELECT id, client, email, state, reason FROM recipients WHERE mailing = {:mailing} ORDER BY email`).
		Bind(dbx.Params{"mailing": b.mailing}).All(&all)
	if err != nil {
		return fmt.Errorf("read the recipients: %w", err)
	}
	reachable := len(all)
	if b.past.end == cancelled || b.past.end == paused {
		reachable = len(all) * 3 / 5
	}
	for i, r := range all {
		switch {
		case r.State == mailing.Skipped:
			b.counts[mailing.Skipped]++
		case i < reachable:
			b.mail(r, b.start.Add(time.Duration(i)*b.rate))
		case b.past.end == cancelled:
			b.cut++
			b.settle(r, mailing.Skipped, 0, mailing.ReasonCancelled)
		default:
			b.remaining++
		}
	}
	for _, write := range []func() error{b.writeStates, b.attemptsDone, b.writeUsage, b.writeMailing, b.writeTimeline, b.stop} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// settle sets the final state of a recipient.
func (b *booking) settle(r addressed, state mailing.State, tries int, reason string) {
	b.counts[state]++
	b.states = append(b.states, []any{r.ID, state, tries, reason})
	if state == mailing.Sent && outbox.DemoReturns(r.Email) == nil {
		b.reached = append(b.reached, r.Email)
	}
}

func (b *booking) writeStates() error {
	_, err := b.db.NewQuery(`
		UPDATE recipients
		SET state = j.value ->> 1, tries = j.value ->> 2, reason = j.value ->> 3
		FROM json_each({:rows}) j
		WHERE recipients.id = j.value ->> 0`).
		Bind(dbx.Params{"rows": encode(b.states)}).Execute()
	if err != nil {
		return fmt.Errorf("write the states: %w", err)
	}
	return nil
}

func (b *booking) attemptsDone() error {
	if err := b.attempts.insert(b.db); err != nil {
		return err
	}
	return stats.Record(b.db, b.results)
}

func (b *booking) writeUsage() error {
	for day, mails := range b.usage {
		for kind, id := range map[string]string{"owner": b.owner, "sender": b.sender} {
			_, err := b.db.NewQuery(`
				INSERT INTO usage (kind, id, day, mails) VALUES ({:kind}, {:id}, {:day}, {:mails})
				ON CONFLICT (kind, id, day) DO UPDATE SET mails = mails + excluded.mails`).
				Bind(dbx.Params{"kind": kind, "id": id, "day": day, "mails": mails}).Execute()
			if err != nil {
				return fmt.Errorf("write the usage: %w", err)
			}
		}
	}
	return nil
}

// writeMailing writes the counters, and the past times in place of those of the launch.
func (b *booking) writeMailing() error {
	status, finished := mailing.Completed, database.Stamp(b.clock)
	switch b.past.end {
	case cancelled:
		b.clock = b.clock.Add(4 * time.Second)
		status, finished = mailing.Cancelled, database.Stamp(b.clock)
	case paused:
		status, finished = mailing.Paused, ""
	}
	_, err := b.db.Update("mailings", dbx.Params{
		"status": string(status), "started_at": database.Stamp(b.start), "finished_at": finished, "updated": database.Stamp(b.clock),
		"sent": b.counts[mailing.Sent], "failed": b.counts[mailing.Failed],
		"uncertain": b.counts[mailing.Uncertain], "skipped": b.counts[mailing.Skipped],
	}, dbx.HashExp{"id": b.mailing}).Execute()
	if err != nil {
		return fmt.Errorf("write the counters: %w", err)
	}
	return nil
}
