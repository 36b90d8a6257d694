package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/mailing"
)

// mailingColumns are the columns that an owner fills in.
var mailingColumns = []string{
	"id", "owner", "name", "message", "sender", "audience", "lists", "recipients", "filter",
	"status", "starts_at", "timezone", "repeat", "created", "updated",
}

// addMailing adds a mailing as its owner saved it.
func (p *play) addMailing(db dbx.Builder, m plan, status mailing.Status, starts string, created time.Time) (string, error) {
	id := p.ids.at(created)
	kind, lists := "everyone", []string{}
	if m.list != "" {
		kind, lists = "lists", []string{p.lists[m.list]}
	}
	if p.messages[m.message] == "" {
		return "", fmt.Errorf("there is no message %q", m.message)
	}
	mailings := newRows("mailings", mailingColumns...)
	mailings.add(id, p.owner, m.name, p.messages[m.message], p.sender, kind, lists, []string{}, m.filter,
		string(status), starts, p.shop.zone, "none", database.Stamp(created), database.Stamp(created))
	return id, mailings.insert(db)
}

// plan adds drafts and scheduled mailings.
func (p *play) plan(db dbx.Builder) error {
	for i, m := range p.shop.planned {
		created := p.now.Add(-time.Duration(len(p.shop.planned)-i) * 47 * time.Minute)
		status, starts := mailing.Created, ""
		if m.days > 0 {
			status, starts = mailing.Scheduled, database.Stamp(p.at(m.days, m.hour, 0))
		}
		id, err := p.addMailing(db, m, status, starts, created)
		if err != nil {
			return err
		}
		if status == mailing.Scheduled {
			err := p.note(db, id, mailing.EventScheduled, map[string]string{"starts_at": starts}, created.Add(4*time.Minute))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// at is a time of day in the shop's time zone, some days from today.
func (p *play) at(days, hour, minute int) time.Time {
	y, m, d := p.now.In(p.zone).Date()
	return time.Date(y, m, d+days, hour, minute, 0, 0, p.zone)
}

// send simulates a mailing of the past to the clients of that time.
func (p *play) send(ctx context.Context, m past) error {
	start := p.at(-m.days, m.hour, m.minute)
	var id string
	err := p.app.RunInTransaction(func(tx core.App) (err error) {
		db := tx.NonconcurrentDB()
		if err := p.welcome(db, start); err != nil {
			return err
		}
		id, err = p.addMailing(db, plan{name: m.name, message: m.message, list: m.list, filter: m.filter},
			mailing.Created, "", start.Add(-time.Hour-p.crowd.minutes(600)))
		return err
	})
	if err != nil {
		return err
	}
	if _, err := p.engine.Launch(ctx, id, ""); err != nil {
		return fmt.Errorf("launch: %w", err)
	}
	var back []returned
	err = p.app.RunInTransaction(func(tx core.App) error {
		b := newBooking(p, tx.NonconcurrentDB(), id, m, start)
		defer func() { back = b.returned }()
		return b.run()
	})
	if err != nil {
		return err
	}
	return p.takeBack(ctx, id, back)
}
