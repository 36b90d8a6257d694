package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		steps(
			addFields("mailings", counter("number", "Counts the mailings of one owner, from 1")),
			// The oldest is the first, as in lists.
			statements(`
				UPDATE mailings SET number = n.number
				FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY owner ORDER BY created, id) AS number FROM mailings) n
				WHERE n.id = mailings.id`),
			changeFields("mailings", func(c *core.Collection) { c.AddIndex(mailingsByNumber, true, "owner, number", "number > 0") }),
			statements(mailingNumbered),
		),
		steps(
			statements(`DROP TRIGGER mailing_numbered`),
			changeFields("mailings", func(c *core.Collection) { c.RemoveIndex(mailingsByNumber) }),
			removeFields("mailings", "number"),
		),
	)
}

const mailingsByNumber = "idx_mailings_owner_number"

// mailingNumbered gives a new mailing the next number of its owner. It is a trigger because mailings are made by records and
// by SQL.
const mailingNumbered = `
CREATE TRIGGER mailing_numbered AFTER INSERT ON mailings WHEN NEW.number = 0
BEGIN
	UPDATE mailings SET number = 1 + (SELECT MAX(number) FROM mailings WHERE owner = NEW.owner) WHERE id = NEW.id;
END`
