package migrations

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() {
	m.Register(
		steps(
			add("bounces", bounces),
			addFields("mailings", counter("bounced", ""), counter("complained", "")),
			addFields("instance",
				counter("soft_bounces", "Temporary failures in a row, over three days at least, after which an address is not mailed any more; 0 means never"),
				percent("pause_bounce_percent", "A running mailing pauses when more of its e-mails bounce, from 200 on; 0 means never"),
				percent("pause_complaint_percent", "A running mailing pauses when more of its recipients complain, from 200 on; 0 means never"),
			),
			statements(
				`UPDATE instance SET soft_bounces = 5, pause_bounce_percent = 10, pause_complaint_percent = 0.3`,
				`ALTER TABLE rollups ADD COLUMN bounced INTEGER NOT NULL DEFAULT 0`,
				`ALTER TABLE rollups ADD COLUMN complained INTEGER NOT NULL DEFAULT 0`,
				`DROP TRIGGER mailing_completed`, mailingCompletedBounced,
			),
		),
		steps(
			statements(
				`DROP TRIGGER mailing_completed`, mailingCompleted,
				`ALTER TABLE rollups DROP COLUMN complained`,
				`ALTER TABLE rollups DROP COLUMN bounced`,
				`UPDATE mailings SET sent = sent + bounced`, // their recipients are sent again, see the migration of recipients
			),
			removeFields("instance", "soft_bounces", "pause_bounce_percent", "pause_complaint_percent"),
			removeFields("mailings", "bounced", "complained"),
			drop("bounces"),
		),
	)
}

// bounces are the log of what came back after a mail server had accepted an e-mail. The id is made of the recipient and
// the try (mailing.AttemptID), so that nothing is recorded twice.
func bounces(c *collection) {
	c.Fields.Add(
		// Ids are text and not relations, as in attempts.
		&core.TextField{Name: "mailing", Max: 15, Help: "Empty if the mailing was deleted before"},
		&core.TextField{Name: "client", Max: 15},
		&core.TextField{Name: "owner", Max: 15},
		&core.TextField{Name: "email", Max: 320, Presentable: true},
		choice("kind", "", "hard", "soft", "block", "complaint"),
		counter("code", ""),
		&core.TextField{Name: "enhanced_code", Max: 16},
		&core.TextField{Name: "diagnostic", Max: 2000},
		choice("source", "", "mailbox", "smtp", "webhook", "cli"),
		created(),
	)
	c.ListRule = types.Pointer(ruleList)
	c.ViewRule = types.Pointer(ruleList) // owner is text: ruleView would need a relation
	c.AddIndex("idx_bounces_owner_created", false, "owner, created, id", "")
	c.AddIndex("idx_bounces_mailing_kind", false, "mailing, kind, id", "")
	c.AddIndex("idx_bounces_created", false, "created, id", "")
}

// percent is a number field for a percentage. help is its explanation in the admin UI.
func percent(name, help string) *core.NumberField {
	return &core.NumberField{Name: name, Min: types.Pointer(0.0), Max: types.Pointer(100.0), Help: help}
}

// addFields adds fields to a collection that exists.
func addFields(collection string, fields ...core.Field) func(core.App) error {
	return changeFields(collection, func(c *core.Collection) { c.Fields.Add(fields...) })
}

// removeFields removes fields from a collection.
func removeFields(collection string, names ...string) func(core.App) error {
	return changeFields(collection, func(c *core.Collection) {
		for _, name := range names {
			c.Fields.RemoveByName(name)
		}
	})
}

func changeFields(collection string, change func(*core.Collection)) func(core.App) error {
	return func(app core.App) error {
		c, err := app.FindCollectionByNameOrId(collection)
		if err != nil {
			return fmt.Errorf("find the %s collection: %w", collection, err)
		}
		change(c)
		if err := app.Save(c); err != nil {
			return fmt.Errorf("change the fields of the %s collection: %w", collection, err)
		}
		return nil
	}
}

// mailingCompletedBounced is mailingCompleted with the e-mails that came back before the mailing was completed.
const mailingCompletedBounced = `
CREATE TRIGGER mailing_completed AFTER UPDATE OF status ON mailings
WHEN NEW.status = 'completed' AND OLD.status <> 'completed'
BEGIN
	UPDATE mailing_events SET ended = NEW.finished_at
	WHERE mailing = NEW.id AND owner = NEW.owner AND kind = 'waiting' AND ended = '';
	INSERT INTO mailing_events (mailing, owner, at, kind, actor, detail)
	VALUES (NEW.id, NEW.owner, NEW.finished_at, 'completed', 'engine',
		json_object('sent', NEW.sent, 'failed', NEW.failed, 'uncertain', NEW.uncertain, 'skipped', NEW.skipped, 'bounced', NEW.bounced));
END`
