package suppression

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/consent"
	"gonets/internal/database"
	"gonets/internal/notification"
)

// OptOut is the subscription behind the unsubscribe link of one e-mail: its recipient, and what that person may change. It
// works after the client was deleted, and after the mailing was deleted as long as the client exists.
type OptOut struct {
	Owner  string
	Sender string // the name in From, or the address; "" when it is not known any more
	Email  string // the address of the recipient
	// Language of the e-mail: ru, en, or "" when it is not known any more.
	Language string
	// Stopped says that the person is on the owner's stop list, not for a while only.
	Stopped bool
	// PausedUntil is when the pause of the person ends; zero without a pause.
	PausedUntil time.Time
	// Lists are the lists of the mailing that the person is or was on; none when the mailing was not sent to lists.
	Lists []ListMembership
	// Undoable says that Undo would change something.
	Undoable bool

	// Mailing and Client are the ids of the link. Client may be deleted.
	Mailing, Client string

	app    core.App
	emails []string // Email, and the client's current address if it is another one
}

// ListMembership is a person on a list.
type ListMembership struct {
	ID   string `db:"id"`
	Name string `db:"name"`
	// Public lists may be named to the people on them; the names of the others are the owner's notes.
	Public bool `db:"public"`
	Left   bool `db:"gone"`
}

// FindOptOut reads the OptOut of a token of PurposeUnsubscribe. It returns ErrToken for an invalid token, and for one whose
// client and mailing were both deleted.
func FindOptOut(app core.App, tokens *Tokens, token string) (*OptOut, error) {
	mailing, client, err := tokens.Parse(PurposeUnsubscribe, token)
	if err != nil {
		return nil, err
	}
	return OptOutOf(app, mailing, client)
}

// OptOutOf reads the OptOut of a client and a mailing, which a token has proven to belong together. It returns ErrToken if both
// were deleted.
func OptOutOf(app core.App, mailing, client string) (*OptOut, error) {
	o := &OptOut{app: app, Mailing: mailing, Client: client}
	if err := o.findAddresses(); err != nil {
		return nil, err
	}
	if len(o.emails) == 0 {
		return nil, ErrToken
	}
	return o, o.refresh()
}

// findAddresses finds the owner, the recipient's address, and the client's current one.
func (o *OptOut) findAddresses() error {
	var found []struct {
		Owner string `db:"owner"`
		Email string `db:"email"`
	}
	// A client of another owner than the mailing's has reused the id of a deleted client.
	err := o.app.DB().NewQuery(`
		SELECT c.owner, c.email FROM clients c
		LEFT JOIN mailings m ON m.id = {:mailing}
		WHERE c.id = {:client} AND (m.id IS NULL OR m.owner = c.owner)
		UNION ALL
		SELECT owner, '' AS email FROM mailings WHERE id = {:mailing}
		ORDER BY email DESC`).Bind(dbx.Params{"mailing": o.Mailing, "client": o.Client}).All(&found)
	if err != nil {
		return fmt.Errorf("find the owner of a link: %w", err)
	}
	if len(found) == 0 {
		return nil
	}
	o.Owner = found[0].Owner
	current := found[0].Email
	if o.emails, err = EmailsOf(o.app.DB(), o.Mailing, o.Client); err != nil {
		return err
	}
	o.Email = current
	if len(o.emails) > 0 && !slices.Contains(o.emails, current) {
		o.Email = o.emails[len(o.emails)-1]
	}
	if current != "" && !slices.Contains(o.emails, current) {
		o.emails = append(o.emails, current)
	}
	return nil
}

// refresh reads the current state.
func (o *OptOut) refresh() error {
	db := o.app.DB()
	reasons, err := Reasons(db, o.Owner, o.emails)
	if err != nil {
		return err
	}
	stopped, paused := 0, 0
	for _, reason := range reasons {
		if reason == ReasonPaused {
			paused++
		} else {
			stopped++
		}
	}
	o.Stopped, o.PausedUntil = stopped == len(o.emails), time.Time{}
	if !o.Stopped && paused > 0 {
		if o.PausedUntil, err = pausedUntil(db, o.Owner, o.emails); err != nil {
			return err
		}
	}

	o.Lists = nil
	err = db.NewQuery(`
		SELECT l.id, l.name, l.public, s.status = 'unsubscribed' AS gone
		FROM mailings m, json_each(m.lists) j
		JOIN lists l ON l.id = j.value AND l.owner = m.owner
		JOIN subscriptions s ON s.list = l.id AND s.client = {:client} AND s.status IN ('confirmed', 'unsubscribed')
		WHERE m.id = {:mailing} AND m.owner = {:owner} AND m.audience = 'lists'
		ORDER BY l.name`).
		Bind(dbx.Params{"mailing": o.Mailing, "owner": o.Owner, "client": o.Client}).All(&o.Lists)
	if err != nil {
		return fmt.Errorf("find the lists of a link: %w", err)
	}

	var own int
	err = db.NewQuery(`SELECT COUNT(*) FROM suppressions WHERE ` + o.ownDoing()).Bind(o.params()).Row(&own)
	if err != nil {
		return fmt.Errorf("find the opt-out of a link: %w", err)
	}
	o.Undoable = own > 0 || !o.Stopped && slices.ContainsFunc(o.Lists, func(l ListMembership) bool { return l.Left })
	return o.findSender()
}

// findSender finds the name in From and the language of the e-mail, as the launch stored them.
func (o *OptOut) findSender() error {
	var found []struct {
		Sender   string `db:"sender"`
		Language string `db:"language"`
	}
	err := o.app.DB().NewQuery(`
		SELECT COALESCE(NULLIF(json_extract(letter, '$.from_name'), ''), json_extract(letter, '$.from_email'), '') AS sender,
			COALESCE(json_extract(letter, '$.language'), '') AS language
		FROM contents WHERE mailing = {:mailing} AND owner = {:owner}`).
		Bind(dbx.Params{"mailing": o.Mailing, "owner": o.Owner}).All(&found)
	if err != nil {
		return fmt.Errorf("find the sender of a link: %w", err)
	}
	for _, f := range found {
		o.Sender, o.Language = f.Sender, f.Language
	}
	return nil
}

// Everything puts the person on the owner's stop list. Doing it again changes nothing.
func (o *OptOut) Everything(by consent.By) error {
	return o.change(func(tx dbx.Builder) error {
		before, err := Reasons(tx, o.Owner, o.emails)
		if err != nil {
			return err
		}
		news := false // neither bounces nor a pause are the decision to leave
		for _, email := range o.emails {
			news = news || before[email] == "" || before[email] == ReasonBounced || before[email] == ReasonPaused
		}
		if !o.Stopped {
			if err := consent.Add(tx, o.Entry(consent.Withdrawn, "", by)); err != nil {
				return err
			}
		}
		if news {
			if err := o.Tell(tx, notification.ClientUnsubscribed, nil); err != nil {
				return err
			}
		}
		for _, email := range o.emails {
			if err := Add(tx, o.Owner, email, ReasonUnsubscribed, o.Mailing, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// TheseLists unsubscribes the person from the lists of the mailing only. Without lists it is Everything.
func (o *OptOut) TheseLists(by consent.By) error {
	if len(o.Lists) == 0 {
		return o.Everything(by)
	}
	return o.change(func(tx dbx.Builder) error {
		return o.setLists(tx, notification.ClientUnsubscribed, "unsubscribed", `status = 'confirmed'`, consent.Withdrawn, by)
	})
}

// Undo takes back what the person did by an unsubscribe link: the suppression, or without one, the last unsubscription from
// lists. Decisions of the owner or of mail servers stay.
func (o *OptOut) Undo(by consent.By) error {
	if !o.Undoable {
		return nil
	}
	return o.change(func(tx dbx.Builder) error {
		if err := o.MayChange(tx); err != nil {
			return err
		}
		res, err := tx.NewQuery(`DELETE FROM suppressions WHERE ` + o.ownDoing()).Bind(o.params()).Execute()
		if err != nil {
			return fmt.Errorf("undo an opt-out: %w", err)
		}
		undone, err := res.RowsAffected()
		if err != nil {
			return fmt.Errorf("undo an opt-out: %w", err)
		}
		if undone > 0 {
			if err := consent.Add(tx, o.Entry(consent.Confirmed, "", by)); err != nil {
				return err
			}
			if err := o.Tell(tx, notification.ClientSubscribed, nil); err != nil {
				return err
			}
			return Mirror(tx, o.Owner, o.emails)
		}
		// Lists that were left together have the same updated.
		return o.setLists(tx, notification.ClientSubscribed, "confirmed", `status = 'unsubscribed' AND updated = (
			SELECT MAX(updated) FROM subscriptions
			WHERE client = {:client} AND status = 'unsubscribed' AND list IN (SELECT value FROM json_each({:lists})))`, consent.Confirmed, by)
	})
}

// Emails are the addresses that the person is known by: where the e-mail went, and the client's current one.
func (o *OptOut) Emails() []string { return slices.Clone(o.emails) }

// ownDoing is the condition for suppressions that the person made by an unsubscribe link.
func (o *OptOut) ownDoing() string {
	return `owner = {:owner} AND kind = 'address' AND value IN (SELECT value FROM json_each({:emails}))
		AND reason = 'unsubscribed' AND mailing != ''`
}

func (o *OptOut) params() dbx.Params {
	return dbx.Params{"owner": o.Owner, "emails": database.JSONArray(o.emails)}
}

// setLists changes the status on the lists of the mailing for which a condition holds, logs it, and tells webhooks of it.
func (o *OptOut) setLists(tx dbx.Builder, kind notification.Kind, status, where string, event consent.Event, by consent.By) error {
	ids := make([]string, len(o.Lists))
	for i, l := range o.Lists {
		ids[i] = l.ID
	}
	var changed []string
	err := tx.NewQuery(`
		UPDATE subscriptions SET status = {:status}, updated = {:now}
		WHERE client = {:client} AND list IN (SELECT value FROM json_each({:lists})) AND ` + where + `
		RETURNING list`).
		Bind(dbx.Params{"status": status, "now": database.Stamp(time.Now()), "client": o.Client, "lists": database.JSONArray(ids)}).
		Column(&changed)
	if err != nil {
		return fmt.Errorf("change who is on a list: %w", err)
	}
	log := make([]consent.Entry, len(changed))
	for i, list := range changed {
		log[i] = o.Entry(event, list, by)
	}
	if err := consent.Add(tx, log...); err != nil {
		return err
	}
	if len(changed) == 0 {
		return nil
	}
	return o.Tell(tx, kind, changed)
}

// change runs do in one transaction and reads the state afterwards.
func (o *OptOut) change(do func(dbx.Builder) error) error {
	if err := o.app.RunInTransaction(func(tx core.App) error { return do(tx.DB()) }); err != nil {
		return err
	}
	return o.refresh()
}
