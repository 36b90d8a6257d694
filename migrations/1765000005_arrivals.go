package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(
		statements(
			arrivalsTable, arrivalsByKey, arrivalsByHash, arrivalsByTime,
			webhookReportsTable, webhookReportsByTime,
			softFailuresTable, softFailuresByTime, suppressionRemoved,
		),
		statements(
			`DROP TRIGGER suppression_removed`, `DROP TABLE soft_failures`, `DROP TABLE webhook_reports`, `DROP TABLE arrivals`,
		),
	)
}

// arrivalsTable remembers the e-mails that came back and were read, in the transaction that records what they say
// (internal/feedback). mailbox and key are empty unless the e-mail was read from a mailbox. at is when it was read, asked is
// when the mailbox last had it (Unix milliseconds).
const arrivalsTable = `
CREATE TABLE arrivals (
	id      INTEGER PRIMARY KEY,
	mailbox TEXT    NOT NULL,
	key     TEXT    NOT NULL,
	hash    TEXT    NOT NULL,
	outcome TEXT    NOT NULL CHECK (outcome = 'booked' OR outcome = 'known' OR outcome = 'not_ours'),
	at      INTEGER NOT NULL,
	asked   INTEGER NOT NULL
) STRICT`

const arrivalsByKey = `CREATE UNIQUE INDEX idx_arrivals_mailbox_key ON arrivals (mailbox, key) WHERE key <> ''`

const arrivalsByHash = `CREATE INDEX idx_arrivals_hash ON arrivals (hash) WHERE outcome = 'booked'`

const arrivalsByTime = `CREATE INDEX idx_arrivals_asked ON arrivals (asked)`

// webhookReportsTable has the reports that were received from mail providers, who send them again and again until they
// get an answer (Unix milliseconds).
const webhookReportsTable = `
CREATE TABLE webhook_reports (
	hook TEXT    NOT NULL,
	id   TEXT    NOT NULL,
	at   INTEGER NOT NULL,
	PRIMARY KEY (hook, id)
) STRICT, WITHOUT ROWID`

const webhookReportsByTime = `CREATE INDEX idx_webhook_reports_at ON webhook_reports (at)`

// softFailuresTable counts the temporary failures of an address in a row (internal/suppression). The times are those of the
// e-mails that failed first and last (Unix milliseconds). An address has no row before it fails.
const softFailuresTable = `
CREATE TABLE soft_failures (
	owner    TEXT    NOT NULL,
	email    TEXT    NOT NULL,
	failures INTEGER NOT NULL,
	first_at INTEGER NOT NULL,
	last_at  INTEGER NOT NULL,
	PRIMARY KEY (owner, email)
) STRICT, WITHOUT ROWID`

const softFailuresByTime = `CREATE INDEX idx_soft_failures_last ON soft_failures (last_at)`

// suppressionRemoved begins to count anew when an address leaves the stop list, whoever removes it.
const suppressionRemoved = `
CREATE TRIGGER suppression_removed AFTER DELETE ON suppressions WHEN OLD.kind = 'address'
BEGIN DELETE FROM soft_failures WHERE owner = OLD.owner AND email = OLD.value; END`
