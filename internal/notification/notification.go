// Package notification writes what webhooks are told, in the transaction of what happened, and is the log of it.
package notification

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
)

// Kind is what happened: the type in the body of a call, and a value of webhooks.events.
type Kind string

// The kinds that triggers write (migrations): mailing.launched, mailing.completed, mailing.paused, recipient.bounced,
// recipient.complained, import.completed. These are the others.
const (
	RecipientFailed     Kind = "recipient.failed"
	ClientUnsubscribed  Kind = "client.unsubscribed"
	ClientSubscribed    Kind = "client.subscribed"
	TransactionalSent   Kind = "transactional.sent"
	TransactionalFailed Kind = "transactional.failed"

	// Test is what "send a test" sends. No webhook has to listen to it.
	Test Kind = "webhook.test"
)

// Event is something that happened to what an owner has.
type Event struct {
	Owner string
	Kind  Kind
	// Subject is what it happened to: events of one subject are told one after the other, those of others beside them. Without
	// a subject the event is told after all earlier ones and before all later ones.
	Subject string
	Data    any // of the body, as JSON
}

// Recipient is the data of events about recipients, and of transactional e-mails. Mailing is the id of a mailing; Email is
// always set, Client is "" if the recipient is no client.
type Recipient struct {
	Mailing      string `json:"mailing,omitempty"`
	Call         string `json:"transactional,omitempty"` // id of a transactional e-mail
	Client       string `json:"client"`
	Email        string `json:"email"`
	Tries        int    `json:"tries"`
	Reason       string `json:"reason"` // as in the list of recipients; "" when the answer says it all
	Code         int    `json:"code"`   // of the last answer; 0 when no mail server said anything
	EnhancedCode string `json:"enhanced_code"`
	Response     string `json:"response"`
}

// Client is the data of client.unsubscribed and client.subscribed.
type Client struct {
	Client  string `json:"client"` // "" if there is no client with the address any more
	Email   string `json:"email"`
	Mailing string `json:"mailing"` // whose e-mail had the link; "" for none
	// Lists are the lists that it is about; none means all e-mails of the owner.
	Lists []string `json:"lists"`
	By    Actor    `json:"by"`
}

// Actor is who did something.
type Actor string

// The actors.
const (
	ByRecipient Actor = "recipient" // by a link in an e-mail, or its mail program
	ByOwner     Actor = "owner"     // in the web UI, or by the API
)

// Listening returns those of the owners that have an active webhook. It reads a small index, so that what happens often
// is put together only for those who want it.
func Listening(db dbx.Builder, owners []string) (map[string]bool, error) {
	var found []string
	// By idx_webhooks_owner_created.
	err := db.NewQuery(`SELECT DISTINCT w.owner FROM json_each({:owners}) j CROSS JOIN webhooks w WHERE w.owner = j.value AND w.active`).
		Bind(dbx.Params{"owners": database.JSONArray(owners)}).Column(&found)
	if err != nil {
		return nil, fmt.Errorf("look for webhooks: %w", err)
	}
	listening := map[string]bool{}
	for _, owner := range found {
		listening[owner] = true
	}
	return listening, nil
}

// Write writes events for the webhooks that listen to them, in the transaction of tx.
func Write(tx dbx.Builder, now time.Time, events ...Event) error {
	if len(events) == 0 {
		return nil
	}
	rows := []byte{'['}
	for _, e := range events {
		data, err := json.Marshal(e.Data)
		if err != nil {
			return fmt.Errorf("write the data of %s: %w", e.Kind, err)
		}
		rows = database.AppendString(append(rows, '['), e.Owner)
		rows = database.AppendString(append(rows, ','), string(e.Kind))
		rows = database.AppendString(append(rows, ','), e.Subject)
		rows = database.AppendString(append(rows, ','), string(data))
		rows = append(rows, ']', ',')
	}
	_, err := tx.NewQuery(`
		INSERT INTO webhook_events (message, webhook, type, subject, data, at)
		SELECT 'msg_' || lower(hex(randomblob(12))), w.id, j.value ->> 1, j.value ->> 2, j.value ->> 3, {:now}
		FROM json_each({:rows}) j CROSS JOIN webhooks w
		WHERE w.owner = j.value ->> 0 AND w.active AND EXISTS (SELECT 1 FROM json_each(w.events) k WHERE k.value = j.value ->> 1)
		ORDER BY j.key`).
		Bind(dbx.Params{"rows": database.CloseArray(rows), "now": now.UnixMilli()}).Execute()
	if err != nil {
		return fmt.Errorf("write what webhooks are told: %w", err)
	}
	return nil
}
