package migrations

import m "github.com/pocketbase/pocketbase/migrations"

func init() {
	m.Register(statements(recipientsTable, recipientsByEmail, recipientsByRareState), statements(`DROP TABLE recipients`))
}

// Conditions of this table that are looked at with every update are chains of comparisons: for an IN
// list SQLite builds a table in memory each time, and a step of a recipient costs four times as much.

// recipientsTable holds one row for everyone in the audience of a launched mailing: the books of the
// engine. id is contents.no << 32 plus a number that counts from 1, so the rows of one mailing lie
// side by side and are paged by key without an index. state and next_try_at (Unix milliseconds) are
// explained in docs/engine.md. tries counts the attempts made, the last of which has an id made of the
// two; forgiven counts those of them that are not held against the recipient.
const recipientsTable = `
CREATE TABLE recipients (
	id          INTEGER PRIMARY KEY,
	mailing     TEXT    NOT NULL,
	client      TEXT    NOT NULL,
	email       TEXT    NOT NULL,
	state       TEXT    NOT NULL DEFAULT 'pending'
		CHECK (state = 'sent' OR state = 'sending' OR state = 'pending' OR state = 'failed'
			OR state = 'uncertain' OR state = 'skipped' OR state = 'deferred'),
	tries       INTEGER NOT NULL DEFAULT 0,
	forgiven    INTEGER NOT NULL DEFAULT 0,
	next_try_at INTEGER NOT NULL DEFAULT 0,
	reason      TEXT    NOT NULL DEFAULT ''
) STRICT`

// recipientsByEmail keeps an address from being in one mailing twice, and finds it there.
const recipientsByEmail = `CREATE UNIQUE INDEX idx_recipients_mailing_email ON recipients (mailing, email)`

// recipientsByRareState finds those who are not on the common way from pending to sent, who need not
// pay for an index with every step they take.
const recipientsByRareState = `
CREATE INDEX idx_recipients_rare_state ON recipients (mailing, state, next_try_at)
WHERE state <> 'pending' AND state <> 'sending' AND state <> 'sent'`
