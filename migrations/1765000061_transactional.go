package migrations

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Users do not grant themselves transactional e-mails: conditions that are added to the rules.
const (
	quotaIsNotGiven   = ` && @request.body.transactional_quota:isset = false`
	quotaIsNotChanged = ` && @request.body.transactional_quota:changed = false`
)

func init() {
	m.Register(
		steps(
			changeUsers(func(users *core.Collection) {
				users.Fields.Add(counter("transactional_quota", "Transactional e-mails a UTC day; 0 means none. They reach people who have unsubscribed"))
				users.CreateRule = types.Pointer(*users.CreateRule + quotaIsNotGiven)
				users.UpdateRule = types.Pointer(*users.UpdateRule + quotaIsNotChanged)
			}),
			statements(
				transactionalTable, transactionalOwner, transactionalWaiting, transactionalDue, transactionalClear, transactionalDataTable, transactionalFlowsTable,
				transactionalKeysTable, transactionalKeysCreated, transactionalUsageTable, recipientsTransactional,
				removeStoredFiles("transactional"),
			),
		),
		steps(
			statements(
				// The calls have no mailing, which the earlier schema has no place for.
				`DELETE FROM recipients WHERE mailing IN (SELECT id FROM transactional)`,
				`DELETE FROM contents WHERE mailing IN (SELECT id FROM transactional)`,
				`DROP INDEX idx_recipients_transactional`,
				`DROP TABLE transactional_usage`, `DROP TABLE transactional_keys`, `DROP TABLE transactional_flows`,
				`DROP TABLE transactional_data`, `DROP TABLE transactional`,
			),
			changeUsers(func(users *core.Collection) {
				users.Fields.RemoveByName("transactional_quota")
				users.CreateRule = types.Pointer(strings.TrimSuffix(*users.CreateRule, quotaIsNotGiven))
				users.UpdateRule = types.Pointer(strings.TrimSuffix(*users.UpdateRule, quotaIsNotChanged))
			}),
		),
	)
}

// transactionalTable has one row for each call of POST /api/gonets/transactional: up to a hundred recipients of one content. Its contents and recipients are in the tables of the mailings, with the id of the call
// in place of that of a mailing, which has no record in mailings.
const transactionalTable = `
CREATE TABLE transactional (
	no         INTEGER PRIMARY KEY,         -- contents.no
	id         TEXT    NOT NULL UNIQUE,     -- contents.mailing and recipients.mailing
	owner      TEXT    NOT NULL,
	sender     TEXT    NOT NULL,            -- '' = PocketBase's own mail settings
	source     TEXT    NOT NULL,            -- api, or service: what Gonets itself sends for the owner
	subject    TEXT    NOT NULL,            -- a template
	from_email TEXT    NOT NULL,
	addresses  TEXT    NOT NULL,            -- of the recipients, separated by spaces
	total      INTEGER NOT NULL,            -- recipients
	waiting    INTEGER NOT NULL,            -- recipients without a final state
	next_at    INTEGER NOT NULL DEFAULT 0,  -- the first next try of a deferred recipient, Unix milliseconds; 0 = none is deferred
	bytes      INTEGER NOT NULL,            -- of the content with the data of a recipient
	files      INTEGER NOT NULL DEFAULT 0,  -- how many files are kept for it
	created    TEXT    NOT NULL,
	finished   TEXT    NOT NULL DEFAULT '', -- when waiting became 0
	cleared    INTEGER NOT NULL DEFAULT 0   -- its content and its files have been removed
) STRICT`

const transactionalOwner = `CREATE INDEX idx_transactional_owner ON transactional (owner, no)`

// transactionalWaiting finds what a sender has to send for an owner, in the order of the calls.
const transactionalWaiting = `CREATE INDEX idx_transactional_waiting ON transactional (owner, sender, no) WHERE waiting > 0`

const transactionalDue = `CREATE INDEX idx_transactional_due ON transactional (owner, sender, next_at) WHERE next_at > 0`

// transactionalClear finds the calls whose content is not needed any more.
const transactionalClear = `CREATE INDEX idx_transactional_clear ON transactional (no) WHERE cleared = 0 AND waiting <= 0`

// transactionalDataTable has what the e-mail of one recipient is written with, for those who have any such data.
const transactionalDataTable = `
CREATE TABLE transactional_data (
	recipient INTEGER PRIMARY KEY,      -- recipients.id
	full_name TEXT NOT NULL DEFAULT '',
	data      TEXT NOT NULL DEFAULT ''  -- JSON object, or empty
) STRICT`

// transactionalFlowsTable has what waits to be sent, for each owner and sender.
const transactionalFlowsTable = `
CREATE TABLE transactional_flows (
	owner          TEXT    NOT NULL,
	sender         TEXT    NOT NULL,
	waiting        INTEGER NOT NULL DEFAULT 0, -- recipients without a final state
	deferred       INTEGER NOT NULL DEFAULT 0, -- those of them that wait for their next try
	waiting_reason TEXT    NOT NULL DEFAULT '',
	PRIMARY KEY (owner, sender)
) STRICT, WITHOUT ROWID`

// transactionalKeysTable has the Idempotency-Keys of a day, with the hash of the request and the call that it made.
const transactionalKeysTable = `
CREATE TABLE transactional_keys (
	owner   TEXT    NOT NULL,
	key     TEXT    NOT NULL,
	hash    BLOB    NOT NULL,
	no      INTEGER NOT NULL, -- of the call
	created INTEGER NOT NULL, -- Unix milliseconds
	PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID`

const transactionalKeysCreated = `CREATE INDEX idx_transactional_keys_created ON transactional_keys (created)`

// transactionalUsageTable counts the e-mails that were accepted on a UTC day, for users.transactional_quota.
const transactionalUsageTable = `
CREATE TABLE transactional_usage (
	owner TEXT    NOT NULL,
	day   TEXT    NOT NULL,
	mails INTEGER NOT NULL,
	PRIMARY KEY (owner, day)
) STRICT, WITHOUT ROWID`

// recipientsTransactional finds the recipients of transactional e-mails by address: they have no client.
const recipientsTransactional = `CREATE INDEX idx_recipients_transactional ON recipients (email) WHERE client = ''`
