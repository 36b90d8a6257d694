package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/delivery"
	"gonets/internal/returnpath"
	"gonets/internal/suppression"
)

// play makes the data of one shop in the order of its history.
type play struct {
	app    core.App
	engine *delivery.Engine // to launch mailings; it does not send
	shop   *shop
	owner  string
	now    time.Time
	zone   *time.Location
	crowd  *crowd
	ids    *ids

	sender   string
	lists    map[string]string // ids by key
	messages map[string]string // ids by key
	people   []person          // those not added yet, the oldest first
	tries    map[string]int    // tries by address
	rate     time.Duration     // time between two e-mails of a mailing
}

func newPlay(app core.App, s *shop, owner string, now time.Time) *play {
	p := &play{
		app: app, engine: delivery.New(app), shop: s, owner: owner, now: now, ids: &ids{prefix: s.prefix},
		lists: map[string]string{}, messages: map[string]string{}, tries: map[string]int{}, rate: 35 * time.Millisecond,
	}
	p.crowd = &crowd{
		Rand: rand.New(rand.NewPCG(s.seed, s.seed)), shop: s, now: now, ids: p.ids, taken: map[string]bool{},
	}
	return p
}

func (p *play) run(ctx context.Context) error {
	var err error
	if p.zone, err = time.LoadLocation(p.shop.zone); err != nil {
		return fmt.Errorf("load the time zone %s: %w", p.shop.zone, err)
	}
	p.people = p.crowd.people()
	if err := p.app.RunInTransaction(func(tx core.App) error { return p.prepare(tx.NonconcurrentDB()) }); err != nil {
		return err
	}
	for _, m := range p.shop.past {
		if err := p.send(ctx, m); err != nil {
			return fmt.Errorf("send %q: %w", m.name, err)
		}
	}
	return p.app.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		if err := p.welcome(db, p.now); err != nil {
			return err
		}
		if err := p.plan(db); err != nil {
			return err
		}
		return p.addForm(db)
	})
}

// prepare adds lists, messages and senders before the first mailing.
func (p *play) prepare(db dbx.Builder) error {
	for _, add := range []func(dbx.Builder) error{p.addSender, p.addLists, p.addFilters, p.addStops, p.addMessages} {
		if err := add(db); err != nil {
			return err
		}
	}
	return nil
}

func (p *play) addSender(db dbx.Builder) error {
	at := p.now.Add(-p.shop.age)
	p.sender = p.ids.at(at)
	senders := newRows("senders", "id", "name", "from_email", "from_name", "reply_to", "host", "port", "tls", "connections",
		"access", "users", "return_path", "return_path_style", "created", "updated")
	senders.add(p.sender, p.shop.senderName, p.shop.fromEmail, p.shop.fromName, p.shop.replyTo,
		senderHost, p.app.Settings().SMTP.Port, "none", 10,
		"chosen", `["`+p.owner+`"]`, p.shop.returnPath, string(returnpath.Plus), database.Stamp(at), database.Stamp(at))
	return senders.insert(db)
}

func (p *play) addLists(db dbx.Builder) error {
	lists := newRows("lists", "id", "owner", "name", "description", "public", "double_opt_in", "created", "updated")
	for i, l := range p.shop.lists {
		at := p.now.Add(-p.shop.age + time.Duration(i)*26*time.Hour)
		p.lists[l.key] = p.ids.at(at)
		lists.add(p.lists[l.key], p.owner, l.name, l.description, l.public, l.doubleOptIn, database.Stamp(at), database.Stamp(at))
	}
	return lists.insert(db)
}

func (p *play) addFilters(db dbx.Builder) error {
	filters := newRows("filters", "id", "owner", "name", "filter", "created", "updated")
	for i, f := range p.shop.filters {
		at := p.now.AddDate(0, 0, -40+3*i)
		filters.add(p.ids.at(at), p.owner, f.name, f.filter, database.Stamp(at), database.Stamp(at))
	}
	return filters.insert(db)
}

func (p *play) addStops(db dbx.Builder) error {
	stops := newRows("suppressions", "id", "owner", "kind", "value", "reason", "note", "created", "updated")
	for _, s := range p.shop.stops {
		at := p.now.AddDate(0, 0, -s.days)
		stops.add(p.ids.at(at), p.owner, s.kind, s.value, suppression.ReasonManual, s.note, database.Stamp(at), database.Stamp(at))
	}
	return stops.insert(db)
}

func (p *play) addMessages(db dbx.Builder) error {
	all, err := messagesOf(p.shop.language)
	if err != nil {
		return err
	}
	messages := newRows("messages", "id", "owner", "name", "subject", "preheader", "format", "body", "attachments", "created", "updated")
	for i, l := range all {
		at := p.now.AddDate(0, 0, -60+4*i).Add(-p.crowd.minutes(500))
		edited := at.Add(p.crowd.minutes(2000))
		p.messages[l.key] = p.ids.at(at)
		messages.add(p.messages[l.key], p.owner, l.name, l.subject, l.preheader, l.format, l.body, "[]", database.Stamp(at), database.Stamp(edited))
	}
	return messages.insert(db)
}

// welcome adds the clients up to a time, with their subscriptions.
func (p *play) welcome(db dbx.Builder, until time.Time) error {
	clients := newRows("clients", "id", "owner", "email", "full_name", "comment", "attributes", "status", "created", "updated")
	subscriptions := newRows("subscriptions", "id", "owner", "list", "client", "status", "created", "updated")
	var came []string
	for len(p.people) > 0 && !p.people[0].created.After(until) {
		c := p.people[0]
		p.people = p.people[1:]
		came = append(came, c.email)
		clients.add(c.id, p.owner, c.email, c.fullName, c.comment, c.attributes, suppression.StatusActive, database.Stamp(c.created), database.Stamp(c.created))
		for _, l := range p.shop.lists {
			if status := p.subscribed(&c, l); status != "" {
				changed := c.created
				if status == "unsubscribed" {
					changed = changed.Add(min(p.crowd.minutes(40*24*60), until.Sub(c.created)))
				}
				subscriptions.add(p.ids.at(c.created), p.owner, p.lists[l.key], c.id, status, database.Stamp(c.created), database.Stamp(changed))
			}
		}
	}
	if err := clients.insert(db); err != nil {
		return err
	}
	if err := subscriptions.insert(db); err != nil {
		return err
	}
	return suppression.Mirror(db, p.owner, came) // some may have a domain on the stop list
}

// subscribed is the status of a client's subscription to a list, "" for none. Some never confirm a list
// with double opt-in, and some unsubscribe again.
func (p *play) subscribed(c *person, l list) string {
	on := false
	for _, key := range c.lists {
		on = on || key == l.key
	}
	switch n := p.crowd.IntN(100); {
	case !on:
		return ""
	case l.doubleOptIn && n < 7:
		return "pending"
	case n >= 98:
		return "unsubscribed"
	}
	return "confirmed"
}
