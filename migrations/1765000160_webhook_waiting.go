package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

// The events that wait for each webhook are counted as they are written and told, so that the limit costs the same however many
// wait, and no event is written past it.
func init() {
	m.Register(
		statements(
			webhookWaitingTable,
			`INSERT INTO webhook_waiting (webhook, waiting) SELECT webhook, COUNT(*) FROM webhook_events WHERE state = 'waiting' GROUP BY webhook`,
			webhookWaitingLimit, webhookWaitingAdded, webhookWaitingChanged, webhookWaitingRemoved, webhookWaitingForgotten,
		),
		statements(
			`DROP TRIGGER webhook_waiting_forgotten`, `DROP TRIGGER webhook_waiting_removed`, `DROP TRIGGER webhook_waiting_changed`,
			`DROP TRIGGER webhook_waiting_added`, `DROP TRIGGER webhook_waiting_limit`, `DROP TABLE webhook_waiting`,
		),
	)
}

const webhookWaitingTable = `
CREATE TABLE webhook_waiting (
	webhook TEXT    NOT NULL PRIMARY KEY,
	waiting INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

// webhookWaitingLimit switches a webhook off in place of writing an event for which there is no room (docs/security.md).
const webhookWaitingLimit = `
CREATE TRIGGER webhook_waiting_limit BEFORE INSERT ON webhook_events
WHEN NEW.state = 'waiting' AND (SELECT waiting FROM webhook_waiting WHERE webhook = NEW.webhook) >= 200000
BEGIN
	UPDATE webhooks SET active = FALSE, disabled_reason = 'too_many_waiting', updated = strftime('%Y-%m-%d %H:%M:%fZ', 'now')
	WHERE id = NEW.webhook AND active;
	SELECT RAISE(IGNORE);
END`

const webhookWaitingAdded = `
CREATE TRIGGER webhook_waiting_added AFTER INSERT ON webhook_events WHEN NEW.state = 'waiting'
BEGIN
	INSERT INTO webhook_waiting (webhook, waiting) VALUES (NEW.webhook, 1) ON CONFLICT (webhook) DO UPDATE SET waiting = waiting + 1;
END`

const webhookWaitingChanged = `
CREATE TRIGGER webhook_waiting_changed AFTER UPDATE OF state ON webhook_events WHEN (NEW.state = 'waiting') <> (OLD.state = 'waiting')
BEGIN
	INSERT INTO webhook_waiting (webhook, waiting) VALUES (NEW.webhook, IIF(NEW.state = 'waiting', 1, -1))
	ON CONFLICT (webhook) DO UPDATE SET waiting = waiting + excluded.waiting;
END`

const webhookWaitingRemoved = `
CREATE TRIGGER webhook_waiting_removed AFTER DELETE ON webhook_events WHEN OLD.state = 'waiting'
BEGIN
	UPDATE webhook_waiting SET waiting = waiting - 1 WHERE webhook = OLD.webhook;
END`

const webhookWaitingForgotten = `
CREATE TRIGGER webhook_waiting_forgotten AFTER DELETE ON webhooks
BEGIN
	DELETE FROM webhook_waiting WHERE webhook = OLD.id;
END`
