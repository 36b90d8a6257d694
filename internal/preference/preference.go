// Package preference is what a reader chooses on the page behind the link in an e-mail, beside opting out: lists, name, language,
// and why they leave.
package preference

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/consent"
	"gonets/internal/database"
	"gonets/internal/notification"
	"gonets/internal/suppression"
)

// Reader is the person behind the link of an e-mail.
type Reader struct {
	*suppression.OptOut
	// Known says that the client exists. Of a deleted one there is nothing to choose.
	Known          bool
	Name, Language string // of the client
	Choices        []Choice
	Told           string // the reason for leaving that the reader has given, "" = none

	app     core.App
	address string // the current one of the client
}

// Choice is a list that the reader may join or leave.
type Choice struct {
	ID          string `db:"id"`
	Name        string `db:"name"`
	Description string `db:"description"`
	// Public lists are named. Of the others, whose names are the owner's notes, the reader sees only that there is one.
	Public bool `db:"public"`
	On     bool `db:"on_it"`
	// Here says that the e-mail came by the list.
	Here bool `db:"here"`
}

// mostLists is how many lists are offered: the reader's own first.
const mostLists = 100

// Find reads the reader of a token of suppression.PurposeUnsubscribe. It fails as suppression.FindOptOut does.
func Find(app core.App, tokens *suppression.Tokens, token string) (*Reader, error) {
	o, err := suppression.FindOptOut(app, tokens, token)
	if err != nil {
		return nil, err
	}
	return of(app, o)
}

// of reads the reader whose OptOut is o.
func of(app core.App, o *suppression.OptOut) (*Reader, error) {
	r := &Reader{OptOut: o, app: app}
	return r, r.read()
}

// read reads the client, the lists and the reason given.
func (r *Reader) read() error {
	db := r.app.DB()
	err := db.NewQuery(`SELECT full_name, language, email FROM clients WHERE id = {:client} AND owner = {:owner}`).
		Bind(r.params()).Row(&r.Name, &r.Language, &r.address)
	r.Known = err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the client of a link: %w", err)
	}
	var told []string
	err = db.NewQuery(`SELECT reason FROM opt_out_reasons WHERE owner = {:owner} AND mailing = {:mailing} AND client = {:client}`).
		Bind(r.params()).Column(&told)
	if err != nil {
		return fmt.Errorf("read why a reader left: %w", err)
	}
	for _, reason := range told {
		r.Told = reason
	}
	r.Choices = nil
	if !r.Known {
		return nil
	}
	// Lists that are not public are offered to those on them, and to who left them by the link of the same mailing.
	err = db.NewQuery(`
		SELECT l.id, l.name, l.description, l.public, COALESCE(s.status, '') = 'confirmed' AS on_it, h.value IS NOT NULL AS here
		FROM lists l
		LEFT JOIN subscriptions s ON s.list = l.id AND s.client = {:client}
		LEFT JOIN (
			SELECT j.value FROM mailings m, json_each(m.lists) j WHERE m.id = {:mailing} AND m.owner = {:owner} AND m.audience = 'lists'
		) h ON h.value = l.id
		WHERE l.owner = {:owner} AND (l.public OR s.status = 'confirmed' OR s.status = 'unsubscribed' AND h.value IS NOT NULL)
		ORDER BY on_it DESC, here DESC, l.name LIMIT {:most}`).
		Bind(r.params()).All(&r.Choices)
	if err != nil {
		return fmt.Errorf("find the lists of a reader: %w", err)
	}
	return nil
}

// addresses are those of the person: where the e-mail went, and the client's.
func (r *Reader) addresses() []string {
	all := r.Emails()
	if r.address != "" && !slices.Contains(all, r.address) {
		all = append(all, r.address)
	}
	return all
}

func (r *Reader) params() dbx.Params {
	return dbx.Params{"owner": r.Owner, "client": r.Client, "mailing": r.Mailing, "most": mostLists}
}

// Chosen is what a reader has chosen.
type Chosen struct {
	Lists          []string // ids of those to be on; what was not offered is ignored
	Name, Language string
}

// Save changes lists, name and language in one transaction, and logs the consents. It fails with suppression.ErrTooOften, and with
// an error of validation for a name or language that cannot be stored.
func (r *Reader) Save(c Chosen, by consent.By) error {
	if !r.Known {
		return nil
	}
	wanted := map[string]bool{}
	for _, id := range c.Lists {
		wanted[id] = true
	}
	var log []consent.Entry
	var joins, leaves []string
	for _, l := range r.Choices {
		switch {
		case wanted[l.ID] && !l.On:
			joins = append(joins, l.ID)
			log = append(log, r.Entry(consent.Confirmed, l.ID, by))
		case !wanted[l.ID] && l.On:
			leaves = append(leaves, l.ID)
			log = append(log, r.Entry(consent.Withdrawn, l.ID, by))
		}
	}
	err := r.app.RunInTransaction(func(tx core.App) error {
		if len(joins) > 0 {
			if err := r.MayChange(tx.DB()); err != nil {
				return err
			}
		}
		if err := r.saveClient(tx, c); err != nil {
			return err
		}
		if err := r.join(tx.DB(), joins); err != nil {
			return err
		}
		if err := r.leave(tx.DB(), leaves); err != nil {
			return err
		}
		if err := r.tell(tx.DB(), joins, leaves); err != nil {
			return err
		}
		return consent.Add(tx.DB(), log...)
	})
	if err != nil {
		return err
	}
	return r.read()
}

// tell tells the owner's webhooks which lists the reader has joined and left.
func (r *Reader) tell(db dbx.Builder, joins, leaves []string) error {
	if len(joins) > 0 {
		if err := r.OptOut.Tell(db, notification.ClientSubscribed, joins); err != nil {
			return err
		}
	}
	if len(leaves) > 0 {
		return r.OptOut.Tell(db, notification.ClientUnsubscribed, leaves)
	}
	return nil
}

// saveClient changes name and language as a record, so that they are checked as those of every client.
func (r *Reader) saveClient(tx core.App, c Chosen) error {
	if c.Name == r.Name && c.Language == r.Language {
		return nil
	}
	record, err := tx.FindRecordById("clients", r.Client)
	if err != nil {
		return fmt.Errorf("read the client of a link: %w", err)
	}
	record.Set("full_name", c.Name)
	record.Set("language", c.Language)
	return tx.Save(record)
}

func (r *Reader) join(db dbx.Builder, lists []string) error {
	now := database.Stamp(time.Now())
	for _, list := range lists {
		_, err := db.NewQuery(`
			INSERT INTO subscriptions (id, owner, list, client, status, created, updated)
			VALUES ({:id}, {:owner}, {:list}, {:client}, 'confirmed', {:now}, {:now})
			ON CONFLICT (list, client) DO UPDATE SET status = 'confirmed', updated = excluded.updated`).
			Bind(dbx.Params{"id": database.NewID(), "owner": r.Owner, "list": list, "client": r.Client, "now": now}).Execute()
		if err != nil {
			return fmt.Errorf("join list %s: %w", list, err)
		}
	}
	return nil
}

func (r *Reader) leave(db dbx.Builder, lists []string) error {
	if len(lists) == 0 {
		return nil
	}
	_, err := db.NewQuery(`
		UPDATE subscriptions SET status = 'unsubscribed', updated = {:now}
		WHERE client = {:client} AND owner = {:owner} AND status = 'confirmed' AND list IN (SELECT value FROM json_each({:lists}))`).
		Bind(dbx.Params{"now": database.Stamp(time.Now()), "client": r.Client, "owner": r.Owner, "lists": database.JSONArray(lists)}).Execute()
	if err != nil {
		return fmt.Errorf("leave lists: %w", err)
	}
	return nil
}
