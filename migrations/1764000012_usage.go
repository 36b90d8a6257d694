package migrations

import m "github.com/pocketbase/pocketbase/migrations"

func init() { m.Register(statements(usageTable), statements(`DROP TABLE usage`)) }

// usageTable counts the mails handed over by owner and by sender in a UTC day, for daily limits that
// a restart must not reset.
const usageTable = `
CREATE TABLE usage (
	kind  TEXT    NOT NULL CHECK (kind IN ('owner', 'sender')),
	id    TEXT    NOT NULL,
	day   TEXT    NOT NULL,
	mails INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (kind, id, day)
) STRICT, WITHOUT ROWID`
