// Package consent keeps the log of how people came onto lists and left them: who, when, by what, in which words. Rows are only
// added; an erasure replaces what names the person by keyed hashes.
package consent

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
	"gonets/internal/excerpt"
)

// Event is what happened.
type Event string

// The events.
const (
	Requested Event = "requested" // somebody asked for e-mails, and has not confirmed yet
	Confirmed Event = "confirmed" // the reader said yes
	Imported  Event = "imported"  // an import put the client on a list
	Added     Event = "added"     // the owner put the client on a list, by hand or by the API
	Changed   Event = "changed"   // the owner changed the status on a list
	Withdrawn Event = "withdrawn" // the reader, or the owner for the reader, left a list, or all e-mails
)

// ByOwner is the text of what owners do by hand, in bulk or by the API.
const ByOwner = "by the owner"

// By is the browser in which a reader acts. It is empty for what an owner does.
type By struct{ IP, UserAgent string }

// Entry is one row of the log.
type Entry struct {
	Owner, Client string
	Email         string
	List          string // "" means all e-mails of the owner
	Form          string
	Event         Event
	Text          string
	By            By
}

// mostOfClient is how many rows of a client the acts of its owner add: who moves clients between lists all day does not fill the
// database. Acts of readers are always logged, and limited by MostOfDay.
const mostOfClient = 500

// MostOfDay is how many rows a reader may add in 24 hours.
const MostOfDay = 60

// Add adds rows, in the transaction of db.
func Add(db dbx.Builder, entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	rows := make([][]string, len(entries))
	for i, e := range entries {
		rows[i] = []string{
			database.NewID(), e.Owner, e.Client, e.Email, e.List, e.Form, string(e.Event),
			excerpt.Of(e.Text, 2000), excerpt.Of(e.By.IP, 64), excerpt.Of(e.By.UserAgent, 500),
		}
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("log a consent: %w", err)
	}
	_, err = db.NewQuery(`
		INSERT INTO consents (id, owner, client, email, list, form, event, text, ip, user_agent, created)
		SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9, {:now}
		FROM json_each({:rows})`).
		Bind(dbx.Params{"rows": string(encoded), "now": database.Stamp(time.Now())}).Execute()
	if err != nil {
		return fmt.Errorf("log %d consents: %w", len(entries), err)
	}
	return nil
}

// OfClients adds a row for each of the owner's clients, who came onto a list or left it by an act of the owner, in the
// transaction of db. Clients with 500 rows get no more.
func OfClients(db dbx.Builder, e Entry, clients []string) error {
	if len(clients) == 0 {
		return nil
	}
	rows := make([][]string, len(clients))
	for i, client := range clients {
		rows[i] = []string{database.NewID(), client}
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("log consents: %w", err)
	}
	// By the primary key of clients; the rows of each by idx_consents_client.
	_, err = db.NewQuery(`
		INSERT INTO consents (id, owner, client, email, list, form, event, text, ip, user_agent, created)
		SELECT j.value->>0, c.owner, c.id, c.email, {:list}, '', {:event}, {:text}, '', '', {:now}
		FROM json_each({:rows}) j CROSS JOIN clients c ON c.id = j.value->>1 AND c.owner = {:owner}
		WHERE (SELECT COUNT(*) FROM consents k WHERE k.owner = c.owner AND k.client = c.id) < {:most}`).
		Bind(dbx.Params{
			"rows": string(encoded), "owner": e.Owner, "list": e.List, "event": string(e.Event),
			"text": excerpt.Of(e.Text, 2000), "most": mostOfClient, "now": database.Stamp(time.Now()),
		}).Execute()
	if err != nil {
		return fmt.Errorf("log the consents of %d clients: %w", len(clients), err)
	}
	return nil
}

// LastDay is how many rows of a client were added in the last 24 hours.
func LastDay(db dbx.Builder, owner, client string) (n int, err error) {
	err = db.NewQuery(`SELECT COUNT(*) FROM consents WHERE owner = {:owner} AND client = {:client} AND created > {:since}`).
		Bind(dbx.Params{"owner": owner, "client": client, "since": database.Stamp(time.Now().Add(-24 * time.Hour))}).Row(&n)
	if err != nil {
		return 0, fmt.Errorf("count the consents of a client: %w", err)
	}
	return n, nil
}

// Erase replaces email, ip and user_agent of the rows about an address by what hash makes of them, in the transaction of db.
func Erase(db dbx.Builder, owner, email string, hash func(string) (string, error)) error {
	var rows []struct {
		ID        string `db:"id"`
		IP        string `db:"ip"`
		UserAgent string `db:"user_agent"`
	}
	params := dbx.Params{"owner": owner, "email": email}
	err := db.NewQuery(`SELECT id, ip, user_agent FROM consents WHERE owner = {:owner} AND email = {:email}`).Bind(params).All(&rows)
	if err != nil {
		return fmt.Errorf("find the consents of an address: %w", err)
	}
	hashed := make([][4]string, len(rows))
	for i, r := range rows {
		hashed[i][0] = r.ID
		for j, value := range []string{email, r.IP, r.UserAgent} {
			if value == "" {
				continue
			}
			if hashed[i][j+1], err = hash(value); err != nil {
				return err
			}
		}
	}
	encoded, err := json.Marshal(hashed)
	if err != nil {
		return fmt.Errorf("erase the consents of an address: %w", err)
	}
	_, err = db.NewQuery(`
		UPDATE consents SET email = r.value->>1, ip = r.value->>2, user_agent = r.value->>3
		FROM json_each({:rows}) r WHERE consents.id = r.value->>0 AND consents.owner = {:owner}`).
		Bind(dbx.Params{"rows": string(encoded), "owner": owner}).Execute()
	if err != nil {
		return fmt.Errorf("erase the consents of an address: %w", err)
	}
	return nil
}
