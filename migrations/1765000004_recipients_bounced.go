package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		replaceRecipients(`OR state = 'uncertain' OR state = 'skipped' OR state = 'deferred' OR state = 'bounced'`, `state`),
		replaceRecipients(`OR state = 'uncertain' OR state = 'skipped' OR state = 'deferred'`, `IIF(state = 'bounced', 'sent', state)`),
	)
}

// replaceRecipients makes the table recipients anew, because SQLite cannot change the CHECK of a column. It is recipientsTable
// with other states; state is the expression of each row's. A million rows take six seconds.
func replaceRecipients(states, state string) func(core.App) error {
	return statements(
		`ALTER TABLE recipients RENAME TO recipients_before`, // nothing else refers to it
		`
CREATE TABLE recipients (
	id          INTEGER PRIMARY KEY,
	mailing     TEXT    NOT NULL,
	client      TEXT    NOT NULL,
	email       TEXT    NOT NULL,
	state       TEXT    NOT NULL DEFAULT 'pending'
		CHECK (state = 'sent' OR state = 'sending' OR state = 'pending' OR state = 'failed'
			`+states+`),
	tries       INTEGER NOT NULL DEFAULT 0,
	forgiven    INTEGER NOT NULL DEFAULT 0,
	next_try_at INTEGER NOT NULL DEFAULT 0,
	reason      TEXT    NOT NULL DEFAULT ''
) STRICT`,
		`
INSERT INTO recipients (id, mailing, client, email, state, tries, forgiven, next_try_at, reason)
SELECT id, mailing, client, email, `+state+`, tries, forgiven, next_try_at, reason FROM recipients_before ORDER BY id`,
		`DROP TABLE recipients_before`,
		recipientsByEmail, recipientsByRareState,
	)
}
