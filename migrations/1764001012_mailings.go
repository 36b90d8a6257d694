package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(
			add("mailings", mailings),
			statements(removeStoredFiles("mailings"), requestsTable, mailingEventsTable, mailingEventsIndex, mailingCompleted),
		),
		steps(
			statements(`DROP TRIGGER mailing_completed`, `DROP TABLE mailing_events`, `DROP TABLE requests`),
			drop("mailings"),
		),
	)
}

// mailings are the orders to send a message to an audience, and their progress.
func mailings(c *collection) {
	onLists, recipients := c.relation("lists", "lists"), c.relation("recipients", "clients")
	onLists.MaxSelect, recipients.MaxSelect = 100, 1000

	c.Fields.Add(
		c.owner(),
		&core.TextField{Name: "name", Max: 200, Presentable: true},
		// Not required: the history of a mailing stays complete when its message is deleted.
		c.relation("message", "messages"),
		c.relation("sender", "senders"),
		&core.TextField{Name: "from_name", Max: 100},
		&core.EmailField{Name: "reply_to"},
		choice("audience", "", "everyone", "lists", "picked"),
		onLists,
		recipients,
		&core.TextField{Name: "filter", Max: 2000},

		choice("status", "Moves by the mailing's routes (send, pause, …), not by hand", "created", "scheduled", "running", "paused", "completed", "cancelled"),
		&core.BoolField{Name: "blocked"},
		&core.TextField{Name: "block_reason", Max: 500},
		&core.DateField{Name: "starts_at"},
		&core.DateField{Name: "ends_at"},
		&core.TextField{Name: "timezone", Max: 60},
		choice("repeat", "", "none", "daily", "weekly", "monthly"),
		// Text and not a relation: an occurrence is kept when the mailing that it repeats is deleted.
		&core.TextField{Name: "parent", Max: 15},
		&core.DateField{Name: "occurrence_at"},

		counter("total", ""), counter("sent", ""), counter("failed", ""),
		counter("uncertain", ""), counter("skipped", ""), counter("deferred", ""),
		&core.DateField{Name: "launching_at", Hidden: true},
		&core.DateField{Name: "started_at"},
		&core.DateField{Name: "finished_at"},
		&core.JSONField{Name: "waiting_reason", MaxSize: 4096},
		created(), updated(),
	)
	c.ownedByUser()
	c.AddIndex("idx_mailings_owner_created", false, "owner, created, id", "")
	c.AddIndex("idx_mailings_status", false, "status, starts_at", "")
	c.AddIndex("idx_mailings_parent_occurrence", true, "parent, occurrence_at", "`parent` != ''")
	// For live progress: the mailings that changed since the last poll.
	c.AddIndex("idx_mailings_updated", false, "updated", "")
	// For the start of the engine: the mailings whose launch was interrupted.
	c.AddIndex("idx_mailings_launching", false, "launching_at", "`launching_at` != ''")
}

// Rows of a mailing in the following tables are removed some time after the mailing. They have the owner
// too, so that a new mailing with the id of a deleted one does not get its rows.

// requestsTable has the answers to requests with an Idempotency-Key, as JSON. A repeated request gets the
// same answer and has no effect.
const requestsTable = `
CREATE TABLE requests (
	mailing TEXT NOT NULL,
	verb    TEXT NOT NULL,
	key     TEXT NOT NULL,
	answer  TEXT NOT NULL,
	created TEXT NOT NULL,
	owner   TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (mailing, verb, key)
) STRICT, WITHOUT ROWID`

// mailingEventsTable is the timeline of each mailing. Every change of a mailing's status adds a row in the
// same transaction.
//
// at and ended are times in PocketBase's format. ended is the end of the state that the event began: empty
// while the state lasts, and for events without duration. actor is the kind of actor, empty if unknown. actor_id
// and actor_name are those of a user, with the name at that time. detail is a JSON object.
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
	detail     TEXT NOT NULL DEFAULT '{}',
	owner      TEXT NOT NULL DEFAULT ''
) STRICT`

const mailingEventsIndex = `CREATE INDEX idx_mailing_events_mailing ON mailing_events (mailing, id)`

// mailingCompleted adds the event of a completed mailing. It is a trigger because any of several statements
// can complete a mailing.
const mailingCompleted = `
CREATE TRIGGER mailing_completed AFTER UPDATE OF status ON mailings
WHEN NEW.status = 'completed' AND OLD.status <> 'completed'
BEGIN
	UPDATE mailing_events SET ended = NEW.finished_at
	WHERE mailing = NEW.id AND owner = NEW.owner AND kind = 'waiting' AND ended = '';
	INSERT INTO mailing_events (mailing, owner, at, kind, actor, detail)
	VALUES (NEW.id, NEW.owner, NEW.finished_at, 'completed', 'engine',
		json_object('sent', NEW.sent, 'failed', NEW.failed, 'uncertain', NEW.uncertain, 'skipped', NEW.skipped));
END`
