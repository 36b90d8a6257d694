package migrations

import (
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(statements(rollups), statements(`DROP TABLE rollups`)) }

// rollups counts attempts by quarter-hour of UTC, so that statistics never read the attempts.
//
// The primary key is also the only index. Its order keeps the rows that the ledger adds to in one
// transaction side by side, and lets an owner's range be read as one stretch; a manager's view
// reads one such stretch an owner. WITHOUT ROWID: the rows are in the key's own tree, so a range
// needs no second look-up. Rows outlive the mailings and users that they count: ids are plain text.
const rollups = `
CREATE TABLE rollups (
	owner         TEXT    NOT NULL,
	bucket        INTEGER NOT NULL, -- Unix seconds of the quarter-hour's start
	mailing       TEXT    NOT NULL,
	domain        TEXT    NOT NULL, -- of the recipient's address; 'other' past a bound, see internal/stats
	code          INTEGER NOT NULL, -- SMTP reply code; 0 when there was no reply
	enhanced_code TEXT    NOT NULL,
	attempts      INTEGER NOT NULL DEFAULT 0,
	success       INTEGER NOT NULL DEFAULT 0,
	failure       INTEGER NOT NULL DEFAULT 0,
	uncertain     INTEGER NOT NULL DEFAULT 0,
	sent          INTEGER NOT NULL DEFAULT 0, -- recipients that became sent
	PRIMARY KEY (owner, bucket, mailing, domain, code, enhanced_code)
) WITHOUT ROWID`
