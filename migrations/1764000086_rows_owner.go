package migrations

import m "github.com/pocketbase/pocketbase/migrations"

// The rows of a mailing outlive it for a while after it was deleted. They name its owner too, so that a
// mailing with the id of a deleted one finds nothing of it.
func init() {
	m.Register(
		statements(
			`ALTER TABLE mailing_events ADD COLUMN owner TEXT NOT NULL DEFAULT ''`,
			`UPDATE mailing_events SET owner = COALESCE((SELECT m.owner FROM mailings m WHERE m.id = mailing_events.mailing), '')`,
			`ALTER TABLE requests ADD COLUMN owner TEXT NOT NULL DEFAULT ''`,
			`UPDATE requests SET owner = COALESCE((SELECT m.owner FROM mailings m WHERE m.id = requests.mailing), '')`,
			`DROP TRIGGER mailing_completed`, mailingCompletedOfOwner,
		),
		statements(
			`DROP TRIGGER mailing_completed`,
			`ALTER TABLE requests DROP COLUMN owner`,
			`ALTER TABLE mailing_events DROP COLUMN owner`,
			mailingCompleted,
		),
	)
}

// mailingCompletedOfOwner is mailingCompleted with the owner.
const mailingCompletedOfOwner = `
CREATE TRIGGER mailing_completed AFTER UPDATE OF status ON mailings
WHEN NEW.status = 'completed' AND OLD.status <> 'completed'
BEGIN
	UPDATE mailing_events SET ended = NEW.finished_at
	WHERE mailing = NEW.id AND owner = NEW.owner AND kind = 'waiting' AND ended = '';
	INSERT INTO mailing_events (mailing, owner, at, kind, actor, detail)
	VALUES (NEW.id, NEW.owner, NEW.finished_at, 'completed', 'engine',
		json_object('sent', NEW.sent, 'failed', NEW.failed, 'uncertain', NEW.uncertain, 'skipped', NEW.skipped));
END`
