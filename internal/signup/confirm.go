package signup

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/pocketbase/dbx"
	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/consent"
	"gonets/internal/database"
	"gonets/internal/notification"
	"gonets/internal/suppression"
	"gonets/internal/task"
)

// Confirm makes the client, or completes the one that exists, and puts the client on the lists of the sign-up, in one
// transaction. It takes back that the person has unsubscribed or paused; no other entry of the stop list. Confirming
// again changes nothing.
func (s *Service) Confirm(p *Pending, by consent.By) error {
	return s.app.RunInTransaction(func(tx core.App) error {
		db, now := tx.DB(), time.Now()
		res, err := db.NewQuery(`UPDATE signups SET confirmed = {:now} WHERE id = {:id} AND confirmed = ''`).
			Bind(dbx.Params{"id": p.ID, "now": database.Stamp(now)}).Execute()
		if err != nil {
			return fmt.Errorf("confirm sign-up %s: %w", p.ID, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		client, err := p.client(tx)
		if err != nil {
			return err
		}
		if err := p.join(db, client, now); err != nil {
			return err
		}
		if err := lift(db, p.Owner, p.Email); err != nil {
			return err
		}
		if err := consent.Add(db, p.entries(client, consent.Confirmed, by)...); err != nil {
			return err
		}
		if err := count(db, p.Form, confirmedToday, 1, now); err != nil {
			return err
		}
		if p.Form != "" {
			if _, err := task.Add(db, task.Task{Kind: WelcomeTask, Collection: "signups", Record: p.ID, Owner: p.Owner}); err != nil {
				return err
			}
		}
		return notification.Write(db, now, notification.Event{
			Owner: p.Owner, Kind: notification.ClientSubscribed, Subject: p.Email,
			Data: notification.Client{Client: client, Email: p.Email, Lists: append([]string{}, p.Lists...), By: notification.ByRecipient},
		})
	})
}

// IsClient reports whether who has confirmed a sign-up still gets e-mails by it.
func (s *Service) IsClient(p *Pending) (is bool, err error) {
	err = s.app.DB().NewQuery(`SELECT EXISTS (
		SELECT 1 FROM clients c WHERE c.owner = {:owner} AND c.email = {:email} AND (
				c.status = 'active' OR EXISTS (
					SELECT 1 FROM suppressions x WHERE x.owner = c.owner AND x.kind = 'address' AND x.value = c.email AND x.reason = 'paused'))
			AND (NOT EXISTS (SELECT 1 FROM lists WHERE owner = {:owner} AND id IN (SELECT value FROM json_each({:lists})))
				OR EXISTS (
					SELECT 1 FROM subscriptions s
					WHERE s.client = c.id AND s.status = 'confirmed' AND s.list IN (SELECT value FROM json_each({:lists})))))`).
		Bind(dbx.Params{"owner": p.Owner, "email": p.Email, "lists": database.JSONArray(p.Lists)}).Row(&is)
	if err != nil {
		return false, fmt.Errorf("look for the client of sign-up %s: %w", p.ID, err)
	}
	return is, nil
}

// client returns the id of the client with the address, made or completed: what the owner has stored stays.
func (p *Pending) client(tx core.App) (string, error) {
	var found []string
	err := tx.DB().NewQuery(`SELECT id FROM clients WHERE owner = {:owner} AND email = {:email}`). // by idx_clients_owner_email
													Bind(dbx.Params{"owner": p.Owner, "email": p.Email}).Column(&found)
	if err != nil {
		return "", fmt.Errorf("find the client of a sign-up: %w", err)
	}
	if len(found) == 0 {
		collection, err := tx.FindCachedCollectionByNameOrId("clients")
		if err != nil {
			return "", fmt.Errorf("find the clients collection: %w", err)
		}
		record := core.NewRecord(collection)
		record.Load(map[string]any{
			"owner": p.Owner, "email": p.Email, "full_name": p.FullName, "attributes": p.Attributes, "language": p.Language,
		})
		if err := tx.Save(record); err != nil {
			return "", fmt.Errorf("make the client of a sign-up: %w", err)
		}
		return record.Id, nil
	}
	record, err := tx.FindRecordById("clients", found[0])
	if err != nil {
		return "", fmt.Errorf("read the client of a sign-up: %w", err)
	}
	if !p.complete(record) {
		return record.Id, nil
	}
	err = tx.Save(record)
	var invalid validation.Errors
	if errors.As(err, &invalid) {
		return record.Id, nil // there is no room for more attributes: the client stays as it is
	}
	if err != nil {
		return "", fmt.Errorf("complete the client of a sign-up: %w", err)
	}
	return record.Id, nil
}

// complete fills the empty fields of a client, and reports whether it changed any.
func (p *Pending) complete(client *core.Record) (changed bool) {
	for field, value := range map[string]string{"full_name": p.FullName, "language": p.Language} {
		if value != "" && client.GetString(field) == "" {
			client.Set(field, value)
			changed = true
		}
	}
	attributes := map[string]any{}
	if err := client.UnmarshalJSONField("attributes", &attributes); err != nil || attributes == nil {
		attributes = map[string]any{}
	}
	all := maps.Clone(attributes)
	for name, value := range p.Attributes {
		if was := attributes[name]; was == nil || was == "" {
			all[name], changed = value, true
		}
	}
	client.Set("attributes", all)
	return changed
}

// join puts the client on those of the lists that still exist.
func (p *Pending) join(db dbx.Builder, client string, now time.Time) error {
	for _, list := range p.Lists {
		_, err := db.NewQuery(`
			INSERT INTO subscriptions (id, owner, list, client, status, created, updated)
			SELECT {:id}, owner, id, {:client}, 'confirmed', {:now}, {:now} FROM lists WHERE id = {:list} AND owner = {:owner}
			ON CONFLICT (list, client) DO UPDATE SET status = 'confirmed', updated = excluded.updated WHERE status != 'confirmed'`).
			Bind(dbx.Params{"id": database.NewID(), "owner": p.Owner, "list": list, "client": client, "now": database.Stamp(now)}).Execute()
		if err != nil {
			return fmt.Errorf("join list %s: %w", list, err)
		}
	}
	return nil
}

// lift removes the address from the owner's stop list if it is there because the person has unsubscribed or paused.
func lift(db dbx.Builder, owner, email string) error {
	_, err := db.NewQuery(`
		DELETE FROM suppressions WHERE owner = {:owner} AND kind = 'address' AND value = {:email} AND reason IN ('unsubscribed', 'paused')`).
		Bind(dbx.Params{"owner": owner, "email": email}).Execute()
	if err != nil {
		return fmt.Errorf("take an address off the stop list: %w", err)
	}
	return suppression.Mirror(db, owner, []string{email})
}
