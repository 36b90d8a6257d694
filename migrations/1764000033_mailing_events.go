package migrations

import m "github.com/pocketbase/pocketbase/migrations"

func init() {
	m.Register(
		statements(mailingEventsTable, mailingEventsIndex, eventsKnownAlready, mailingCompleted),
		statements(`DROP TRIGGER mailing_completed`, `DROP TABLE mailing_events`),
	)
}

// mailingEventsTable is what happened to each mailing: its timeline. Whoever changes the status of a
// mailing adds a row in the same transaction.
//
// at and ended are times as PocketBase writes them; ended is when what the event began was over, "" while
// it lasts and for what takes no time. actor is the kind of who did it, "" when that is not known;
// actor_id and actor_name are those of a user, the name as it was then. detail is a JSON object.
const mailingEventsTable = `
CREATE TABLE mailing_events (
	id         INTEGER PRIMARY KEY,
	mailing    TEXT NOT NULL,
	at         TEXT NOT NULL,
	ended      TEXT NOT NULL DEFAULT '',
	kind       TEXT NOT NULL,
	actor      TEXT NOT NULL DEFAULT '',
	actor_id   TEXT NOT NULL DEFAULT '',
	actor_name TEXT NOT NULL DEFAULT '',
	detail     TEXT NOT NULL DEFAULT '{}'
) STRICT`

const mailingEventsIndex = `CREATE INDEX idx_mailing_events_mailing ON mailing_events (mailing, id)`

// eventsKnownAlready notes what the mailings themselves tell of the time before this table.
const eventsKnownAlready = `
INSERT INTO mailing_events (mailing, at, kind, detail)
SELECT id, at, kind, detail
FROM (
	SELECT id, started_at AS at, 'launched' AS kind, json_object('total', total) AS detail
	FROM mailings WHERE started_at <> ''
	UNION ALL
	SELECT id, finished_at, status, json_object('sent', sent, 'failed', failed, 'uncertain', uncertain, 'skipped', skipped)
	FROM mailings WHERE finished_at <> '' AND status = 'completed'
	UNION ALL
	SELECT id, finished_at, status, '{}'
	FROM mailings WHERE finished_at <> '' AND status = 'cancelled'
)
ORDER BY at`

// mailingCompleted notes that a mailing is completed, in the statement that completes it: many can be
// the last to settle a recipient.
const mailingCompleted = `
CREATE TRIGGER mailing_completed AFTER UPDATE OF status ON mailings
WHEN NEW.status = 'completed' AND OLD.status <> 'completed'
BEGIN
	UPDATE mailing_events SET ended = NEW.finished_at WHERE mailing = NEW.id AND kind = 'waiting' AND ended = '';
	INSERT INTO mailing_events (mailing, at, kind, actor, detail)
	VALUES (NEW.id, NEW.finished_at, 'completed', 'engine',
		json_object('sent', NEW.sent, 'failed', NEW.failed, 'uncertain', NEW.uncertain, 'skipped', NEW.skipped));
END`
