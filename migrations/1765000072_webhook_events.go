package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		statements(
			webhookEventsTable, webhookEventsWaiting, webhookEventsByWebhook,
			webhookMailingEvents, webhookBounces, webhookImports,
		),
		statements(
			`DROP TRIGGER webhook_imports`, `DROP TRIGGER webhook_bounces`, `DROP TRIGGER webhook_mailing_events`,
			`DROP TABLE webhook_events`,
		),
	)
}

// webhookEventsTable has what webhooks are told: one row for an event and a webhook that listens to it, written in the
// transaction of what happened. Ids count up in the order in which things happened. Times are Unix milliseconds.
const webhookEventsTable = `
CREATE TABLE webhook_events (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	message   TEXT    NOT NULL, -- the header webhook-id, the same for each try
	webhook   TEXT    NOT NULL,
	type      TEXT    NOT NULL,
	subject   TEXT    NOT NULL, -- events of one subject are told one after the other; '' is all subjects
	data      TEXT    NOT NULL, -- JSON
	at        INTEGER NOT NULL,
	state     TEXT    NOT NULL DEFAULT 'waiting' CHECK (state = 'waiting' OR state = 'delivered' OR state = 'failed'),
	tries     INTEGER NOT NULL DEFAULT 0,
	first_try INTEGER NOT NULL DEFAULT 0,
	due       INTEGER NOT NULL DEFAULT 0, -- 0: never tried
	answers   TEXT    NOT NULL DEFAULT '[]' -- JSON, the last tries
) STRICT`

// webhookEventsWaiting finds what is to be told: new events by id, and others when they are due.
const webhookEventsWaiting = `CREATE INDEX idx_webhook_events_waiting ON webhook_events (webhook, due, id) WHERE state = 'waiting'`

const webhookEventsByWebhook = `CREATE INDEX idx_webhook_events_webhook ON webhook_events (webhook, id)`

// tell is the statement of a trigger that writes an event for the webhooks of an owner that listen to it.
func tell(owner, kind, subject, data, from string) string {
	return `
	INSERT INTO webhook_events (message, webhook, type, subject, data, at)
	SELECT 'msg_' || lower(hex(randomblob(12))), w.id, ` + kind + `, ` + subject + `, ` + data + `, CAST(unixepoch('subsec') * 1000 AS INTEGER)
	FROM webhooks w` + from + `
	WHERE w.owner = ` + owner + ` AND w.active AND EXISTS (SELECT 1 FROM json_each(w.events) k WHERE k.value = ` + kind + `);`
}

// webhookMailingEvents tells what the timeline of a mailing notes. It is a trigger because the timeline is written in many
// places, by a trigger too.
var webhookMailingEvents = `
CREATE TRIGGER webhook_mailing_events AFTER INSERT ON mailing_events
WHEN NEW.kind = 'launched' OR NEW.kind = 'completed' OR NEW.kind = 'paused'
BEGIN` + tell(`NEW.owner`, `'mailing.' || NEW.kind`, `''`, `json_object(
		'mailing', m.id, 'number', m.number, 'name', m.name,
		'status', CASE NEW.kind WHEN 'launched' THEN 'running' ELSE NEW.kind END,
		'total', m.total, 'sent', m.sent, 'failed', m.failed, 'uncertain', m.uncertain, 'skipped', m.skipped,
		'bounced', m.bounced, 'complained', m.complained,
		'reason', COALESCE(NEW.detail ->> 'code', ''))`, `
	JOIN mailings m ON m.id = NEW.mailing AND m.owner = w.owner`) + `
END`

// webhookBounces tells bounces and complaints.
var webhookBounces = `
CREATE TRIGGER webhook_bounces AFTER INSERT ON bounces
BEGIN` + tell(`NEW.owner`, `CASE NEW.kind WHEN 'complaint' THEN 'recipient.complained' ELSE 'recipient.bounced' END`, `NEW.email`, `json_object(
		'bounce', NEW.id, 'mailing', NEW.mailing, 'client', NEW.client, 'email', NEW.email, 'kind', NEW.kind,
		'code', NEW.code, 'enhanced_code', NEW.enhanced_code, 'diagnostic', NEW.diagnostic)`, ``) + `
END`

// webhookImports tells the end of an import, whatever number of clients it was about.
var webhookImports = `
CREATE TRIGGER webhook_imports AFTER UPDATE OF status ON imports
WHEN NEW.status = 'completed' AND OLD.status <> 'completed' AND NOT NEW.dry_run
BEGIN` + tell(`NEW.owner`, `'import.completed'`, `''`, `json_object(
		'import', NEW.id, 'file_name', NEW.file_name, 'list', NEW.list, 'total', NEW.total, 'added', NEW.added, 'changed', NEW.changed,
		'unchanged', NEW.unchanged, 'invalid', NEW.invalid, 'suppressed', NEW.suppressed)`, ``) + `
END`
